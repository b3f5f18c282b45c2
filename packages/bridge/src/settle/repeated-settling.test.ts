import { sleep } from '@mnsbus/core';
import { describe, expect, it, vi } from 'vitest';
import type { HeldMessage } from '../lease/held-message.js';
import { lowest } from '../test-support/lowest.js';
import { refusing, sdkRefusal } from '../test-support/scripted-transport.js';
import { deliveryOf, handlesIn, letter, notDeleted, settlerRoom } from '../test-support/settler-room.js';
import type { Settler } from './settler.js';

describe('A settler whose calls fail', () => {
  it('repeats a delete that failed in passing, and calls deleted what an attempt without an answer has deleted', async () => {
    let calls = 0;
    const { clock, hold, settler, statuses, settled } = settlerRoom(() => {
      calls += 1;
      if (calls === 1) throw new Error('socket hang up');
      return notDeleted({ 1: 'MessageNotExist' });
    });
    settler.delete(hold('1'));
    settler.delete(hold('2'));
    await clock.runUntil(settler.flush());
    expect([calls, statuses, settled]).toEqual([2, [], { 1: 'acked', 2: 'acked' }]);
  });

  // Found by the simulation: the service held the repeated call back until somebody else had the message.
  it.each([
    ['deleted when the answer came in the last millisecond of the lease', -1, [], 'acked'],
    ['lost when it came as the lease ended', 0, [{ type: 'lease-lost', messageId: '1', overrun: false }], 'released'],
    ['lost when it came later', 10_000, [{ type: 'lease-lost', messageId: '1', overrun: false }], 'released'],
  ])('takes what a repeated delete does not find for %s', async (_, afterLeaseMs, facts, end) => {
    let calls = 0;
    const { clock, hold, settler, statuses, settled } = settlerRoom(async () => {
      calls += 1;
      if (calls === 1) throw new Error('socket hang up');
      await sleep(clock, held.endsAtMs + afterLeaseMs - clock.now());
      return notDeleted({ 1: 'MessageNotExist' });
    });
    const held = hold('1');
    settler.delete(held);
    await clock.runUntil(settler.flush());
    expect([calls, statuses, settled]).toEqual([2, facts, { 1: end }]);
  });

  it('does not take a refused handle for deleted when the earlier attempt was answered', async () => {
    let calls = 0;
    const { clock, hold, settler, statuses, settled } = settlerRoom(() => {
      calls += 1;
      if (calls === 1) throw sdkRefusal('InternalError', 500);
      return notDeleted({ 1: 'MessageNotExist' });
    });
    settler.delete(hold('1'));
    await clock.runUntil(settler.flush());
    expect([statuses, settled]).toEqual([[{ type: 'lease-lost', messageId: '1', overrun: false }], { 1: 'released' }]);
  });

  it('repeats only those of a batch that failed in passing', async () => {
    const { clock, hold, settler, transport, settled } = settlerRoom(({ body }) => {
      const failed = handlesIn(body).length === 3;
      if (!failed) return { code: 204, headers: {} };
      return notDeleted({ 1: 'InternalError', 3: 'ReceiptHandleError' });
    });
    for (const id of ['1', '2', '3']) settler.delete(hold(id));
    await clock.runUntil(settler.flush());
    expect(transport.calls.map(({ body }) => handlesIn(body).length)).toEqual([3, 1]);
    expect(settled).toEqual({ 1: 'acked', 2: 'acked', 3: 'released' });
  });

  it.each([
    ['delete', (settler: Settler, held: HeldMessage) => settler.delete(held)],
    ['release', (settler: Settler, held: HeldMessage) => settler.release(held, { visibleInSeconds: 5, as: 'retried' })],
    ['copy', (settler: Settler, held: HeldMessage) => settler.deadLetter(held, letter())],
  ])('sends no %s once the lease is over, not even as another attempt (I27)', async (_, settle) => {
    const made = settlerRoom(() => {
      atMs.push(made.clock.now());
      throw sdkRefusal('InternalError', 500);
    });
    const atMs: number[] = [];
    const held = made.hold('1');
    await made.clock.advanceBy(29_500);
    settle(made.settler, held);
    await made.clock.advanceBy(60_000);
    expect(atMs.length).toBeGreaterThan(1);
    expect(Math.max(...atMs)).toBeLessThan(30_000);
    const calls = atMs.length;
    settle(made.settler, made.hold('2'));
    await made.clock.advanceBy(60_000);
    expect(atMs).toHaveLength(calls);
    expect(made.settled).toEqual({ 1: expect.stringMatching(/released|retried/), 2: 'lost' });
  });

  it.each([
    ['delete', (settler: Settler, held: HeldMessage) => settler.delete(held)],
    ['release', (settler: Settler, held: HeldMessage) => settler.release(held, { visibleInSeconds: 5, as: 'retried' })],
  ])('tries a %s eight times, each time after a longer wait, however long the lease lasts', async (_, settle) => {
    const made = settlerRoom(() => {
      atMs.push(made.clock.now());
      throw sdkRefusal('InternalError', 500);
    });
    const atMs: number[] = [];
    settle(made.settler, made.hold(deliveryOf('1', { leaseMs: 3_600_000 })));
    await made.clock.runUntil(made.settler.flush());
    expect(atMs).toHaveLength(8);
    for (const [index, at] of atMs.slice(1).entries()) {
      const waitMs = at - (atMs[index] ?? 0);
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(Math.min(5000, 100 * 2 ** index));
    }
    expect((atMs.at(-1) ?? 0) - (atMs[0] ?? 0)).toBeGreaterThan(1000);
    expect(made.clock.pendingTimers).toBe(0);
  });

  it('lets any number of calls wait to be repeated without a warning of the process', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { clock, hold, settler } = settlerRoom(refusing('InternalError', 500));
    for (let id = 1; id <= 20; id += 1) settler.release(hold(String(id)), { visibleInSeconds: 5, as: 'retried' });
    await clock.runUntil(settler.flush());
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('does not wait for another attempt that would come too late', async () => {
    const { clock, hold, settler, settled } = settlerRoom(refusing('InternalError', 500), { random: lowest });
    const held = hold('1');
    // The shortest wait is a millisecond, and ends with the lease.
    await clock.advanceBy(29_999);
    settler.release(held, { visibleInSeconds: 5, as: 'retried' });
    await clock.advanceBy(0);
    expect(settled).toEqual({ 1: 'retried' });
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([29_999, 40_000])('sends nothing when it wakes %d ms late, and the lease is over', async (lateMs) => {
    const { clock, hold, settler, settled, transport } = settlerRoom(refusing('InternalError', 500), {
      random: lowest,
      settlerClock: (own) => ({ now: () => own.now(), after: (ms, wake) => own.after(ms + lateMs, wake) }),
    });
    settler.release(hold('1'), { visibleInSeconds: 5, as: 'retried' });
    await clock.runUntil(settler.flush());
    expect([clock.now(), transport.calls.length, settled]).toEqual([1 + lateMs, 1, { 1: 'retried' }]);
  });

  it('repeats nothing any more once it has given up', async () => {
    const { clock, hold, settler, transport, settled } = settlerRoom(() => {
      throw new Error('down');
    });
    settler.delete(hold('1'));
    const flushed = settler.flush();
    await clock.advanceBy(0);
    settler.giveUp();
    await flushed;
    expect(transport.calls).toHaveLength(1);
    expect(settled).toEqual({ 1: 'released' });
  });
});
