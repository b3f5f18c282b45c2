import { headerOf, md5Hex, type WireHandler, type WireResponse } from '@mnsbus/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { asDelivered, asPrintedWithSpaces, realNotifications } from '../../core/src/test-support/real-notifications.js';
import type { Bridge } from './bridge.js';
import type { BridgeStatus } from './status/bridge-status.js';
import { escapeXml } from './mns/queue-client.js';
import { mountDirect } from './test-support/mounts.js';
import {
  QUEUE,
  countMessages,
  createQueue,
  createResources,
  eventText,
  publish,
  send,
} from './test-support/resources.js';

type Room = ReturnType<typeof mountDirect> & { readonly bus: Bridge; readonly statuses: BridgeStatus[] };

const CONVERTED = 'FormatConvertJob:JobFinished';

async function room(
  options: Parameters<ReturnType<typeof mountDirect>['bridge']>[0] = { queueName: QUEUE },
  wrap?: (handle: WireHandler) => WireHandler,
  visibilitySeconds?: number,
): Promise<Room> {
  const mounted = mountDirect({}, wrap);
  await mounted.until(createResources(mounted, 'JSON', visibilitySeconds));
  await mounted.until(createQueue(mounted, 'dead'));
  const bus = mounted.bridge(options);
  const statuses: BridgeStatus[] = [];
  const feed = bus.status();
  void (async () => {
    for await (const status of feed) statuses.push(status);
  })();
  return { ...mounted, bus, statuses };
}

const typesIn = (statuses: readonly BridgeStatus[]): string[] => statuses.map(({ type }) => type);

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
    expect(calls).toEqual(['t1', 't2', 't1', 't2']);
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
    expect(seen).toEqual(['t1#1', 't1#2', 't1#3']);
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
    dead.on(CONVERTED, (_, { notification, delivery }) => {
      letters.push(notification.message);
      expect(md5Hex(delivery.body)).toBe(delivery.bodyMD5);
    });
    await until(dead.start());
    await clock.advanceBy(1000);
    expect(letters).toEqual([text]);
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

