import { setMaxListeners } from 'node:events';
import { MnsbusError, monotonicMs, type Timer } from '@mnsbus/core';
import { abortable, joinSignals } from '@mnsbus/core/internal';
import type { GivenUp } from '../dispatch/known-messages.js';
import type { Dispatcher, RunningMessage } from '../dispatch/dispatcher.js';
import { textOf } from '../dispatch/listener-call.js';
import type { Verdict } from '../dispatch/verdict.js';
import { WorkLease } from '../lease/work-lease.js';
import type { PushDelivery } from '../mns/delivery.js';
import type { PushRecord } from '../push/push-history.js';
import type { PushVerdict, PushedMessage } from '../push/push-sink.js';
import { TOPIC_RETRIES } from '../push/topic-retries.js';
import { runTraced } from '../telemetry/traced-run.js';
import type { DeliveryEnd } from './counters.js';
import { deadLetterPush, type PushDeadLetterParts } from './push-dead-letter.js';

/** A topic waits so long for an answer (spec mns §5.5), in milliseconds: no lease is shorter. */
const TOPIC_WAITS_MS = 5000;

/** What a run works with. */
export interface PushRunParts extends PushDeadLetterParts {
  readonly dispatcher: Dispatcher;
}

/** What the attempts that wait for a run are answered, and how they count. */
export interface PushOutcome {
  readonly verdict: PushVerdict;
  readonly end: DeliveryEnd;
}

/** The message is to come again, for no fault of its own. */
export const RELEASED: PushOutcome = { verdict: { type: 'retry' }, end: 'released' };

/**
 * One pushed message at its listeners: from the attempt of the topic that called them to the end of the last of them, whatever
 * becomes of that attempt. Later attempts join.
 */
export class PushRun {
  readonly #parts: PushRunParts;
  readonly #message: PushedMessage;
  readonly record: PushRecord;
  readonly #lease = new AbortController();
  readonly #signal: AbortSignal;
  readonly #leaseMs: number;
  readonly #watch: () => Timer;
  #timer: Timer;
  /** Whether any listener has begun. */
  #hasBegun = false;
  #outcome: Promise<PushOutcome>;
  /** Why it failed, once that is decided and the listeners may still be running. */
  #failure: MnsbusError | undefined;
  /** Resolves when the last listener has ended and the message is at rest, or everything is given up. Never rejects. */
  readonly ended: Promise<void>;

