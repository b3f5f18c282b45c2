import { describe, expect, it } from 'vitest';
import { NAME_LENGTHS, checkName, type ResourceKind } from './resource-name.js';

const CODES = [
  ['queue', 'QueueNameLengthError', 'InvalidQueueName'],
  ['topic', 'TopicNameLengthError', 'TopicNameInvalid'],
  ['subscription', 'SubscriptionNameLengthError', 'SubscriptionNameInvalid'],
] as const satisfies readonly (readonly [ResourceKind, string, string])[];

describe.each(CODES)('the name of a %s', (kind, length, characters) => {
  it.each(['a', '7', 'Orders-2', 'a-', 'x'.repeat(NAME_LENGTHS[kind])])('may be %s', (name) => {
    expect(checkName(kind, name)).toBeUndefined();
  });

  it.each(['', 'x'.repeat(NAME_LENGTHS[kind] + 1)])('has another length than %j', (name) => {
    expect(checkName(kind, name)).toEqual({ code: length });
  });

  it.each(['-a', 'a_b', 'a.b', 'a b', 'ä', '队列', 'a/b', 'a\n'])('may not be %j', (name) => {
    expect(checkName(kind, name)).toEqual({ code: characters });
  });
});

it('is longest for subscriptions', () => {
  expect(NAME_LENGTHS).toEqual({ queue: 120, topic: 120, subscription: 255 });
});
