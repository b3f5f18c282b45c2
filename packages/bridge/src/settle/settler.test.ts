import { sleep } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { HeldMessage } from '../lease/held-message.js';
import { refusing } from '../test-support/scripted-transport.js';
import { deleted, deliveryOf, handlesIn, notDeleted, settlerRoom } from '../test-support/settler-room.js';
import type { Settler } from './settler.js';

describe('Settler', () => {
  it('deletes in one call what comes within 50 ms', async () => {
    const { hold, clock, transport, settler } = settlerRoom(deleted);
    settler.delete(hold('1'));
    await clock.advanceBy(49);
    settler.delete(hold('2'));
    expect(transport.calls).toHaveLength(0);
    await clock.advanceBy(1);
    expect(transport.calls).toHaveLength(1);
    expect(transport.calls[0]).toMatchObject({ method: 'DELETE', resource: '/queues/q/messages', rootName: 'Errors' });
    expect(handlesIn(transport.calls[0]?.body ?? '')).toEqual(['handle+/=&amp;-1', 'handle+/=&amp;-2']);
  });

  it('does not wait once sixteen have come', async () => {
    const { hold, clock, transport, settler } = settlerRoom(deleted);
    for (let count = 1; count <= 17; count += 1) settler.delete(hold(String(count)));
    expect(transport.calls.map(({ body }) => handlesIn(body).length)).toEqual([16]);
    await clock.advanceBy(50);
    expect(transport.calls.map(({ body }) => handlesIn(body).length)).toEqual([16, 1]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not wait for company with what is almost no longer ours', async () => {
    const { hold, clock, transport, settler, settled } = settlerRoom(deleted);
    const [early, late] = ['1', '2'].map((id) => hold(deliveryOf(id, { leaseMs: 1200 })));
    if (early === undefined || late === undefined) return expect.unreachable();
    await clock.advanceBy(1000);
    settler.delete(early);
    await clock.advanceBy(49);
    expect(transport.calls).toHaveLength(0);
    settler.delete(late);
    expect(transport.calls.map(({ body }) => handlesIn(body).length)).toEqual([2]);
    await clock.runUntilIdle();
    expect([settled, clock.now()]).toEqual([{ 1: 'acked', 2: 'acked' }, 1049]);
  });

  it('tells apart what was lost, what failed and what was deleted in a partial failure', async () => {
    const { clock, hold, settler, statuses } = settlerRoom(() =>
      notDeleted({ 2: 'ReceiptHandleError', 3: 'InternalError' }),
    );
    for (const id of ['1', '2', '3']) settler.delete(hold(id));
    await clock.runUntil(settler.flush());
    expect(statuses).toMatchObject([
      { type: 'lease-lost', messageId: '2', overrun: false },
      { type: 'settle-failed', messageId: '3', error: { code: 'MNS_ERROR', mnsCode: 'InternalError' } },
    ]);
  });

  it('reports each message of a delete that failed whole', async () => {
    const { clock, hold, settler, statuses } = settlerRoom(refusing('InternalError', 500));
    settler.delete(hold('1'));
    settler.delete(hold('2'));
    await clock.runUntil(settler.flush());
    expect(statuses).toMatchObject([
      { type: 'settle-failed', messageId: '1', error: { mnsCode: 'InternalError', requestId: 'R' } },
      { type: 'settle-failed', messageId: '2' },
    ]);
  });

  it('reports as lost what the service calls lost, and as failed what it calls anything else', async () => {
    const codes = ['MessageNotExist', 'ReceiptHandleError', 'AccessDenied'];
    const { clock, hold, settler, statuses } = settlerRoom(() =>
      notDeleted(Object.fromEntries(codes.map((code) => [code, code]))),
    );
    for (const code of codes) settler.delete(hold(code));
    await clock.runUntil(settler.flush());
    expect(statuses).toMatchObject([
      { type: 'lease-lost', messageId: 'MessageNotExist', overrun: false },
      { type: 'lease-lost', messageId: 'ReceiptHandleError', overrun: false },
      { type: 'settle-failed', messageId: 'AccessDenied', error: { status: 404, retryable: false } },
    ]);
  });

  it('releases with the delay asked for', async () => {
    const { clock, hold, settler, statuses, transport, settled } = settlerRoom(() => ({
      code: 200,
      headers: {},
      body: { ReceiptHandle: 'new', NextVisibleTime: '1' },
    }));
    settler.release(hold('1'), { visibleInSeconds: 7, as: 'released' });
    await clock.runUntil(settler.flush());
    expect(settled).toEqual({ 1: 'released' });
    expect(transport.calls[0]).toMatchObject({
      method: 'PUT',
      resource: '/queues/q/messages?receiptHandle=handle+/=&-1&visibilityTimeout=7',
    });
    expect(statuses).toEqual([{ type: 'released', messageId: '1', visibleInSeconds: 7 }]);
  });

  it('reports a release that failed', async () => {
    const { clock, hold, settler, statuses } = settlerRoom(refusing('AccessDenied', 403));
    settler.release(hold('1'), { visibleInSeconds: 7, as: 'released' });
    await clock.runUntil(settler.flush());
    expect(statuses).toMatchObject([{ type: 'settle-failed', messageId: '1', error: { mnsCode: 'AccessDenied' } }]);
  });

  it('takes a refused handle for a lost lease, on release as on delete', async () => {
    const { clock, hold, settler, statuses } = settlerRoom(refusing('MessageNotExist', 404));
    settler.release(hold('1'), { visibleInSeconds: 7, as: 'released' });
    await clock.runUntil(settler.flush());
    expect(statuses).toEqual([{ type: 'lease-lost', messageId: '1', overrun: false }]);
  });

  it('waits for an extension on its way, and settles with the handle it brings', async () => {
    let extended = (): void => {};
    const { clock, hold, settler, transport, settled } = settlerRoom(
      async ({ method }) => {
        if (method === 'DELETE') return { code: 204, headers: {} };
        await new Promise<void>((resolve) => (extended = resolve));
        return { code: 200, headers: {}, body: { ReceiptHandle: 'rotated', NextVisibleTime: '1' } };
      },
      { leaseSeconds: 3600 },
    );
    const held = hold('1');
    await clock.advanceBy(20_000);
    expect(transport.calls.map(({ method }) => method)).toEqual(['PUT']);
    settler.delete(held);
    await clock.advanceBy(1000);
    expect(transport.calls).toHaveLength(1);
    extended();
    await clock.advanceBy(50);
    expect(handlesIn(transport.calls[1]?.body ?? '')).toEqual(['rotated']);
    expect(settled).toEqual({ 1: 'acked' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('settles with the handle it has in the last quarter of a lease whose extension does not answer', async () => {
    const { clock, hold, settler, transport, settled } = settlerRoom(
      async ({ method }) => (method === 'DELETE' ? { code: 204, headers: {} } : new Promise(() => {})),
      { leaseSeconds: 3600 },
    );
    const held = hold('1');
    await clock.advanceBy(22_000);
    settler.delete(held);
    await clock.advanceBy(5999);
    expect(transport.calls.map(({ method }) => method)).toEqual(['PUT']);
    await clock.advanceBy(51);
    expect(handlesIn(transport.calls[1]?.body ?? '')).toEqual(['handle+/=&amp;-1']);
    expect(settled).toEqual({ 1: 'acked' });
  });

  it('flushes what waits and what runs, and leaves no timer', async () => {
    let finish = (): void => {};
    const { hold, settler, clock, transport } = settlerRoom(async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return { code: 204, headers: {} };
    });
    settler.delete(hold('1'));
    let flushed = false;
    const flushing = settler.flush().then(() => (flushed = true));
    await clock.advanceBy(0);
    expect(transport.calls).toHaveLength(1);
    expect(flushed).toBe(false);
    finish();
    await flushing;
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ['delete', (settler: Settler, held: HeldMessage) => settler.delete(held)],
    [
      'release',
      (settler: Settler, held: HeldMessage) => settler.release(held, { visibleInSeconds: 5, as: 'released' }),
    ],
  ])('flushes the %s that comes while it flushes, too', async (_, settle) => {
    const made = settlerRoom(async () => {
      const isFirst = made.transport.calls.length === 1;
      await sleep(made.clock, 1);
      if (isFirst) settle(made.settler, made.hold('2'));
      return { code: 200, headers: {}, body: { ReceiptHandle: 'new', NextVisibleTime: '1' } };
    });
    made.settler.delete(made.hold('1'));
    await made.clock.runUntil(made.settler.flush());
    expect(made.transport.calls).toHaveLength(2);
    expect(made.settled).toEqual({ 1: 'acked', 2: expect.stringMatching(/acked|released/) });
    expect(made.clock.now()).toBe(2);
  });

  it('has nothing to flush at first', async () => {
    const { clock, settler, transport } = settlerRoom(deleted);
    await clock.runUntil(settler.flush());
    expect(transport.calls).toEqual([]);
  });
});
