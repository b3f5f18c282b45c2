import { sleep } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { emptyQueue, emptyRoom, pollerRoom, resources, start, type PollerRoom } from '../test-support/poller-room.js';
import { receiveReply, sdkRefusal } from '../test-support/scripted-transport.js';

describe('A poller that is busy', () => {
  it('polls more often at once while all that it asks for comes, and with one poll again after the first empty reply', async () => {
    let left = 0;
    let open = 0;
    let most = 0;
    const made = pollerRoom(
      async ({ resource, signal }) => {
        open += 1;
        most = Math.max(most, open);
        const max = Number(/numOfMessages=(\d+)/.exec(resource)?.[1]);
        const waitSeconds = Number(/waitseconds=(\d+)/.exec(resource)?.[1]);
        try {
          await sleep(made.clock, left > 0 ? 10 : Math.max(10, waitSeconds * 1000 - 100), signal);
          signal?.throwIfAborted();
          const count = Math.min(left, max);
          left -= count;
          if (count === 0) throw sdkRefusal('MessageNotExist', 404);
          const messages = Array.from({ length: count }, (_, index) => ({
            id: `${left}-${index}`,
            body: 'a',
            md5: 'A',
          }));
          return receiveReply(made.clock.now(), 30_000, messages);
        } finally {
          open -= 1;
        }
      },
      { capacity: 100 },
    );
    await made.clock.runUntil(start(made));
    await made.clock.advanceBy(1);
    expect(open).toBe(1);
    left = 1000;
    for (let step = 0; step < 3000; step += 1) {
      await made.clock.advanceBy(10);
      // Handled at once: every message gives its place back.
      made.slots.giveBack(made.received.splice(0).length);
    }
    expect(left).toBe(0);
    // Seven polls of sixteen would be more than a hundred.
    expect(most).toBeGreaterThan(3);
    expect(most).toBeLessThanOrEqual(7);
    await made.clock.advanceBy(100);
    made.slots.giveBack(made.received.splice(0).length);
    await made.clock.advanceBy(1000);
    expect(open).toBe(1);
    await made.clock.runUntil(made.poller.stop());
    expect([open, made.slots.used]).toEqual([0, 0]);
  });

  it('takes places for all that comes, also for what was not asked for', async () => {
    const made: PollerRoom = pollerRoom(
      () => {
        made.transport.script = emptyQueue(() => made.clock);
        const messages = ['m1', 'm2', 'm3'].map((id) => ({ id, body: 'a', md5: 'A' }));
        return receiveReply(made.clock.now(), 30_000, messages);
      },
      { capacity: 2 },
    );
    await made.clock.runUntil(made.poller.probe());
    expect([made.received.length, made.slots.used]).toEqual([3, 3]);
    await made.poller.stop();
  });

  it('with messages held ready waits for room for a full batch', async () => {
    const made = emptyRoom({ capacity: 20, prefetch: 16 });
    made.slots.take(20);
    await made.clock.runUntil(start(made));
    made.slots.giveBack(15);
    await made.clock.advanceBy(60_000);
    const before = made.transport.calls.length;
    made.slots.giveBack(1);
    await made.clock.advanceBy(1);
    expect(resources(made).slice(before)).toEqual(['/queues/q/messages?numOfMessages=16&waitseconds=20']);
    await made.poller.stop();
  });

  describe('beside its loop', () => {
    /** A queue that brings all that is asked for, but nothing to what waits when it is `dry`. */
    const plenty = (capacity: number): PollerRoom & { readonly queue: { isDry: boolean } } => {
      const queue = { isDry: false };
      const made: PollerRoom = pollerRoom(
        (call) => {
          if (queue.isDry) return emptyQueue(() => made.clock)(call);
          const count = Number(/numOfMessages=(\d+)/.exec(call.resource)?.[1]);
          const messages = Array.from({ length: count }, (_, index) => ({ id: `m${index}`, body: 'a', md5: 'A' }));
          return receiveReply(made.clock.now(), 30_000, messages);
        },
        { capacity },
      );
      return { ...made, queue };
    };
    const asked = (made: PollerRoom): string[] =>
      resources(made).map((resource) => resource.replace(/.*numOfMessages=(\d+)&waitseconds=(\d+)/, '$1 in $2 s'));

    it.each([
      ['has room for a whole batch', 48, ['16 in 0 s', '16 in 20 s', '16 in 0 s']],
      ['has not', 20, ['16 in 0 s', '4 in 20 s']],
      ['has not once more', 63, ['16 in 0 s', '16 in 20 s', '16 in 0 s', '15 in 20 s']],
    ])('asks for more as long as it %s', async (_, capacity, expected) => {
      const made = plenty(capacity);
      await made.clock.runUntil(start(made));
      await made.clock.advanceBy(0);
      expect([asked(made), made.slots.free]).toEqual([expected, 0]);
      await made.poller.stop();
    });

    it('asks for nothing more when less has come than was asked for', async () => {
      const made = plenty(64);
      made.queue.isDry = true;
      await made.clock.runUntil(start(made));
      await made.clock.advanceBy(30_000);
      expect(asked(made)).toEqual(['16 in 0 s', '16 in 20 s', '16 in 20 s']);
      await made.poller.stop();
    });

    it('says of the poll of the loop alone since when it is open', async () => {
      const made = plenty(64);
      await made.clock.runUntil(made.poller.probe());
      made.transport.script = async (call) => {
        const { script } = plenty(64).transport;
        if (made.transport.calls.length === 2) return script(call);
        await sleep(made.clock, call.resource.includes('waitseconds=0') ? 10 : 15_000, call.signal);
        call.signal?.throwIfAborted();
        throw sdkRefusal('MessageNotExist', 404);
      };
      made.poller.begin();
      await made.clock.advanceBy(0);
      const sinceMs = made.poller.openSinceMs;
      expect([sinceMs, asked(made).slice(2)]).toEqual([made.clock.now(), ['16 in 0 s', '16 in 20 s']]);
      await made.clock.advanceBy(5000);
      expect(made.poller.openSinceMs).toBe(sinceMs);
      await made.clock.runUntil(made.poller.stop());
    });
  });
});
