import { MnsbusError, type Clock, type Timer } from '@mnsbus/core';
import type { Delivery } from '../mns/delivery.js';
import { MnsServiceError, isLostHandle } from '../mns/mns-error.js';
import type { QueueClient } from '../mns/queue-client.js';
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

/** Where a message goes that nobody could handle, and why. */
export interface DeadLetter {
  readonly deadLetterQueue: string;
  readonly error: MnsbusError;
  /** When the message comes again if it cannot be copied, in seconds from 1 to 43,200. */
  readonly retryInSeconds: number;
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

  /** Copies the message to another queue, and deletes it only after that has succeeded; else gives it back for `retryInSeconds`. */
  deadLetter(delivery: Delivery, { deadLetterQueue, error, retryInSeconds }: DeadLetter): void {
    this.#track(this.#deadLetter(delivery, { deadLetterQueue, error, retryInSeconds }));
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
    const failures = await this.#delete(batch);
    for (const failure of failures.values()) this.#parts.report(failure);
  }

  /** Deletes; gives the status of each message that could not be deleted. */
  async #delete(batch: readonly Delivery[]): Promise<ReadonlyMap<Delivery, BridgeStatus>> {
    const byHandle = new Map(batch.map((delivery) => [delivery.receiptHandle, delivery]));
    const failures = new Map<Delivery, BridgeStatus>();
    try {
      for (const { receiptHandle, mnsCode } of await this.#parts.queue.deleteBatch([...byHandle.keys()])) {
        const delivery = byHandle.get(receiptHandle);
        const error = refusedDelete(mnsCode);
        if (delivery !== undefined) failures.set(delivery, settleFailure(delivery, error));
      }
    } catch (error) {
      for (const delivery of batch) failures.set(delivery, settleFailure(delivery, error));
    }
    return failures;
  }

  async #release(delivery: Delivery, visibleInSeconds: number): Promise<void> {
    const { queue, report } = this.#parts;
    const { messageId, receiptHandle } = delivery;
    try {
      await queue.changeVisibility(receiptHandle, visibleInSeconds);
      report({ type: 'released', messageId, visibleInSeconds });
    } catch (error) {
      report(settleFailure(delivery, error));
    }
  }

  async #deadLetter(delivery: Delivery, { deadLetterQueue, error, retryInSeconds }: DeadLetter): Promise<void> {
    const { queue, report } = this.#parts;
    const { messageId } = delivery;
    try {
      await queue.copyTo(deadLetterQueue, delivery);
    } catch (failure) {
      report({ type: 'settle-failed', messageId, error: asMnsbusError(failure) });
      // Left alone it would come back as soon as its lease ends, again and again.
      await this.#release(delivery, retryInSeconds);
      return;
    }
    const failures = await this.#delete([delivery]);
    report(failures.get(delivery) ?? { type: 'dead-lettered', messageId, deadLetterQueue, error });
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

function settleFailure({ messageId }: Delivery, cause: unknown): BridgeStatus {
  const error = asMnsbusError(cause);
  const isLost = error instanceof MnsServiceError && isLostHandle(error.mnsCode);
  return isLost ? { type: 'lease-lost', messageId } : { type: 'settle-failed', messageId, error };
}

function refusedDelete(mnsCode: string): MnsServiceError {
  const message = 'the message could not be deleted.';
  return new MnsServiceError({ mnsCode, status: 404, message, requestId: undefined, cause: undefined });
}

function asMnsbusError(error: unknown): MnsbusError {
  return error instanceof MnsbusError
    ? error
    : new MnsbusError({ code: 'MNS_UNREACHABLE', message: String(error), cause: error });
}
