import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { nextMorningMs } from './next-morning.js';

describe('the next morning in Beijing', () => {
  it.each([
    ['2020-01-01T00:00:00.000Z', '2020-01-01T22:00:00.000Z'],
    ['2020-01-01T21:59:59.999Z', '2020-01-01T22:00:00.000Z'],
    ['2020-01-01T22:00:00.000Z', '2020-01-02T22:00:00.000Z'],
    ['2020-02-28T23:00:00.000Z', '2020-02-29T22:00:00.000Z'],
  ])('after %s is %s', (now, morning) => {
    expect(new Date(nextMorningMs(Date.parse(now))).toISOString()).toBe(morning);
  });

  it.prop([fc.integer({ min: 0, max: 4e12 })])('is within a day, at six o’clock', (nowMs) => {
    const waitMs = nextMorningMs(nowMs) - nowMs;
    expect(waitMs > 0 && waitMs <= 86_400_000).toBe(true);
    expect((nextMorningMs(nowMs) + 8 * 3_600_000) % 86_400_000).toBe(6 * 3_600_000);
  });
});
