import type { SeededRandom } from '@mnsbus/core';
import type { NotifyStrategy } from './model/subscription.js';

const BACKOFF_RETRIES = 3;
const BACKOFF_LOW_MS = 10_000;
const BACKOFF_HIGH_MS = 20_000;
const DECAY_RETRIES = 176;
const DECAY_LONGEST_MS = 512_000;

/** Milliseconds before a retry (1 is the first); `undefined` when a strategy has no such retry (spec mns §5.6). */
export function retryDelayMs(strategy: NotifyStrategy, retry: number, random: SeededRandom): number | undefined {
  if (strategy === 'BACKOFF_RETRY') {
    return retry <= BACKOFF_RETRIES ? random.integer(BACKOFF_LOW_MS, BACKOFF_HIGH_MS) : undefined;
  }
  return retry <= DECAY_RETRIES ? Math.min(1000 * 2 ** (retry - 1), DECAY_LONGEST_MS) : undefined;
}
