import { VirtualClock } from '@mnsbus/core';
import { expect, it } from 'vitest';
import { OffsetClock } from './offset-clock.js';

it('shows another time, and goes as fast as its clock', async () => {
  const virtual = new VirtualClock(1_000_000);
  const clock = new OffsetClock(virtual, -86_400_000);
  const ran: number[] = [];
  clock.after(500, () => ran.push(clock.now()));
  const cancelled = clock.after(100, () => ran.push(0));
  cancelled.cancel();
  expect(clock.now()).toBe(1_000_000 - 86_400_000);
  await virtual.advanceBy(500);
  expect(ran).toEqual([1_000_500 - 86_400_000]);
});
