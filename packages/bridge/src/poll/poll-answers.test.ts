import { sleep } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { SdkReply } from '../mns/sdk-client.js';
import { emptyQueue, emptyRoom, pollerRoom, start, startedRoom } from '../test-support/poller-room.js';
import { receiveReply, refusing, sdkRefusal } from '../test-support/scripted-transport.js';

describe('A poller that is answered', () => {
  it('slows down when empty answers come long before the wait is over', async () => {
    const made = pollerRoom(refusing('MessageNotExist', 404));
    await start(made);
    await made.clock.advanceBy(60_000);
    expect(new Set(made.statuses.slice(1).map(({ type }) => type))).toEqual(new Set(['empty-early']));
    expect(made.transport.calls.length).toBeLessThan(30);
    await made.poller.stop();
  });

  it('does not spin when it is told not to wait, on a network that takes its time', async () => {
    const made = pollerRoom(
      async () => {
        await sleep(made.clock, 5);
        throw sdkRefusal('MessageNotExist', 404);
      },
      { waitSeconds: 0 },
    );
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(60_000);
    expect(made.transport.calls.length).toBeLessThan(30);
    expect(made.statuses.map(({ type }) => type)).toEqual(['started']);
    await made.poller.stop();
  });

  it.each([
    ['a quarter', 5000, 'empty-early'],
    ['half', 10_000, 'empty-early'],
    ['three quarters', 15_000, undefined],
  ])('judges an empty answer after %s of the wait', async (_, afterMs, status) => {
    const made = pollerRoom(async ({ resource, signal }) => {
      if (!resource.includes('waitseconds=0')) await sleep(made.clock, afterMs, signal);
      throw sdkRefusal('MessageNotExist', 404);
    });
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(afterMs);
    expect(made.statuses[1]?.type).toBe(status);
    await made.poller.stop();
  });

  // A lease that is taken for a second shorter than it is may never be long enough for its listener: handled, and handled
  // again, for ever.
  it.each([
    // Perhaps rounded.
    [0, 30_000, 29_000],
    [1, 2000, 2000],
    [999, 2000, 2000],
    [500, 1000, 1000],
  ])(
    'knows the lease of a redelivery %i ms into a second by its whole seconds',
    async (intoSecondMs, leaseMs, known) => {
      const made = emptyRoom();
      await made.clock.advanceBy(intoSecondMs);
      made.transport.script = () => {
        made.transport.script = emptyQueue(() => made.clock);
        return redelivery(made.clock.now(), leaseMs);
      };
      await made.clock.runUntil(start(made));
      expect(made.received).toMatchObject([{ deliveryCount: 2, leaseMs: known }]);
      await made.poller.stop();
    },
  );

  it('takes the lease of a redelivery for too short rather than too long when the answer was written in the next second', async () => {
    const made = emptyRoom();
    await made.clock.advanceBy(999);
    made.transport.script = () => {
      made.transport.script = emptyQueue(() => made.clock);
      const reply = redelivery(made.clock.now(), 30_000);
      return { ...reply, headers: { date: new Date(made.clock.now() + 2).toUTCString() } };
    };
    await made.clock.runUntil(start(made));
    expect(made.received).toMatchObject([{ leaseMs: 29_000 }]);
    await made.poller.stop();
  });

  it.each([
    ['no list of messages', { code: 200, headers: {} }],
    ['a time that is no number', { code: 200, headers: {}, body: { Message: [{ DequeueCount: 'x' }] } }],
  ])('reports an answer with %s', async (_, reply) => {
    const made = await startedRoom();
    made.transport.script = () => reply;
    await made.clock.advanceBy(30_000);
    expect(made.statuses[1]).toMatchObject({ type: 'receive-failed', error: { code: 'MNS_UNREACHABLE' } });
    await made.poller.stop();
  });

  it('reports an answer that is no MNS answer', async () => {
    const made = await startedRoom();
    made.transport.script = () => ({ code: 200, headers: {}, body: { Message: [{ MessageId: 'm1' }] } });
    await made.clock.advanceBy(30_000);
    expect(made.statuses[1]).toMatchObject({ type: 'receive-failed', error: { code: 'MNS_UNREACHABLE' } });
    expect(made.received).toEqual([]);
    await made.poller.stop();
  });
});

/** The reply to a receive that brings a message for the second time. */
function redelivery(nowMs: number, leaseMs: number): SdkReply {
  const reply = receiveReply(nowMs, leaseMs, [{ id: 'm1', body: 'a', md5: 'A' }]);
  const [message] = (reply.body?.['Message'] ?? []) as Record<string, string>[];
  return { ...reply, body: { Message: [{ ...message, DequeueCount: '2', FirstDequeueTime: '1' }] } };
}