  constructor(parts: PushRunParts, message: PushedMessage, record: PushRecord) {
    this.#parts = parts;
    this.#message = message;
    this.record = record;
    this.#leaseMs = Math.max(TOPIC_WAITS_MS, parts.settings.current.lease.maxMs);
    const over = new Error(`not finished within the longest lease of ${this.#leaseMs} ms`);
    this.#watch = () => parts.clock.after(this.#leaseMs, () => this.#lease.abort(over), { isBackground: true });
    this.#timer = this.#watch();
    const { signal, release } = joinSignals(this.#lease.signal, parts.stop);
    // Each event of the message that waits listens to it.
    setMaxListeners(0, signal);
    this.#signal = signal;
    const { outcome, finished } = this.#begin();
    this.#outcome = outcome;
    this.ended = this.#untilEnded(finished).finally(() => {
      this.#timer.cancel();
      release();
    });
  }

  /** What to answer an attempt. Never rejects. */
  join(): Promise<PushOutcome> {
    const failure = this.#failure;
    if (failure === undefined) return this.#outcome;
    const givenUp = this.#givenUp();
    // A listener that has lost its lease and runs on keeps this attempt from another call: it has failed again. One that has
    // answered, and runs on within the lease, only has not ended.
    if (this.#lease.signal.aborted) this.record.failures += 1;
    else if (givenUp === undefined && this.#exhaustion() === undefined) return Promise.resolve(RELEASED);
    this.#failure = undefined;
    this.#outcome = givenUp === undefined ? this.#fail(failure) : this.#deadLetter(givenUp);
    return this.#outcome;
  }

  #begin(): { readonly outcome: Promise<PushOutcome>; readonly finished: Promise<void> } {
    const givenUp = this.#givenUp();
    if (givenUp !== undefined) return { outcome: this.#deadLetter(givenUp), finished: Promise.resolve() };
    const { verdict, finished } = this.#call();
    return { outcome: this.#settle(verdict), finished };
  }

  /** Why only a copy is still wanted, if one is. */
  #givenUp(): GivenUp | undefined {
    return this.#parts.settings.current.deadLetterQueue === undefined ? undefined : this.record.known.givenUp;
  }

  /** Calls the listeners. What the dispatcher throws is the failure of this message alone. */
  #call(): Pick<RunningMessage, 'verdict' | 'finished'> {
    const { dispatcher, clock, report, settings } = this.#parts;
    const { known } = this.record;
    const delivery = toDelivery(this.#message);
    const lease = new WorkLease(clock);
    const endLease = (): void => lease.end();
    this.#signal.addEventListener('abort', endLease, { once: true });
    try {
      const opened = dispatcher.open(delivery);
      if (opened instanceof MnsbusError) {
        endLease();
        report({ type: 'rejected', messageId: delivery.messageId, error: opened });
        const verdict: Verdict = { type: 'dead-letter', error: opened, cause: 'unreadable' };
        return { verdict: Promise.resolve(verdict), finished: Promise.resolve() };
      }
      const canDeadLetter = (): boolean => settings.current.deadLetterQueue !== undefined;
      const isHeld = (): boolean => !this.#signal.aborted;
      const signalOf = (): AbortSignal => this.#signal;
      const workBegins = (): void => this.#workBegins();
      const common = { delivery, signalOf, isHeld, workBegins, canDeadLetter };
      const frame = { ...common, lease, known, givenUp: undefined, report };
      const { verdict, finished } = runTraced(dispatcher, opened, frame);
      return { verdict: verdict.catch(notHandled), finished: finished.then(endLease, endLease) };
    } catch (cause) {
      endLease();
      return { verdict: Promise.resolve(notHandled(cause)), finished: Promise.resolve() };
    }
  }

  /** The longest lease is meant for the work: what the message has waited is no part of it. */
  #workBegins(): void {
    this.#hasBegun = true;
    if (this.#signal.aborted) return;
    this.#timer.cancel();
    this.#timer = this.#watch();
  }

  async #settle(verdict: Promise<Verdict>): Promise<PushOutcome> {
    const { report, stop } = this.#parts;
    const { messageId } = this.#message;
    const given = await abortable(verdict, this.#signal).catch(() => undefined);
    if (given !== undefined) return this.#carryOut(given);
    if (stop.aborted) {
      report({ type: 'abandoned', messageId });
      return RELEASED;
    }
    report({ type: 'lease-lost', messageId, overrun: this.#hasBegun });
    // Nobody has taken it: that is no failure.
    if (!this.#hasBegun) return RELEASED;
    void this.#heedLate(verdict);
    this.record.failures += 1;
    return this.#fail(failed(`its listeners did not end within the longest lease of ${this.#leaseMs} ms`));
  }

  /** A listener may say yet that it has finished. */
  async #heedLate(verdict: Promise<Verdict>): Promise<void> {
    if ((await verdict).type === 'ack') this.record.isDone = true;
  }

  #carryOut(verdict: Verdict): PushOutcome | Promise<PushOutcome> {
    switch (verdict.type) {
      case 'ack':
        this.record.isDone = true;
        return { verdict: { type: 'ack' }, end: 'acked' };
      case 'release':
        return RELEASED;
      case 'retry':
        this.record.failures += 1;
        return this.#fail(verdict.error);
      case 'dead-letter':
        return this.#deadLetter({ error: verdict.error, cause: verdict.cause });
    }
  }

  /** A dead letter once it has failed often enough, or the topic may not send it again; otherwise a retry. */
  async #fail(error: MnsbusError): Promise<PushOutcome> {
    const exhaustion = this.#exhaustion();
    if (exhaustion === undefined) return this.#retry(error);
    const { code, message } = error;
    return this.#deadLetter({
      error: new MnsbusError({ code, message: `${message} (${exhaustion})`, cause: error }),
      cause: 'listener',
    });
  }

  #retry(error: MnsbusError): PushOutcome {
    this.#failure = error;
    return { verdict: { type: 'retry', error }, end: 'retried' };
  }

  async #deadLetter(givenUp: GivenUp): Promise<PushOutcome> {
    const isLast = this.#mayBeLast();
    const end = await deadLetterPush(this.#message, { ...givenUp, isLast }, this.#parts);
    if (end !== 'copied') {
      // Its listeners have had their say: the next attempt is for the copy, unless there can be none.
      this.record.known.givenUp = end === 'refused' ? undefined : givenUp;
      return this.#retry(givenUp.error);
    }
    this.record.isDone = true;
    return { verdict: { type: 'ack' }, end: 'deadLettered' };
  }

  /** Why another attempt is not to be hoped for. */
  #exhaustion(): string | undefined {
    const { failures, attempts } = this.record;
    const { maxDeliveries } = this.#parts.settings.current;
    if (failures >= maxDeliveries) return `failures seen here: ${failures}, and maxDeliveries is ${maxDeliveries}`;
    if (!this.#mayBeLast()) return undefined;
    return `failures seen here: ${failures}, in attempts of the topic: ${attempts}, of which this may have been the last`;
  }

  #mayBeLast(): boolean {
    const { attempts, lastFromMs } = TOPIC_RETRIES[this.#message.strategy ?? 'BACKOFF_RETRY'];
    const ageMs = monotonicMs(this.#parts.clock) - this.record.sinceMs;
    return this.record.attempts >= attempts || ageMs >= lastFromMs;
  }

  async #untilEnded(finished: Promise<void>): Promise<void> {
    await abortable(finished, this.#parts.stop).catch(() => {});
    // An attempt that joins meanwhile may begin another copy.
    for (let settled; settled !== this.#outcome;) {
      settled = this.#outcome;
      await settled.catch(() => {});
    }
  }
}

function notHandled(cause: unknown): Verdict {
  return { type: 'retry', afterSeconds: undefined, error: failed(`not handled: ${textOf(cause)}`, cause) };
}

function failed(message: string, cause?: unknown): MnsbusError<'LISTENER_FAILED'> {
  return new MnsbusError({ code: 'LISTENER_FAILED', message, cause });
}

function toDelivery(message: PushedMessage): PushDelivery {
  const { topicName, subscriptionName, messageId, body, userProperties, sentAt, receivedAt } = message;
  return {
    source: 'push',
    queueName: undefined,
    deliveryCount: undefined,
    topicName,
    subscriptionName,
    messageId,
    body,
    userProperties,
    sentAt,
    receivedAt,
  };
}
