import { SeededRandom } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { fullJitter } from './backoff.js';

describe('fullJitter', () => {
  prop.prop([
    fc.string(),
    fc.integer({ min: 1, max: 100 }),
    fc.integer({ min: 1, max: 1000 }),
    fc.integer({ min: 1, max: 100_000 }),
  ])('stays between 1 and the doubled base, and never above the cap', (seed, attempt, base, cap) => {
    const delay = fullJitter({ base, cap }, attempt, new SeededRandom(seed));
    expect(Number.isInteger(delay)).toBe(true);
    expect(delay).toBeGreaterThanOrEqual(1);
    expect(delay).toBeLessThanOrEqual(Math.min(cap, base * 2 ** (attempt - 1)));
  });

  it('spreads over its whole range', () => {
    const random = new SeededRandom('spread');
    const delays = Array.from({ length: 500 }, () => fullJitter({ base: 2, cap: 100 }, 3, random));
    expect(Math.min(...delays)).toBe(1);
    expect(Math.max(...delays)).toBe(8);
  });

  it('keeps its cap after any number of failures', () => {
    expect(fullJitter({ base: 1, cap: 5 }, 1_000_000, new SeededRandom('s'))).toBeLessThanOrEqual(5);
  });
});
