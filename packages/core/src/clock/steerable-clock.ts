import { MnsbusError, invalidArgument } from '../errors.js';
import { checkDelay, monotonicMs, type Clock, type Timer } from './clock.js';
import { IndexedHeap, type HeapEntry } from './indexed-heap.js';
import { SystemClock, eventLoopTurn } from './system-clock.js';

/**
 * How a {@link SteerableClock} goes: `real` is the machine's time, `offset` is ahead of it by what the clock was advanced,
 * and `frozen` stands still until it is advanced.
 */
export type ClockMode = 'real' | 'offset' | 'frozen';

/** Every {@link ClockMode}. */
export const CLOCK_MODES: readonly ['real', 'offset', 'frozen'] = ['real', 'offset', 'frozen'];

/** How a {@link SteerableClock} begins. */
export interface SteerableClockOptions {
  /** Default `real`. */
  readonly mode?: ClockMode;
  /** Where a clock of another mode than `real` begins, in milliseconds since 1970. Default the machine's time. */
  readonly startMs?: number;
  /** What tells the machine's time. Default a {@link SystemClock}. */
  readonly machine?: Clock;
}

interface Due {
  /** By the monotonic reading, which nobody can set back. */
  readonly atMs: number;
  /** Timers of the same instant run in the order in which they were set. */
  readonly sequence: number;
  readonly callback: () => void;
  /** The timer of the machine that stands for it while time goes by itself. */
  alarm: Timer | undefined;
}

/**
 * A clock for a program that runs by itself and is steered from outside: it goes as the machine's, or stands still, and
 * jumps forward on demand.
 *
 * However far a jump goes, each timer on the way runs at its own instant and in order, and all promise work settles
 * before the next one, as with a {@link VirtualClock}. Jumps and changes of mode that overlap follow each other.
 */
export class SteerableClock implements Clock {
  readonly #machine: Clock;
  readonly #due = new IndexedHeap<Due>(isBefore);
  #mode: ClockMode;
  #offsetMs = 0;
  /** The time while it stands, frozen or in the middle of a jump; `undefined` while it goes by itself. */
  #standsAtMs: number | undefined;
  /** The monotonic reading when time last began to stand or to go, and that of the time or of the machine at that instant. */
  #reading = { ms: 0, sinceMs: 0 };
  #sequence = 0;
  #lastChange: Promise<void> = Promise.resolve();

  /** Throws `INVALID_ARGUMENT` for an unknown mode, and for a start that is no finite number or of a clock in mode `real`. */
  constructor(options: SteerableClockOptions = {}) {
    const { mode = 'real', machine = new SystemClock(), startMs } = options;
    if (startMs !== undefined && (!Number.isFinite(startMs) || mode === 'real')) {
      throw invalidArgument('startMs', 'a finite number of milliseconds, and a mode other than real', startMs);
    }
    this.#mode = checkMode(mode);
    this.#machine = machine;
    const firstMs = startMs ?? machine.now();
    if (mode === 'offset') this.#offsetMs = firstMs - machine.now();
    if (mode === 'frozen') this.#standsAtMs = firstMs;
    this.#reading = { ms: 0, sinceMs: this.#standsAtMs ?? wholeMs(machine) };
  }

  get mode(): ClockMode {
    return this.#mode;
  }

  /** By how much this clock is ahead of the machine's, in milliseconds; negative when it is behind. */
  get offsetMs(): number {
    return this.now() - this.#machine.now();
  }

  /** When the next timer is due, in milliseconds since 1970; `undefined` when none is set. */
  get nextDueMs(): number | undefined {
    const next = this.#due.peek();
    return next === undefined ? undefined : this.now() + next.atMs - this.monotonic();
  }

  /** How many timers are set: 0 after a clean shutdown. */
  get pendingTimers(): number {
    return this.#due.size;
  }

  now(): number {
    return this.#standsAtMs ?? this.#machine.now() + this.#offsetMs;
  }

