import { VirtualClock } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Claim } from './deduplicator.js';
import { createMemoryDeduplicator } from './memory-deduplicator.js';

const tokenOf = (claim: Claim): string =>
  claim.state === 'claimed' ? claim.token : expect.fail(`it is ${claim.state}`);

describe('createMemoryDeduplicator', () => {
  it('gives an event to one at a time, and to nobody once it is handled', async () => {
    const store = createMemoryDeduplicator({ clock: new VirtualClock() });
    const token = tokenOf(await store.claim('a', 1000));
    expect(await store.claim('a', 1000)).toEqual({ state: 'busy' });
    expect(await store.claim('b', 1000)).toMatchObject({ state: 'claimed' });
    await store.complete('a', token);
    expect(await store.claim('a', 1000)).toEqual({ state: 'completed' });
  });

  it('gives it again after a release, or at the end of its time', async () => {
    const clock = new VirtualClock();
    const store = createMemoryDeduplicator({ clock });
    await store.release('a', tokenOf(await store.claim('a', 1000)));
    tokenOf(await store.claim('a', 1000));
    await clock.advanceBy(999);
    expect(await store.claim('a', 1000)).toEqual({ state: 'busy' });
    await clock.advanceBy(1);
    expect(await store.claim('a', 1000)).toMatchObject({ state: 'claimed' });
  });

  it('listens to the holder of the newest claim only', async () => {
    const clock = new VirtualClock();
    const store = createMemoryDeduplicator({ clock });
    const old = tokenOf(await store.claim('a', 1000));
    await clock.advanceBy(1000);
    const token = tokenOf(await store.claim('a', 1000));
    await store.complete('a', old);
    await store.release('a', old);
    expect(await store.claim('a', 1000)).toEqual({ state: 'busy' });
    await store.complete('a', token);
    expect(await store.claim('a', 1000)).toEqual({ state: 'completed' });
  });

  it('remembers for as long as it was told to', async () => {
    const clock = new VirtualClock();
    const store = createMemoryDeduplicator({ clock, completedTtlMs: 500 });
    await store.complete('a', tokenOf(await store.claim('a', 1000)));
    await clock.advanceBy(499);
    expect(await store.claim('a', 1000)).toEqual({ state: 'completed' });
    await clock.advanceBy(1);
    expect(await store.claim('a', 1000)).toMatchObject({ state: 'claimed' });
  });

  it('forgets the oldest beyond its limit, what is handled before what is being handled', async () => {
    const store = createMemoryDeduplicator({ clock: new VirtualClock(), limit: 3 });
    await store.claim('running', 1000);
    for (const key of ['a', 'b', 'c']) await store.complete(key, tokenOf(await store.claim(key, 1000)));
    expect(await store.claim('running', 1000)).toEqual({ state: 'busy' });
    expect(await store.claim('c', 1000)).toEqual({ state: 'completed' });
    expect(await store.claim('a', 1000)).toMatchObject({ state: 'claimed' });
  });

  it('forgets nothing up to its limit', async () => {
    const store = createMemoryDeduplicator({ clock: new VirtualClock(), limit: 3 });
    for (const key of ['a', 'b']) await store.complete(key, tokenOf(await store.claim(key, 1000)));
    await store.claim('c', 1000);
    const states = ['a', 'b', 'c'].map(async (key) => (await store.claim(key, 1000)).state);
    expect(await Promise.all(states)).toEqual(['completed', 'completed', 'busy']);
  });

  it.each([{ limit: 0 }, { limit: 1.5 }, { completedTtlMs: 0 }])('refuses %j, and names it', (options) => {
    const message = expect.stringContaining(Object.keys(options).join());
    expect(() => createMemoryDeduplicator(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message }),
    );
  });

  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    act: fc.constantFrom('claim', 'complete', 'release', 'wait'),
  });
  prop.prop([fc.array(step, { maxLength: 60 })])('does what a simple model does', async (steps) => {
    const clock = new VirtualClock(0);
    const store = createMemoryDeduplicator({ clock, completedTtlMs: 250 });
    const model = new Map<string, { state: 'busy' | 'completed'; untilMs: number; token: string }>();
    const tokens = new Map<string, string>();
    for (const { key, act } of steps) {
      const known = model.get(key);
      const lives = known !== undefined && known.untilMs > clock.now();
      const token = tokens.get(key) ?? 'none';
      if (act === 'wait') await clock.advanceBy(60);
      else if (act === 'claim') {
        const claim = await store.claim(key, 100);
        expect(claim.state).toBe(lives ? known.state : 'claimed');
        if (claim.state === 'claimed') {
          tokens.set(key, claim.token);
          model.set(key, { state: 'busy', untilMs: clock.now() + 100, token: claim.token });
        }
      } else if (known?.state === 'busy' && known.token === token) {
        if (act === 'complete') {
          await store.complete(key, token);
          model.set(key, { ...known, state: 'completed', untilMs: clock.now() + 250 });
        } else {
          await store.release(key, token);
          model.delete(key);
        }
      } else await store[act](key, token);
    }
  });
});
