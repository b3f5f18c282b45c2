import { md5Hex, sleep, type MnsbusError, type Clock, type SeededRandom, type Timer } from '@mnsbus/core';
import type { KnownMessage } from '../dispatch/known-messages.js';
import type { HeldMessage } from '../lease/held-message.js';
import { MnsServiceError, asMnsbusError, isLostHandle } from '../mns/mns-error.js';
import type { QueueClient } from '../mns/queue-client.js';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
import { sharedController } from '../shared-controller.js';
import type { DeadLetterCause, QueueFact } from '../status/bridge-status.js';
import { reasonProperties } from './dead-letter.js';

/** The most handles of one delete (spec mns §2.12). */
const MAX_BATCH = 16;

/** How long a delete waits for company, unless less than four times as long is left of its lease. */
const COALESCE_MS = 50;

/** The share of what is left of a lease for which a new handle is waited for. */
const HANDLE_SHARE = 0.75;

/** Between attempts at a call that failed in passing: with full jitter, some five seconds in all, if the lease lasts. */
const RETRY_MS: BackoffRange = { base: 100, cap: 5000 };
const MAX_ATTEMPTS = 8;

/** What has become of a message. `retried` and `released` both mean that it is delivered again: after a failure, or for any other reason. */
export type Settled = 'acked' | 'retried' | 'released' | 'deadLettered';

/** What a settler works with. */
export interface SettlerParts {
  readonly queue: Pick<QueueClient, 'deleteBatch' | 'changeVisibility' | 'copyTo'>;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly report: (fact: QueueFact) => void;
  /** Called once for every message handed in, unless its lease was lost before. */
  readonly onSettled: (held: HeldMessage, settled: Settled) => void;
}

/** When a message is to be delivered again, and why. */
export interface Release {
  /** 1–43,200. */
  readonly visibleInSeconds: number;
  readonly as: 'retried' | 'released';
}

/** Where a message goes that nobody could handle, and why. */
export interface DeadLetter {
  readonly deadLetterQueue: string;
  readonly cause: DeadLetterCause;
  readonly error: MnsbusError;
  /** When the message comes again if it cannot be copied, in seconds from 1 to 43,200. */
  readonly retryInSeconds: number;
  /** Remembers what has become of the copy. */
  readonly known: Pick<KnownMessage, 'copiedMD5' | 'givenUp'>;
}

/** A message on its way to rest: its handle, and how long that is ours. */
interface Ours {
  readonly held: HeldMessage;
  readonly receiptHandle: string;
}

/**
 * Puts messages to rest: deletes in batches of 16 or after 50 ms, sooner before the end of a lease, releases and dead-letters one by one.
 *
 * Calls that fail in passing are repeated a few times while the lease lasts. Nothing here rejects: what could not be settled is
 * reported, and comes again when its lease ends.
 */
