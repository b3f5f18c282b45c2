import { beforeEach, describe, expect, it } from 'vitest';
import type { MnsCommands } from './commands.js';
import { NO_PROPERTIES } from './message-properties.js';
import { MnsModel } from './mns-model.js';
import { matches, type Subscription } from './subscription.js';

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

const publish = (tag?: string, atMs: number = NOW_MS): readonly string[] => {
  const message = { body: 'x', ...NO_PROPERTIES, ...(tag === undefined ? {} : { tag }) };
  const result = model.apply({ type: 'publishMessage', topicName, message }, atMs);
  return result.ok ? result.value.subscriptions.map(({ name }) => name) : [];
};

describe('publishing', () => {
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

  it('ends with the topic', () => {
    subscribe('s');
    model.apply({ type: 'deleteTopic', topicName }, NOW_MS);
    model.apply({ type: 'createTopic', topicName, attributes: {} }, NOW_MS);
    expect(model.apply({ type: 'getSubscription', topicName, subscriptionName: 's' }, NOW_MS)).toEqual({
      ok: false,
      failure: { code: 'SubscriptionNotExist' },
    });
  });

  it.each(['a'.repeat(16), 'a'.repeat(17)])('takes filter tags of up to 16 characters: %s', (filterTag) => {
    expect(subscribe('s', { filterTag })).toEqual(
      filterTag.length === 16
        ? 'created'
        : { code: 'InvalidArgument', element: 'FilterTag', range: { low: 1, high: 16 } },
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
