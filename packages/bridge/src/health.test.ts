import { describe, expect, it } from 'vitest';
import { QUEUE, countMessages, createQueue, eventText, publish } from './test-support/resources.js';
import { CONVERTED, room } from './test-support/room.js';

describe('health()', () => {
  it('tells of polls, lag and what is in flight', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    expect(bus.health()).toMatchObject({ healthy: true, receiving: false, state: 'idle', queues: [{ state: 'idle' }] });
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(90_000);
    bus.on(CONVERTED, () => new Promise(() => {}));
    await until(bus.start());
    await clock.advanceBy(1000);
    const [queue] = bus.health().queues;
    expect(bus.health()).toMatchObject({ healthy: true, receiving: true, state: 'running' });
    expect(queue).toMatchObject({
      state: 'polling',
      handling: 1,
      waiting: 0,
      failuresInARow: 0,
      counters: { inFlight: 1 },
    });
    expect(queue?.lagMs).toBeGreaterThanOrEqual(90_000);
    expect(clock.now() - Number(queue?.lastGoodPollAt)).toBeLessThanOrEqual(1000);
    await until(bus.close({ deadlineMs: 0 }));
    expect(bus.health()).toMatchObject({
      healthy: false,
      receiving: false,
      state: 'closed',
      queues: [{ state: 'closed', handling: 0 }],
    });
  });

  it('receives nothing while the service fails, which no restart would help, and then again', async () => {
    let down = false;
    const made = await room({ queueName: QUEUE }, (handle) => async (request) => {
      if (down) throw new Error('connect ECONNREFUSED');
      return handle(request);
    });
    const { bus, clock, until } = made;
    await until(bus.start());
    down = true;
    await clock.advanceBy(120_000);
    expect(bus.health()).toMatchObject({ healthy: true, receiving: false, queues: [{ state: 'polling' }] });
    expect(bus.health().queues[0]?.failuresInARow).toBeGreaterThan(5);
    down = false;
    await clock.advanceBy(60_000);
    expect(bus.health()).toMatchObject({ healthy: true, receiving: true, queues: [{ failuresInARow: 0 }] });
    await until(bus.close());
  });
});

describe('health() of a bridge whose listeners hang', () => {
  it('is no longer healthy when every place is taken for half of the longest lease, and no sooner', async () => {
    const made = await room({ queueName: QUEUE, concurrency: 2, lease: { maxSeconds: 1200 } });
    const { bus, clock, until } = made;
    let hangs = true;
    bus.on(CONVERTED, () => (hangs ? new Promise(() => {}) : undefined));
    await until(bus.start());
    await until(publish(made, eventText('a')));
    await clock.advanceBy(1_150_000);
    // One place is free.
    expect(bus.health()).toMatchObject({ healthy: true, receiving: true });
    await until(publish(made, eventText('b')));
    await clock.advanceBy(10_000);
    expect(bus.health().healthy).toBe(true);
    // The first is given up.
    await clock.advanceBy(60_000);
    hangs = false;
    await until(publish(made, eventText('c')));
    await clock.advanceBy(30_000);
    expect(bus.health()).toMatchObject({ healthy: true });
    hangs = true;
    for (const taskId of ['d', 'e', 'f']) await until(publish(made, eventText(taskId)));
    await clock.advanceBy(599_000);
    expect(bus.health()).toMatchObject({ healthy: true, queues: [{ handling: 2, stuck: false }] });
    await clock.advanceBy(2000);
    expect(bus.health()).toMatchObject({ healthy: false, queues: [{ handling: 2, stuck: true }] });
    await until(bus.close({ deadlineMs: 0 }));
  });

  it('gives the place of a listener that has acknowledged and hangs to others at the end of the longest lease', async () => {
    const made = await room({ queueName: QUEUE, concurrency: 1, lease: { maxSeconds: 60 } });
    const { bus, clock, until } = made;
    const seen: (readonly [string, number])[] = [];
    const stopped: string[] = [];
    const startMs = clock.now();
    bus.on(CONVERTED, ({ data }, { ack, signal }) => {
      seen.push([data.taskId, Math.round((clock.now() - startMs) / 1000)]);
      signal.addEventListener('abort', () => stopped.push(data.taskId));
      ack();
      return data.taskId === 'hangs' ? new Promise(() => {}) : undefined;
    });
    await until(bus.start());
    for (const taskId of ['hangs', 'next']) await until(publish(made, eventText(taskId)));
    await clock.advanceBy(59_000);
    expect(seen).toHaveLength(1);
    await clock.advanceBy(2000);
    expect(seen).toEqual([
      ['hangs', 0],
      ['next', 60],
    ]);
    // What has been acknowledged is nobody else's work.
    expect(stopped).toEqual([]);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close({ deadlineMs: 0 }));
    expect(clock.pendingTimers).toBe(0);
  });

  it('is unhealthy while the service refuses a queue for good', async () => {
    const made = await room();
    const { bus, clock, until, mns } = made;
    await until(bus.start());
    await until(mns({ method: 'DELETE', resource: `/queues/${QUEUE}` }));
    await clock.advanceBy(60_000);
    expect(bus.health()).toMatchObject({ healthy: false, receiving: false, queues: [{ state: 'stopped' }] });
    await until(createQueue(made, QUEUE));
    await clock.advanceBy(301_000);
    expect(bus.health()).toMatchObject({ healthy: true, receiving: true, queues: [{ state: 'polling' }] });
    await until(bus.close());
  });
});
