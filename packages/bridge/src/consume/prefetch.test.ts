import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Prefetch } from './prefetch.js';

describe('messages held ready', () => {
  prop.prop([fc.nat({ max: 1000 }), fc.array(fc.boolean(), { maxLength: 50 })])(
    'are none after so many losses in a row, and as many as the settings say after so many successes',
    (wanted, history) => {
      const prefetch = new Prefetch(() => wanted);
      for (const isLost of history) {
        const before = prefetch.count;
        if (isLost) prefetch.shrink();
        else prefetch.grow();
        expect(prefetch.count).toBe(isLost ? Math.floor(before / 2) : Math.min(wanted, before + 1));
      }
      for (let loss = 0; loss < 10; loss += 1) prefetch.shrink();
      expect(prefetch.count).toBe(0);
      for (let success = 0; success < wanted; success += 1) prefetch.grow();
      expect(prefetch.count).toBe(wanted);
    },
  );

  it('follow settings that change, at once where nothing was lost', () => {
    let wanted = 8;
    const prefetch = new Prefetch(() => wanted);
    prefetch.grow();
    wanted = 20;
    expect(prefetch.count).toBe(20);
    prefetch.shrink();
    wanted = 100;
    expect(prefetch.count).toBe(10);
    wanted = 4;
    expect(prefetch.count).toBe(4);
    prefetch.grow();
    wanted = 50;
    expect(prefetch.count).toBe(50);
    prefetch.shrink();
    wanted = 25;
    prefetch.grow();
    wanted = 60;
    expect(prefetch.count).toBe(60);
  });
});
