import { describe, expect, it } from 'vitest';
import {
  MEMBERS_ALWAYS_THERE,
  jsonNotification,
  xmlNotification,
  type OddMembers,
} from '../../core/src/test-support/notification-texts.js';
import { createMemoryDeduplicator } from './dedup/memory-deduplicator.js';
import { pushedMessage } from './test-support/pushing-topic.js';
import { QUEUE, countMessages, eventText, send } from './test-support/resources.js';
import { CONVERTED, room } from './test-support/room.js';

const NOTHING = { active: 0, inactive: 0 };
const FORMATS = [
  ['JSON', jsonNotification],
  ['XML', xmlNotification],
] as const;

/** What is odd in either format. */
const ODD: readonly OddMembers[] = [
  ...MEMBERS_ALWAYS_THERE.flatMap((name) => [{ [name]: undefined }, { [name]: '' }]),
  { PublishTime: '2026-01-01T00:00:00Z' },
  { PublishTime: '1767225600000.5' },
  { Subscriber: '', TopicOwner: undefined, MessageMD5: 'none' },
  { TopicOwner: undefined, TopicName: undefined, SubscriptionName: undefined, MessageId: undefined },
];
const ODD_IN_JSON: readonly OddMembers[] = [
  ...MEMBERS_ALWAYS_THERE.flatMap((name) => [{ [name]: null }, { [name]: -5 }]),
  { TopicOwner: null, TopicName: {}, SubscriptionName: [], MessageId: 5 },
];

describe('A notification with an odd envelope', () => {
  it.each(FORMATS)('in %s brings its event from a queue to its listener', async (format, notification) => {
    const made = await room({ queueName: QUEUE, deadLetterQueue: 'dead', maxDeliveries: 1 });
    const { bus, clock, until } = made;
    const seen: unknown[] = [];
    bus.on(CONVERTED, ({ data, problems }, { notification: { format: seenAs, envelope } }) => {
      expect([seenAs, problems]).toEqual([format, []]);
      seen.push([data.taskId, envelope?.problems.map(({ path }) => path).toSorted()]);
    });
    await until(bus.start());
    const all = format === 'JSON' ? [...ODD, ...ODD_IN_JSON] : ODD;
    for (const [index, odd] of all.entries()) await until(send(made, notification(eventText(`t${index}`), odd)));
    await clock.advanceBy(1000);
    expect(seen).toHaveLength(all.length);
    expect(seen).toEqual(expect.arrayContaining(all.map((odd, index) => [`t${index}`, Object.keys(odd).toSorted()])));
    expect(await until(countMessages(made))).toEqual(NOTHING);
    expect(await until(countMessages(made, 'dead'))).toEqual(NOTHING);
    await until(bus.close());
  });

  it('brings its event from a push, with the times that are known', async () => {
    const { bus, clock, until } = await room();
    const seen: unknown[] = [];
    bus.on(CONVERTED, ({ data }, { notification, timing }) => {
      seen.push([data.taskId, notification.envelope?.topicName, timing.publishedAt, timing.lags.publishMs]);
    });
    const body = jsonNotification(eventText('t1'), { TopicName: 5, PublishTime: 'noon', MessageId: undefined });
    const message = pushedMessage(body, clock.now());
    expect(await until(bus.deliver(message, new AbortController().signal))).toEqual({ type: 'ack' });
    expect(seen).toEqual([['t1', undefined, undefined, undefined]]);
    await until(bus.close());
  });

  it('is no duplicate of another that has no id either', async () => {
    const made = await room({ queueName: QUEUE, deduplicator: createMemoryDeduplicator() });
    const { bus, clock, until } = made;
    const seen: unknown[] = [];
    bus.on('unknown', ({ raw }) => void seen.push(raw));
    await until(bus.start());
    for (const id of ['', '', undefined, undefined, null, null])
      await until(send(made, jsonNotification('{"hello":"world"}', { MessageId: id })));
    for (const id of ['same', 'same'])
      await until(send(made, jsonNotification('{"hello":"world"}', { MessageId: id, TopicName: undefined })));
    await clock.advanceBy(1000);
    expect(seen).toHaveLength(7);
    await until(bus.close());
  });

  it('comes to who listens to unknown events when there is no text in it', async () => {
    const made = await room({ queueName: QUEUE, deadLetterQueue: 'dead' });
    const { bus, clock, until } = made;
    const seen: unknown[] = [];
    bus.on('unknown', ({ raw }, { notification }) => {
      seen.push([raw, notification.envelope?.problems.map(({ path, received }) => [path, received])]);
    });
    await until(bus.start());
    const body = jsonNotification('', { Message: null });
    await until(send(made, body));
    await clock.advanceBy(1000);
    expect(seen).toEqual([[JSON.parse(body), [['Message', 'null']]]]);
    expect(await until(countMessages(made, 'dead'))).toEqual(NOTHING);
    await until(bus.close());
  });

  it.each(FORMATS)(
    'in %s is refused like any other when its MD5 is that of another message',
    async (_, notification) => {
      const made = await room({ queueName: QUEUE, deadLetterQueue: 'dead' });
      const { bus, clock, until, statuses } = made;
      bus.on(CONVERTED, () => expect.fail('it is corrupt'));
      await until(bus.start());
      const odd = { MessageMD5: '4C1CE97E3D0479FFF0AB6B02B7F6F86E', PublishTime: undefined };
      await until(send(made, notification(eventText('t1'), odd)));
      await clock.advanceBy(600_000);
      expect(statuses).toContainEqual(
        expect.objectContaining({
          type: 'dead-lettered',
          error: expect.objectContaining({ code: 'NOTIFICATION_CORRUPT' }),
        }),
      );
      await until(bus.close());
    },
  );
});
