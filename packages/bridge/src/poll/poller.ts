import { monotonicMs, sleep, type Clock, type MnsbusError, type SeededRandom } from '@mnsbus/core';
import { joinSignals } from '@mnsbus/core/internal';
import { asMnsbusError } from '../mns/mns-error.js';
import type { QueueClient, ReceivedMessage } from '../mns/queue-client.js';
import type { CurrentSettings } from '../options/bridge-settings.js';
import type { QueueFact } from '../status/bridge-status.js';
import { fullJitter, type BackoffRange } from './backoff.js';
import { Session } from './session.js';
import type { Slots } from './slots.js';

/** The most messages that one receive may ask for (spec mns §3.3). */
const MAX_BATCH = 16;

/** An empty answer before this share of the wait means that the service wants us to slow down (spec mns §4.6). */
const EARLY_SHARE = 0.5;

const BACKOFF_MS: BackoffRange = { base: 200, cap: 30_000 };

/** Between two looks at a service that has refused for good: what has changed there need not wait for a restart here. */
const REFUSED_MS = { low: 60_000, high: 300_000 } as const;

/**
 * How long an open poll may still be answered before it is aborted: three round trips, within these bounds. A message that the
 * service had just handed out would else be lost to everybody for its whole visibility timeout.
 *
 * Where messages come at every moment, one may be handed out in the moment of that, too: after one that came less than
 * `trafficMs` ago the next is waited for, for as long at most. It ends the wait.
 */
const LAST_ANSWER = { roundTrips: 3, leastMs: 50, mostMs: 1000, trafficMs: 1500 } as const;

/** What a poller works with. */
export interface PollerParts {
  readonly queue: Pick<QueueClient, 'receive' | 'roundTripMs'>;
  /** Room for received messages. A poll takes as many slots as it asks for; those of the messages it brings stay taken. */
  readonly slots: Slots;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly settings: CurrentSettings;
  /** How many messages may be held ready. */
  readonly prefetch: { readonly count: number };
  /** Takes over every received message and its slot; must not throw. What is `late` was not asked for any more. */
  readonly handle: (received: ReceivedMessage, late: boolean) => void;
  readonly report: (fact: QueueFact) => void;
}

/**
 * What a poller is doing: `starting` until its first receive is answered, `stopped` while it waits to ask a service again that has
 * refused for good.
 */
export type PollerState = 'idle' | 'starting' | 'polling' | 'paused' | 'stopped' | 'closed';

/**
 * Receives while there is room: one long poll while the queue is idle, more polls while it is busy.
 *
 * A reply that brings all that was asked for starts one more poll; the additional ones do not wait, and end with the first
 * empty reply. Back-off when the service fails or hurries us away; when it refuses for good, it is asked again every few minutes.
 */
export class Poller {
  readonly #parts: PollerParts;
  #state: PollerState = 'idle';
  /** Ends with a pause or the stop; each start and resume has one of its own. */
  #session = new Session();
  /** What a pause has interrupted, and what has been asked for since. */
  #resumesTo: 'idle' | 'starting' | 'polling' = 'idle';
  #failuresInARow = 0;
  #emptiesInARow = 0;
  #loop: Promise<void> = Promise.resolve();
  readonly #helpers = new Set<Promise<void>>();
  /** Wakes a poller that waits after a refusal. */
  #wake: AbortController | undefined;
  #lastPollAt: Date | undefined;
  #lastGoodPollAt: Date | undefined;
  #openSinceMs: number | undefined;
  /** When messages last came, as a monotonic reading. */
  #lastMessageMs = Number.NEGATIVE_INFINITY;

  constructor(parts: PollerParts) {
    this.#parts = parts;
  }

  get state(): PollerState {
    return this.#state;
  }

  /** Failed receives since the last good one. */
  get failuresInARow(): number {
    return this.#failuresInARow;
  }

  /** When the last receive was answered, with messages or without. */
  get lastGoodPollAt(): Date | undefined {
    return this.#lastGoodPollAt;
  }

  /** When the last receive was sent. */
  get lastPollAt(): Date | undefined {
    return this.#lastPollAt;
  }

