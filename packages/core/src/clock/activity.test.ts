import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Activity } from './activity.js';
import { eventLoopTurn } from './system-clock.js';

describe('Activity', () => {
  it('counts work that has begun and not ended, once, however often it is ended', () => {
    const activity = new Activity();
    const end = activity.begin();
    activity.begin();
    expect(activity.running).toBe(2);
    end();
    end();
    expect(activity.running).toBe(1);
  });

  it('does not count work while it waits for the clock', () => {
    const activity = new Activity();
    activity.begin();
    const resume = activity.wait();
    expect(activity.running).toBe(0);
    resume();
    resume();
    expect(activity.running).toBe(1);
  });

  it('shows work that has begun and ended between two looks', () => {
    const activity = new Activity();
    const before = activity.changes;
    activity.begin()();
    expect([activity.running, activity.changes > before]).toEqual([0, true]);
  });

  it('counts a promise until it settles, and gives its outcome', async () => {
    const activity = new Activity();
    const failing = activity.during(Promise.reject(new Error('no')));
    expect(activity.running).toBe(1);
    await expect(failing).rejects.toThrow('no');
    expect(activity.running).toBe(0);
    expect(await activity.during(Promise.resolve(5))).toBe(5);
  });

  it('tells everybody who asked when nothing is running any more', async () => {
    const activity = new Activity();
    await activity.idle();
    const end = activity.begin();
    let told = 0;
    for (let count = 0; count < 2; count += 1) void activity.idle().then(() => (told += 1));
    await eventLoopTurn();
    expect(told).toBe(0);
    end();
    await eventLoopTurn();
    expect(told).toBe(2);
  });

  it('keeps the largest number of quiet turns that anybody needs', () => {
    const activity = new Activity();
    expect(activity.quietTurns).toBe(1);
    activity.needQuietTurns(8);
    activity.needQuietTurns(3);
    expect(activity.quietTurns).toBe(8);
  });

  prop.prop([fc.array(fc.record({ waits: fc.boolean(), ends: fc.boolean() }))])(
    'runs what has begun, less what waits, in any mix',
    (pieces) => {
      const activity = new Activity();
      let expected = 0;
      for (const { waits, ends } of pieces) {
        const end = activity.begin();
        const resume = waits ? activity.wait() : undefined;
        if (ends) {
          resume?.();
          end();
        }
        expected += ends || waits ? 0 : 1;
        expect(activity.running).toBe(expected);
      }
    },
  );
});