describe('Contract 4: a lost lease', () => {
  it('aborts the listener’s signal at the end of the visibility timeout, and forbids the delete', async () => {
    const made = await room({ queueName: QUEUE }, undefined, 10);
    const { bus, clock, until, statuses } = made;
    const aborted: number[] = [];
    const calls: number[] = [];
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
    const made = await room({ queueName: QUEUE }, undefined, 10);
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
    const made = await room({ queueName: QUEUE, maxDeliveries: 3, deadLetterQueue: 'dead' });
    const { bus, clock, until, statuses } = made;
    bus.on(CONVERTED, () => new Promise(() => {}));
    await until(bus.start());
    await until(publish(made, eventText('hangs')));
    await clock.advanceBy(600_000);
    expect(statuses.at(-1)).toMatchObject({
      type: 'dead-lettered',
      error: { code: 'LISTENER_FAILED', message: expect.stringContaining('delivered 3 times and never finished') },
    });
    expect(await until(countMessages(made, 'dead'))).toEqual({ active: 1, inactive: 0 });
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close({ deadlineMs: 0 }));
  });

  it('a message that ends every process that handles it goes there, too', async () => {
    const made = await room({ queueName: QUEUE, maxDeliveries: 2, deadLetterQueue: 'dead' });
    const { clock, until } = made;
    await made.bus.close();
    await until(publish(made, eventText('deadly')));
    let calls = 0;
    for (let restart = 0; restart < 4; restart += 1) {
      // What a crash leaves: a bus that neither settles nor answers, and a message that comes back by itself.
      const bus = made.bridge({ queueName: QUEUE, maxDeliveries: 2, deadLetterQueue: 'dead' });
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

describe('Contract 8: integrity', () => {
  it('turns the three real notifications into three typed events, under the MD5 the real service reported', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const seen: unknown[] = [];
    bus.on(
      CONVERTED,
      (event, { notification }) => void seen.push([event.data.taskId, notification.envelope?.messageMD5]),
    );
    await until(bus.start());
    for (const { message, messageMD5 } of realNotifications) {
      expect(await until(publish(made, message))).toBe(messageMD5);
      await clock.advanceBy(1000);
    }
    expect(seen).toEqual(realNotifications.map(({ taskId, messageMD5 }) => [taskId, messageMD5]));
    await until(bus.close());
  });

  // What changes a body on its way without changing its announced MD5.
  const corruptBodies =
    (handle: WireHandler): WireHandler =>
    async (request) => {
      const reply: WireResponse = await handle(request);
      const text = Buffer.from(reply.body).toString('utf8');
      const changed = Buffer.from(text.replaceAll('NoError', 'n0Error'), 'utf8');
      return headerOf(reply, 'content-length') === undefined ? reply : { ...reply, body: changed };
    };

  it('shows a body that does not match its MD5 to no listener, and delivers the whole one that the queue still has', async () => {
    let corrupt = true;
    const made = await room({ queueName: QUEUE, deadLetterQueue: 'dead' }, (handle) => {
      const corrupted = corruptBodies(handle);
      return (request) => (corrupt ? corrupted(request) : handle(request));
    });
    const { bus, clock, until, statuses } = made;
    const codes: string[] = [];
    bus.on(CONVERTED, ({ data }) => void codes.push(data.code));
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(100);
    expect(codes).toEqual([]);
    expect(typesIn(statuses)).toEqual(['started', 'rejected', 'released']);
    expect(statuses[1]).toMatchObject({ error: { code: 'MESSAGE_CORRUPT' } });
    corrupt = false;
    await clock.advanceBy(60_000);
    expect(codes).toEqual(['NoError']);
    expect(await until(countMessages(made, 'dead'))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());
  });

  it('dead-letters what comes corrupted every time', async () => {
    const made = await room({ queueName: QUEUE, deadLetterQueue: 'dead', maxDeliveries: 3 }, corruptBodies);
    const { bus, clock, until, statuses } = made;
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(60_000);
    expect(typesIn(statuses).filter((type) => type === 'rejected')).toHaveLength(3);
    expect(statuses.at(-1)).toMatchObject({ type: 'dead-lettered', error: { code: 'MESSAGE_CORRUPT' } });
    expect(await until(countMessages(made, 'dead'))).toEqual({ active: 1, inactive: 0 });
    await until(bus.close());
  });

  it('does not judge the MD5s of a message with user properties, and hands the properties on', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const seen: unknown[] = [];
    bus.on(
      CONVERTED,
      (_, { notification, delivery }) => void seen.push([notification.integrity, delivery.userProperties]),
    );
    await until(bus.start());
    const properties = '<PropertyValue><Name>case</Name><Value>42</Value><Type>NUMBER</Type></PropertyValue>';
    const foreign = asDelivered(realNotifications[0] ?? expect.fail()).replace('FF48C799', '4C1CE97E');
    await until(
      made.mns({
        method: 'POST',
        resource: `/queues/${QUEUE}/messages`,
        body: `<Message><MessageBody>${escapeXml(foreign)}</MessageBody><UserProperties>${properties}</UserProperties></Message>`,
      }),
    );
    await clock.advanceBy(1000);
    expect(seen).toEqual([['unverifiable', [{ name: 'case', value: '42', type: 'NUMBER' }]]]);
    await until(bus.close());
  });

  it.each([
    [
      'a notification printed with spaces in its keys',
      asPrintedWithSpaces(realNotifications[0] ?? expect.fail()),
      'NOTIFICATION_CORRUPT',
    ],
    [
      'a changed notification',
      asDelivered(realNotifications[0] ?? expect.fail()).replace('NoError', 'noerror'),
      'NOTIFICATION_CORRUPT',
    ],
    [
      'a notification that is cut off',
      asDelivered(realNotifications[0] ?? expect.fail()).slice(0, 100),
      'NOTIFICATION_MALFORMED',
    ],
    ['truncated XML', '<?xml version="1.0"?><Notification><TopicOwner>1', 'NOTIFICATION_MALFORMED'],
    ['text that is no JSON', 'hello', 'EVENT_MALFORMED'],
    ['JSON that is no object', '[1]', 'EVENT_MALFORMED'],
    ['a known event with wrong fields', eventText('t1', { imm: { code: 'NoError' } }), 'EVENT_SHAPE_INVALID'],
  ])('keeps %s in the queue without a dead-letter queue, and says why', async (_, body, code) => {
    const made = await room();
    const { bus, clock, until, statuses } = made;
    const listener = vi.fn<() => void>();
    bus.on(CONVERTED, listener).on('unknown', listener);
    await until(bus.start());
    await until(send(made, body));
    await clock.advanceBy(500);
    expect(listener).not.toHaveBeenCalled();
    expect(statuses[1]).toMatchObject({ type: 'rejected', error: { code } });
    expect(statuses[2]).toMatchObject({ type: 'released' });
    const { active, inactive } = await until(countMessages(made));
    expect(active + inactive).toBe(1);
    await until(bus.close());
  });

  const noteText = (note: string): string =>
    eventText('t1', { imm: { code: 'NoError', pageCount: '1', percent: '100', taskId: 't1', note } });

  /** The largest message that a topic takes (spec mns §3.2). */
  const MAXIMUM_BYTES = 65_536;

  it.each([
    ['Chinese and emoji', '智能媒体管理 🎬👩‍💻'],
    ['what XML escapes', '<&>"\''],
    ['line ends of every kind', 'a\rb\nc\r\nd\te'],
    ['a message of 64 KB', 'x'.repeat(MAXIMUM_BYTES - noteText('').length)],
  ])('carries %s through every format unchanged', async (_, note) => {
    for (const format of ['JSON', 'XML', 'SIMPLIFIED'] as const) {
      const mounted = mountDirect();
      const { clock, until } = mounted;
      await until(createResources(mounted, format));
      const bus = mounted.bridge({ queueName: QUEUE });
      const seen: unknown[] = [];
      bus.on(CONVERTED, ({ raw }, { notification }) => void seen.push([notification.format, raw.imm['note']]));
      await until(bus.start());
      await until(publish(mounted, noteText(note)));
      await clock.advanceBy(1000);
      expect(seen).toEqual([[format, note]]);
      await until(bus.close());
      await mounted.close();
    }
  });

  it.each([
    ['an empty message', ''],
    ['a message of more than 64 KB', 'x'.repeat(MAXIMUM_BYTES + 1)],
    ['a character that XML cannot carry', 'a\u0000b'],
  ])('%s is refused by the service, and nothing is stored', async (_, text) => {
    const made = await room();
    const { until } = made;
    for (const attempt of [publish, send]) {
      await expect(until(attempt(made, text))).rejects.toMatchObject({
        name: expect.stringMatching(/^MNS(InvalidArgument|MalformedXML)Error$/),
      });
    }
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await made.bus.close();
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
