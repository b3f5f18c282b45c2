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
      expect(count.at(nowMs)).toBe(all.filter((atMs) => atMs > nowMs - windowMs).length);
    },
  );
});
