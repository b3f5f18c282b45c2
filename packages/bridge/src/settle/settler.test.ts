import { MnsbusError, VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../mns/delivery.js';
import { QueueClient } from '../mns/queue-client.js';
import type { BridgeStatus } from '../status/bridge-status.js';
import {
  scriptedTransport,
  sdkRefusal,
  type Script,
  type ScriptedTransport,
} from '../test-support/scripted-transport.js';
import { Settler } from './settler.js';

const deleted: Script = () => ({ code: 204, headers: {} });

const delivery = (id: string, body = 'body'): Delivery => ({
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

function room(script: Script): {
  clock: VirtualClock;
  transport: ScriptedTransport;
  settler: Settler;
  statuses: BridgeStatus[];
} {
  const clock = new VirtualClock(0);
  const transport = scriptedTransport(script);
  const statuses: BridgeStatus[] = [];
  const queue = new QueueClient('q', transport, clock);
  return {
    clock,
    transport,
    statuses,
    settler: new Settler({ queue, clock, report: (status) => statuses.push(status) }),
  };
}

const handlesIn = (body: string): string[] =>
  [...body.matchAll(/<ReceiptHandle>(.*?)<\/ReceiptHandle>/g)].map(([, handle]) => handle ?? '');

describe('Settler', () => {
  it('deletes in one call what comes within 50 ms', async () => {
    const { clock, transport, settler } = room(deleted);
    settler.delete(delivery('1'));
    await clock.advanceBy(49);
    settler.delete(delivery('2'));
    expect(transport.calls).toHaveLength(0);
    await clock.advanceBy(1);
    expect(transport.calls).toHaveLength(1);
    expect(transport.calls[0]).toMatchObject({ method: 'DELETE', resource: '/queues/q/messages', rootName: 'Errors' });
    expect(handlesIn(transport.calls[0]?.body ?? '')).toEqual(['handle+/=&amp;-1', 'handle+/=&amp;-2']);
  });

  it('does not wait once sixteen have come', async () => {
    const { clock, transport, settler } = room(deleted);
    for (let count = 1; count <= 17; count += 1) settler.delete(delivery(String(count)));
    expect(transport.calls.map(({ body }) => handlesIn(body).length)).toEqual([16]);
    await clock.advanceBy(50);
    expect(transport.calls.map(({ body }) => handlesIn(body).length)).toEqual([16, 1]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('tells apart what was lost, what failed and what was deleted in a partial failure', async () => {
    const { settler, statuses } = room(() => ({
      code: 404,
      headers: {},
      body: {
        Error: [
          { ErrorCode: 'ReceiptHandleError', ErrorMessage: 'x', ReceiptHandle: 'handle+/=&-2' },
          { ErrorCode: 'InternalError', ErrorMessage: 'x', ReceiptHandle: 'handle+/=&-3' },
        ],
      },
    }));
    for (const id of ['1', '2', '3']) settler.delete(delivery(id));
    await settler.flush();
    expect(statuses).toMatchObject([
      { type: 'lease-lost', messageId: '2' },
      { type: 'settle-failed', messageId: '3', error: { code: 'MNS_ERROR', mnsCode: 'InternalError' } },
    ]);
  });

  it('reports each message of a delete that failed whole', async () => {
    const { settler, statuses } = room(() => {
      throw sdkRefusal('InternalError', 500);
    });
    settler.delete(delivery('1'));
    settler.delete(delivery('2'));
    await settler.flush();
    expect(statuses).toMatchObject([
      { type: 'settle-failed', messageId: '1', error: { mnsCode: 'InternalError', requestId: 'R' } },
      { type: 'settle-failed', messageId: '2' },
    ]);
  });

  it('releases with the delay asked for', async () => {
    const { settler, statuses, transport } = room(() => ({
      code: 200,
      headers: {},
      body: { ReceiptHandle: 'new', NextVisibleTime: '1' },
    }));
    settler.release(delivery('1'), 7);
    await settler.flush();
    expect(transport.calls[0]).toMatchObject({
      method: 'PUT',
      resource: '/queues/q/messages?receiptHandle=handle+/=&-1&visibilityTimeout=7',
    });
    expect(statuses).toEqual([{ type: 'released', messageId: '1', visibleInSeconds: 7 }]);
  });

  it('reports a release that failed', async () => {
    const { settler, statuses } = room(() => {
      throw sdkRefusal('AccessDenied', 403);
    });
    settler.release(delivery('1'), 7);
    await settler.flush();
    expect(statuses).toMatchObject([{ type: 'settle-failed', messageId: '1', error: { mnsCode: 'AccessDenied' } }]);
  });

  const reason = new MnsbusError({ code: 'EVENT_MALFORMED', message: 'no JSON' });

  const byMethod =
    (replies: Readonly<Record<string, Script>>): Script =>
    (call) =>
      (replies[call.method] ?? expect.fail(`nobody expected ${call.method}`))(call);

  it('dead-letters: copies body, priority and properties, then deletes, then says so', async () => {
    const { settler, statuses, transport } = room(
      byMethod({
        POST: () => ({ code: 201, headers: {} }),
        DELETE: () => {
          expect(statuses).toEqual([]);
          return { code: 204, headers: {} };
        },
      }),
    );
    const copied: Delivery = {
      ...delivery('1', '<&>\r智能'),
      priority: 3,
      userProperties: [{ name: 'case', value: '4<2', type: 'NUMBER' }],
    };
    settler.deadLetter(copied, { deadLetterQueue: 'dead', error: reason, retryInSeconds: 9 });
    await settler.flush();
    expect(transport.calls.map(({ method, resource }) => `${method} ${resource}`)).toEqual([
      'POST /queues/dead/messages',
      'DELETE /queues/q/messages',
    ]);
    expect(transport.calls[0]?.body).toContain(
      '<MessageBody>&lt;&amp;&gt;&#13;智能</MessageBody><Priority>3</Priority><UserProperties><PropertyValue>' +
        '<Name>case</Name><Value>4&lt;2</Value><Type>NUMBER</Type></PropertyValue></UserProperties>',
    );
    expect(statuses).toEqual([{ type: 'dead-lettered', messageId: '1', deadLetterQueue: 'dead', error: reason }]);
  });

  it('does not delete what it could not dead-letter, but gives it back for a while', async () => {
    const { settler, statuses, transport } = room(
      byMethod({
        POST: () => {
          throw sdkRefusal('QueueNotExist', 404);
        },
        PUT: () => ({ code: 200, headers: {}, body: { ReceiptHandle: 'new' } }),
      }),
    );
    settler.deadLetter(delivery('1'), { deadLetterQueue: 'dead', error: reason, retryInSeconds: 9 });
    await settler.flush();
    expect(transport.calls.map(({ method }) => method)).toEqual(['POST', 'PUT']);
    expect(statuses).toMatchObject([
      { type: 'settle-failed', messageId: '1', error: { mnsCode: 'QueueNotExist' } },
      { type: 'released', messageId: '1', visibleInSeconds: 9 },
    ]);
  });

  it('does not call dead-lettered what it copied but could not delete', async () => {
    const { settler, statuses } = room(
      byMethod({
        POST: () => ({ code: 201, headers: {} }),
        DELETE: () => {
          throw sdkRefusal('InternalError', 500);
        },
      }),
    );
    settler.deadLetter(delivery('1'), { deadLetterQueue: 'dead', error: reason, retryInSeconds: 9 });
    await settler.flush();
    expect(statuses).toMatchObject([{ type: 'settle-failed', error: { mnsCode: 'InternalError' } }]);
  });

  it('takes a refused handle for a lost lease, on release as on delete', async () => {
    const { settler, statuses } = room(() => {
      throw sdkRefusal('MessageNotExist', 404);
    });
    settler.release(delivery('1'), 7);
    await settler.flush();
    expect(statuses).toEqual([{ type: 'lease-lost', messageId: '1' }]);
  });

  it('flushes what waits and what runs, and leaves no timer', async () => {
    let finish = (): void => {};
    const { settler, clock, transport } = room(async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return { code: 204, headers: {} };
    });
    settler.delete(delivery('1'));
    let flushed = false;
    const flushing = settler.flush().then(() => (flushed = true));
    await clock.advanceBy(0);
    expect(transport.calls).toHaveLength(1);
    expect(flushed).toBe(false);
    finish();
    await flushing;
    expect(clock.pendingTimers).toBe(0);
  });

  it('has nothing to flush at first', async () => {
    const { settler, transport } = room(deleted);
    await settler.flush();
    expect(transport.calls).toEqual([]);
  });
});
