import { MnsbusError, SeededRandom, VirtualClock, sleep, type Clock } from '@mnsbus/core';
import { describe, expect, it, vi } from 'vitest';
import { HeldMessage } from '../lease/held-message.js';
import type { QueueDelivery } from '../mns/delivery.js';
import { QueueClient } from '../mns/queue-client.js';
import { resolveSettings } from '../options/bridge-settings.js';
import type { QueueFact } from '../status/bridge-status.js';
import { lowest } from '../test-support/lowest.js';
import { receivedMessage } from '../test-support/received-message.js';
import {
  scriptedTransport,
  refusing,
  sdkRefusal,
  type Script,
  type ScriptedTransport,
} from '../test-support/scripted-transport.js';
import { Settler, type Settled } from './settler.js';

const deleted: Script = () => ({ code: 204, headers: {} });

const delivery = (id: string, body = 'body'): QueueDelivery => ({
  source: 'queue',
  queueName: 'q',
  messageId: id,
  body,
  bodyMD5: '',
  userProperties: [],
  receiptHandle: `handle+/=&-${id}`,
  enqueuedAt: new Date(0),
  firstReceivedAt: new Date(0),
  receivedAt: new Date(0),
  leaseMs: 30_000,
  deliveryCount: 1,
  priority: 8,
});

interface Room {
  readonly clock: VirtualClock;
  readonly transport: ScriptedTransport;
  readonly settler: Settler;
  readonly statuses: QueueFact[];
  readonly settled: Record<string, Settled | 'lost'>;
  readonly hold: (what: string | QueueDelivery) => HeldMessage;
}

interface RoomOptions {
  readonly leaseSeconds?: number;
  /** Makes the settler's clock from the room's. */
  readonly settlerClock?: (clock: VirtualClock) => Clock;
  readonly random?: SeededRandom;
}

function room(script: Script, options: RoomOptions = {}): Room {
  const { leaseSeconds = 0, settlerClock = (own) => own, random = new SeededRandom('settler') } = options;
  const clock = new VirtualClock(0);
  const transport = scriptedTransport(script);
  const statuses: QueueFact[] = [];
  const settled: Record<string, Settled | 'lost'> = {};
  const queue = new QueueClient('q', transport, clock);
  const report = (fact: QueueFact): void => void statuses.push(fact);
  const settings = { current: resolveSettings({ lease: { maxSeconds: leaseSeconds } }) };
  return {
    clock,
    transport,
    statuses,
    settled,
    hold: (what) =>
      new HeldMessage(receivedMessage(typeof what === 'string' ? delivery(what) : what), {
        queue,
        clock,
        random,
        settings,
        report,
        onLost: ({ delivery: { messageId } }) => (settled[messageId] = 'lost'),
      }),
    settler: new Settler({
      queue,
      clock: settlerClock(clock),
      random,
      report,
      onSettled: ({ delivery: { messageId } }, how) => (settled[messageId] = how),
    }),
  };
}

const handlesIn = (body: string): string[] =>
  [...body.matchAll(/<ReceiptHandle>(.*?)<\/ReceiptHandle>/g)].map(([, handle]) => handle ?? '');

