import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mountDirect } from './test-support/mounts.js';
import { QUEUE, countMessages, createResources, eventText, publish } from './test-support/resources.js';
import { CONVERTED, room, typesIn } from './test-support/room.js';

describe('Contract 1: a message is deleted only after every listener has finished', () => {
  it('keeps the message while one of several listeners still works', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    let finish = (): void => {};
    const seen: string[] = [];
    bus.on(CONVERTED, () => void seen.push('sync'));
    bus.on(CONVERTED, async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      seen.push('async');
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(20_000);
    expect(seen).toEqual(['sync']);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 1 });
    finish();
    await clock.advanceBy(100);
    expect(seen).toEqual(['sync', 'async']);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());
  });

  it('deletes a message with several events only when the listeners of all of them have finished', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const failing = new Set(['t2']);
    const calls: string[] = [];
    bus.on(CONVERTED, ({ data }) => {
      calls.push(data.taskId);
      if (failing.delete(data.taskId)) throw new Error('not yet');
    });
    await until(bus.start());
    const events = [eventText('t1'), eventText('t2')].map((text) => JSON.parse(text).events[0]);
    await until(publish(made, JSON.stringify({ events })));
    await clock.advanceBy(60_000);
    // What has succeeded is remembered while the message is ours.
    expect(calls).toEqual(['t1', 't2', 't2']);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());
  });
});

describe('What nobody listens to', () => {
  it('comes again soon when another event of its message was handled, however often it has come', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const seen: (string | undefined)[] = [];
    const events = ['t1', 't2', 't3'].map((id) => JSON.parse(eventText(id)).events[0]);
    await until(bus.start());
    await until(publish(made, JSON.stringify({ events })));
    // Some days without a listener: the message comes twice an hour, if that often.
    await clock.advanceBy(2 * 86_400_000);
    const again = (): void => {
      bus.once(CONVERTED, ({ data }) => {
        seen.push(data.taskId);
        again();
      });
    };
    again();
    const sinceMs = clock.now();
    while (seen.length === 0) await clock.advanceBy(1000);
    expect(clock.now() - sinceMs).toBeLessThanOrEqual(1_801_000);
    await clock.advanceBy(10_000);
    expect(seen).toEqual(['t1', 't2', 't3']);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());
  });
});

