import { fc, it as prop } from '@fast-check/vitest';
import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { WRONG_TOKENS_AT_ONCE, WRONG_TOKEN_EVERY_MS, WrongTokens } from './wrong-tokens.js';

describe('wrong tokens', () => {
  it('are answered as such in small number, then one when its time has come', async () => {
    const clock = new VirtualClock(0);
    const tokens = new WrongTokens(clock);
    for (let n = 0; n < WRONG_TOKENS_AT_ONCE; n += 1) expect(tokens.count()).toBeUndefined();
    expect(tokens.count()).toBe(6);
    await clock.advanceBy(WRONG_TOKEN_EVERY_MS - 1);
    expect(tokens.count()).toBe(1);
    await clock.advanceBy(1);
    expect([tokens.count(), tokens.count()]).toEqual([undefined, 6]);
  });

  prop.prop([fc.array(fc.nat({ max: 3 * WRONG_TOKEN_EVERY_MS }), { maxLength: 200 })])(
    'are never more than their number at once and one for each of its times; who waits as told is answered',
    async (waits) => {
      const clock = new VirtualClock(0);
      const tokens = new WrongTokens(clock);
      let answered = 0;
      for (const waitMs of waits) {
        await clock.advanceBy(waitMs);
        const seconds = tokens.count();
        if (seconds === undefined) answered += 1;
        expect(answered).toBeLessThanOrEqual(WRONG_TOKENS_AT_ONCE + clock.now() / WRONG_TOKEN_EVERY_MS);
        if (seconds === undefined || answered % 3 !== 0) continue;
        await clock.advanceBy(seconds * 1000);
        expect(tokens.count()).toBeUndefined();
        answered += 1;
      }
    },
  );
});
