import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { quantile, spread } from './statistics.js';

describe('quantile', () => {
  it.each([
    [[5], 0.5, 5],
    [[1, 2, 3], 0.5, 2],
    [[3, 1, 2], 0.5, 2],
    [[1, 2], 0.5, 1.5],
    [[1, 2, 3, 4], 0.25, 1.75],
    [[10, 20, 30, 40, 50], 0.99, 49.6],
    [[10, 9], 0.5, 9.5],
  ])('of %j at %f is %f', (numbers, share, expected) => {
    expect(quantile(numbers, share)).toBeCloseTo(expected, 10);
  });

  it('of nothing is no number', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });

  const numbers = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1 });

  prop.prop([numbers])('ends at the smallest and the largest', (values) => {
    expect(quantile(values, 0)).toBe(Math.min(...values));
    expect(quantile(values, 1)).toBe(Math.max(...values));
  });

  prop.prop([numbers])('does not care for the order, and leaves it as it is', (values) => {
    const before = [...values];
    expect(quantile(values.toReversed(), 0.3)).toBe(quantile(values, 0.3));
    expect(values).toEqual(before);
  });

  prop.prop([numbers, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })])(
    'grows with the share',
    (values, one, other) => {
      expect(quantile(values, Math.min(one, other))).toBeLessThanOrEqual(quantile(values, Math.max(one, other)) + 1e-6);
    },
  );
});

describe('spread', () => {
  it('is median and quartiles', () => {
    expect(spread([4, 2, 1, 3, 5])).toEqual({ lowerQuartile: 2, median: 3, upperQuartile: 4 });
  });
});
