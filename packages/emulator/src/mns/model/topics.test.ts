import { md5Hex } from '@mnsbus/core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MnsCommand, MnsCommands } from './commands.js';
import { NO_PROPERTIES } from './message-properties.js';
import { MnsModel } from './mns-model.js';
import { DEFAULT_NOTIFY_CONTENT_FORMAT, DEFAULT_NOTIFY_STRATEGY, matches, type Subscription } from './subscription.js';
import type { TopicAttributes } from './topic.js';

const NOW_MS = 1_767_225_600_000;
const topicName = 'events';

let model: MnsModel;

beforeEach(() => {
  model = new MnsModel();
  model.apply({ type: 'createTopic', topicName, attributes: {} }, NOW_MS);
});

type Settings = MnsCommands['subscribe']['input']['settings'];

const SETTINGS: Settings = {
  endpoint: 'acs:mns:cn-hangzhou:1:queues/orders',
  notifyStrategy: 'BACKOFF_RETRY',
  notifyContentFormat: 'JSON',
};

const subscribe = (subscriptionName: string, settings: Partial<Settings> = {}): unknown => {
  const result = model.apply(
    { type: 'subscribe', topicName, subscriptionName, settings: { ...SETTINGS, ...settings } },
    NOW_MS,
  );
  return result.ok ? result.value : result.failure;
};

/** What a command gives, or its refusal. */
function outcome(command: MnsCommand, atMs: number = NOW_MS): unknown {
  const result = model.apply(command, atMs);
  return result.ok ? result.value : result.failure;
}

const publish = (tag?: string, atMs: number = NOW_MS): readonly string[] => {
  const message = { body: 'x', ...NO_PROPERTIES, ...(tag === undefined ? {} : { tag }) };
  const result = model.apply({ type: 'publishMessage', topicName, message }, atMs);
  return result.ok ? result.value.subscriptions.map(({ name }) => name) : [];
};

describe('a topic', () => {
  const create = (name: string, attributes: Partial<TopicAttributes>): unknown =>
    outcome({ type: 'createTopic', topicName: name, attributes }, NOW_MS + 5);
  const view = (): unknown => outcome({ type: 'getTopic', topicName }, NOW_MS + 9);

  const DEFAULTS = { maximumMessageBytes: 65_536, loggingEnabled: false };

  it('has the documented defaults', () => {
    const times = { createdAtMs: NOW_MS, modifiedAtMs: NOW_MS };
    expect(view()).toEqual({ name: topicName, ...DEFAULTS, ...times, messageCount: 0 });
  });

  it('may be created again only as it is', () => {
    expect([create(topicName, {}), create(topicName, DEFAULTS)]).toEqual(['unchanged', 'unchanged']);
    for (const attributes of [{ maximumMessageBytes: 2048 }, { loggingEnabled: true }]) {
      expect(create(topicName, attributes)).toEqual({ code: 'TopicAlreadyExist' });
    }
    expect(view()).toMatchObject({ ...DEFAULTS, modifiedAtMs: NOW_MS });
    expect(create('second', {})).toBe('created');
    expect(create('other', { maximumMessageBytes: 1 })).toMatchObject({ element: 'MaximumMessageSize' });
    expect(outcome({ type: 'getTopic', topicName: 'other' })).toEqual({ code: 'TopicNotExist' });
  });

  it('keeps the attributes that a change does not name, and shows when it was changed', () => {
    const change = (attributes: Partial<TopicAttributes>, atMs: number): unknown =>
      outcome({ type: 'setTopicAttributes', topicName, attributes }, atMs);
    expect(change({ maximumMessageBytes: 2048 }, NOW_MS + 2)).toBeUndefined();
    expect(change({ loggingEnabled: true, maximumMessageBytes: 1 }, NOW_MS + 3)).toMatchObject({
      code: 'InvalidArgument',
    });
    expect(view()).toMatchObject({ maximumMessageBytes: 2048, loggingEnabled: false, modifiedAtMs: NOW_MS + 2 });
  });

  it('may be deleted although it is missing', () => {
    const deletion = { type: 'deleteTopic', topicName } as const;
    expect([outcome(deletion), outcome(deletion), view()]).toEqual([undefined, undefined, { code: 'TopicNotExist' }]);
  });

  it('is listed with its messages, by name', () => {
    publish();
    create('another', {});
    const list = { type: 'listTopics', prefix: '', marker: '', limit: 9 } as const;
    expect(outcome(list)).toMatchObject({
      items: [
        { name: 'another', messageCount: 0 },
        { name: topicName, messageCount: 1 },
      ],
      nextMarker: undefined,
    });
  });

  it.each([
    { type: 'setTopicAttributes', topicName: 'missing', attributes: {} },
    { type: 'publishMessage', topicName: 'missing', message: { body: '', ...NO_PROPERTIES } },
    { type: 'subscribe', topicName: 'missing', subscriptionName: 's', settings: { ...SETTINGS, endpoint: '' } },
    { type: 'setSubscriptionAttributes', topicName: 'missing', subscriptionName: 's', attributes: {} },
    { type: 'getSubscription', topicName: 'missing', subscriptionName: 's' },
    { type: 'listSubscriptions', topicName: 'missing', prefix: '', marker: '', limit: 0 },
    { type: 'unsubscribe', topicName: 'missing', subscriptionName: 's' },
  ] as const)('that is missing is the first thing that $type finds', (command) => {
    expect(outcome(command)).toEqual({ code: 'TopicNotExist' });
  });
});

