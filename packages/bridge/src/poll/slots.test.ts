import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it, vi } from 'vitest';
import { Slots } from './slots.js';

const never = new AbortController().signal;

const stateOf = async (promise: Promise<void>): Promise<string> =>
  Promise.race([promise.then(() => 'settled'), new VirtualClock().advanceBy(0).then(() => 'pending')]);

describe('Slots', () => {
  it('counts what is taken and given back', () => {
    const slots = new Slots(() => 2);
    slots.take();
    expect([slots.used, slots.free]).toEqual([1, 1]);
    slots.giveBack();
    expect([slots.used, slots.free]).toEqual([0, 2]);
  });

  it('is free at once while a slot is left', async () => {
    expect(await stateOf(new Slots(() => 1).whenFree(() => 1, never))).toBe('settled');
  });

  it('waits for a free slot', async () => {
    const slots = new Slots(() => 1);
    slots.take();
    const free = slots.whenFree(() => 1, never);
    expect(await stateOf(free)).toBe('pending');
    slots.giveBack();
    await free;
  });

  it('waits on when somebody else took the slot first', async () => {
    const slots = new Slots(() => 1);
    slots.take();
    const free = slots.whenFree(() => 1, never);
    slots.giveBack();
    slots.take();
    expect(await stateOf(free)).toBe('pending');
    slots.giveBack();
    await free;
  });

  it('is idle only when no slot is used', async () => {
    const slots = new Slots(() => 2);
    slots.take();
    slots.take();
    const idle = slots.whenIdle(never);
    slots.giveBack();
    expect(await stateOf(idle)).toBe('pending');
    slots.giveBack();
    await idle;
  });

  it('takes its listener off the signal when it has waited', async () => {
    const slots = new Slots(() => 1);
    slots.take();
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    const free = slots.whenFree(() => 1, signal);
    slots.giveBack();
    await free;
    expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
  });

  it('stops waiting when told to', async () => {
    const slots = new Slots(() => 1);
    slots.take();
    const controller = new AbortController();
    const both = Promise.all([slots.whenFree(() => 1, controller.signal), slots.whenIdle(controller.signal)]);
    controller.abort();
    await both;
    await slots.whenFree(() => 1, AbortSignal.abort());
    expect(slots.used).toBe(1);
  });
});
