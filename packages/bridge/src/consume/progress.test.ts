import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { Progress } from './progress.js';

describe('Progress', () => {
  it.each([
    ['half of the longest time of a listener', 600_000, 300_000],
    ['a minute, where that is longer', 30_000, 60_000],
  ])('is missed when every place was taken for %s', async (_, longestMs, patienceMs) => {
    const clock = new VirtualClock(5000);
    const progress = new Progress(clock);
    const isStuck = (isFull: boolean): boolean => progress.isStuck({ isFull, longestMs, pollSinceMs: undefined });
    await clock.advanceBy(patienceMs);
    expect(isStuck(true)).toBe(false);
    await clock.advanceBy(1);
    expect([isStuck(true), isStuck(false)]).toEqual([true, false]);
    progress.note();
    expect(isStuck(true)).toBe(false);
    await clock.advanceBy(patienceMs + 1);
    expect(isStuck(true)).toBe(true);
  });

  it('is missed when a poll is open for longer than one can be, also with places free', async () => {
    const clock = new VirtualClock(5000);
    const progress = new Progress(clock);
    const isStuck = (pollSinceMs: number): boolean => progress.isStuck({ isFull: false, longestMs: 1, pollSinceMs });
    await clock.advanceBy(200_000);
    expect([isStuck(clock.now() - 120_000), isStuck(clock.now() - 120_001)]).toEqual([false, true]);
  });
});