describe('publishing', () => {
  it('tells the id, the digest and the instant, and numbers messages together with those of queues', () => {
    const message = { body: 'x', ...NO_PROPERTIES };
    const first = outcome({ type: 'publishMessage', topicName, message });
    const expected = { bodyMd5: md5Hex('x'), publishedAtMs: NOW_MS, subscriptions: [] };
    expect(first).toEqual({ ...expected, messageId: expect.stringMatching(/^[0-9A-F]{28}0001$/) });
    model.apply({ type: 'createQueue', queueName: 'orders', attributes: {} }, NOW_MS);
    const sent = outcome({ type: 'sendMessage', queueName: 'orders', message: { ...message, priority: 8 } });
    expect(sent).toMatchObject({ messageId: expect.stringMatching(/0002$/) });
    expect(outcome({ type: 'publishMessage', topicName, message })).toMatchObject({
      messageId: expect.stringMatching(/0003$/),
    });
  });

  it('takes no larger body than the topic was told', () => {
    model.apply({ type: 'setTopicAttributes', topicName, attributes: { maximumMessageBytes: 1024 } }, NOW_MS);
    const of = (bytes: number): MnsCommand => ({
      type: 'publishMessage',
      topicName,
      message: { body: 'x'.repeat(bytes), ...NO_PROPERTIES },
    });
    expect(outcome(of(1024))).toMatchObject({ bodyMd5: expect.any(String) });
    expect(outcome(of(1025))).toMatchObject({ element: 'MessageBody', range: { high: 1024 } });
    expect(outcome({ type: 'getTopic', topicName })).toMatchObject({ messageCount: 1 });
  });

  it('goes once to each subscription that matches (I23)', () => {
    subscribe('all');
    subscribe('paid', { filterTag: 'paid' });
    subscribe('also-paid', { filterTag: 'paid' });
    subscribe('open', { filterTag: 'open' });
    expect(publish()).toEqual(['all']);
    expect(publish('paid')).toEqual(['all', 'paid', 'also-paid']);
    expect(publish('Paid')).toEqual(['all']);
  });

  it('counts the messages of the last day', () => {
    const day = 86_400_000;
    publish();
    publish(undefined, NOW_MS + 1000);
    const count = (atMs: number): unknown => {
      const result = model.apply({ type: 'getTopic', topicName }, atMs);
      return result.ok && result.value.messageCount;
    };
    expect(count(NOW_MS + day - 1)).toBe(2);
    expect(count(NOW_MS + day)).toBe(1);
    expect(count(NOW_MS + day + 1000)).toBe(0);
  });

  it('gives every message its own id', () => {
    const ids = Array.from({ length: 100 }, () => {
      const result = model.apply(
        { type: 'publishMessage', topicName, message: { body: 'x', ...NO_PROPERTIES } },
        NOW_MS,
      );
      return result.ok ? result.value.messageId : '';
    });
    expect(new Set(ids).size).toBe(100);
  });
});

