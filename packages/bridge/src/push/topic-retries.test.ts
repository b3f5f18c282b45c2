import { SeededRandom } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../../emulator/src/mns/retry-schedule.js';
import { TOPIC_RETRIES, type NotifyStrategy } from './topic-retries.js';

describe('TOPIC_RETRIES', () => {
  it.each(['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY'] satisfies NotifyStrategy[])(
    'knows how often %s tries, and never takes the last attempt for one that is followed by another',
    (strategy) => {
      const { attempts, lastFromMs } = TOPIC_RETRIES[strategy];
      let closestMs = Number.POSITIVE_INFINITY;
      for (let seed = 0; seed < 50; seed += 1) {
        const random = new SeededRandom(seed);
        let atMs = 0;
        let made = 1;
        for (let delayMs = retryDelayMs(strategy, 1, random); delayMs !== undefined; made += 1) {
          atMs += delayMs;
          delayMs = retryDelayMs(strategy, made + 1, random);
        }
        expect(made).toBe(attempts);
        // Date is cut to the second.
        expect(Math.floor(atMs / 1000) * 1000).toBeGreaterThanOrEqual(lastFromMs);
        closestMs = Math.min(closestMs, atMs - lastFromMs);
      }
      // Nor is it far too early.
      expect(closestMs).toBeLessThan(10_000);
    },
  );
});
