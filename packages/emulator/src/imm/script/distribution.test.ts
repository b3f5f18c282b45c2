import { SeededRandom } from '@mnsbus/core';
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  checkMilliseconds,
  drawChance,
  drawMilliseconds,
  type Distribution,
  type Milliseconds,
} from './distribution.js';

const drawMany = (distribution: Distribution, count: number, seed = 'seed'): readonly number[] => {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => drawMilliseconds(distribution, random));
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a distribution', () => {
  it('that is fixed gives its value, rounded, and draws nothing', () => {
    const random = new SeededRandom('a');
    expect(drawMilliseconds({ kind: 'fixed', ms: 10.4 }, random)).toBe(10);
    expect(drawMilliseconds({ kind: 'fixed', ms: Infinity }, random)).toBe(Infinity);
    expect(random.integer(0, 1e6)).toBe(new SeededRandom('a').integer(0, 1e6));
  });

  it('that is uniform gives every value of its range', () => {
    const values = drawMany({ kind: 'uniform', leastMs: 150, mostMs: 350 }, 5000);
    expect([Math.min(...values), Math.max(...values), new Set(values).size]).toEqual([150, 350, 201]);
  });

  it('that is a list gives its values, equally often', () => {
    const values = drawMany({ kind: 'list', valuesMs: [1, 20.5, 300] }, 3000);
    expect(new Set(values)).toEqual(new Set([1, 21, 300]));
    for (const value of [1, 21, 300]) {
      expect(values.filter((each) => each === value).length).toBeGreaterThan(900);
    }
  });

  it('that is exponential has its mean, and nothing above its most', () => {
    const values = drawMany({ kind: 'exponential', meanMs: 1000, mostMs: 20_000 }, 20_000);
    expect(Math.abs(mean(values) - 1000)).toBeLessThan(30);
    // The share above the mean is 1/e.
    expect(Math.abs(values.filter((value) => value > 1000).length / values.length - Math.exp(-1))).toBeLessThan(0.02);
    expect(Math.max(...drawMany({ kind: 'exponential', meanMs: 1000, mostMs: 1500 }, 1000))).toBe(1500);
  });

  it('that is lognormal has its median, and nothing above its most', () => {
    const values = drawMany({ kind: 'lognormal', medianMs: 4000, sigma: 0.5, mostMs: 1_000_000 }, 20_000);
    expect(Math.abs(values.filter((value) => value > 4000).length / values.length - 0.5)).toBeLessThan(0.02);
    // One standard deviation of the logarithm holds 68 of 100.
    const near = values.filter((value) => value > 4000 * Math.exp(-0.5) && value < 4000 * Math.exp(0.5));
    expect(Math.abs(near.length / values.length - 0.6827)).toBeLessThan(0.02);
    expect(Math.max(...drawMany({ kind: 'lognormal', medianMs: 4000, sigma: 0.5, mostMs: 4500 }, 1000))).toBe(4500);
    expect(new Set(drawMany({ kind: 'lognormal', medianMs: 7, sigma: 0, mostMs: 9 }, 10))).toEqual(new Set([7]));
  });

  const anyDistribution: fc.Arbitrary<Distribution> = fc.oneof(
    fc.record({ kind: fc.constant('fixed' as const), ms: fc.nat() }),
    fc
      .tuple(fc.nat(), fc.nat())
      .map(([a, b]) => ({ kind: 'uniform' as const, leastMs: Math.min(a, b), mostMs: Math.max(a, b) })),
    fc
      .tuple(fc.nat(), fc.nat())
      .map(([a, b]) => ({ kind: 'exponential' as const, meanMs: Math.min(a, b), mostMs: Math.max(a, b) })),
    fc.tuple(fc.nat(), fc.nat(), fc.double({ min: 0, max: 5, noNaN: true })).map(([a, b, sigma]) => ({
      kind: 'lognormal' as const,
      medianMs: Math.min(a, b),
      sigma,
      mostMs: Math.max(a, b),
    })),
    fc.record({ kind: fc.constant('list' as const), valuesMs: fc.array(fc.nat(), { minLength: 1 }) }),
  );

  it.prop([anyDistribution, fc.string()])(
    'gives whole milliseconds from 0, the same for the same seed',
    (each, seed) => {
      const checked = checkMilliseconds('option', each);
      const values = drawMany(checked, 20, seed);
      expect(values.every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true);
      expect(drawMany(checked, 20, seed)).toEqual(values);
    },
  );
});

describe('milliseconds of an option', () => {
  it.each<Milliseconds>([0, 4000, Infinity, { kind: 'list', valuesMs: [Infinity] }])('may be %j', (value) => {
    expect(() => checkMilliseconds('option', value)).not.toThrow();
  });

  it.each([
    -1,
    Number.NaN,
    '5',
    null,
    undefined,
    {},
    { kind: 'normal', ms: 1 },
    { kind: 'fixed', ms: -1 },
    { kind: 'fixed' },
    { kind: 'uniform', leastMs: 5, mostMs: 4 },
    { kind: 'uniform', leastMs: -1, mostMs: 4 },
    { kind: 'uniform', leastMs: 0, mostMs: Infinity },
    { kind: 'exponential', meanMs: 10, mostMs: 9 },
    { kind: 'lognormal', medianMs: 1, mostMs: 2, sigma: -1 },
    { kind: 'lognormal', medianMs: 1, mostMs: 2, sigma: Infinity },
    { kind: 'list', valuesMs: [] },
    { kind: 'list', valuesMs: [1, -1] },
    { kind: 'list', valuesMs: 5 },
  ])('must not be %j', (value) => {
    expect(() => checkMilliseconds('the option', value as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(/^the option/) }),
    );
  });
});

describe('a chance', () => {
  it('of 0 never happens, of 1 always does, and neither draws', () => {
    const random = new SeededRandom('a');
    expect([drawChance(0, random), drawChance(1, random)]).toEqual([false, true]);
    expect(random.integer(0, 1e6)).toBe(new SeededRandom('a').integer(0, 1e6));
  });

  it.prop([fc.double({ min: 0.05, max: 0.95, noNaN: true })], { numRuns: 10 })(
    'happens as often as it says',
    (chance) => {
      const random = new SeededRandom('chance');
      const hits = Array.from({ length: 4000 }, () => drawChance(chance, random)).filter(Boolean).length;
      expect(Math.abs(hits / 4000 - chance)).toBeLessThan(0.05);
    },
  );
});
