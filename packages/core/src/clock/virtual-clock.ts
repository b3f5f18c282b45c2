import { MnsbusError, invalidArgument } from '../errors.js';
import { checkDelay, type Clock, type Timer } from './clock.js';
import { IndexedHeap } from './indexed-heap.js';
import { eventLoopTurn } from './system-clock.js';

interface Due {
  readonly atMs: number;
  /** Timers of the same instant run in the order in which they were set. */
  readonly sequence: number;
  readonly callback: () => void;
}

/**
 * A clock that moves only when told to, in jumps from one due timer to the next.
 *
 * Between two timers it lets all promise work settle, so that code under test sees the same order
 * of events as with a real clock, in no wall time.
 */
export class VirtualClock implements Clock {
  readonly #due = new IndexedHeap<Due>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence));
  #nowMs: number;
  #sequence = 0;
  #advancing = false;

  /** Starts at `startMs` milliseconds since 1970 (default 2026-01-01T00:00:00Z). Throws `INVALID_ARGUMENT` unless it is a finite number. */
  constructor(startMs: number = 1_767_225_600_000) {
    if (!Number.isFinite(startMs)) throw invalidArgument('startMs', 'a finite number of milliseconds', startMs);
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const atMs = this.#nowMs + Math.max(0, checkDelay(delayMs));
    const entry = this.#due.push({ atMs, sequence: this.#sequence++, callback });
    return {
      cancel: () => {
        this.#due.remove(entry);
      },
    };
  }

  /** When the next timer is due, in milliseconds since 1970; `undefined` when none is set. */
  get nextDueMs(): number | undefined {
    return this.#due.peek()?.atMs;
  }

  /** How many timers are set: 0 after a clean shutdown. */
  get pendingTimers(): number {
    return this.#due.size;
  }

  /** Moves the time forward by `deltaMs`, running every timer that falls due, in order. Throws `INVALID_ARGUMENT` when negative. */
  async advanceBy(deltaMs: number): Promise<void> {
    if (!(deltaMs >= 0)) throw invalidArgument('deltaMs', 'a number of milliseconds from 0', deltaMs);
    await this.advanceTo(this.#nowMs + deltaMs);
  }

  /** Moves the time forward to `targetMs`, running every timer that falls due, in order. Throws `INVALID_ARGUMENT` when it lies in the past. */
  async advanceTo(targetMs: number): Promise<void> {
    if (!(targetMs >= this.#nowMs)) throw invalidArgument('targetMs', `a time from ${this.#nowMs}`, targetMs);
    await this.#exclusively(async () => {
      await eventLoopTurn();
      for (let next = this.#due.peek(); next !== undefined && next.atMs <= targetMs; next = this.#due.peek()) {
        await this.#runNext();
      }
      this.#nowMs = targetMs;
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
      await eventLoopTurn();
      while (state.pending) {
        const next = this.#due.peek();
        if (next === undefined || next.atMs > giveUpMs) {
          throw new MnsbusError({
            code: 'WAIT_TIMEOUT',
            message:
              next === undefined
                ? 'the promise is pending and no timer is set: nothing can settle it'
                : `the promise is still pending after ${limitMs} ms of virtual time`,
          });
        }
        await this.#runNext();
      }
    });
    return promise;
  }

  async #runNext(): Promise<void> {
    const next = this.#due.pop();
    if (next === undefined) return;
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.callback();
    await eventLoopTurn();
  }

  // Two advances at once would each skip over the other's timers.
  async #exclusively(run: () => Promise<void>): Promise<void> {
    if (this.#advancing) {
      throw new MnsbusError({
        code: 'INVALID_ARGUMENT',
        message: 'the clock is already being advanced: await one advance before the next',
      });
    }
    this.#advancing = true;
    try {
      await run();
    } finally {
      this.#advancing = false;
    }
  }
}
