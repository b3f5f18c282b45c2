import { VirtualClock } from '@mnsbus/core';
import { expect, it } from 'vitest';
import { WorkLease } from './work-lease.js';

it('lasts until the work ends, and half a minute more at most', async () => {
  const clock = new VirtualClock();
  const lease = new WorkLease(clock);
  let extensions = 0;
  const stop = lease.onExtended(() => (extensions += 1));
  await clock.advanceBy(14_999);
  expect([lease.leftMs, extensions]).toEqual([15_001, 0]);
  await clock.advanceBy(1);
  expect([lease.leftMs, extensions]).toEqual([30_000, 1]);
  await clock.advanceBy(600_000);
  expect([lease.leftMs > 0, extensions]).toEqual([true, 41]);
  stop();
  await clock.advanceBy(15_000);
  expect(extensions).toBe(41);
  lease.end();
  await clock.advanceBy(60_000);
  expect([lease.leftMs, clock.pendingTimers]).toEqual([0, 0]);
});

it('is nothing that a program waits for that has nothing else to do', async () => {
  const clock = new VirtualClock(0);
  const lease = new WorkLease(clock);
  await clock.runUntilIdle();
  expect([clock.now(), clock.pendingTimers]).toEqual([0, 1]);
  lease.end();
});
