import { md5Hex } from '@mnsbus/core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  START_MS,
  messageXml,
  mnsFixture,
  subscriptionXml,
  valueIn,
  type MnsFixture,
  type TestReply,
} from './test-support/mns-fixture.js';

let mns: MnsFixture;

beforeEach(async () => {
  mns = mnsFixture();
  await mns.call('PUT', '/topics/events');
});

const publish = (body: string, more = ''): Promise<TestReply> =>
  mns.call('POST', '/topics/events/messages', messageXml(body, more));
const subscribe = (name: string, queueName: string, more = ''): Promise<TestReply> =>
  mns.call('PUT', `/topics/events/subscriptions/${name}`, subscriptionXml(queueName, more));
const receive = (queueName: string): Promise<TestReply> => mns.call('GET', `/queues/${queueName}/messages`);
const format = (name: string): string => `<NotifyContentFormat>${name}</NotifyContentFormat>`;

describe('a delivery to a queue', () => {
  beforeEach(() => mns.call('PUT', '/queues/orders'));

  it('is there when the publisher has its answer, as JSON to the byte', async () => {
    await subscribe('sub-a', 'orders', format('JSON'));
    const published = await publish('{"a":1}', '<MessageTag>paid</MessageTag>');
    const received = await receive('orders');
    const body = `{"TopicOwner":"${ACCOUNT}","Message":"{\\"a\\":1}","Subscriber":"${ACCOUNT}","MessageTag":"paid","PublishTime":"${START_MS}","SubscriptionName":"sub-a","MessageMD5":"${md5Hex('{"a":1}')}","TopicName":"events","MessageId":"${valueIn(published, 'MessageId')}"}`;
    expect(valueIn(received, 'MessageBody')).toBe(body);
    expect(valueIn(received, 'MessageBodyMD5')).toBe(md5Hex(body));
    expect(valueIn(received, 'Priority')).toBe('8');
    expect(valueIn(received, 'MessageId')).not.toBe(valueIn(published, 'MessageId'));
  });

  it('is XML unless the subscription says otherwise', async () => {
    await subscribe('sub-a', 'orders');
    const published = await publish('<hello>');
    expect(valueIn(await receive('orders'), 'MessageBody')).toBe(`<?xml version="1.0" encoding="utf-8"?>
<Notification xmlns="http://mns.aliyuncs.com/doc/v1/">
  <TopicOwner>${ACCOUNT}</TopicOwner>
  <TopicName>events</TopicName>
  <Subscriber>${ACCOUNT}</Subscriber>
  <SubscriptionName>sub-a</SubscriptionName>
  <MessageId>${valueIn(published, 'MessageId')}</MessageId>
  <Message>&lt;hello&gt;</Message>
  <MessageMD5>${md5Hex('<hello>')}</MessageMD5>
  <PublishTime>${START_MS}</PublishTime>
</Notification>`);
  });

  it('is the body alone with SIMPLIFIED', async () => {
    await subscribe('sub-a', 'orders', format('SIMPLIFIED'));
    await publish('hello');
    expect(valueIn(await receive('orders'), 'MessageBody')).toBe('hello');
  });

  it('goes once to each subscription that matches (I23)', async () => {
    await mns.call('PUT', '/queues/paid');
    await subscribe('one', 'orders', format('SIMPLIFIED'));
    await subscribe('two', 'orders', format('SIMPLIFIED'));
    await subscribe('three', 'paid', `${format('SIMPLIFIED')}<FilterTag>paid</FilterTag>`);
    await publish('untagged');
    await publish('tagged', '<MessageTag>paid</MessageTag>');
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'ActiveMessages')).toBe('4');
    expect(valueIn(await mns.call('GET', '/queues/paid'), 'ActiveMessages')).toBe('1');
    expect(valueIn(await receive('paid'), 'MessageBody')).toBe('tagged');
  });

  it('wakes a receive that waits', async () => {
    await subscribe('sub-a', 'orders', format('SIMPLIFIED'));
    const waiting = mns.call('GET', '/queues/orders/messages?waitseconds=30');
    await mns.clock.advanceBy(500);
    await publish('hello');
    expect(valueIn(await mns.clock.runUntil(waiting), 'MessageBody')).toBe('hello');
    expect(mns.clock.now()).toBe(START_MS + 500);
  });

  it('carries the properties of the message', async () => {
    await subscribe('sub-a', 'orders', format('JSON'));
    const property = '<PropertyValue><Name>case</Name><Value>42</Value><Type>NUMBER</Type></PropertyValue>';
    const system = '<SystemPropertyValue><Name>baggage</Name><Value>b</Value><Type>STRING</Type></SystemPropertyValue>';
    await publish(
      'hello',
      `<UserProperties>${property}</UserProperties><SystemProperties>${system}</SystemProperties>`,
    );
    const { text } = await receive('orders');
    expect(text.replaceAll(/\n\s*/g, '')).toContain(
      `<SystemProperties>${system}</SystemProperties><UserProperties>${property}</UserProperties></Message>`,
    );
    expect(text).not.toContain('"case"');
  });

  it('waits for the delay of the queue', async () => {
    await mns.call('PUT', '/queues/orders?metaoverride=true', '<Queue><DelaySeconds>2</DelaySeconds></Queue>');
    await subscribe('sub-a', 'orders');
    await publish('hello');
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'DelayMessages')).toBe('1');
  });

  it('may be larger than the queue takes, by its envelope', async () => {
    await subscribe('sub-a', 'orders', format('JSON'));
    await publish('"'.repeat(65_536));
    expect(valueIn(await receive('orders'), 'MessageBody').length).toBeGreaterThan(131_072);
  });

  it('is recorded', async () => {
    await subscribe('sub-a', 'orders');
    const published = await publish('hello');
    const messageId = valueIn(published, 'MessageId');
    const fact = { topicName: 'events', subscriptionName: 'sub-a', queueName: 'orders', messageId };
    expect(mns.journal.entries('delivered')).toMatchObject([{ atMs: START_MS, kind: 'delivered', ...fact }]);
  });
});

