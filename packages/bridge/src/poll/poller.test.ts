import { sleep } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import {
  emptyQueue,
  emptyRoom,
  pollerRoom,
  resources,
  start,
  startedRoom,
  type PollerRoom,
} from '../test-support/poller-room.js';
import { receiveReply, sdkRefusal } from '../test-support/scripted-transport.js';

describe('Poller', () => {
  it('receives once without waiting, then polls long', async () => {
    const made = await startedRoom();
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

  it('gives a long poll more time than it waits', async () => {
    const made = await startedRoom();
    await made.clock.advanceBy(1);
    expect(made.transport.calls.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 30_000]);
    await made.poller.stop();
  });
});