describe('subscribing', () => {
  it('twice alike changes nothing, and differently is refused', () => {
    expect(subscribe('s', { filterTag: 'a' })).toBe('created');
    expect(subscribe('s', { filterTag: 'a' })).toBe('unchanged');
    const conflict = { code: 'SubscriptionAlreadyExist' };
    expect(subscribe('s')).toEqual(conflict);
    expect(subscribe('s', { filterTag: 'b' })).toEqual(conflict);
    expect(subscribe('s', { filterTag: 'a', notifyContentFormat: 'XML' })).toEqual(conflict);
    expect(subscribe('s', { filterTag: 'a', notifyStrategy: 'EXPONENTIAL_DECAY_RETRY' })).toEqual(conflict);
    expect(subscribe('s', { filterTag: 'a', endpoint: `${SETTINGS.endpoint}2` })).toEqual(conflict);
  });

  it('needs a queue that takes at least what the topic takes, once there is one', () => {
    expect(subscribe('before')).toBe('created');
    model.apply({ type: 'createQueue', queueName: 'orders', attributes: { maximumMessageBytes: 65_535 } }, NOW_MS);
    expect(subscribe('after')).toEqual({ code: 'InvalidArgument', element: 'Endpoint' });
    model.apply(
      { type: 'setQueueAttributes', queueName: 'orders', attributes: { maximumMessageBytes: 65_536 } },
      NOW_MS,
    );
    expect(subscribe('after')).toBe('created');
  });

  const read = (subscriptionName: string): unknown =>
    outcome({ type: 'getSubscription', topicName, subscriptionName }, NOW_MS + 9);
  const change = (attributes: MnsCommands['setSubscriptionAttributes']['input']['attributes']): unknown =>
    outcome({ type: 'setSubscriptionAttributes', topicName, subscriptionName: 's', attributes }, NOW_MS + 20);

  it('is kept as it was asked for, and as it was changed', () => {
    const target = { kind: 'queue', queueName: 'orders' };
    subscribe('s', { filterTag: 'a' });
    const made = { name: 's', ...SETTINGS, filterTag: 'a', target, createdAtMs: NOW_MS, modifiedAtMs: NOW_MS };
    expect(read('s')).toEqual(made);
    expect(change({ notifyStrategy: 'EXPONENTIAL_DECAY_RETRY' })).toBeUndefined();
    const changed = { ...made, notifyStrategy: 'EXPONENTIAL_DECAY_RETRY', modifiedAtMs: NOW_MS + 20 };
    expect(read('s')).toEqual(changed);
    expect(change({ filterTag: 'a'.repeat(256) })).toMatchObject({ element: 'FilterTag' });
    expect(read('s')).toEqual(changed);
  });

  it('has the documented defaults', () => {
    expect([DEFAULT_NOTIFY_STRATEGY, DEFAULT_NOTIFY_CONTENT_FORMAT]).toEqual(['BACKOFF_RETRY', 'XML']);
  });

  it('needs an endpoint that is one', () => {
    expect(subscribe('s', { endpoint: 'orders' })).toEqual({ code: 'EndpointInvalid' });
    expect([read('s'), change({})]).toEqual([{ code: 'SubscriptionNotExist' }, { code: 'SubscriptionNotExist' }]);
  });

  it('asks no queue how much it takes when it leads elsewhere', () => {
    model.apply({ type: 'createQueue', queueName: 'h', attributes: { maximumMessageBytes: 1024 } }, NOW_MS);
    expect(subscribe('s', { endpoint: 'http://h/orders' })).toBe('created');
  });

  it('is listed by name, in pages, and no more once it has ended', () => {
    for (const name of ['b', 'c', 'a']) subscribe(name);
    const page = (marker: string): unknown => {
      const list = { type: 'listSubscriptions', topicName, prefix: '', marker, limit: 2 } as const;
      const result = model.apply(list, NOW_MS);
      return result.ok && [result.value.items.map(({ name }) => name), result.value.nextMarker];
    };
    expect([page(''), page('b')]).toEqual([
      [['a', 'b'], 'b'],
      [['c'], undefined],
    ]);
    const end = { type: 'unsubscribe', topicName, subscriptionName: 'a' } as const;
    expect([outcome(end), outcome(end), page('')]).toEqual([undefined, undefined, [['b', 'c'], undefined]]);
  });

  it('ends with the topic', () => {
    subscribe('s');
    model.apply({ type: 'deleteTopic', topicName }, NOW_MS);
    model.apply({ type: 'createTopic', topicName, attributes: {} }, NOW_MS);
    expect(model.apply({ type: 'getSubscription', topicName, subscriptionName: 's' }, NOW_MS)).toEqual({
      ok: false,
      failure: { code: 'SubscriptionNotExist' },
    });
  });

  it.each(['a'.repeat(255), 'a'.repeat(256)])('takes filter tags of up to 255 characters: %s', (filterTag) => {
    expect(subscribe('s', { filterTag })).toEqual(
      filterTag.length === 255
        ? 'created'
        : { code: 'InvalidArgument', element: 'FilterTag', range: { low: 1, high: 255 } },
    );
  });
});

describe('matches', () => {
  const subscription: Subscription = {
    ...SETTINGS,
    name: 's',
    target: { kind: 'queue', queueName: 'orders' },
    createdAtMs: 0,
    modifiedAtMs: 0,
  };

  it('takes everything without a filter tag, and only equal tags with one', () => {
    expect([matches(subscription, undefined), matches(subscription, 'a')]).toEqual([true, true]);
    const filtered = { ...subscription, filterTag: 'a' };
    expect([undefined, 'a', 'b', 'A'].map((tag) => matches(filtered, tag))).toEqual([false, true, false, false]);
  });
});
