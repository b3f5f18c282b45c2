import { sleep } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { SdkReply } from '../mns/sdk-client.js';
import { emptyQueue, emptyRoom, pollerRoom, resources, start, type PollerRoom } from '../test-support/poller-room.js';
import { receiveReply, refusing, sdkRefusal } from '../test-support/scripted-transport.js';

async function probeAndCancel({ poller }: PollerRoom): Promise<void> {
  await poller.probe().catch(() => {});
  poller.cancel();
}

describe('Poller', () => {
  it('receives once without waiting, then polls long', async () => {
    const made = emptyRoom();
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(45_000);
    expect(resources(made)).toEqual([
      '/queues/q/messages?numOfMessages=16&waitseconds=0',
      '/queues/q/messages?numOfMessages=16&waitseconds=20',
      '/queues/q/messages?numOfMessages=16&waitseconds=20',
      '/queues/q/messages?numOfMessages=16&waitseconds=20',
    ]);
    expect(made.statuses).toEqual([{ type: 'started' }]);
    await made.poller.stop();
  });

  it('asks for no more than its free slots, and not at all without one', async () => {
    const made = emptyRoom({ capacity: 3 });
    made.slots.take();
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(1);
    expect(resources(made).at(-1)).toContain('numOfMessages=2&');
    made.slots.take();
    made.slots.take();
    await made.clock.advanceBy(60_000);
    expect(made.transport.calls).toHaveLength(2);
    made.slots.giveBack();
    await made.clock.advanceBy(1);
    expect(resources(made).at(-1)).toContain('numOfMessages=1&');
    await made.poller.stop();
  });

  it('hands on what it receives and polls again at once', async () => {
    const made = emptyRoom();
    made.transport.script = ({ resource }) => {
      made.transport.script = emptyQueue(() => made.clock);
      expect(resource).toContain('waitseconds=0');
      return receiveReply(made.clock.now(), 30_000, [{ id: 'm1', body: 'a', md5: 'A' }]);
    };
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(0);
    expect(made.received).toMatchObject([
      { messageId: 'm1', body: 'a', bodyMD5: 'A', leaseMs: 30_000, deliveryCount: 1 },
    ]);
    expect(made.transport.calls).toHaveLength(2);
    await made.poller.stop();
  });

  it.each(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'QueueNotExist', 'AccessDenied'])(
    'does not start when the service refuses for good with %s, and can be started again',
    async (code) => {
      const made = pollerRoom(refusing(code, 403));
      await expect(start(made)).rejects.toMatchObject({ code: 'MNS_ERROR', mnsCode: code });
      expect(made.poller.state).toBe('idle');
      made.transport.script = emptyQueue(() => made.clock);
      await made.clock.runUntil(start(made));
      expect(made.poller.state).toBe('polling');
      await made.clock.advanceBy(0);
      // The refused one, the probe and the first poll.
      expect(made.transport.calls).toHaveLength(3);
      await made.poller.stop();
    },
  );

  it('starts although the network is down, and backs off with growing delays until it is back', async () => {
    const made = pollerRoom(() => {
      throw new Error('connect ECONNREFUSED');
    });
    await start(made);
    await made.clock.advanceBy(10 * 60_000);
    expect(made.statuses.slice(0, 2).map(({ type }) => type)).toEqual(['receive-failed', 'started']);
    const delays = made.statuses.slice(2).map((status) => (status.type === 'receive-failed' ? status.retryInMs : -1));
    expect(Math.min(...delays)).toBeGreaterThan(0);
    expect(Math.max(...delays)).toBeGreaterThan(5000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(30_000);
    expect(delays[0]).toBeLessThanOrEqual(200);
    expect(made.transport.calls.length).toBeLessThan(80);

    made.transport.script = emptyQueue(() => made.clock);
    await made.clock.advanceBy(120_000);
    const before = made.statuses.length;
    made.transport.script = refusing('TooManyRequests', 429);
    await made.clock.advanceBy(20_000);
    expect(made.statuses[before]).toMatchObject({ type: 'receive-failed', error: { mnsCode: 'TooManyRequests' } });
    // The first delay after a success is a short one again.
    expect(made.statuses[before]).toMatchObject({ retryInMs: expect.toSatisfy((ms: number) => ms <= 200) });
    await made.poller.stop();
  });

  it.each([
    ['QueueNotExist', 404],
    ['AccessDenied', 403],
    ['InvalidArgument', 400],
  ])('asks every few minutes again when the service refuses for good with %s later', async (mnsCode, status) => {
    const made = emptyRoom();
    await made.clock.runUntil(start(made));
    made.transport.script = refusing(mnsCode, status);
    const before = made.transport.calls.length;
    await made.clock.advanceBy(3_600_000);
    expect(made.statuses[1]).toMatchObject({ type: 'stopped', error: { mnsCode } });
    expect(made.statuses.every(({ type }) => type === 'started' || type === 'stopped')).toBe(true);
    expect(made.poller.state).toBe('failed');
    // Between one and five minutes each.
    const calls = made.transport.calls.length - before;
    expect(calls).toBeGreaterThanOrEqual(12);
    expect(calls).toBeLessThanOrEqual(61);

    made.transport.script = () => receiveReply(made.clock.now(), 30_000, [{ id: 'm1', body: 'a', md5: 'A' }]);
    await made.clock.advanceBy(300_000);
    expect(made.poller.state).toBe('polling');
    expect(made.statuses.at(-1)).toEqual({ type: 'resumed' });
    expect(made.received[0]).toMatchObject({ messageId: 'm1' });
    await made.poller.stop();
    expect(made.clock.pendingTimers).toBe(0);
  });

  it.each(['resume', 'retryNow'] as const)('asks at once what was refused for good when told to by %s', async (how) => {
    const made = emptyRoom();
    await made.clock.runUntil(start(made));
    made.transport.script = refusing('QueueNotExist', 404);
    await made.clock.advanceBy(30_000);
    expect(made.poller.state).toBe('failed');
    made.transport.script = emptyQueue(() => made.clock);
    made.poller[how]();
    await made.clock.advanceBy(0);
    expect(made.poller.state).toBe('polling');
    await made.poller.stop();
    expect(made.clock.pendingTimers).toBe(0);
  });

  it.each(['pause', 'stop'] as const)('can be ended by %s while it waits after a refusal', async (how) => {
    const made = emptyRoom();
    await made.clock.runUntil(start(made));
    made.transport.script = refusing('QueueNotExist', 404);
    await made.clock.advanceBy(30_000);
    const calls = made.transport.calls.length;
    await made.poller[how]();
    await made.clock.advanceBy(3_600_000);
    expect([made.transport.calls.length, made.clock.pendingTimers]).toEqual([calls, 0]);
    made.poller.retryNow();
    await made.poller.stop();
  });

  it('goes on when what was refused for good fails in passing instead', async () => {
    const made = emptyRoom();
    await made.clock.runUntil(start(made));
    made.transport.script = refusing('QueueNotExist', 404);
    await made.clock.advanceBy(30_000);
    made.transport.script = () => {
      throw new Error('connect ECONNREFUSED');
    };
    made.poller.retryNow();
    await made.clock.advanceBy(0);
    expect(made.poller.state).toBe('polling');
    expect(made.statuses.map(({ type }) => type)).toEqual(['started', 'stopped', 'resumed', 'receive-failed']);
    await made.poller.stop();
  });

  it('asks nothing more when it is paused while it waits after a refusal, however slow the network is', async () => {
    const made: PollerRoom = pollerRoom(async () => {
      await sleep(made.clock, 20);
      if (made.transport.calls.length > 1) throw sdkRefusal('QueueNotExist', 404);
      throw sdkRefusal('MessageNotExist', 404);
    });
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(1000);
    expect([made.poller.state, made.transport.calls.length]).toEqual(['failed', 2]);
    made.poller.pause();
    await made.clock.advanceBy(3_600_000);
    expect([made.poller.state, made.transport.calls.length, made.clock.pendingTimers]).toEqual(['paused', 2, 0]);
    await made.poller.stop();
  });

  it('says nothing of a refusal that comes when it has been stopped', async () => {
    const made: PollerRoom = pollerRoom(async () => {
      await sleep(made.clock, 20);
      if (made.transport.calls.length > 1) throw sdkRefusal('QueueNotExist', 404);
      throw sdkRefusal('MessageNotExist', 404);
    });
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(1000);
    made.poller.retryNow();
    await made.clock.advanceBy(10);
    await made.clock.runUntil(made.poller.stop());
    expect([made.poller.state, made.transport.calls.length]).toEqual(['stopped', 3]);
    expect(made.statuses.map(({ type }) => type)).toEqual(['started', 'stopped']);
    made.poller.pause();
    expect([made.poller.state, made.statuses.length]).toEqual(['stopped', 2]);
  });

  it('says nothing of a probe that fails when it has been paused', async () => {
    for (const mnsCode of ['InternalError', 'AccessDenied']) {
      const made: PollerRoom = pollerRoom(async () => {
        await sleep(made.clock, 20);
        throw sdkRefusal(mnsCode, 500);
      });
      const probing = made.poller.probe();
      made.poller.pause();
      await made.clock.runUntil(probing);
      expect([made.poller.state, made.statuses]).toEqual(['paused', [{ type: 'paused' }]]);
      await made.poller.stop();
    }
  });

  it('can take a probe back, and no more than that', async () => {
    const made = emptyRoom();
    await made.clock.runUntil(made.poller.probe());
    expect(made.poller.state).toBe('starting');
    made.poller.cancel();
    expect(made.poller.state).toBe('idle');
    await made.clock.runUntil(start(made));
    made.poller.cancel();
    expect([made.poller.state, made.transport.calls.length]).toEqual(['polling', 3]);
    await made.poller.stop();
  });

  it('tells when it has asked, and when it was answered', async () => {
    const made: PollerRoom = pollerRoom(async ({ resource, signal }) => {
      await sleep(made.clock, resource.includes('waitseconds=0') ? 20 : 15_000, signal);
      signal?.throwIfAborted();
      throw sdkRefusal('MessageNotExist', 404);
    });
    const startMs = made.clock.now();
    const told = (): readonly unknown[] => {
      const { lastPollAt, lastGoodPollAt, openSinceMs, failuresInARow } = made.poller;
      const at = (date: Date | undefined): unknown => date && date.getTime() - startMs;
      return [at(lastPollAt), at(lastGoodPollAt), openSinceMs && openSinceMs - startMs, failuresInARow];
    };
    expect(told()).toEqual([undefined, undefined, undefined, 0]);
    const starting = start(made);
    await made.clock.advanceBy(10);
    expect(told()).toEqual([0, undefined, undefined, 0]);
    await made.clock.runUntil(starting);
    await made.clock.advanceBy(0);
    expect(told()).toEqual([20, 20, 20, 0]);
    await made.clock.advanceBy(15_000);
    expect(told()).toEqual([15_020, 15_020, 15_020, 0]);
    made.transport.script = () => {
      throw new Error('down');
    };
    await made.clock.advanceBy(15_000);
    expect(told()).toEqual([30_020, 30_020, undefined, 1]);
    await made.clock.advanceBy(200);
    expect(made.poller.failuresInARow).toBe(2);
    await made.poller.stop();
  });

  it('pauses in the middle of a long poll, and goes on when told to', async () => {
    const made = emptyRoom();
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(1);
    const [, poll] = made.transport.calls;
    made.poller.pause();
    made.poller.pause();
    expect(poll?.signal?.aborted).toBe(true);
    await made.clock.advanceBy(3_600_000);
    expect(made.transport.calls).toHaveLength(2);
    expect(made.clock.pendingTimers).toBe(0);
    made.poller.resume();
    made.poller.resume();
    await made.clock.advanceBy(1);
    expect([made.poller.state, made.transport.calls.length]).toEqual(['polling', 3]);
    expect(made.statuses.map(({ type }) => type)).toEqual(['started', 'paused', 'resumed']);
    expect(made.slots.used).toBe(16);
    await made.poller.stop();
    expect(made.slots.used).toBe(0);
    expect(made.poller.state).toBe('stopped');
    made.poller.resume();
    expect(made.poller.state).toBe('stopped');
  });

  it.each([
    ['never asked to start', async (): Promise<void> => {}],
    ['refused at its start', (made: PollerRoom): Promise<unknown> => made.poller.probe().catch(() => {})],
    ['taken back at its start', async (made: PollerRoom): Promise<void> => void (await probeAndCancel(made))],
  ])('asks nothing when it is paused and resumed, but was %s', async (_, before) => {
    const made = pollerRoom(() => Promise.reject(sdkRefusal('QueueNotExist', 404)));
    await made.clock.runUntil(before(made));
    const asked = made.transport.calls.length;
    made.poller.pause();
    made.poller.resume();
    await made.clock.advanceBy(600_000);
    expect([made.poller.state, made.transport.calls.length]).toEqual(['idle', asked]);
    await expect(made.clock.runUntil(made.poller.probe())).rejects.toMatchObject({ mnsCode: 'QueueNotExist' });
    await made.clock.runUntil(made.poller.stop());
  });

  it('waits with what is resumed in the middle of a start until that has gone well', async () => {
    const made = emptyRoom();
    made.poller.pause();
    await made.clock.runUntil(made.poller.probe());
    made.poller.resume();
    await made.clock.advanceBy(60_000);
    expect([made.poller.state, made.transport.calls]).toEqual(['starting', []]);
    made.poller.begin();
    await made.clock.advanceBy(1);
    expect([made.poller.state, made.transport.calls.length]).toEqual(['polling', 1]);
    await made.clock.runUntil(made.poller.stop());
  });

  it('receives nothing when it is paused before it begins, and polls when told to', async () => {
    const made = emptyRoom();
    made.poller.pause();
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(60_000);
    expect([made.poller.state, made.transport.calls]).toEqual(['paused', []]);
    made.poller.resume();
    await made.clock.advanceBy(1);
    expect(made.transport.calls).toHaveLength(1);
    await made.clock.runUntil(made.poller.stop());
  });

  it.each(['pause', 'stop'] as const)(
    'still reads what was handed out when it is ended by %s, as late',
    async (how) => {
      const late: boolean[] = [];
      const queue = { hasMessage: false };
      /** Every answer is on its way for 20 ms; the long poll is answered as soon as something was sent. */
      const made: PollerRoom = pollerRoom(
        async ({ resource, signal }) => {
          while (!queue.hasMessage && !resource.includes('waitseconds=0')) {
            await sleep(made.clock, 1);
            signal?.throwIfAborted();
          }
          await sleep(made.clock, 20, signal);
          signal?.throwIfAborted();
          if (!queue.hasMessage) throw sdkRefusal('MessageNotExist', 404);
          queue.hasMessage = false;
          return receiveReply(made.clock.now() - 20, 30_000, [{ id: 'm1', body: 'a', md5: 'A' }]);
        },
        { onHandle: (isLate) => late.push(isLate) },
      );
      await made.clock.runUntil(start(made));
      await made.clock.advanceBy(5000);
      queue.hasMessage = true;
      await made.clock.advanceBy(5);
      // Handed out, and on its way.
      const ended = Promise.resolve(made.poller[how]());
      await made.clock.advanceBy(100);
      await made.clock.runUntil(ended);
      expect(late).toEqual([true]);
      expect(made.transport.calls).toHaveLength(2);
      await made.clock.runUntil(made.poller.stop());
      expect(made.clock.pendingTimers).toBe(0);
    },
  );

  it('gives up an open poll a second after its end at the latest, however slow the network is', async () => {
    const made: PollerRoom = pollerRoom(async ({ signal }) => {
      await sleep(made.clock, 9000, signal);
      signal?.throwIfAborted();
      throw sdkRefusal('MessageNotExist', 404);
    });
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(100);
    const startMs = made.clock.now();
    await made.clock.runUntil(made.poller.stop());
    expect(made.clock.now() - startMs).toBe(1000);
    expect(made.clock.pendingTimers).toBe(0);
  });

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

  it('gives a long poll more time than it waits', async () => {
    const made = emptyRoom();
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(1);
    expect(made.transport.calls.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 30_000]);
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
    const made = emptyRoom();
    await made.clock.runUntil(start(made));
    made.transport.script = () => reply;
    await made.clock.advanceBy(30_000);
    expect(made.statuses[1]).toMatchObject({ type: 'receive-failed', error: { code: 'MNS_UNREACHABLE' } });
    await made.poller.stop();
  });

  it('reports an answer that is no MNS answer', async () => {
    const made = emptyRoom();
    await made.clock.runUntil(start(made));
    made.transport.script = () => ({ code: 200, headers: {}, body: { Message: [{ MessageId: 'm1' }] } });
    await made.clock.advanceBy(30_000);
    expect(made.statuses[1]).toMatchObject({ type: 'receive-failed', error: { code: 'MNS_UNREACHABLE' } });
    expect(made.received).toEqual([]);
    await made.poller.stop();
  });

  it('stops in the middle of a long poll, of a back-off, of waiting for a slot, and before it was started', async () => {
    const polling = emptyRoom();
    await polling.clock.runUntil(start(polling));
    await polling.poller.stop();
    expect(polling.clock.pendingTimers).toBe(0);

    const failing = pollerRoom(() => {
      throw new Error('down');
    });
    await start(failing);
    await failing.poller.stop();
    expect(failing.clock.pendingTimers).toBe(0);

    const full = emptyRoom({ capacity: 1 });
    await full.clock.runUntil(start(full));
    full.slots.take();
    await full.poller.stop();

    await emptyRoom().poller.stop();
  });
});

/** The reply to a receive that brings a message for the second time. */
function redelivery(nowMs: number, leaseMs: number): SdkReply {
  const reply = receiveReply(nowMs, leaseMs, [{ id: 'm1', body: 'a', md5: 'A' }]);
  const [message] = (reply.body?.['Message'] ?? []) as Record<string, string>[];
  return { ...reply, body: { Message: [{ ...message, DequeueCount: '2', FirstDequeueTime: '1' }] } };
}