describe('Settler', () => {
  it('deletes in one call what comes within 50 ms', async () => {
    const { hold, clock, transport, settler } = room(deleted);
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
    const { hold, clock, transport, settler } = room(deleted);
    for (let count = 1; count <= 17; count += 1) settler.delete(hold(String(count)));
    expect(transport.calls.map(({ body }) => handlesIn(body).length)).toEqual([16]);
    await clock.advanceBy(50);
    expect(transport.calls.map(({ body }) => handlesIn(body).length)).toEqual([16, 1]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('tells apart what was lost, what failed and what was deleted in a partial failure', async () => {
    const { clock, hold, settler, statuses } = room(() => ({
      code: 404,
      headers: {},
      body: {
        Error: [
          { ErrorCode: 'ReceiptHandleError', ErrorMessage: 'x', ReceiptHandle: 'handle+/=&-2' },
          { ErrorCode: 'InternalError', ErrorMessage: 'x', ReceiptHandle: 'handle+/=&-3' },
        ],
      },
    }));
    for (const id of ['1', '2', '3']) settler.delete(hold(id));
    await clock.runUntil(settler.flush());
    expect(statuses).toMatchObject([
      { type: 'lease-lost', messageId: '2', overrun: false },
      { type: 'settle-failed', messageId: '3', error: { code: 'MNS_ERROR', mnsCode: 'InternalError' } },
    ]);
  });

  it('reports each message of a delete that failed whole', async () => {
    const { clock, hold, settler, statuses } = room(refusing('InternalError', 500));
    settler.delete(hold('1'));
    settler.delete(hold('2'));
    await clock.runUntil(settler.flush());
    expect(statuses).toMatchObject([
      { type: 'settle-failed', messageId: '1', error: { mnsCode: 'InternalError', requestId: 'R' } },
      { type: 'settle-failed', messageId: '2' },
    ]);
  });

  it('releases with the delay asked for', async () => {
    const { clock, hold, settler, statuses, transport, settled } = room(() => ({
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
    const { clock, hold, settler, statuses } = room(refusing('AccessDenied', 403));
    settler.release(hold('1'), { visibleInSeconds: 7, as: 'released' });
    await clock.runUntil(settler.flush());
    expect(statuses).toMatchObject([{ type: 'settle-failed', messageId: '1', error: { mnsCode: 'AccessDenied' } }]);
  });

  const reason = new MnsbusError({ code: 'EVENT_MALFORMED', message: 'no JSON' });

  const byMethod =
    (replies: Readonly<Record<string, Script>>): Script =>
    (call) =>
      (replies[call.method] ?? expect.fail(`nobody expected ${call.method}`))(call);

  it('dead-letters: copies body, priority and properties, then deletes, then says so', async () => {
    const { clock, hold, settler, statuses, transport } = room(
      byMethod({
        POST: () => ({ code: 201, headers: {} }),
        DELETE: () => {
          expect(statuses).toEqual([]);
          return { code: 204, headers: {} };
        },
      }),
    );
    const copied: QueueDelivery = {
      ...delivery('1', '<&>\r智能'),
      priority: 3,
      userProperties: [{ name: 'case', value: '4<2', type: 'NUMBER' }],
    };
    settler.deadLetter(hold(copied), { deadLetterQueue: 'dead', cause: 'listener', error: reason, retryInSeconds: 9 });
    await clock.runUntil(settler.flush());
    expect(transport.calls.map(({ method, resource }) => `${method} ${resource}`)).toEqual([
      'POST /queues/dead/messages',
      'DELETE /queues/q/messages',
    ]);
    expect(transport.calls[0]?.body).toContain(
      '<MessageBody>&lt;&amp;&gt;&#13;智能</MessageBody><Priority>3</Priority><UserProperties><PropertyValue>' +
        '<Name>case</Name><Value>4&lt;2</Value><Type>NUMBER</Type></PropertyValue>' +
        '<PropertyValue><Name>mnsbus.reason</Name><Value>EVENT_MALFORMED: no JSON</Value><Type>STRING</Type></PropertyValue>',
    );
    expect(statuses).toEqual([
      { type: 'dead-lettered', messageId: '1', deadLetterQueue: 'dead', cause: 'listener', error: reason },
    ]);
  });

  it('does not delete what it could not dead-letter, but gives it back for a while', async () => {
    const { clock, hold, settler, statuses, transport, settled } = room(
      byMethod({
        POST: refusing('QueueNotExist', 404),
        PUT: () => ({ code: 200, headers: {}, body: { ReceiptHandle: 'new' } }),
      }),
    );
    settler.deadLetter(hold('1'), { deadLetterQueue: 'dead', cause: 'listener', error: reason, retryInSeconds: 9 });
    await clock.runUntil(settler.flush());
    expect(transport.calls.map(({ method }) => method)).toEqual(['POST', 'PUT']);
    expect(settled).toEqual({ 1: 'retried' });
    expect(statuses).toMatchObject([
      { type: 'settle-failed', messageId: '1', error: { mnsCode: 'QueueNotExist' } },
      { type: 'released', messageId: '1', visibleInSeconds: 9 },
    ]);
  });

  it('does not call dead-lettered what it copied but could not delete', async () => {
    const { clock, hold, settler, statuses, settled } = room(
      byMethod({
        POST: () => ({ code: 201, headers: {} }),
        DELETE: refusing('InternalError', 500),
      }),
    );
    settler.deadLetter(hold('1'), { deadLetterQueue: 'dead', cause: 'listener', error: reason, retryInSeconds: 9 });
    await clock.runUntil(settler.flush());
    expect(statuses).toMatchObject([{ type: 'settle-failed', error: { mnsCode: 'InternalError' } }]);
    expect(settled).toEqual({ 1: 'released' });
  });

  it('takes a refused handle for a lost lease, on release as on delete', async () => {
    const { clock, hold, settler, statuses } = room(refusing('MessageNotExist', 404));
    settler.release(hold('1'), { visibleInSeconds: 7, as: 'released' });
    await clock.runUntil(settler.flush());
    expect(statuses).toEqual([{ type: 'lease-lost', messageId: '1', overrun: false }]);
  });

  it('flushes what waits and what runs, and leaves no timer', async () => {
    let finish = (): void => {};
    const { hold, settler, clock, transport } = room(async () => {
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

  it('repeats a delete that failed in passing, and calls deleted what an attempt without an answer has deleted', async () => {
    let calls = 0;
    const { clock, hold, settler, statuses, settled } = room(() => {
      calls += 1;
      if (calls === 1) throw new Error('socket hang up');
      const error = { ErrorCode: 'MessageNotExist', ErrorMessage: 'x', ReceiptHandle: 'handle+/=&-1' };
      return { code: 404, headers: {}, body: { Error: [error] } };
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
    const { clock, hold, settler, statuses, settled } = room(async () => {
      calls += 1;
      if (calls === 1) throw new Error('socket hang up');
      await sleep(clock, held.endsAtMs + afterLeaseMs - clock.now());
      const error = { ErrorCode: 'MessageNotExist', ErrorMessage: 'x', ReceiptHandle: 'handle+/=&-1' };
      return { code: 404, headers: {}, body: { Error: [error] } };
    });
    const held = hold('1');
    settler.delete(held);
    await clock.runUntil(settler.flush());
    expect([calls, statuses, settled]).toEqual([2, facts, { 1: end }]);
  });

  it('does not take a refused handle for deleted when the earlier attempt was answered', async () => {
    let calls = 0;
    const { clock, hold, settler, statuses, settled } = room(() => {
      calls += 1;
      if (calls === 1) throw sdkRefusal('InternalError', 500);
      const error = { ErrorCode: 'MessageNotExist', ErrorMessage: 'x', ReceiptHandle: 'handle+/=&-1' };
      return { code: 404, headers: {}, body: { Error: [error] } };
    });
    settler.delete(hold('1'));
    await clock.runUntil(settler.flush());
    expect([statuses, settled]).toEqual([[{ type: 'lease-lost', messageId: '1', overrun: false }], { 1: 'released' }]);
  });

  it('repeats only those of a batch that failed in passing', async () => {
    const { clock, hold, settler, transport, settled } = room(({ body }) => {
      const failed = handlesIn(body).length === 3;
      if (!failed) return { code: 204, headers: {} };
      const of = (id: string, ErrorCode: string): object => ({
        ErrorCode,
        ErrorMessage: 'x',
        ReceiptHandle: `handle+/=&-${id}`,
      });
      return { code: 404, headers: {}, body: { Error: [of('1', 'InternalError'), of('3', 'ReceiptHandleError')] } };
    });
    for (const id of ['1', '2', '3']) settler.delete(hold(id));
    await clock.runUntil(settler.flush());
    expect(transport.calls.map(({ body }) => handlesIn(body).length)).toEqual([3, 1]);
    expect(settled).toEqual({ 1: 'acked', 2: 'acked', 3: 'released' });
  });

  it.each([
    ['delete', (settler: Settler, held: HeldMessage) => settler.delete(held)],
    ['release', (settler: Settler, held: HeldMessage) => settler.release(held, { visibleInSeconds: 5, as: 'retried' })],
    [
      'copy',
      (settler: Settler, held: HeldMessage) =>
        settler.deadLetter(held, { deadLetterQueue: 'dead', cause: 'listener', error: reason, retryInSeconds: 9 }),
    ],
  ])('sends no %s once the lease is over, not even as another attempt (I27)', async (_, settle) => {
    const made = room(() => {
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
    const made = room(() => {
      atMs.push(made.clock.now());
      throw sdkRefusal('InternalError', 500);
    });
    const atMs: number[] = [];
    settle(made.settler, made.hold({ ...delivery('1'), leaseMs: 3_600_000 }));
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

  it('reports as lost what the service calls lost, and as failed what it calls anything else', async () => {
    const codes = ['MessageNotExist', 'ReceiptHandleError', 'AccessDenied'];
    const { clock, hold, settler, statuses } = room(() => ({
      code: 404,
      headers: {},
      body: {
        Error: codes.map((ErrorCode) => ({ ErrorCode, ErrorMessage: 'x', ReceiptHandle: `handle+/=&-${ErrorCode}` })),
      },
    }));
    for (const code of codes) settler.delete(hold(code));
    await clock.runUntil(settler.flush());
    expect(statuses).toMatchObject([
      { type: 'lease-lost', messageId: 'MessageNotExist', overrun: false },
      { type: 'lease-lost', messageId: 'ReceiptHandleError', overrun: false },
      { type: 'settle-failed', messageId: 'AccessDenied', error: { status: 404, retryable: false } },
    ]);
  });

  it('lets any number of calls wait to be repeated without a warning of the process', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { clock, hold, settler } = room(refusing('InternalError', 500));
    for (let id = 1; id <= 20; id += 1) settler.release(hold(String(id)), { visibleInSeconds: 5, as: 'retried' });
    await clock.runUntil(settler.flush());
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it.each([
    ['delete', (settler: Settler, held: HeldMessage) => settler.delete(held)],
    [
      'release',
      (settler: Settler, held: HeldMessage) => settler.release(held, { visibleInSeconds: 5, as: 'released' }),
    ],
  ])('flushes the %s that comes while it flushes, too', async (_, settle) => {
    const made = room(async () => {
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

  it('does not wait for another attempt that would come too late', async () => {
    const { clock, hold, settler, settled } = room(refusing('InternalError', 500), { random: lowest });
    const held = hold('1');
    // The shortest wait is a millisecond, and ends with the lease.
    await clock.advanceBy(29_999);
    settler.release(held, { visibleInSeconds: 5, as: 'retried' });
    await clock.advanceBy(0);
    expect(settled).toEqual({ 1: 'retried' });
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([29_999, 40_000])('sends nothing when it wakes %d ms late, and the lease is over', async (lateMs) => {
    const { clock, hold, settler, settled, transport } = room(refusing('InternalError', 500), {
      random: lowest,
      settlerClock: (own) => ({ now: () => own.now(), after: (ms, wake) => own.after(ms + lateMs, wake) }),
    });
    settler.release(hold('1'), { visibleInSeconds: 5, as: 'retried' });
    await clock.runUntil(settler.flush());
    expect([clock.now(), transport.calls.length, settled]).toEqual([1 + lateMs, 1, { 1: 'retried' }]);
  });

  it('waits for an extension on its way, and settles with the handle it brings', async () => {
    let extended = (): void => {};
    const { clock, hold, settler, transport, settled } = room(
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

  it('dead-letters without the reason where properties are refused', async () => {
    const { clock, hold, settler, transport, settled } = room(
      byMethod({
        POST: ({ body }) => {
          if (body.includes('UserProperties')) throw sdkRefusal('MalformedXML', 400);
          return { code: 201, headers: {} };
        },
        DELETE: deleted,
      }),
    );
    settler.deadLetter(hold('1'), { deadLetterQueue: 'dead', cause: 'listener', error: reason, retryInSeconds: 9 });
    await clock.runUntil(settler.flush());
    expect(transport.calls.map(({ method }) => method)).toEqual(['POST', 'POST', 'DELETE']);
    expect(settled).toEqual({ 1: 'deadLettered' });
  });

  it('repeats nothing any more once it has given up', async () => {
    const { clock, hold, settler, transport, settled } = room(() => {
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

  it('has nothing to flush at first', async () => {
    const { clock, settler, transport } = room(deleted);
    await clock.runUntil(settler.flush());
    expect(transport.calls).toEqual([]);
  });
});
