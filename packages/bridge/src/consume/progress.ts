import { monotonicMs, type Clock } from '@mnsbus/core';

/** With short leases, all places may be taken for this long before that looks like a fault, in milliseconds. */
const LEAST_PATIENCE_MS = 60_000;

/** Longest that a single poll can take, in milliseconds: the longest wait, and what a reply may take beyond it, twice. */
const LONGEST_POLL_MS = 120_000;

/** Tells whether a queue still gets anywhere. */
export class Progress {
  readonly #clock: Clock;
  #lastMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = monotonicMs(clock);
  }

  /** Notes that a listener was called, or a place given back. */
  note(): void {
    this.#lastMs = monotonicMs(this.#clock);
  }

  /**
   * Whether nothing moves any more: every place is taken for half of the longest time that a listener may take, or a poll is open
   * for longer than one can be.
   */
  isStuck(at: {
    readonly isFull: boolean;
    readonly longestMs: number;
    readonly pollSinceMs: number | undefined;
  }): boolean {
    const nowMs = monotonicMs(this.#clock);
    if (at.pollSinceMs !== undefined && nowMs - at.pollSinceMs > LONGEST_POLL_MS) return true;
    return at.isFull && nowMs - this.#lastMs > Math.max(at.longestMs / 2, LEAST_PATIENCE_MS);
  }
}
