import { SeededRandom, sleep } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { DeliveryCounters } from './consume/counters.js';
import { QUEUE, countMessages, createQueue, eventText, publish, send } from './test-support/resources.js';
import { CONVERTED, room, typesIn, type Room } from './test-support/room.js';

const NOTHING = { active: 0, inactive: 0 };
const sumOf = ({ acked, retried, deadLettered, released, inFlight }: DeliveryCounters): number =>
  acked + retried + deadLettered + released + inFlight;

/** A room whose bus reads two queues. */
async function twoQueues(concurrency = 2): Promise<Room> {
  const made = await room({ queueName: QUEUE });
  await made.bus.close();
  await made.until(createQueue(made, 'other'));
  return { ...made, bus: made.bridge({ queueName: [QUEUE, 'other'], concurrency }) };
}

describe('Several queues in one bridge', () => {
  it('serves each with places of its own: a full one holds up no other', async () => {
    const made = await twoQueues();
    const { bus, clock, until } = made;
    const seen: string[] = [];
    bus.on(CONVERTED, ({ data }, { delivery }) => {
      seen.push(`${delivery.queueName}/${data.taskId}`);
      return delivery.queueName === QUEUE ? new Promise(() => {}) : undefined;
    });
    for (let index = 0; index < 5; index += 1) await until(send(made, eventText(`a${index}`)));
    for (let index = 0; index < 5; index += 1) await until(send(made, eventText(`b${index}`), 'other'));
    await until(bus.start());
    await clock.advanceBy(1000);
    expect(seen.filter((one) => one.startsWith('other/'))).toHaveLength(5);
    expect(seen.filter((one) => one.startsWith(`${QUEUE}/`))).toHaveLength(2);
    expect(bus.health().queues).toMatchObject([
      { queueName: QUEUE, handling: 2 },
      { queueName: 'other', handling: 0, counters: { acked: 5 } },
    ]);
    await until(bus.close({ deadlineMs: 0 }));
  });

  it('pauses and resumes one of them', async () => {
    const made = await twoQueues();
    const { bus, clock, until } = made;
    const seen: unknown[] = [];
    bus.on(CONVERTED, (_, { delivery }) => void seen.push(delivery.queueName));
    await until(bus.start());
    bus.pause('other');
    for (const queueName of [QUEUE, 'other']) await until(send(made, eventText('t'), queueName));
    await clock.advanceBy(60_000);
    expect(seen).toEqual([QUEUE]);
    expect(bus.health()).toMatchObject({ healthy: true, queues: [{ state: 'polling' }, { state: 'paused' }] });
    bus.resume();
    await clock.advanceBy(1000);
    expect(seen).toEqual([QUEUE, 'other']);
    expect(() => bus.pause('third')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    await until(bus.close());
  });
});

describe('Pause', () => {
  it('lets running listeners finish', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    let done = 0;
    bus.on(CONVERTED, async () => {
      await new Promise<void>((resolve) => void clock.after(90_000, resolve));
      done += 1;
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(1000);
    bus.pause();
    await clock.advanceBy(120_000);
    expect(done).toBe(1);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    await until(bus.close());
  });
});

describe('configure()', () => {
  it('changes the number of places while running, up and down', async () => {
    const made = await room({ queueName: QUEUE, concurrency: 1 });
    const { bus, clock, until } = made;
    let running = 0;
    bus.on(CONVERTED, async () => {
      running += 1;
      await new Promise<void>((resolve) => void clock.after(10_000, resolve));
      running -= 1;
    });
    for (let index = 0; index < 30; index += 1) await until(publish(made, eventText(`t${index}`)));
    await until(bus.start());
    await clock.advanceBy(1000);
    expect(running).toBe(1);
    await bus.configure({ concurrency: 8 });
    await clock.advanceBy(1000);
    expect(running).toBe(8);
    await bus.configure({ concurrency: 2 });
    await clock.advanceBy(12_000);
    expect(running).toBe(2);
    await until(bus.close());
  });

  it('changes policy from the next decision on, and leaves alone what is not named', async () => {
    const made = await room({ queueName: QUEUE, maxDeliveries: 1 });
    const { bus, clock, until } = made;
    bus.on(CONVERTED, () => {
      throw new Error('no');
    });
    await until(bus.start());
    await until(bus.configure({ deadLetterQueue: 'dead' }));
    await until(bus.configure({ waitSeconds: 1 }));
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(60_000);
    expect(await until(countMessages(made, 'dead'))).toEqual({ active: 1, inactive: 0 });
    await until(bus.close());
  });

  it('refuses what is out of range, and then changes nothing', async () => {
    const made = await room({ queueName: QUEUE, concurrency: 1 });
    const { bus, clock, until } = made;
    for (const wrong of [
      { concurrency: 0 },
      { concurrency: 5, waitSeconds: 31 },
      { concurrency: 5, deadLetterQueue: QUEUE },
      { concurrency: 5, deadLetterQueue: 'nowhere' },
      { concurrency: 5, maxDeliveries: 9, maxSilentDeliveries: 8 },
    ]) {
      await expect(until(bus.configure(wrong))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    await expect(until(bus.configure({ maxSilentDeliveries: 4 }))).rejects.toThrow(
      'expected a whole number from maxDeliveries, which is 5, on',
    );
    bus.on(CONVERTED, () => new Promise(() => {}));
    for (let index = 0; index < 3; index += 1) await until(publish(made, eventText(`t${index}`)));
    await until(bus.start());
    await clock.advanceBy(1000);
    expect(bus.health().queues[0]?.handling).toBe(1);
    await until(bus.close({ deadlineMs: 0 }));
  });
});

describe('start()', () => {
  it('refuses a dead-letter queue that does not exist, and can be called again', async () => {
    const made = await room({ queueName: QUEUE, deadLetterQueue: 'nowhere' });
    const { bus, until } = made;
    await expect(until(bus.start())).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('nowhere'),
    });
    await until(createQueue(made, 'nowhere'));
    await until(bus.start());
    await until(bus.close());
  });

  it('without a queue needs none: pushes alone may bring events', async () => {
    const made = await room({});
    await made.until(made.bus.start());
    expect(made.bus.health()).toMatchObject({ healthy: true, state: 'running', queues: [] });
    await made.until(made.bus.close());
  });
});

describe('prefetch', () => {
  it('holds messages ready with their leases extended, and gives them back at close', async () => {
    const made = await room({ queueName: QUEUE, concurrency: 1, prefetch: 5 }, undefined, 10);
    const { bus, clock, until, statuses } = made;
    bus.on(CONVERTED, () => new Promise(() => {}));
    for (let index = 0; index < 10; index += 1) await until(publish(made, eventText(`t${index}`)));
    await until(bus.start());
    await clock.advanceBy(600_000);
    expect(bus.health().queues[0]).toMatchObject({ handling: 1, waiting: 5, counters: { received: 6 } });
    expect(await until(countMessages(made))).toEqual({ active: 4, inactive: 6 });
    expect(typesIn(statuses)).toEqual(['started']);
    await until(bus.close({ deadlineMs: 0 }));
    await clock.advanceBy(1000);
    expect(await until(countMessages(made))).toEqual({ active: 9, inactive: 1 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('holds fewer ready where the wait costs leases that are not extended, so that all is handled in the end', async () => {
    const options = { queueName: QUEUE, concurrency: 2, prefetch: 4, lease: { maxSeconds: 0 } };
    const made = await room(options, undefined, 2);
    const { bus, clock, until, statuses } = made;
    // More than half of a lease: what waits for one other message has too little left.
    bus.on(CONVERTED, async (_event, { signal }) => {
      await sleep(clock, 1200, signal);
      signal.throwIfAborted();
    });
    // Times of whole seconds look like rounded ones, and their leases shorter than they are.
    await clock.advanceBy(7);
    for (let index = 0; index < 4; index += 1) await until(publish(made, eventText(`t${index}`)));
    await until(bus.start());
    await clock.advanceBy(1000);
    // From here on two and two take turns: those that wait now start with what is left when the others’ leases end.
    for (let index = 4; index < 6; index += 1) await until(publish(made, eventText(`t${index}`)));
    await clock.advanceBy(30_000);
    expect(bus.health().queues[0]?.counters.acked).toBe(6);
    expect(typesIn(statuses)).toContain('lease-lost');
    await until(bus.close());
  });

  it('needs few calls under steady load: a full batch per receive and per delete', async () => {
    let calls = 0;
    const made = await room({ queueName: QUEUE, concurrency: 16, prefetch: 32 }, (handle) => async (request) => {
      if (request.target.includes('/messages') && request.method !== 'POST') calls += 1;
      return handle(request);
    });
    const { bus, clock, until } = made;
    const random = new SeededRandom('load');
    bus.on(CONVERTED, async () => {
      await new Promise<void>((resolve) => void clock.after(random.integer(5, 60), resolve));
    });
    const done = (): number => bus.health().queues[0]?.counters.acked ?? 0;
    for (let index = 0; index < 1000; index += 1) await until(publish(made, eventText(`t${index}`)));
    await until(bus.start());
    calls = 0;
    while (done() < 900) await clock.advanceBy(50);
    expect(calls / done()).toBeLessThanOrEqual(0.15);
    await until(bus.close());
  });
});

describe('Counters always add up (I31)', () => {
  const answer = fc.constantFrom('ack', 'throw', 'retry', 'dead', 'hang', 'slow', 'broken', 'nobody');
  prop.prop([fc.array(answer, { minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: 3 })], { numRuns: 40 })(
    'whatever listeners answer, at any time, and after close',
    async (answers, prefetch) => {
      const made = await room({
        queueName: QUEUE,
        deadLetterQueue: 'dead',
        concurrency: 3,
        prefetch,
        maxDeliveries: 3,
        lease: { maxSeconds: 40 },
      });
      const { bus, clock, until } = made;
      bus.on(CONVERTED, async ({ data }, { retry, deadLetter, ack }) => {
        const [kind] = data.taskId.split('-');
        if (kind === 'ack') ack();
        if (kind === 'throw') throw new Error('no');
        if (kind === 'retry') retry({ afterSeconds: 3 });
        if (kind === 'dead') deadLetter('no use');
        if (kind === 'hang') await new Promise(() => {});
        if (kind === 'slow') await new Promise<void>((resolve) => void clock.after(45_000, resolve));
      });
      for (const [index, kind] of answers.entries()) {
        const name = kind === 'nobody' ? { eventName: 'BrandNew' } : {};
        await until(publish(made, kind === 'broken' ? '{' : eventText(`${kind}-${index}`, name)));
      }
      await until(bus.start());
      for (let step = 0; step < 40; step += 1) {
        await clock.advanceBy(997 * step);
        const { counters } = bus.health().queues[0] ?? expect.fail('no queue');
        expect(counters.received).toBe(sumOf(counters));
        expect(counters.inFlight).toBeLessThanOrEqual(3 + prefetch + 16);
      }
      await until(bus.close({ deadlineMs: 0 }));
      const { counters } = bus.health().queues[0] ?? expect.fail('no queue');
      expect(counters.inFlight).toBe(0);
      expect(counters.received).toBe(sumOf(counters));
      // Only what the listeners set themselves may be left.
      expect(bus.health().queues[0]).toMatchObject({ handling: 0, waiting: 0 });
    },
  );
});

describe('start() of several queues', () => {
  it('is all or nothing: what it has received of one is given back when another is missing', async () => {
    const made = await room({ queueName: [QUEUE, 'missing'] });
    const { bus, clock, until } = made;
    const seen: string[] = [];
    bus.on(CONVERTED, ({ data }) => void seen.push(data.taskId));
    await until(publish(made, eventText('a')));
    await expect(until(bus.start())).rejects.toMatchObject({ mnsCode: 'QueueNotExist' });
    await clock.advanceBy(60_000);
    expect(seen).toEqual([]);
    expect(bus.health()).toMatchObject({ state: 'idle', queues: [{ state: 'idle' }, { state: 'idle' }] });
    expect(await until(countMessages(made))).toEqual({ active: 1, inactive: 0 });
    expect(clock.pendingTimers).toBe(0);
    await until(createQueue(made, 'missing'));
    await until(bus.start());
    await clock.advanceBy(1000);
    expect(seen).toEqual(['a']);
    await until(bus.close());
  });
});

describe('configure() of nested settings', () => {
  it('keeps of them what is not named', async () => {
    const asked: number[] = [];
    const made = await room(
      {
        queueName: QUEUE,
        lease: { extendBySeconds: 300, maxSeconds: 3000 },
        retryDelay: { baseSeconds: 50, capSeconds: 60 },
      },
      (handle) => (request) => {
        const seconds = /visibilityTimeout=(\d+)/.exec(request.target)?.[1];
        if (seconds !== undefined) asked.push(Number(seconds));
        return handle(request);
      },
    );
    const { bus, clock, until } = made;
    bus.on(CONVERTED, ({ data }) => {
      if (data.taskId === 'fails') throw new Error('no');
      return new Promise(() => {});
    });
    await until(bus.start());
    await until(bus.configure({ lease: { maxSeconds: 2000 }, retryDelay: { capSeconds: 50 } }));
    await until(publish(made, eventText('hangs')));
    await clock.advanceBy(100_000);
    expect(asked).toEqual([300]);
    asked.length = 0;
    await until(publish(made, eventText('fails')));
    await clock.advanceBy(10);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeLessThanOrEqual(50);
    await until(bus.close({ deadlineMs: 0 }));
  });
});
