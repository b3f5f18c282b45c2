import { sleep } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { emptyRoom, pollerRoom, start, startedRoom, type PollerRoom } from '../test-support/poller-room.js';
import { receiveReply, sdkRefusal } from '../test-support/scripted-transport.js';

async function probeAndCancel({ poller }: PollerRoom): Promise<void> {
  await poller.probe().catch(() => {});
  poller.cancel();
}

describe('A poller that is paused or stopped', () => {
  it('pauses in the middle of a long poll, and goes on when told to', async () => {
    const made = await startedRoom();
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
    expect(made.poller.state).toBe('closed');
    made.poller.resume();
    expect(made.poller.state).toBe('closed');
  });

  it.each([
    ['never asked to start', async (): Promise<void> => {}],
    ['refused at its start', (made: PollerRoom): Promise<unknown> => made.poller.probe().catch(() => {})],
    ['taken back at its start', probeAndCancel],
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

  it.each([
    ['waits for the next', 1000, 2, 1500],
    ['waits for what is on its way', 5000, 1, 100],
  ])('%s when messages last came %d ms ago', async (_, quietMs, received, atMostMs) => {
    const made: PollerRoom = pollerRoom(async ({ resource, signal }) => {
      const isFirst = made.received.length === 0;
      // The one after it is handed out while the poller ends.
      await sleep(made.clock, isFirst || resource.includes('waitseconds=0') ? 20 : quietMs + 700, signal);
      signal?.throwIfAborted();
      if (resource.includes('waitseconds=0')) throw sdkRefusal('MessageNotExist', 404);
      return receiveReply(made.clock.now(), 30_000, [{ id: `m${made.received.length}`, body: 'a', md5: 'A' }]);
    });
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(20 + quietMs);
    const startMs = made.clock.now();
    await made.clock.runUntil(made.poller.stop());
    expect(made.clock.now() - startMs).toBeLessThanOrEqual(atMostMs);
    expect(made.received).toHaveLength(received);
    expect(made.clock.pendingTimers).toBe(0);
  });

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
