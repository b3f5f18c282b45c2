import { MnsbusError, type Clock, type Timer } from '@mnsbus/core';
import type { Delivery } from '../mns/delivery.js';
import { isLostHandle } from '../mns/mns-error.js';
import type { FailedDelete, QueueClient } from '../mns/queue-client.js';
import type { BridgeStatus } from '../status/bridge-status.js';

/** The most handles of one delete (spec mns §2.12). */
const MAX_BATCH = 16;

/** How long a delete waits for company. */
const COALESCE_MS = 50;

/** What a settler works with. */
export interface SettlerParts {
  readonly queue: QueueClient;
  readonly clock: Clock;
  readonly report: (status: BridgeStatus) => void;
}

/**
 * Puts messages to rest: deletes in batches of 16 or after 50 ms, releases and dead-letters one by one.
 *
 * Nothing here rejects: what could not be settled is reported, and comes again when its lease ends.
 */
export class Settler {
  readonly #parts: SettlerParts;
  #waiting: Delivery[] = [];
  #timer: Timer | undefined;
  readonly #running = new Set<Promise<void>>();

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** Deletes the message, soon. */
  delete(delivery: Delivery): void {
    this.#waiting.push(delivery);
    if (this.#waiting.length >= MAX_BATCH) this.#deleteWaiting();
    else this.#timer ??= this.#parts.clock.after(COALESCE_MS, () => this.#deleteWaiting());
  }

  /** Gives the message back: it is delivered again in `visibleInSeconds` (1–43,200). */
  release(delivery: Delivery, visibleInSeconds: number): void {
    this.#track(this.#release(delivery, visibleInSeconds));
  }

  /** Sends the body to another queue, and deletes the message only after that has succeeded. */
  deadLetter(delivery: Delivery, deadLetterQueue: string, error: MnsbusError): void {
    this.#track(this.#deadLetter(delivery, deadLetterQueue, error));
  }

  /** Sends what is waiting; resolves when nothing is on its way any more. */
  async flush(): Promise<void> {
    do {
      this.#deleteWaiting();
      await Promise.all(this.#running);
    } while (this.#waiting.length > 0 || this.#running.size > 0);
  }

  #deleteWaiting(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#track(this.#deleteBatch(batch));
  }

  async #deleteBatch(batch: readonly Delivery[]): Promise<void> {
    const { queue, report } = this.#parts;
    const byHandle = new Map(batch.map((delivery) => [delivery.receiptHandle, delivery]));
    try {
      const failed = await queue.deleteBatch([...byHandle.keys()]);
      for (const failure of failed) {
        const delivery = byHandle.get(failure.receiptHandle);
        if (delivery !== undefined) report(deleteFailure(delivery, failure));
      }
    } catch (error) {
      for (const { messageId } of batch) report({ type: 'settle-failed', messageId, error: asMnsbusError(error) });
    }
  }

  async #release({ messageId, receiptHandle }: Delivery, visibleInSeconds: number): Promise<void> {
    const { queue, report } = this.#parts;
    try {
      await queue.changeVisibility(receiptHandle, visibleInSeconds);
      report({ type: 'released', messageId, visibleInSeconds });
    } catch (error) {
      report({ type: 'settle-failed', messageId, error: asMnsbusError(error) });
    }
  }

  async #deadLetter(delivery: Delivery, deadLetterQueue: string, reason: MnsbusError): Promise<void> {
    const { queue, report } = this.#parts;
    const { messageId } = delivery;
    try {
      await queue.sendTo(deadLetterQueue, delivery.body);
    } catch (error) {
      report({ type: 'settle-failed', messageId, error: asMnsbusError(error) });
      return;
    }
    report({ type: 'dead-lettered', messageId, deadLetterQueue, error: reason });
    await this.#deleteBatch([delivery]);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

function deleteFailure({ messageId }: Delivery, { mnsCode }: FailedDelete): BridgeStatus {
  if (isLostHandle(mnsCode)) return { type: 'lease-lost', messageId };
  const error = new MnsbusError({ code: 'MNS_ERROR', message: `MNS could not delete the message: ${mnsCode}` });
  return { type: 'settle-failed', messageId, error };
}

function asMnsbusError(error: unknown): MnsbusError {
  return error instanceof MnsbusError
    ? error
    : new MnsbusError({ code: 'MNS_UNREACHABLE', message: String(error), cause: error });
}
