import type { SeededRandom } from '@mnsbus/core';

/** Bounds of a delay that doubles with each failure, in the unit the caller chooses. */
export interface BackoffRange {
  /** Largest delay after the first failure. */
  readonly base: number;
  /** Largest delay ever. */
  readonly cap: number;
}

/**
 * A whole delay for the `attempt`-th failure in a row (from 1): uniform from 1 to `base × 2^(attempt−1)`, at most `cap`.
 *
 * Full jitter, so that replicas that failed together do not come back together.
 */
export function fullJitter({ base, cap }: BackoffRange, attempt: number, random: SeededRandom): number {
  const ceiling = Math.min(cap, base * 2 ** Math.min(attempt - 1, 40));
  return random.integer(1, Math.max(1, Math.floor(ceiling)));
}
