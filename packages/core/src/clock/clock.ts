import { invalidArgument } from '../errors.js';
import type { Activity } from './activity.js';

/** A pending callback of a {@link Clock}. */
export interface Timer {
  /** Prevents the callback. Does nothing once it has run or been cancelled. */
  cancel(): void;
}

/** How a timer is meant. */
export interface TimerOptions {
  /**
   * Whether it only bounds something, or looks after something, and nobody waits for it to ring: `runUntilIdle` of a
   * virtual clock does not. Default `false`.
   */
  readonly isBackground?: boolean;
}

/**
 * The only source of time in mnsbus.
 *
 * Everything that waits or stamps takes a `Clock`, so that a test can run hours of traffic in
 * milliseconds with a {@link VirtualClock}, and bridge and emulator can share one time line.
 */
export interface Clock {
  /** The current time in milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /**
   * Milliseconds since some instant, always the same one of this clock: a reading that nobody can set back. Only differences
   * mean anything. Absent where {@link now} is never set; {@link monotonicMs} reads either.
   */
  monotonic?(): number;
  /** Calls `callback` once, `delayMs` milliseconds from now (at once, but never synchronously, for 0 or less). Throws `INVALID_ARGUMENT` for NaN. */
  after(delayMs: number, callback: () => void, options?: TimerOptions): Timer;
  /** Where work in hand is counted, for a clock that does not move meanwhile; absent on one that moves by itself. */
  readonly activity?: Activity;
}

/** The reading of a clock to measure durations with: its monotonic one, or where it has none its time. */
export function monotonicMs(clock: Clock): number {
  return clock.monotonic?.() ?? clock.now();
}

/**
 * Resolves `delayMs` milliseconds from now; resolves early, without an error, when `signal` aborts.
 *
 * Early is not an error because every caller looks at its own signal next.
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const wake = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = clock.after(delayMs, wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}

/** A delay that is a number. Throws `INVALID_ARGUMENT` for NaN, which would put a timer nowhere in time. */
export function checkDelay(delayMs: number): number {
  if (Number.isNaN(delayMs)) throw invalidArgument('delayMs', 'a number of milliseconds', delayMs);
  return delayMs;
}
