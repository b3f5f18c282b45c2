import { describe, expect, it } from 'vitest';
import type { ListenerContext } from './dispatch/listener.js';
import { CONVERTED, room, typesIn, type Room } from './test-support/room.js';
import { QUEUE, countMessages, eventText, publish } from './test-support/resources.js';

const NOTHING = { active: 0, inactive: 0 };

/** Calls `answer` for the first delivery; counts all. */
async function answered(
  answer: (context: ListenerContext, made: Room) => unknown,
  options: Parameters<typeof room>[0] = { queueName: QUEUE, deadLetterQueue: 'dead' },
): Promise<Room & { readonly calls: number[] }> {
  const made = await room(options);
  const calls: number[] = [];
  made.bus.on(CONVERTED, (_, context) => {
    calls.push(made.clock.now());
    return calls.length === 1 ? answer(context, made) : undefined;
  });
  await made.until(made.bus.start());
  await made.until(publish(made, eventText('t1')));
  return { ...made, calls };
}

describe('What a listener may answer', () => {
  it('comes along when the context is spread, its signal included', async () => {
    const seen: ListenerContext[] = [];
    const made = await answered((context) => {
      const { signal, ack, ...rest } = { ...context };
      seen.push({ signal, ack, ...rest });
      // One and the same signal, whoever asks first.
      expect(signal).toBe(context.signal);
      rest.retry({ afterSeconds: 5 });
    });
    await made.clock.advanceBy(6000);
    expect(made.calls).toHaveLength(2);
    expect(seen[0]?.signal.aborted).toBe(false);
    expect(seen[0]?.delivery.messageId).toMatch(/^[0-9A-F-]+$/);
    await made.until(made.bus.close());
  });

  it('ack() settles before it ends, and what it does then changes nothing', async () => {
    const made = await answered(async ({ ack, retry, deadLetter }, { clock }) => {
      ack();
      retry();
      deadLetter('too late');
      await new Promise<void>((resolve) => void clock.after(600_000, resolve));
      throw new Error('too late, too');
    });
    await made.clock.advanceBy(1000);
    expect(await made.until(countMessages(made))).toEqual(NOTHING);
    expect(made.bus.health().queues[0]).toMatchObject({ handling: 1, counters: { acked: 1, inFlight: 0 } });
    await made.clock.advanceBy(600_000);
    expect(made.calls).toHaveLength(1);
    expect(made.bus.health().queues[0]).toMatchObject({ handling: 0, counters: { received: 1, acked: 1 } });
    await made.until(made.bus.close());
  });

  it('retry({ afterSeconds }) has it delivered again then', async () => {
    const made = await answered(({ retry }) => retry({ afterSeconds: 77, reason: 'not yet' }));
    await made.clock.advanceBy(120_000);
    const [first = 0, second = 0] = made.calls;
    expect(second - first).toBeGreaterThanOrEqual(77_000);
    expect(second - first).toBeLessThan(77_100);
    expect(typesIn(made.statuses)).toEqual(['started', 'released']);
    expect(made.bus.health().queues[0]?.counters).toMatchObject({ received: 2, retried: 1, acked: 1 });
    await made.until(made.bus.close());
  });

  it('retry() alone has it delivered again by policy', async () => {
    const made = await answered(({ retry }) => retry());
    await made.clock.advanceBy(3000);
    expect(made.calls).toHaveLength(2);
    await made.until(made.bus.close());
  });

  it.each([0, 43_201, 1.5, Number.NaN])(
    'retry refuses a delay of %s seconds, which counts as a failure',
    async (afterSeconds) => {
      const made = await answered(({ retry }) => retry({ afterSeconds }));
      await made.clock.advanceBy(200);
      expect(made.statuses[1]).toMatchObject({
        type: 'listener-failed',
        error: { cause: { code: 'INVALID_ARGUMENT', message: expect.stringContaining('afterSeconds') } },
      });
      await made.until(made.bus.close());
    },
  );

  it('deadLetter(reason) sends it there at once, with the reason', async () => {
    const made = await answered(({ deadLetter }) => deadLetter('the project was deleted'));
    await made.clock.advanceBy(1000);
    expect(made.statuses.at(-1)).toMatchObject({
      type: 'dead-lettered',
      error: { message: expect.stringContaining('the project was deleted') },
    });
    expect(await made.until(countMessages(made, 'dead'))).toEqual({ active: 1, inactive: 0 });
    expect(await made.until(countMessages(made))).toEqual(NOTHING);
    await made.until(made.bus.close());
  });

  it('deadLetter throws where there is no dead-letter queue, which counts as a failure', async () => {
    const made = await answered(({ deadLetter }) => deadLetter('no use'), { queueName: QUEUE });
    await made.clock.advanceBy(200);
    expect(made.statuses[1]).toMatchObject({ type: 'listener-failed', error: { cause: { code: 'INVALID_ARGUMENT' } } });
    await made.until(made.bus.close());
  });

  it('the strictest of several listeners decides, and the longest delay', async () => {
    const made = await room({ queueName: QUEUE, deadLetterQueue: 'dead' });
    const { bus, clock, until } = made;
    const calls: number[] = [];
    bus.on(CONVERTED, ({ data }, { retry }) => {
      if (data.taskId === 'retried') calls.push(clock.now());
      if (calls.length === 1) retry({ afterSeconds: 10 });
    });
    bus.on(CONVERTED, (_, { retry }) => void (calls.length === 1 && retry({ afterSeconds: 50 })));
    bus.on(CONVERTED, ({ data }, { deadLetter }) => void (data.taskId === 'dead' && deadLetter('no')));
    await until(bus.start());
    await until(publish(made, eventText('retried')));
    await clock.advanceBy(60_000);
    expect((calls[1] ?? 0) - (calls[0] ?? 0)).toBeGreaterThanOrEqual(50_000);
    await until(publish(made, eventText('dead')));
    await clock.advanceBy(1000);
    expect(await until(countMessages(made, 'dead'))).toEqual({ active: 1, inactive: 0 });
    await until(bus.close());
  });

  it('a `once` that asks for a retry is there for it', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    let calls = 0;
    bus.once(CONVERTED, (_, { retry }) => {
      calls += 1;
      if (calls === 1) retry({ afterSeconds: 1 });
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(5000);
    expect(calls).toBe(2);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    await until(bus.close());
  });

  it('a listener of an hour keeps its message: nobody else gets it (contract 4)', async () => {
    const made = await room({ queueName: QUEUE, lease: { maxSeconds: 7200 } }, undefined, 10);
    const other = made.bridge({ queueName: QUEUE, seed: 'other' });
    const { bus, clock, until } = made;
    let calls = 0;
    const slow = async (): Promise<void> => {
      calls += 1;
      await new Promise<void>((resolve) => void clock.after(3_600_000, resolve));
    };
    bus.on(CONVERTED, slow);
    other.on(CONVERTED, slow);
    await until(bus.start());
    await until(other.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(3_601_000);
    expect(calls).toBe(1);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    expect(typesIn(made.statuses)).toEqual(['started']);
    await until(bus.close());
    await until(other.close());
  });
});
