import { describe, expect, it } from 'vitest';
import { FULL, QUICK, readPlan } from './plan.js';

describe('readPlan', () => {
  it('measures everything unless told otherwise, and less with --quick', () => {
    expect(readPlan([])).toBe(FULL);
    expect(readPlan(['--quick'])).toBe(QUICK);
  });

  it.each([['--qick'], ['quick'], ['--quick=yes']])('refuses %s', (argument) => {
    expect(() => readPlan([argument])).toThrow(TypeError);
  });

  it('has less in the quick plan, but something of everything', () => {
    expect(QUICK.rounds * QUICK.durationMs).toBeLessThan((FULL.rounds * FULL.durationMs) / 4);
    expect(Math.max(...QUICK.backlogs)).toBeLessThan(Math.max(...FULL.backlogs));
    for (const count of [QUICK.rounds, QUICK.backlogRounds, QUICK.wakeUps, QUICK.launches]) {
      expect(count).toBeGreaterThan(0);
    }
  });

  it('compares ten messages with a million', () => {
    expect(FULL.backlogs).toEqual([10, 1_000_000]);
  });
});
