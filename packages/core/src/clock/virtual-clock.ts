import { MnsbusError, invalidArgument } from '../errors.js';
import { Activity } from './activity.js';
import { checkDelay, type Clock, type Timer, type TimerOptions } from './clock.js';
import { IndexedHeap } from './indexed-heap.js';
import { untilQuiet } from './quiescence.js';

interface Due {
  readonly atMs: number;
  /** Timers of the same instant run in the order in which they were set. */
  readonly sequence: number;
  readonly isBackground: boolean;
  readonly callback: () => void;
}

/** A clock that is being moved by itself. */
export interface AutoAdvance {
  /** Lets the clock stand still again; resolves when it does. Rejects with what a timer has thrown. */
  stop(): Promise<void>;
}

/** The most timers that `runUntilIdle` runs when it is not told otherwise. */
const DEFAULT_MAX_TIMERS = 100_000;

/**
 * A clock that moves only when told to, in jumps from one due timer to the next.
 *
 * Between two timers it waits until all is quiet: promise work has settled, the emulator has answered what does not wait
 * for the clock, and the machine does nothing for this process. So code under test sees the same order of events as with a
 * real clock, in no time. What only the user knows of, such as a request to another program, is handed to {@link hold}.
 */
export class VirtualClock implements Clock {
  readonly activity: Activity = new Activity();
  readonly #due = new IndexedHeap<Due>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence));
  /** What timers go by: nobody can set it. */
  #nowMs: number;
  /** By how much the time of day is ahead of that. */
  #aheadMs = 0;
  #sequence = 0;
  #backgroundTimers = 0;
  #advancing = false;
  /** Wakes an auto-advance that has nothing to do; `undefined` while none sleeps. */
  #wake: (() => void) | undefined;

  /** Starts at `startMs` milliseconds since 1970 (default 2026-01-01T00:00:00Z). Throws `INVALID_ARGUMENT` unless it is a finite number. */
  constructor(startMs: number = 1_767_225_600_000) {
    if (!Number.isFinite(startMs)) throw invalidArgument('startMs', 'a finite number of milliseconds', startMs);
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs + this.#aheadMs;
  }

  /** Goes with the timers: {@link stepWall} does not touch it. */
  monotonic(): number {
    return this.#nowMs;
  }

  /**
   * Sets the time of day forward by `deltaMs`, or back for a negative number, as a correction of a machine's clock does:
   * no time passes, and no timer rings earlier or later. Throws `INVALID_ARGUMENT` unless it is a finite number.
   */
  stepWall(deltaMs: number): void {
    if (!Number.isFinite(deltaMs)) throw invalidArgument('deltaMs', 'a finite number of milliseconds', deltaMs);
    this.#aheadMs += deltaMs;
  }

  after(delayMs: number, callback: () => void, { isBackground = false }: TimerOptions = {}): Timer {
    const atMs = this.#nowMs + Math.max(0, checkDelay(delayMs));
    const due = { atMs, sequence: this.#sequence++, isBackground, callback };
    const entry = this.#due.push(due);
    if (isBackground) this.#backgroundTimers += 1;
    this.#wake?.();
    return {
      cancel: () => {
        if (this.#due.remove(entry)) this.#left(due);
      },
    };
  }

  /** When the next timer is due, in milliseconds since 1970; `undefined` when none is set. */
  get nextDueMs(): number | undefined {
    const next = this.#due.peek();
    return next === undefined ? undefined : next.atMs + this.#aheadMs;
  }

  /** How many timers are set: 0 after a clean shutdown. */
  get pendingTimers(): number {
    return this.#due.size;
  }

  /** Lets no time pass until `work` settles, and returns its outcome: for work that the clock cannot see, such as a request to another program. */
  hold<T>(work: Promise<T>): Promise<T> {
    return this.activity.during(work);
  }

  /** Moves the time forward by `deltaMs`, running every timer that falls due, in order. Throws `INVALID_ARGUMENT` when negative. */
  async advanceBy(deltaMs: number): Promise<void> {
    if (!(deltaMs >= 0)) throw invalidArgument('deltaMs', 'a number of milliseconds from 0', deltaMs);
    await this.advanceTo(this.now() + deltaMs);
  }

  /** Moves the time forward to `targetMs`, running every timer that falls due, in order. Throws `INVALID_ARGUMENT` when it lies in the past. */
  async advanceTo(targetMs: number): Promise<void> {
    if (!(targetMs >= this.now())) throw invalidArgument('targetMs', `a time from ${this.now()}`, targetMs);
    await this.#exclusively(async () => {
      const untilMs = targetMs - this.#aheadMs;
      await untilQuiet(this.activity);
      await this.#runTo(untilMs);
      this.#nowMs = Math.max(this.#nowMs, untilMs);
    });
  }