export class Settler {
  readonly #parts: SettlerParts;
  #waiting: HeldMessage[] = [];
  #timer: Timer | undefined;
  readonly #running = new Set<Promise<void>>();
  readonly #stop = sharedController();

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** Deletes the message, soon. */
  delete(held: HeldMessage): void {
    this.#whenReady(held, () => {
      this.#waiting.push(held);
      const isUrgent = held.leftMs < 4 * COALESCE_MS;
      if (isUrgent || this.#waiting.length >= MAX_BATCH) this.#deleteWaiting();
      else this.#timer ??= this.#parts.clock.after(COALESCE_MS, () => this.#deleteWaiting());
    });
  }

  /** Gives the message back. */
  release(held: HeldMessage, release: Release): void {
    this.#whenReady(held, () => {
      const ours = takeOver(held);
      if (ours !== undefined) this.#track(this.#release(ours, release));
    });
  }

  /** Copies the message to another queue, once, and deletes it only after that has succeeded; else gives it back for `retryInSeconds`. */
  deadLetter(held: HeldMessage, deadLetter: DeadLetter): void {
    this.#whenReady(held, () => {
      const ours = takeOver(held);
      if (ours !== undefined) this.#track(this.#deadLetter(ours, deadLetter));
    });
  }

  /** Sends what is waiting; resolves when nothing is on its way any more. */
  async flush(): Promise<void> {
    do {
      this.#deleteWaiting();
      await Promise.all(this.#running);
    } while (this.#waiting.length > 0 || this.#running.size > 0);
  }

  /** Repeats no call any more. */
  giveUp(): void {
    this.#stop.abort();
  }

  #whenReady(held: HeldMessage, settle: () => void): void {
    const extending = held.stopExtending();
    if (extending === undefined) settle();
    else this.#track(this.#answered(extending, held).then(settle));
  }

  /** An extension on its way brings a new handle, and the old one may be refused: but in the last of the lease it is the better chance. */
  async #answered(extending: Promise<void>, { leftMs }: HeldMessage): Promise<void> {
    const answered = new AbortController();
    void extending.then(() => answered.abort());
    await sleep(this.#parts.clock, leftMs * HANDLE_SHARE, answered.signal);
  }

  #deleteWaiting(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const batch = this.#waiting.flatMap((held) => takeOver(held) ?? []);
    this.#waiting = [];
    this.#track(this.#deleteBatch(batch));
  }

  async #deleteBatch(batch: readonly Ours[]): Promise<void> {
    const failures = await this.#delete(batch);
    for (const ours of batch) {
      const failure = failures.get(ours);
      if (failure !== undefined) this.#parts.report(failure);
      this.#parts.onSettled(ours.held, failure === undefined ? 'acked' : 'released');
    }
  }

  /** Deletes, again and again what failed in passing; tells why the rest could not be deleted. */
  async #delete(batch: readonly Ours[]): Promise<ReadonlyMap<Ours, QueueFact>> {
    const failures = new Map<Ours, QueueFact>();
    let left = batch;
    let isRepeat = false;
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const outcome = await this.#tryDelete(left);
      // While the lease is ours nobody else has the message: if it is gone, an earlier attempt has deleted it, and only its answer
      // was lost. An answer that came after the lease says nothing of the kind.
      const isGone = ({ held }: Ours, error: MnsbusError): boolean => isRepeat && isLost(error) && held.leftMs > 0;
      const failed = left.flatMap((ours) => {
        const error = outcome.get(ours);
        return error === undefined || isGone(ours, error) ? [] : [{ ours, error }];
      });
      const again = failed.filter(({ error }) => error.retryable);
      isRepeat ||= again.some(({ error }) => error.code === 'MNS_UNREACHABLE');
      const retried = await this.#waitToRetry(
        attempt,
        again.map(({ ours }) => ours),
      );
      for (const { ours, error } of failed) if (!retried.has(ours)) failures.set(ours, settleFailure(ours, error));
      left = [...retried];
    }
    return failures;
  }

  /** One attempt; the errors of those that were not deleted. */
  async #tryDelete(batch: readonly Ours[]): Promise<ReadonlyMap<Ours, MnsbusError>> {
    const byHandle = new Map(batch.map((ours) => [ours.receiptHandle, ours]));
    const errors = new Map<Ours, MnsbusError>();
    try {
      for (const { receiptHandle, mnsCode } of await this.#parts.queue.deleteBatch([...byHandle.keys()])) {
        const ours = byHandle.get(receiptHandle);
        if (ours !== undefined) errors.set(ours, refusedDelete(mnsCode));
      }
    } catch (cause) {
      const error = asMnsbusError(cause);
      for (const ours of batch) errors.set(ours, error);
    }
    return errors;
  }

  async #release(ours: Ours, { visibleInSeconds, as }: Release): Promise<void> {
    const { queue, report, onSettled } = this.#parts;
    const { messageId } = ours.held.delivery;
    const error = await this.#repeat(ours, () => queue.changeVisibility(ours.receiptHandle, visibleInSeconds));
    report(error === undefined ? { type: 'released', messageId, visibleInSeconds } : settleFailure(ours, error));
    onSettled(ours.held, as);
  }

  async #deadLetter(ours: Ours, letter: DeadLetter): Promise<void> {
    const { deadLetterQueue, cause, error: reason, retryInSeconds, known } = letter;
    const { report, onSettled } = this.#parts;
    const { messageId, body } = ours.held.delivery;
    const bodyMD5 = md5Hex(body);
    const failure = known.copiedMD5 === bodyMD5 ? undefined : await this.#copy(ours, deadLetterQueue, reason);
    if (failure === undefined) known.copiedMD5 = bodyMD5;
    if (failure !== undefined) {
      // Refused for what it is, it has no better place than its own queue, and no better chance than another call of its listeners.
      if (isRefusedForGood(failure)) known.givenUp = undefined;
      report({ type: 'settle-failed', messageId, error: failure });
      // Left alone it would come back as soon as its lease ends, again and again.
      await this.#release(ours, { visibleInSeconds: retryInSeconds, as: 'retried' });
      return;
    }
    const notDeleted = (await this.#delete([ours])).get(ours);
    report(notDeleted ?? { type: 'dead-lettered', messageId, deadLetterQueue, cause, error: reason });
    onSettled(ours.held, notDeleted === undefined ? 'deadLettered' : 'released');
  }

  async #copy(ours: Ours, deadLetterQueue: string, reason: MnsbusError): Promise<MnsbusError | undefined> {
    const { queue } = this.#parts;
    const { delivery } = ours.held;
    const userProperties = [...delivery.userProperties, ...reasonProperties(delivery, reason)];
    const error = await this.#repeat(ours, () => queue.copyTo(deadLetterQueue, { ...delivery, userProperties }));
    // A service that knows no properties, or counts them otherwise, still gets the message; the reason is in the status.
    return error !== undefined && isRefusedForGood(error)
      ? this.#repeat(ours, () => queue.copyTo(deadLetterQueue, delivery))
      : error;
  }

  /** Carries out a call, again and again while it fails in passing; resolves with its last error, if any. */
  async #repeat(ours: Ours, call: () => Promise<unknown>): Promise<MnsbusError | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await call();
        return undefined;
      } catch (cause) {
        const error = asMnsbusError(cause);
        if (!error.retryable || (await this.#waitToRetry(attempt, [ours])).size === 0) return error;
      }
    }
  }

  /** Waits before another attempt; resolves with those that are still ours then, none when there is no use in waiting. */
  async #waitToRetry(attempt: number, failed: readonly Ours[]): Promise<ReadonlySet<Ours>> {
    if (failed.length === 0 || attempt >= MAX_ATTEMPTS || this.#stop.signal.aborted) return new Set();
    const { clock, random } = this.#parts;
    const delayMs = fullJitter(RETRY_MS, attempt, random);
    const lasting = failed.filter(({ held }) => held.leftMs > delayMs);
    if (lasting.length > 0) await sleep(clock, delayMs, this.#stop.signal);
    return new Set(this.#stop.signal.aborted ? [] : lasting.filter(({ held }) => held.leftMs > 0));
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

function takeOver(held: HeldMessage): Ours | undefined {
  const receiptHandle = held.handOver();
  return receiptHandle === undefined ? undefined : { held, receiptHandle };
}

function isRefusedForGood(error: MnsbusError): boolean {
  return error instanceof MnsServiceError && error.status === 400 && !error.retryable;
}

function settleFailure({ held }: Ours, error: MnsbusError): QueueFact {
  const { messageId } = held.delivery;
  return isLost(error)
    ? { type: 'lease-lost', messageId, overrun: false }
    : { type: 'settle-failed', messageId, error };
}

function isLost(error: MnsbusError): boolean {
  return error instanceof MnsServiceError && isLostHandle(error.mnsCode);
}

function refusedDelete(mnsCode: string): MnsServiceError {
  const status = mnsCode === 'InternalError' ? 500 : 404;
  return new MnsServiceError({
    mnsCode,
    status,
    message: 'the message could not be deleted.',
    requestId: undefined,
    cause: undefined,
  });
}