describe('Contract 2: a failing listener stops nobody else, and nothing is lost', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'throws what is no error',
      () => {
        throw 'broken';
      },
    ],
  ])('goes on when a listener %s: the others run, the message comes again', async (_, failure) => {
    const made = await room();
    const { bus, clock, until, statuses } = made;
    const seen: string[] = [];
    let failures = 2;
    bus.on(CONVERTED, () => {
      if (failures-- > 0) return failure();
      return undefined;
    });
    bus.on(CONVERTED, ({ data }, { delivery }) => void seen.push(`${data.taskId}#${delivery.deliveryCount}`));
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(60_000);
    expect(seen).toEqual(['t1#1']);
    expect(typesIn(statuses)).toEqual(['started', 'listener-failed', 'released', 'listener-failed', 'released']);
    expect(statuses[1]).toMatchObject({
      error: { code: 'LISTENER_FAILED', message: expect.stringContaining('broken') },
    });
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());
  });

  it('a listener that hangs, and one that is slow, hold up no other message', async () => {
    const made = await room({ queueName: QUEUE, concurrency: 4 });
    const { bus, clock, until } = made;
    const finished: string[] = [];
    bus.on(CONVERTED, async ({ data }) => {
      if (data.taskId === 'hangs') await new Promise(() => {});
      if (data.taskId === 'slow') await new Promise<void>((resolve) => void clock.after(5000, resolve));
      finished.push(data.taskId);
    });
    await until(bus.start());
    for (const taskId of ['hangs', 'slow', ...Array.from({ length: 20 }, (__, index) => `fast-${index}`)]) {
      await until(publish(made, eventText(taskId)));
    }
    await clock.advanceBy(1000);
    expect(finished).toHaveLength(20);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 2 });
    await clock.advanceBy(5000);
    expect(finished).toHaveLength(21);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 1 });
    await until(bus.close({ deadlineMs: 0 }));
  });

  it('survives a listener that throws what cannot be turned into text', async () => {
    const made = await room();
    const { bus, clock, until, statuses } = made;
    bus.once(CONVERTED, () => {
      throw Object.create(null);
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(500);
    expect(statuses[1]).toMatchObject({
      type: 'listener-failed',
      error: { message: expect.stringContaining('of type object') },
    });
    expect(statuses[2]).toMatchObject({ type: 'released' });
    await until(bus.close());
  });

  it('waits longer from delivery to delivery, and never the same everywhere', async () => {
    const made = await room({ queueName: QUEUE, maxDeliveries: 20, retryDelay: { baseSeconds: 2, capSeconds: 3600 } });
    const { bus, clock, until, statuses } = made;
    bus.on(CONVERTED, () => {
      throw new Error('no');
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(4 * 3_600_000);
    const delays = statuses.flatMap((status) => (status.type === 'released' ? [status.visibleInSeconds] : []));
    expect(delays.length).toBeGreaterThan(8);
    for (const [index, delay] of delays.entries()) expect(delay).toBeLessThanOrEqual(Math.min(3600, 2 * 2 ** index));
    expect(Math.max(...delays)).toBeGreaterThan(300);
    expect(new Set(delays).size).toBeGreaterThan(5);
    await until(bus.close());
  });

  it('never handles more than `concurrency` at once (I28)', async () => {
    const made = await room({ queueName: QUEUE, concurrency: 3 });
    const { bus, clock, until } = made;
    let running = 0;
    let most = 0;
    let done = 0;
    bus.on(CONVERTED, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => void clock.after(100, resolve));
      running -= 1;
      done += 1;
    });
    for (let count = 0; count < 20; count += 1) await until(publish(made, eventText(`t${count}`)));
    await until(bus.start());
    await clock.advanceBy(10_000);
    expect([most, done]).toEqual([3, 20]);
    await until(bus.close());
  });

  it('retries with growing delays, then dead-letters the body byte for byte', async () => {
    const made = await room({ queueName: QUEUE, maxDeliveries: 3, deadLetterQueue: 'dead' });
    const { bus, clock, until, statuses } = made;
    let calls = 0;
    bus.on(CONVERTED, () => {
      calls += 1;
      throw new Error('never works');
    });
    await until(bus.start());
    const text = eventText('t1', { note: '<&>"\'\r\n智能🎬' });
    await until(publish(made, text));
    await clock.advanceBy(60_000);
    expect(calls).toBe(3);
    expect(statuses.at(-1)).toMatchObject({
      type: 'dead-lettered',
      deadLetterQueue: 'dead',
      error: { code: 'LISTENER_FAILED' },
    });
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());

    const dead = made.bridge({ queueName: 'dead' });
    const letters: string[] = [];
    const reasons: unknown[] = [];
    dead.on(CONVERTED, (_, { notification, delivery }) => {
      letters.push(notification.message);
      reasons.push(...delivery.userProperties);
    });
    await until(dead.start());
    await clock.advanceBy(1000);
    expect(letters).toEqual([text]);
    expect(reasons).toEqual([
      {
        name: 'mnsbus.reason',
        value:
          'LISTENER_FAILED: listener of FormatConvertJob:JobFinished: never works. Given up after this failure: ' +
          'it was delivered 3 times, and maxDeliveries is 3',
        type: 'STRING',
      },
      { name: 'mnsbus.source', value: QUEUE, type: 'STRING' },
      { name: 'mnsbus.message-id', value: expect.stringMatching(/./), type: 'STRING' },
    ]);
    await until(dead.close());
  });

  it('without a dead-letter queue goes on retrying', async () => {
    const made = await room({ queueName: QUEUE, maxDeliveries: 2, retryDelay: { baseSeconds: 1, capSeconds: 2 } });
    const { bus, clock, until, statuses } = made;
    let calls = 0;
    bus.on(CONVERTED, () => {
      calls += 1;
      throw new Error('never works');
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(60_000);
    expect(calls).toBeGreaterThan(10);
    expect(typesIn(statuses)).not.toContain('dead-lettered');
    const { active, inactive } = await until(countMessages(made));
    expect(active + inactive).toBe(1);
    await until(bus.close());
  });
});

describe('Contract 3: nobody listening is not success', () => {
  it('gives the message back, so that a listener that comes later still gets it', async () => {
    const made = await room();
    const { bus, clock, until, statuses } = made;
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(3000);
    expect(statuses.find(({ type }) => type === 'unhandled')).toMatchObject({ eventName: CONVERTED, deleted: false });
    const seen: string[] = [];
    bus.on(CONVERTED, ({ data }) => void seen.push(data.taskId));
    await clock.advanceBy(60_000);
    expect(seen).toEqual(['t1']);
    await until(bus.close());
  });

  it('deletes it when the app chose so', async () => {
    const made = await room({ queueName: QUEUE, unhandled: 'delete' });
    const { bus, clock, until, statuses } = made;
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(1000);
    expect(statuses.at(-1)).toMatchObject({ type: 'unhandled', deleted: true });
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());
  });

  it('keeps a message of which only one event found a listener', async () => {
    const made = await room();
    const { bus, clock, until, statuses } = made;
    bus.on(CONVERTED, () => {});
    await until(bus.start());
    const events = [eventText('t1'), eventText('t2', { eventName: 'BrandNew' })].map(
      (text) => JSON.parse(text).events[0],
    );
    await until(publish(made, JSON.stringify({ events })));
    await clock.advanceBy(500);
    expect(statuses[1]).toMatchObject({ type: 'unhandled', eventName: 'BrandNew', deleted: false });
    const { active, inactive } = await until(countMessages(made));
    expect(active + inactive).toBe(1);
    await until(bus.close());
  });

  it('finds each of several events of one message again', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    await until(bus.start());
    const events = [eventText('t1'), eventText('t2')].map((text) => JSON.parse(text).events[0]);
    await until(publish(made, JSON.stringify({ events })));
    await clock.advanceBy(500);
    expect((await until(bus.waitFor({ taskId: 't2' }))).data.taskId).toBe('t2');
    expect((await until(bus.waitFor({ taskId: 't1' }))).data.taskId).toBe('t1');
    await until(bus.close());
  });

  it('delivers a name it does not know as unknown', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const seen: unknown[] = [];
    bus.on('unknown', (event) => void seen.push(event.eventName));
    await until(bus.start());
    await until(publish(made, eventText('t1', { eventName: 'BrandNew' })));
    await clock.advanceBy(1000);
    expect(seen).toEqual(['BrandNew']);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());
  });
});

describe('When nobody reads the status', () => {
  beforeEach(() => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('a failing listener still shows, as a warning of the process', async () => {
    const mounted = mountDirect();
    const { clock, until } = mounted;
    await until(createResources(mounted));
    const bus = mounted.bridge({ queueName: QUEUE });
    bus.once(CONVERTED, () => {
      throw new Error('broken');
    });
    await until(bus.start());
    await until(publish(mounted, eventText('t1')));
    await clock.advanceBy(500);
    expect(process.emitWarning).toHaveBeenCalledWith(expect.stringContaining('broken'), {
      type: 'MnsbusWarning',
      code: 'listener-failed',
    });
    await until(bus.close());
  });
});