  /** Goes with the timers: stands while the time stands, and grows with each jump. */
  monotonic(): number {
    const { ms, sinceMs } = this.#reading;
    return ms + (this.#standsAtMs ?? wholeMs(this.#machine)) - sinceMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const atMs = this.monotonic() + Math.max(0, checkDelay(delayMs));
    const due: Due = { atMs, sequence: this.#sequence++, callback, alarm: undefined };
    const entry = this.#due.push(due);
    if (this.#standsAtMs === undefined) this.#arm(due, entry);
    return {
      cancel: () => {
        this.#due.remove(entry);
        due.alarm?.cancel();
      },
    };
  }

  /**
   * Goes on in another mode. Time goes on from where it is, but in mode `real` it becomes the machine's: if that is a jump
   * forward, timers on the way run as in {@link advanceTo}; if it is back, none of them waits longer for that.
   *
   * Throws `INVALID_ARGUMENT` for an unknown mode.
   */
  async setMode(mode: ClockMode): Promise<void> {
    checkMode(mode);
    await this.#inTurn(async () => {
      if (mode === this.#mode) return;
      if (mode === 'real' && this.offsetMs < 0) await this.#jumpTo(this.#machine.now());
      const nowMs = this.now();
      this.#stand(nowMs);
      this.#mode = mode;
      this.#offsetMs = mode === 'offset' ? nowMs - this.#machine.now() : 0;
      if (mode !== 'frozen') this.#go();
    });
  }

  /**
   * Moves the time forward by `deltaMs`, running every timer that falls due, in order.
   *
   * Throws `INVALID_ARGUMENT` when negative or not finite, and `CLOCK_NOT_STEERABLE` in mode `real`.
   */
  async advanceBy(deltaMs: number): Promise<void> {
    if (!(deltaMs >= 0 && Number.isFinite(deltaMs))) {
      throw invalidArgument('deltaMs', 'a number of milliseconds from 0', deltaMs);
    }
    await this.#inTurn(() => this.#advance(() => this.now() + deltaMs));
  }

  /**
   * Moves the time forward to `targetMs`, running every timer that falls due, in order.
   *
   * Throws `INVALID_ARGUMENT` when it lies in the past or is not finite, and `CLOCK_NOT_STEERABLE` in mode `real`.
   */
  async advanceTo(targetMs: number): Promise<void> {
    await this.#inTurn(() =>
      this.#advance(() => {
        const nowMs = this.now();
        if (targetMs >= nowMs && Number.isFinite(targetMs)) return targetMs;
        throw invalidArgument('targetMs', `a time from ${nowMs}`, targetMs);
      }),
    );
  }

  async #advance(targetMs: () => number): Promise<void> {
    if (this.#mode === 'real') {
      throw new MnsbusError({
        code: 'CLOCK_NOT_STEERABLE',
        message: 'expected a clock in mode offset or frozen, but it is real: set another mode before advancing',
      });
    }
    await this.#jumpTo(targetMs());
  }

  async #jumpTo(targetMs: number): Promise<void> {
    const startMs = this.now();
    this.#stand(startMs);
    let reachedMs = startMs;
    try {
      await eventLoopTurn();
      const aheadMs = startMs - this.monotonic();
      const untilMs = targetMs - aheadMs;
      for (let next = this.#due.peek(); next !== undefined && next.atMs <= untilMs; next = this.#due.peek()) {
        this.#due.pop();
        reachedMs = Math.max(reachedMs, next.atMs + aheadMs);
        this.#standsAtMs = reachedMs;
        next.callback();
        await eventLoopTurn();
      }
      reachedMs = targetMs;
    } finally {
      // The time that the jump itself has taken counts, unless the clock is frozen.
      this.#offsetMs += reachedMs - startMs;
      this.#standsAtMs = reachedMs;
      if (this.#mode !== 'frozen') this.#go();
    }
  }

  /** Lets the time stand: no timer runs by itself. */
  #stand(atMs: number): void {
    this.#reading = { ms: this.monotonic(), sinceMs: atMs };
    this.#standsAtMs = atMs;
    for (const due of this.#due.values()) {
      due.alarm?.cancel();
      due.alarm = undefined;
    }
  }

  /** Lets the time go by itself. */
  #go(): void {
    this.#reading = { ms: this.monotonic(), sinceMs: wholeMs(this.#machine) };
    this.#standsAtMs = undefined;
    const waiting = [...this.#due.entries()].toSorted((a, b) => (isBefore(a.value, b.value) ? -1 : 1));
    for (const entry of waiting) this.#arm(entry.value, entry);
  }

  #arm(due: Due, entry: HeapEntry<Due>): void {
    due.alarm = this.#machine.after(due.atMs - this.monotonic(), () => {
      this.#due.remove(entry);
      due.callback();
    });
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const changed = this.#lastChange.then(change);
    this.#lastChange = changed.catch(() => {});
    return changed;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}

/** Whole, so that the instants of timers are sums of whole numbers. */
function wholeMs(machine: Clock): number {
  return Math.floor(monotonicMs(machine));
}

function checkMode(mode: ClockMode): ClockMode {
  if (!CLOCK_MODES.includes(mode)) throw invalidArgument('mode', CLOCK_MODES.join(', '), mode);
  return mode;
}
