import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { RecentCount } from './recent-count.js';

describe('RecentCount', () => {
  it('counts what is less than the window old', () => {
    const count = new RecentCount(100);
    count.add(0);
    count.add(50);
    expect([count.at(50), count.at(99), count.at(100), count.at(149), count.at(150)]).toEqual([2, 2, 1, 1, 0]);
  });

  it('keeps how many came at each instant, until it is asked after their time', () => {
    const count = new RecentCount(100);
    for (const atMs of [0, 0, 50, 70]) count.add(atMs);
    count.add(70, 5);
    expect(count.runs()).toEqual([
      { atMs: 0, count: 2 },
      { atMs: 50, count: 1 },
      { atMs: 70, count: 6 },
    ]);
    expect([0, 50, 60, 70, 80, -1].map((atMs) => count.countAt(atMs))).toEqual([
      2,
      1,
      undefined,
      6,
      undefined,
      undefined,
    ]);
    expect([count.at(99), count.at(100)]).toEqual([9, 7]);
    expect(count.runs()).toEqual([
      { atMs: 50, count: 1 },
      { atMs: 70, count: 6 },
    ]);
    expect([0, 50].map((atMs) => count.countAt(atMs))).toEqual([undefined, 1]);
  });

  it('counts what comes before its last instant as of that one', () => {
    const count = new RecentCount(100);
    count.add(50);
    count.add(40);
    expect(count.runs()).toEqual([{ atMs: 50, count: 2 }]);
    // Unless the last instant is forgotten.
    expect(count.at(150)).toBe(0);
    count.add(30);
    expect(count.runs()).toEqual([{ atMs: 30, count: 1 }]);
  });

  it('tells of each instant whose count has become another, when it has', () => {
    const told: unknown[] = [];
    const count = new RecentCount(100, (atMs) => told.push([atMs, count.countAt(atMs)]));
    count.add(0);
    count.add(0);
    count.add(100);
    expect(count.at(199)).toBe(1);
    expect(told).toEqual([
      [0, 1],
      [0, 2],
      [0, undefined],
      [100, 1],
    ]);
    expect(count.at(200)).toBe(0);
    expect(told.slice(4)).toEqual([[100, undefined]]);
  });

  prop.prop([fc.array(fc.nat({ max: 3 }), { maxLength: 5000, size: 'max' }), fc.integer({ min: 1, max: 2000 })])(
    'agrees with a list that forgets nothing',
    (steps, windowMs) => {
      const count = new RecentCount(windowMs);
      const all: number[] = [];
      let nowMs = 0;
      for (const stepMs of steps) {
        nowMs += stepMs;
        count.add(nowMs);
        all.push(nowMs);
      }
      const recent = all.filter((atMs) => atMs > nowMs - windowMs);
      expect(count.at(nowMs)).toBe(recent.length);
      expect(count.runs()).toEqual(
        [...new Set(recent)].map((atMs) => ({ atMs, count: recent.filter((each) => each === atMs).length })),
      );
    },
  );
});