  /** Jumps to the instant of the next timer, runs everything that is due then, and returns that instant; `undefined` when no timer is set. */
  async next(): Promise<number | undefined> {
    let atMs: number | undefined;
    await this.#exclusively(async () => {
      await untilQuiet(this.activity);
      atMs = this.nextDueMs;
      if (atMs !== undefined) await this.#runTo(Math.max(atMs - this.#aheadMs, this.#nowMs));
    });
    return atMs;
  }

  /**
   * Moves the time from timer to timer until only background timers are left, such as the end of a long poll that nobody
   * sends to, or the limit of a call. Those that lie before the last other one ring on the way.
   *
   * Throws `WAIT_TIMEOUT` when `max` timers (default 100,000) have run and there are still others; `INVALID_ARGUMENT` unless
   * `max` is a whole number from 1.
   */
  async runUntilIdle({ max = DEFAULT_MAX_TIMERS }: { readonly max?: number } = {}): Promise<void> {
    if (!(Number.isInteger(max) && max >= 1)) throw invalidArgument('max', 'a whole number from 1', max);
    await this.#exclusively(async () => {
      await untilQuiet(this.activity);
      for (let run = 0; this.#due.size > this.#backgroundTimers; run += 1) {
        if (run === max) {
          throw timedOut(`timers are still set after ${max} of them have run: something sets a new one each time`);
        }
        await this.#runNext();
      }
    });
  }

  /**
   * Moves the time from timer to timer until `promise` settles, and returns its outcome.
   *
   * Throws `WAIT_TIMEOUT` when no timer is left, or `limitMs` of virtual time (default one day)
   * have passed, and the promise is still pending: nothing could ever settle it.
   */
  async runUntil<T>(promise: Promise<T>, limitMs: number = 86_400_000): Promise<T> {
    const state = { pending: true };
    const settled = (): void => {
      state.pending = false;
    };
    promise.then(settled, settled);
    const giveUpMs = this.#nowMs + limitMs;
    await this.#exclusively(async () => {
      await untilQuiet(this.activity);
      while (state.pending) {
        const next = this.#due.peek();
        if (next === undefined) throw timedOut('the promise is pending and no timer is set: nothing can settle it');
        if (next.atMs > giveUpMs) throw timedOut(`the promise is still pending after ${limitMs} ms of virtual time`);
        await this.#runNext();
      }
    });
    return promise;
  }

  /**
   * From now on jumps to the next due timer whenever nothing is running, so that a test can await what it waits for and
   * never move the time. A timer that throws ends it. Throws `INVALID_ARGUMENT` while the clock is being moved otherwise.
   */
  autoAdvance(): AutoAdvance {
    const stopped = new AbortController();
    const running = this.#exclusively(async () => {
      await untilQuiet(this.activity);
      while (!stopped.signal.aborted) await (this.#due.size > 0 ? this.#runNext() : this.#nextSet());
    });
    // Whoever stops it hears of a failure; until then it must not end the process.
    running.catch(() => {});
    return {
      stop: () => {
        stopped.abort();
        this.#wake?.();
        return running;
      },
    };
  }

  /** Resolves when a timer is set, or an auto-advance stops. */
  #nextSet(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        // What has set the timer may go on before the time does.
        void untilQuiet(this.activity).then(resolve);
      };
    });
  }

  async #runTo(targetMs: number): Promise<void> {
    for (let next = this.#due.peek(); next !== undefined && next.atMs <= targetMs; next = this.#due.peek()) {
      await this.#runNext();
    }
  }

  async #runNext(): Promise<void> {
    const next = this.#due.pop();
    if (next === undefined) return;
    this.#left(next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.callback();
    await untilQuiet(this.activity);
  }

  #left({ isBackground }: Due): void {
    if (isBackground) this.#backgroundTimers -= 1;
  }

  // Two advances at once would each skip over the other's timers.
  #exclusively(run: () => Promise<void>): Promise<void> {
    if (this.#advancing) {
      throw new MnsbusError({
        code: 'INVALID_ARGUMENT',
        message: 'the clock is already being advanced: await one advance before the next, and stop an auto-advance',
      });
    }
    this.#advancing = true;
    return run().finally(() => {
      this.#advancing = false;
    });
  }
}

function timedOut(message: string): MnsbusError<'WAIT_TIMEOUT'> {
  return new MnsbusError({ code: 'WAIT_TIMEOUT', message });
}
