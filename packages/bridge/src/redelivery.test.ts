import type { WireHandler } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { createMemoryDeduplicator } from './dedup/memory-deduplicator.js';
import { CONVERTED, room, typesIn, type Room } from './test-support/room.js';
import { QUEUE, countMessages, eventText, publish } from './test-support/resources.js';

const EMPTY = { active: 0, inactive: 0 };

const twoEvents = (...taskIds: readonly string[]): string =>
  JSON.stringify({ events: taskIds.map((taskId) => JSON.parse(eventText(taskId)).events[0]) });

/** A network that can be cut. */
function cable(): { isCut: boolean; readonly wrap: (handle: WireHandler) => WireHandler } {
  const state = {
    isCut: false,
    wrap: (handle: WireHandler): WireHandler => {
      return (request) => (state.isCut ? Promise.reject(new Error('connect ETIMEDOUT')) : handle(request));
    },
  };
  return state;
}

describe('A redelivery of what a listener here still works on', () => {
  it.each([
    ['ignores its signal, and is called again, not beside itself', (): void => {}, 2],
    ['says at its end that it is done, and is not called again', (ack: () => void) => ack(), 1],
  ])('waits for a listener that %s', async (_, atEnd, calls) => {
    const network = cable();
    const made = await room({ queueName: QUEUE, deadLetterQueue: 'dead', maxDeliveries: 1 }, network.wrap);
    const { bus, clock, until, statuses } = made;
    const running = { now: 0, most: 0, calls: 0 };
    bus.on(CONVERTED, async (__, { ack }) => {
      running.calls += 1;
      running.now += 1;
      running.most = Math.max(running.most, running.now);
      await new Promise<void>((resolve) => void clock.after(running.calls === 1 ? 120_000 : 1000, resolve));
      running.now -= 1;
      atEnd(ack);
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(5000);
    network.isCut = true;
    await clock.advanceBy(40_000);
    network.isCut = false;
    await clock.advanceBy(600_000);
    expect(typesIn(statuses)).toContain('lease-lost');
    expect(running).toMatchObject({ most: 1, calls });
    expect(await until(countMessages(made))).toEqual(EMPTY);
    // It was delivered more often than maxDeliveries, and no listener has failed.
    expect(await until(countMessages(made, 'dead'))).toEqual(EMPTY);
    await until(bus.close());
  });

  it('takes nobody’s place for longer than the work may last', async () => {
    const network = cable();
    const made = await room({ queueName: QUEUE, concurrency: 1, lease: { maxSeconds: 100 } }, network.wrap);
    const { bus, clock, until } = made;
    const seen: string[] = [];
    bus.on(CONVERTED, ({ data }) => {
      seen.push(data.taskId);
      return data.taskId === 'hangs' ? new Promise(() => {}) : undefined;
    });
    await until(bus.start());
    await until(publish(made, eventText('hangs')));
    await clock.advanceBy(5000);
    network.isCut = true;
    await clock.advanceBy(40_000);
    network.isCut = false;
    await clock.advanceBy(10_000);
    await until(publish(made, eventText('good')));
    await clock.advanceBy(300_000);
    expect(seen).toEqual(['hangs', 'good']);
    await until(bus.close({ deadlineMs: 0 }));
  });
});

describe('A listener that has acknowledged and hangs', () => {
  it.each([
    ['another listener of the event', (): string => eventText('a'), false],
    ['the listener of another event of the message', (): string => twoEvents('a', 'b'), true],
  ])('does not hold up %s that has failed and is to be called again', async (_, text, isOther) => {
    const made = await room({ queueName: QUEUE, lease: { maxSeconds: 600 } });
    const { bus, clock, until } = made;
    const calls = { hung: 0, failing: 0 };
    const hang = (ack: () => void): Promise<void> => {
      calls.hung += 1;
      ack();
      return new Promise(() => {});
    };
    const fail = (): void => {
      calls.failing += 1;
      if (calls.failing === 1) throw new Error('once');
    };
    if (!isOther) bus.on(CONVERTED, (__, { ack }) => hang(ack));
    bus.on(CONVERTED, ({ data }, { ack }) => (isOther && data.taskId === 'a' ? hang(ack) : fail()));
    await until(bus.start());
    await until(publish(made, text()));
    await clock.advanceBy(30_000);
    expect(calls).toEqual({ hung: 1, failing: 2 });
    expect(await until(countMessages(made))).toEqual(EMPTY);
    expect(bus.health().queues[0]?.handling).toBe(1);
    await until(bus.close({ deadlineMs: 0 }));
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('A redelivery of what waits in an iterator', () => {
  it('takes no second place in it, and is handed out once', async () => {
    const made = await room({ queueName: QUEUE });
    const { bus, clock, until, emulator } = made;
    // The service gives it out again long before its lease is over.
    emulator.faults.add({ kind: 'early-visibility', earlyMs: 29_000, match: { queueName: QUEUE }, times: 1 });
    const events = bus.events(CONVERTED);
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(10_000);
    expect(bus.health().queues[0]).toMatchObject({ counters: { received: 2 }, handling: 1, waiting: 1 });
    const taken: unknown[] = [];
    void (async () => {
      for await (const { event, ack } of events) {
        taken.push(event.data.taskId);
        ack();
      }
    })();
    await clock.advanceBy(120_000);
    expect(await until(countMessages(made))).toEqual(EMPTY);
    expect(taken).toEqual(['t1']);
    await until(bus.close());
  });
});

describe('An event that is done', () => {
  it('is not handed to whoever listens when its message comes again for another event', async () => {
    const made = await room({ queueName: QUEUE });
    const { bus, clock, until } = made;
    const seen: string[] = [];
    const listenOnce = (): void => {
      bus.once(CONVERTED, ({ data }) => {
        seen.push(data.taskId);
        void clock.after(1000, listenOnce);
      });
    };
    listenOnce();
    await until(bus.start());
    await until(publish(made, twoEvents('a', 'b', 'c')));
    await clock.advanceBy(600_000);
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(await until(countMessages(made))).toEqual(EMPTY);
    await until(bus.close());
  });
});

describe('Deliveries that reach no listener', () => {
  it('count for nothing: not those that nobody listened to', async () => {
    const made = await room({ queueName: QUEUE, deadLetterQueue: 'dead', maxDeliveries: 2 });
    const { bus, clock, until, statuses } = made;
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(600_000);
    expect(typesIn(statuses).filter((type) => type === 'unhandled').length).toBeGreaterThan(5);
    let calls = 0;
    bus.on(CONVERTED, () => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
    });
    await clock.advanceBy(600_000);
    expect(calls).toBe(2);
    expect(await until(countMessages(made, 'dead'))).toEqual(EMPTY);
    await until(bus.close());
  });

  it('count for nothing: not those that met somebody else’s claim, which lasts no longer than its lease', async () => {
    // Somebody has died over the event: his claim lasts for half a minute.
    let claimedUntilMs = Infinity;
    const made: Room = await room({
      queueName: QUEUE,
      deadLetterQueue: 'dead',
      maxDeliveries: 1,
      deduplicator: {
        claim: async () =>
          made.clock.now() < claimedUntilMs ? { state: 'busy' } : { state: 'claimed', token: 'mine' },
        complete: async () => {},
        release: async () => {},
      },
    });
    const { bus, clock, until, statuses } = made;
    claimedUntilMs = clock.now() + 30_000;
    const handledAtMs: number[] = [];
    bus.on(CONVERTED, () => void handledAtMs.push(clock.now()));
    await until(bus.start());
    const startMs = clock.now();
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(120_000);
    expect(typesIn(statuses)).toContain('duplicate');
    expect(handledAtMs).toHaveLength(1);
    expect((handledAtMs[0] ?? Infinity) - startMs).toBeLessThanOrEqual(60_000);
    expect(await until(countMessages(made, 'dead'))).toEqual(EMPTY);
    await until(bus.close());
  });

  it.each([
    ['in an iterator that nobody reads', 0],
    ['in an iterator, longer than its lease may last, for a reader that is slow and healthy', 50_000],
  ])('count for nothing: not those that waited %s', async (_, workMs) => {
    const made = await room({
      queueName: QUEUE,
      deadLetterQueue: 'dead',
      maxDeliveries: 1,
      lease: { maxSeconds: 60 },
    });
    const { bus, clock, until, statuses } = made;
    const taken: { readonly taskId: string; readonly isWhole: boolean }[] = [];
    const events = bus.events(CONVERTED);
    if (workMs > 0) {
      void (async () => {
        for await (const { event, signal } of events) {
          await new Promise<void>((resolve) => void clock.after(workMs, resolve));
          taken.push({ taskId: event.data.taskId, isWhole: !signal.aborted });
        }
      })();
    }
    await until(bus.start());
    for (let index = 0; index < 12; index += 1) await until(publish(made, eventText(`t${index}`)));
    await clock.advanceBy(3 * 3_600_000);
    expect(statuses.filter((status) => status.type === 'lease-lost' && status.overrun)).toEqual([]);
    expect(await until(countMessages(made, 'dead'))).toEqual(EMPTY);
    // Who takes an event has all of the longest lease for it.
    expect(taken.every(({ isWhole }) => isWhole)).toBe(true);
    expect(new Set(taken.map(({ taskId }) => taskId)).size).toBe(workMs > 0 ? 12 : 0);
    await until(bus.close());
  });

  it('count for nothing: not those of a duplicate that met a listener at work for hours', async () => {
    const deduplicator = createMemoryDeduplicator();
    const made = await room({
      queueName: QUEUE,
      deadLetterQueue: 'dead',
      deduplicator,
      maxSilentDeliveries: 20,
      lease: { maxSeconds: 43_200 },
    });
    const { bus, clock, until } = made;
    let calls = 0;
    bus.on(CONVERTED, async () => {
      calls += 1;
      await new Promise<void>((resolve) => void clock.after(calls === 1 ? 3 * 3_600_000 : 1000, resolve));
      if (calls < 3) throw new Error('not yet');
    });
    await until(bus.start());
    for (const text of [eventText('a'), eventText('a')]) await until(publish(made, text));
    await clock.advanceBy(4 * 3_600_000);
    expect(calls).toBe(3);
    expect(await until(countMessages(made))).toEqual(EMPTY);
    expect(await until(countMessages(made, 'dead'))).toEqual(EMPTY);
    await until(bus.close());
  });

  it('count for nothing: not those that were given back by close, or came while paused', async () => {
    const made = await room({
      queueName: QUEUE,
      concurrency: 1,
      prefetch: 4,
      deadLetterQueue: 'dead',
      maxDeliveries: 2,
    });
    const { bus, clock, until } = made;
    bus.on(CONVERTED, () => new Promise(() => {}));
    for (const taskId of ['a', 'b', 'c']) await until(publish(made, eventText(taskId)));
    await until(bus.start());
    await clock.advanceBy(1000);
    await until(bus.close({ deadlineMs: 0 }));
    const next = made.bridge({ queueName: QUEUE, deadLetterQueue: 'dead', maxDeliveries: 2 });
    const seen: string[] = [];
    next.on(CONVERTED, ({ data }) => void seen.push(data.taskId));
    await until(next.start());
    await clock.advanceBy(120_000);
    expect(seen.toSorted()).toEqual(['a', 'b', 'c']);
    expect(await until(countMessages(made, 'dead'))).toEqual(EMPTY);
    await until(next.close());
  });
});

describe('A message that went to the dead-letter queue in vain', () => {
  it('goes there with its next delivery, without another call of its listener', async () => {
    let isRefused = true;
    const made = await room(
      { queueName: QUEUE, deadLetterQueue: 'dead', maxDeliveries: 1 },
      (handle) => async (request) =>
        isRefused && request.target === '/queues/dead/messages'
          ? { status: 502, headers: [['content-type', 'text/html']], body: Buffer.from('<h1>502</h1>') }
          : handle(request),
    );
    const { bus, clock, until, statuses } = made;
    let calls = 0;
    bus.on(CONVERTED, () => {
      calls += 1;
      throw new Error('no');
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(60_000);
    expect(typesIn(statuses)).toContain('settle-failed');
    isRefused = false;
    await clock.advanceBy(120_000);
    expect(calls).toBe(1);
    expect(await until(countMessages(made))).toEqual(EMPTY);
    expect(await until(countMessages(made, 'dead'))).toEqual({ active: 1, inactive: 0 });
    expect(statuses.at(-1)).toMatchObject({ type: 'dead-lettered', cause: 'listener' });
    await until(bus.close());
  });
});

describe('What has succeeded', () => {
  it('is remembered of a message, so that a delete that was lost calls nobody again', async () => {
    let isLost = true;
    const made = await room({ queueName: QUEUE }, (handle) => async (request) => {
      if (isLost && request.method === 'DELETE') throw new Error('connect ETIMEDOUT');
      return handle(request);
    });
    const { bus, clock, until } = made;
    let calls = 0;
    bus.on(CONVERTED, () => void (calls += 1));
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(45_000);
    isLost = false;
    await clock.advanceBy(60_000);
    expect(calls).toBe(1);
    expect(await until(countMessages(made))).toEqual(EMPTY);
    await until(bus.close());
  });
});
