import type { WireHandler, WireResponse } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import { describe, expect, it, vi } from 'vitest';
import { asDelivered, asPrintedWithSpaces, realNotifications } from '../../core/src/test-support/real-notifications.js';
import { escapeXml } from './mns/queue-client.js';
import { mountDirect } from './test-support/mounts.js';
import { QUEUE, countMessages, createResources, eventText, publish, send } from './test-support/resources.js';
import { CONVERTED, room, typesIn } from './test-support/room.js';

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
    const codes: unknown[] = [];
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

  it('dead-letters nothing whole, however few deliveries are allowed and whatever was to become of it before', async () => {
    // Damaged twice, which one delivery would do for; then damaged until it is to be copied, which fails until it comes whole.
    for (const damaged of [2, 5]) {
      let receives = 0;
      const made = await room({ queueName: QUEUE, deadLetterQueue: 'dead', maxDeliveries: 1 }, (handle) => {
        const corrupted = corruptBodies(handle);
        return async (request) => {
          if (request.method === 'POST' && request.target.includes('/queues/dead/'))
            throw new Error('connect ETIMEDOUT');
          if (receives >= damaged || request.method !== 'GET') return handle(request);
          const reply = await corrupted(request);
          if (Buffer.from(reply.body).includes('n0Error')) receives += 1;
          return reply;
        };
      });
      const { bus, clock, until } = made;
      const codes: unknown[] = [];
      bus.on(CONVERTED, ({ data }) => void codes.push(data.code));
      await until(bus.start());
      await until(publish(made, eventText('t1')));
      await clock.advanceBy(3_600_000);
      expect([receives, codes]).toEqual([damaged, ['NoError']]);
      expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
      await until(bus.close());
    }
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
    ['JSON that is too deep', `{"a":${'['.repeat(6000)}${']'.repeat(6000)}}`, 'EVENT_MALFORMED'],
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
        mnsCode: expect.stringMatching(/^(InvalidArgument|MalformedXML)$/),
      });
    }
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await made.bus.close();
  });
});