  /** Since when the poll of the loop is open, as a monotonic reading in milliseconds; `undefined` when none is. */
  get openSinceMs(): number | undefined {
    return this.#openSinceMs;
  }

  /**
   * Receives once without waiting, so that wrong credentials or a missing queue show at once. What comes is handed over.
   *
   * Rejects with what that receive met, unless it may pass: that is only reported. After a rejection it can be called again.
   * Does nothing while paused.
   */
  probe(): Promise<void> {
    if (this.#state === 'paused' && this.#resumesTo === 'idle') this.#resumesTo = 'starting';
    if (this.#state !== 'idle') return Promise.resolve();
    this.#state = 'starting';
    const probing = this.#probe();
    this.#loop = probing.catch(() => {});
    return probing;
  }

  async #probe(): Promise<void> {
    const { report } = this.#parts;
    const session = this.#session;
    try {
      await this.#receive(0, session);
    } catch (error) {
      const failure = asMnsbusError(error);
      if (session.isOver) return;
      if (!failure.retryable) {
        this.#state = 'idle';
        throw failure;
      }
      report({ type: 'receive-failed', error: failure, retryInMs: 0 });
    }
  }

  /** Polls from now on, after a {@link probe}. */
  begin(): void {
    this.#parts.report({ type: 'started' });
    this.#resumesTo = 'polling';
    if (this.#state === 'starting') this.#poll();
  }

  /** Takes a {@link probe} back: it is as before. */
  cancel(): void {
    this.#resumesTo = 'idle';
    if (this.#state === 'starting') this.#state = 'idle';
  }

  /** Receives no more until `resume`, also when it has not begun. Answers that are on their way are late. */
  pause(): void {
    if (this.#state === 'paused' || this.#state === 'closed') return;
    this.#resumesTo = this.#state === 'idle' || this.#state === 'starting' ? this.#state : 'polling';
    this.#state = 'paused';
    this.#endSession();
    this.#parts.report({ type: 'paused' });
  }

  /** Polls again after `pause`, if it has begun by now, and asks at once after the service has refused for good. */
  resume(): void {
    this.retryNow();
    if (this.#state !== 'paused') return;
    const { finish } = this.#session;
    this.#loop = this.#loop.then(finish);
    this.#session = new Session();
    this.#parts.report({ type: 'resumed' });
    if (this.#resumesTo === 'polling') this.#poll();
    else this.#state = this.#resumesTo;
  }

  /** Asks at once after the service has refused for good. */
  retryNow(): void {
    this.#wake?.abort();
  }

  /** Ends the open polls; resolves when all have ended. */
  async stop(): Promise<void> {
    this.#state = 'closed';
    this.#endSession();
    await this.#loop;
    await Promise.all(this.#helpers);
    this.#session.finish();
  }

  #poll(): void {
    this.#state = 'polling';
    const session = this.#session;
    this.#loop = this.#loop.then(() => this.#run(session));
  }

  #endSession(): void {
    const { clock, queue } = this.#parts;
    this.#wake?.abort();
    const { roundTrips, leastMs, mostMs, trafficMs } = LAST_ANSWER;
    // Nothing is known of the way before the first answer: the longest wait then, which ends with that answer.
    const { roundTripMs = mostMs } = queue;
    // Where calls take no time, as in virtual time, no answer is on its way.
    const onItsWayMs = roundTripMs === 0 ? 0 : Math.min(Math.max(roundTrips * roundTripMs, leastMs), mostMs);
    const isQuiet = monotonicMs(clock) - this.#lastMessageMs > trafficMs;
    const lastAnswerMs = roundTripMs === 0 || isQuiet ? onItsWayMs : Math.max(onItsWayMs, trafficMs);
    this.#session.end(clock, lastAnswerMs);
  }

  async #run(session: Session): Promise<void> {
    const { slots, settings } = this.#parts;
    for (;;) {
      await slots.whenFree(() => this.#leastRoom(), session.over);
      if (session.isOver) return;
      const { waitSeconds } = settings.current;
      try {
        const startedMs = monotonicMs(this.#parts.clock);
        const { asked, received } = await this.#receive(waitSeconds, session, true);
        this.#failuresInARow = 0;
        if (received === asked) this.#addHelper(session);
        const waitedMs = monotonicMs(this.#parts.clock) - startedMs;
        if (received > 0 || (waitSeconds > 0 && waitedMs > waitSeconds * 1000 * EARLY_SHARE)) this.#emptiesInARow = 0;
        else await this.#slowDown(session, waitSeconds > 0 ? waitedMs : undefined);
      } catch (error) {
        if (session.isOver) return;
        await this.#failed(asMnsbusError(error), session);
      }
    }
  }

  /** One more poll beside the loop, while there is room and all that is asked for comes. */
  #addHelper(session: Session): void {
    const helper = this.#help(session).finally(() => this.#helpers.delete(helper));
    this.#helpers.add(helper);
  }

  async #help(session: Session): Promise<void> {
    const { slots } = this.#parts;
    try {
      while (slots.free >= MAX_BATCH && !session.isOver) {
        const { asked, received } = await this.#receive(0, session);
        if (received < asked) return;
        this.#addHelper(session);
      }
    } catch {
      // The loop meets the same failure with its next receive; that one reports it and backs off.
    }
  }

  async #receive(
    waitSeconds: number,
    session: Session,
    isOfLoop = false,
  ): Promise<{ asked: number; received: number }> {
    const { queue, slots, clock, handle } = this.#parts;
    const asked = Math.max(1, Math.min(MAX_BATCH, slots.free));
    this.#lastPollAt = new Date(clock.now());
    if (isOfLoop) this.#openSinceMs = monotonicMs(clock);
    slots.take(asked);
    let received = 0;
    try {
      const limits = { signal: session.aborted, sendUntil: session.over };
      const messages = await queue.receive({ max: asked, waitSeconds, ...limits });
      this.#lastGoodPollAt = new Date(clock.now());
      received = messages.length;
      if (received > 0) this.#lastMessageMs = monotonicMs(clock);
      for (const message of messages) handle(message, session.isOver);
    } finally {
      if (isOfLoop) this.#openSinceMs = undefined;
      // Also when the service brings more than was asked for.
      slots.giveBack(asked - received);
    }
    return { asked, received };
  }

  /** Messages held ready leave room for full batches: a receive for each that ends would be a call per message. */
  #leastRoom(): number {
    return Math.max(1, Math.min(MAX_BATCH, this.#parts.prefetch.count));
  }

  // Asked not to wait, an empty answer is what was asked for; else it is a hint to slow down.
  async #slowDown(session: Session, waitedMs: number | undefined): Promise<void> {
    const { clock, random, report } = this.#parts;
    this.#emptiesInARow += 1;
    const retryInMs = fullJitter(BACKOFF_MS, this.#emptiesInARow, random);
    if (waitedMs !== undefined) report({ type: 'empty-early', waitedMs, retryInMs });
    await sleep(clock, retryInMs, session.over);
  }

  async #failed(error: MnsbusError, session: Session): Promise<void> {
    const { clock, random, report } = this.#parts;
    this.#failuresInARow += 1;
    if (error.retryable) {
      const retryInMs = fullJitter(BACKOFF_MS, this.#failuresInARow, random);
      report({ type: 'receive-failed', error, retryInMs });
      await sleep(clock, retryInMs, session.over);
      return;
    }
    for (let refusal: MnsbusError | undefined = error; refusal !== undefined;) {
      this.#state = 'stopped';
      const retryInMs = random.integer(REFUSED_MS.low, REFUSED_MS.high);
      report({ type: 'stopped', error: refusal, retryInMs });
      this.#wake = new AbortController();
      const { signal, release } = joinSignals(session.over, this.#wake.signal);
      await sleep(clock, retryInMs, signal);
      release();
      this.#wake = undefined;
      if (session.isOver) return;
      refusal = await this.#refusalNow(session);
    }
    if (session.isOver) return;
    this.#state = 'polling';
    report({ type: 'resumed' });
  }

  /** Asks the service again; what it still refuses for good. What passes is left to the loop. */
  async #refusalNow(session: Session): Promise<MnsbusError | undefined> {
    try {
      await this.#receive(0, session);
      this.#failuresInARow = 0;
      return undefined;
    } catch (cause) {
      const error = asMnsbusError(cause);
      return session.isOver || error.retryable ? undefined : error;
    }
  }
}