describe('a delivery to a missing queue', () => {
  it('is retried three times by default, each after 10 to 20 seconds, and dropped', async () => {
    await subscribe('sub-a', 'orders');
    const messageId = valueIn(await publish('hello'), 'MessageId');
    await mns.clock.advanceBy(100_000);
    const failed = mns.journal.entries('delivery-failed');
    expect(failed.map(({ attempt, reason }) => [attempt, reason])).toEqual([1, 2, 3].map((n) => [n, 'QueueNotExist']));
    let expectedMs = START_MS;
    for (const { atMs, retryAtMs } of failed) {
      expect(atMs).toBe(expectedMs);
      expect(retryAtMs - atMs).toBeGreaterThanOrEqual(10_000);
      expect(retryAtMs - atMs).toBeLessThanOrEqual(20_000);
      expectedMs = retryAtMs;
    }
    const fact = { topicName: 'events', subscriptionName: 'sub-a', messageId, attempts: 4, reason: 'QueueNotExist' };
    expect(mns.journal.entries('delivery-dropped')).toMatchObject([
      { atMs: expectedMs, kind: 'delivery-dropped', ...fact },
    ]);
    expect(mns.clock.pendingTimers).toBe(0);
  });

  it('follows the exponential schedule exactly, and is dropped within a day', async () => {
    await subscribe('sub-a', 'orders', '<NotifyStrategy>EXPONENTIAL_DECAY_RETRY</NotifyStrategy>');
    await publish('hello');
    await mns.clock.advanceBy(86_400_000);
    const failed = mns.journal.entries('delivery-failed');
    expect(failed.slice(0, 11).map(({ atMs }) => (atMs - START_MS) / 1000)).toEqual([
      0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023,
    ]);
    expect(failed).toHaveLength(176);
    expect(mns.journal.entries('delivery-dropped')).toMatchObject([{ attempts: 177, atMs: START_MS + 86_015_000 }]);
  });

  it('arrives, as it was published, once the queue is there', async () => {
    await subscribe('sub-a', 'orders', format('JSON'));
    const messageId = valueIn(await publish('hello'), 'MessageId');
    await mns.call('PUT', '/queues/orders');
    await mns.clock.advanceBy(20_000);
    const body: unknown = JSON.parse(valueIn(await receive('orders'), 'MessageBody'));
    expect(body).toMatchObject({ MessageId: messageId, PublishTime: String(START_MS) });
    expect(mns.journal.entries('delivered')).toHaveLength(1);
    expect(mns.clock.pendingTimers).toBe(0);
  });

  it.each([
    ['unsubscribed', '/topics/events/subscriptions/sub-a'],
    ['without its topic', '/topics/events'],
  ])('is dropped at its next attempt when it is %s', async (_, target) => {
    await subscribe('sub-a', 'orders');
    await publish('hello');
    await mns.call('DELETE', target);
    await mns.call('PUT', '/queues/orders');
    await mns.clock.advanceBy(20_000);
    expect(mns.journal.entries('delivery-dropped')).toMatchObject([{ attempts: 1 }]);
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'ActiveMessages')).toBe('0');
  });

  it('does not hold up the others', async () => {
    await mns.call('PUT', '/queues/orders');
    await subscribe('lost', 'missing');
    await subscribe('sub-a', 'orders', format('SIMPLIFIED'));
    await publish('hello');
    expect(valueIn(await receive('orders'), 'MessageBody')).toBe('hello');
  });

  it('is given up when the service is closed', async () => {
    await subscribe('sub-a', 'orders');
    await publish('hello');
    expect(mns.clock.pendingTimers).toBe(1);
    mns.service.close();
    expect(mns.clock.pendingTimers).toBe(0);
    await publish('after');
    expect(mns.clock.pendingTimers).toBe(0);
    expect(mns.journal.entries('delivery-dropped')).toMatchObject([{ attempts: 1, reason: 'QueueNotExist' }]);
  });

  it('is retried at instants that the seed decides', async () => {
    const instants = async (seed: string): Promise<readonly number[]> => {
      mns = mnsFixture(seed);
      await mns.call('PUT', '/topics/events');
      await subscribe('sub-a', 'orders');
      await publish('hello');
      await mns.clock.advanceBy(100_000);
      return mns.journal.entries('delivery-failed').map(({ retryAtMs }) => retryAtMs);
    };
    expect(await instants('a')).toEqual(await instants('a'));
    expect(await instants('a')).not.toEqual(await instants('b'));
  });
});
