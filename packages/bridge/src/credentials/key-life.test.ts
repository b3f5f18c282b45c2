import { VirtualClock, type Clock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { KeyLife } from './key-life.js';

const MINUTE_MS = 60_000;
const START_MS = 1_767_225_600_000;

/** A clock that can be set, and keys that came when it showed {@link START_MS}. */
function room(lifeMinutes: number | undefined): {
  readonly life: KeyLife;
  readonly at: (minutes: number, setMinutes?: number) => readonly boolean[];
} {
  let [wall, monotonic] = [0, 0];
  const clock: Clock = {
    now: () => START_MS + wall * MINUTE_MS,
    monotonic: () => monotonic * MINUTE_MS,
    after: (...args) => new VirtualClock().after(...args),
  };
  const life = new KeyLife(clock, lifeMinutes === undefined ? undefined : new Date(START_MS + lifeMinutes * MINUTE_MS));
  return {
    life,
    at: (minutes, setMinutes = 0) => {
      [wall, monotonic] = [minutes + setMinutes, minutes];
      return [life.needsRefresh, life.seemsOver, life.isOver];
    },
  };
}

describe('KeyLife', () => {
  it.each([
    ['a quarter of a long life', 60, 45],
    ['five minutes of a shorter one', 15, 10],
    ['half of a very short one', 6, 3],
  ])('asks for others when %s is left', (_, lifeMinutes, refreshAt) => {
    const { at } = room(lifeMinutes);
    expect(at(refreshAt - 0.001)).toEqual([false, false, false]);
    expect(at(refreshAt)).toEqual([true, false, false]);
    expect(at(lifeMinutes - 0.001)).toEqual([true, false, false]);
    expect(at(lifeMinutes)).toEqual([true, true, true]);
  });

  it('lasts for good without an end', () => {
    expect(room(undefined).at(1e9)).toEqual([false, false, false]);
  });

  it('is over for certain only by both readings of a clock that was set', () => {
    const { at } = room(60);
    expect(at(20, 30)).toEqual([true, false, false]);
    expect(at(20, 40)).toEqual([true, true, false]);
    expect(at(60, -30)).toEqual([true, true, false]);
    expect(at(90, -30)).toEqual([true, true, true]);
  });
});
