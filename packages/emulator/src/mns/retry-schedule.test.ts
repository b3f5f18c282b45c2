import { fc, it as prop } from '@fast-check/vitest';
import { SeededRandom } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { NotifyStrategy } from './model/subscription.js';
import { retryDelayMs } from './retry-schedule.js';

function schedule(strategy: NotifyStrategy, seed = 'a'): readonly number[] {
  const random = new SeededRandom(seed);
  const delays: number[] = [];
  for (let delay = retryDelayMs(strategy, 1, random); delay !== undefined;) {
    delays.push(delay);
    delay = retryDelayMs(strategy, delays.length + 1, random);
  }
  return delays;
}

describe('EXPONENTIAL_DECAY_RETRY', () => {
  it('doubles from one second to 512, which it keeps: 176 retries in about a day', () => {
    const seconds = schedule('EXPONENTIAL_DECAY_RETRY').map((ms) => ms / 1000);
    expect(seconds).toHaveLength(176);
    expect(seconds.slice(0, 10)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    expect(seconds.filter((delay) => delay === 512)).toHaveLength(167);
    expect(seconds.reduce((sum, delay) => sum + delay, 0)).toBe(86_015);
  });
});

describe('BACKOFF_RETRY', () => {
  prop.prop([fc.string()])('tries three times more, each after 10 to 20 seconds', (seed) => {
    const delays = schedule('BACKOFF_RETRY', seed);
    expect(delays).toHaveLength(3);
    for (const delay of delays) {
      expect(delay).toBeGreaterThanOrEqual(10_000);
      expect(delay).toBeLessThanOrEqual(20_000);
    }
    expect(schedule('BACKOFF_RETRY', seed)).toEqual(delays);
  });
});
