import { describe, expect, it } from 'vitest';
import { CONVERTED, room, typesIn } from './test-support/room.js';
import { QUEUE, countMessages, eventText, publish } from './test-support/resources.js';

describe('Contract 4: a lost lease', () => {
  it('aborts the listener’s signal at the end of the visibility timeout, and forbids the delete', async () => {
    const made = await room({ queueName: QUEUE, lease: { maxSeconds: 0 } }, undefined, 10);
    const { bus, clock, until, statuses } = made;
    const aborted: number[] = [];
    const calls: unknown[] = [];
    bus.on(CONVERTED, async (_, { signal, delivery }) => {
      calls.push(delivery.deliveryCount);
      if (calls.length > 1) return;
      const startedMs = clock.now();
      signal.addEventListener('abort', () => aborted.push(clock.now() - startedMs));
      await new Promise<void>((resolve) => void clock.after(15_000, resolve));
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(14_000);
    expect(aborted).toEqual([10_000]);
    expect(statuses[1]).toMatchObject({ type: 'lease-lost' });
    // While the first call still runs, no second one begins beside it.
    expect(calls).toEqual([1]);
    await clock.advanceBy(60_000);
    expect(calls).toHaveLength(2);
    expect(typesIn(statuses)).not.toContain('listener-failed');
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());
  });

  it('says nothing of what a listener throws in answer to its signal', async () => {
    const made = await room({ queueName: QUEUE, lease: { maxSeconds: 0 } }, undefined, 10);
    const { bus, clock, until, statuses } = made;
    let calls = 0;
    bus.on(CONVERTED, async (_, { signal }) => {
      calls += 1;
      if (calls > 1) return;
      await new Promise((__, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(60_000);
    expect(calls).toBe(2);
    expect(typesIn(statuses)).toEqual(['started', 'lease-lost']);
    await until(bus.close());
  });

  it('a listener that hangs for ever holds up nobody, however often its message comes again', async () => {
    const made = await room({ queueName: QUEUE, concurrency: 2 });
    const { bus, clock, until, statuses } = made;
    const calls: string[] = [];
    bus.on(CONVERTED, ({ data }) => {
      calls.push(data.taskId);
      return data.taskId === 'hangs' ? new Promise(() => {}) : undefined;
    });
    await until(bus.start());
    await until(publish(made, eventText('hangs')));
    await clock.advanceBy(3_600_000);
    await until(publish(made, eventText('good')));
    await clock.advanceBy(1000);
    expect(calls).toEqual(['hangs', 'good']);
    expect(typesIn(statuses)).toContain('lease-lost');
    const { active, inactive } = await until(countMessages(made));
    expect(active + inactive).toBe(1);
    await until(bus.close({ deadlineMs: 0 }));
  });

  it('and goes to the dead-letter queue after maxDeliveries', async () => {
    const made = await room({ queueName: QUEUE, maxDeliveries: 3, deadLetterQueue: 'dead', lease: { maxSeconds: 60 } });
    const { bus, clock, until, statuses } = made;
    bus.on(CONVERTED, () => new Promise(() => {}));
    await until(bus.start());
    await until(publish(made, eventText('hangs')));
    await clock.advanceBy(600_000);
    expect(statuses.at(-1)).toMatchObject({
      type: 'dead-lettered',
      error: {
        code: 'LISTENER_FAILED',
        message: expect.stringContaining('longer than lease.maxSeconds; it was delivered 3 times'),
      },
      cause: 'listener',
    });
    expect(await until(countMessages(made, 'dead'))).toEqual({ active: 1, inactive: 0 });
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close({ deadlineMs: 0 }));
  });

  it('a message that ends every process that handles it goes there after maxSilentDeliveries', async () => {
    const made = await room({ queueName: QUEUE, maxDeliveries: 2, deadLetterQueue: 'dead' });
    const { clock, until } = made;
    await made.bus.close();
    await until(publish(made, eventText('deadly')));
    let calls = 0;
    for (let restart = 0; restart < 4; restart += 1) {
      // What a crash leaves: a bus that neither settles nor answers, and a message that comes back by itself.
      const bus = made.bridge({
        queueName: QUEUE,
        maxDeliveries: 2,
        maxSilentDeliveries: 2,
        deadLetterQueue: 'dead',
      });
      bus.on(CONVERTED, () => {
        calls += 1;
        return new Promise(() => {});
      });
      await until(bus.start());
      await clock.advanceBy(1000);
      await until(bus.close({ deadlineMs: 0 }));
      await clock.advanceBy(30_000);
    }
    expect(calls).toBe(2);
    expect(await until(countMessages(made, 'dead'))).toEqual({ active: 1, inactive: 0 });
  });
});
