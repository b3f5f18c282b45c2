import { VirtualClock } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { settableClock } from '../test-support/settable-clock.js';
import { ReplayGuard } from './replay-guard.js';

const MAX_AGE_MS = 1000;

describe('ReplayGuard', () => {
  const anyStep = fc.oneof(
    { weight: 5, arbitrary: fc.record({ act: fc.constant('send' as const), request: fc.nat({ max: 30 }) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('forget' as const), request: fc.nat({ max: 30 }) }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('wait' as const), ms: fc.nat({ max: 700 }) }) },
    // Somebody sets the clock, forward or back.
    { weight: 1, arbitrary: fc.record({ act: fc.constant('set' as const), ms: fc.integer({ min: -800, max: 800 }) }) },
  );
  prop.prop([fc.array(anyStep, { maxLength: 100 }), fc.constantFrom(3, 1000)])(
    'lets no request in twice while its date is believed, at any load and however the clock is set, and holds no more than it may',
    async (steps, limit) => {
      const time = new VirtualClock(0);
      const clock = settableClock(time, 1e12);
      const guard = new ReplayGuard(clock, MAX_AGE_MS, limit);
      const sentAt = new Map<number, Date>();
      /** When each request was let in, by the clock that cannot be set. */
      const admitted = new Map<number, number>();
      for (const step of steps) {
        if (step.act === 'wait') await time.advanceBy(step.ms);
        else if (step.act === 'set') clock.setMs += step.ms;
        else {
          const { request } = step;
          const signature = Buffer.from(`signature ${request}`);
          const sent = sentAt.get(request) ?? new Date(clock.now());
          sentAt.set(request, sent);
          if (step.act === 'forget') {
            guard.forget(signature);
            admitted.delete(request);
          } else if (Math.abs(clock.now() - sent.getTime()) <= MAX_AGE_MS) {
            const isFirst = guard.admit(signature, sent);
            const sinceMs = admitted.get(request);
            // Only a clock that was set after the whole time can make a request young again.
            if (sinceMs !== undefined && time.now() - sinceMs <= MAX_AGE_MS) expect(isFirst).toBe(false);
            if (isFirst) admitted.set(request, time.now());
            else if (limit === 1000) expect(sinceMs).toBeDefined();
          }
        }
        expect(guard.size).toBeLessThanOrEqual(limit);
      }
    },
  );

  it('forgets a request when its date alone keeps it out, and not before', async () => {
    const clock = new VirtualClock(70_000);
    const guard = new ReplayGuard(clock, MAX_AGE_MS);
    const one = Buffer.from('one');
    // Sent by a clock that is ahead: it is believed for twice as long.
    const sentAt = new Date(70_000 + MAX_AGE_MS);
    expect(guard.admit(one, sentAt)).toBe(true);
    await clock.advanceBy(2 * MAX_AGE_MS);
    expect(guard.admit(one, sentAt)).toBe(false);
    await clock.advanceBy(1);
    guard.admit(Buffer.from('another'), new Date(clock.now()));
    expect(guard.size).toBe(1);
  });

  it('lets in again what was not handled', () => {
    const guard = new ReplayGuard(new VirtualClock(0), MAX_AGE_MS);
    const one = Buffer.from('one');
    guard.admit(one, new Date(0));
    guard.forget(one);
    expect([guard.size, guard.admit(one, new Date(0))]).toEqual([0, true]);
  });

  it.each([
    ['forward and back again', [5000, -5000], 0],
    ['back, so that its date is believed for longer', [-800], MAX_AGE_MS + 100],
  ])('lets no request in again when the clock is set %s', async (_, settings, waitMs) => {
    const time = new VirtualClock(0);
    const clock = settableClock(time, 1e12);
    const guard = new ReplayGuard(clock, MAX_AGE_MS);
    const sentAt = new Date(clock.now());
    expect(guard.admit(Buffer.from('one'), sentAt)).toBe(true);
    for (const [index, ms] of settings.entries()) {
      clock.setMs += ms;
      guard.admit(Buffer.from(`other ${index}`), new Date(clock.now()));
    }
    await time.advanceBy(waitMs);
    expect(Math.abs(clock.now() - sentAt.getTime())).toBeLessThanOrEqual(MAX_AGE_MS);
    expect(guard.admit(Buffer.from('one'), sentAt)).toBe(false);
  });

  it('at its limit refuses what is as old as what it had to forget, and lets younger requests in', () => {
    const guard = new ReplayGuard(new VirtualClock(10_000), MAX_AGE_MS, 2);
    const at = (ms: number): Date => new Date(10_000 + ms);
    for (const ms of [0, 1, 2]) expect(guard.admit(Buffer.from(`${ms}`), at(ms))).toBe(true);
    expect(guard.admit(Buffer.from('0'), at(0))).toBe(false);
    expect(guard.admit(Buffer.from('never seen'), at(0))).toBe(false);
    expect(guard.admit(Buffer.from('never seen'), at(1))).toBe(true);
  });
});
