import { beforeEach, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  HOST,
  errorXml,
  messageXml,
  mnsFixture,
  subscriptionXml,
  valueIn,
  type MnsFixture,
  type TestReply,
} from '../test-support/mns-fixture.js';

let mns: MnsFixture;

beforeEach(() => {
  mns = mnsFixture();
});

const SUBSCRIPTION = '/topics/events/subscriptions/sub-a';
const noTopic = (reply: TestReply): string =>
  errorXml(reply, 'TopicNotExist', 'The topic you provided does not exist.');

describe('CreateTopic', () => {
  it('answers 201, then 204, both with the location', async () => {
    const created = await mns.call('PUT', '/topics/events', '<Topic/>');
    expect([created.status, created.text, created.header('Location')]).toEqual([
      201,
      '',
      `http://${HOST}/topics/events`,
    ]);
    const again = await mns.call('PUT', '/topics/events');
    expect([again.status, again.text, again.header('Location')]).toEqual([204, '', `http://${HOST}/topics/events`]);
  });

  it.each(['<MaximumMessageSize>1024</MaximumMessageSize>', '<LoggingEnabled>True</LoggingEnabled>'])(
    'refuses the same name with %s',
    async (difference) => {
      await mns.call('PUT', '/topics/events');
      const reply = await mns.call('PUT', '/topics/events', `<Topic>${difference}</Topic>`);
      expect(reply.status).toBe(409);
      expect(reply.text).toBe(errorXml(reply, 'TopicAlreadyExist', 'The topic you want to create already exists.'));
    },
  );

  it.each([
    [
      '/topics/-',
      '',
      'TopicNameInvalid',
      'The topic name you provided is invalid. TopicName should start with alpha and contain only alpha, digit or - .',
    ],
    [`/topics/${'x'.repeat(121)}`, '', 'TopicNameLengthError', 'Topic name length should between 1 and 256.'],
    ['/topics/events', '<Topic', 'MalformedXML', 'The XML you provided was not well-formed.'],
    [
      '/topics/events',
      '<Topic><MaximumMessageSize>66560</MaximumMessageSize></Topic>',
      'InvalidArgument',
      'The value of MaximumMessageSize should between 1024 and 65536 bytes',
    ],
  ])('refuses %s %s', async (target, body, code, message) => {
    const reply = await mns.call('PUT', target, body);
    expect([reply.status, reply.text]).toEqual([400, errorXml(reply, code, message)]);
  });
});

describe('GetTopicAttributes', () => {
  it('prints all seven', async () => {
    await mns.call('PUT', '/topics/events', '<Topic><LoggingEnabled>true</LoggingEnabled></Topic>');
    await mns.call('POST', '/topics/events/messages', messageXml('hello'));
    const reply = await mns.call('GET', '/topics/events');
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(`<?xml version="1.0" ?>
<Topic xmlns="http://mns.aliyuncs.com/doc/v1">
  <TopicName>events</TopicName>
  <MaximumMessageSize>65536</MaximumMessageSize>
  <MessageRetentionPeriod>86400</MessageRetentionPeriod>
  <MessageCount>1</MessageCount>
  <CreateTime>1767225600</CreateTime>
  <LastModifyTime>1767225600</LastModifyTime>
  <LoggingEnabled>True</LoggingEnabled>
</Topic>`);
  });
});

describe('DeleteTopic', () => {
  it('answers 204, for a missing topic, too, and ends the subscriptions', async () => {
    await mns.call('PUT', '/topics/events');
    await mns.call('PUT', SUBSCRIPTION, subscriptionXml('orders'));
    expect((await mns.call('DELETE', '/topics/events')).status).toBe(204);
    expect((await mns.call('DELETE', '/topics/events')).status).toBe(204);
    await mns.call('PUT', '/topics/events');
    expect(valueIn(await mns.call('GET', SUBSCRIPTION), 'Code')).toBe('SubscriptionNotExist');
  });
});

describe('PublishMessage', () => {
  it('answers id and MD5, with or without subscribers', async () => {
    await mns.call('PUT', '/topics/events');
    const reply = await mns.call(
      'POST',
      '/topics/events/messages',
      messageXml('hello', '<MessageTag>paid</MessageTag>'),
    );
    expect(reply.status).toBe(201);
    expect(reply.text).toBe(`<?xml version="1.0" ?>
<Message xmlns="http://mns.aliyuncs.com/doc/v1">
  <MessageId>${valueIn(reply, 'MessageId')}</MessageId>
  <MessageBodyMD5>5D41402ABC4B2A76B9719D911017C592</MessageBodyMD5>
</Message>`);
  });

  it.each([
    ['broken XML', '<Message>', 'MalformedXML', 'The XML you provided was not well-formed.'],
    [
      'another root',
      '<Messages/>',
      'InvalidArgument',
      'The XML you provided did not validate against our published schema, cause by Message.',
    ],
    ['an empty body', messageXml(''), 'InvalidArgument', 'The value of MessageBody should between 1 and 1024 bytes'],
    [
      'a body above the topic’s limit',
      messageXml('x'.repeat(1025)),
      'InvalidArgument',
      'The value of MessageBody should between 1 and 1024 bytes',
    ],
    [
      'a long tag',
      messageXml('x', `<MessageTag>${'t'.repeat(256)}</MessageTag>`),
      'InvalidArgument',
      'The value of MessageTag should between 1 and 255',
    ],
  ])('refuses %s', async (_, body, code, message) => {
    await mns.call('PUT', '/topics/events', '<Topic><MaximumMessageSize>1024</MaximumMessageSize></Topic>');
    const reply = await mns.call('POST', '/topics/events/messages', body);
    expect([reply.status, reply.text]).toEqual([400, errorXml(reply, code, message)]);
    expect(valueIn(await mns.call('GET', '/topics/events'), 'MessageCount')).toBe('0');
  });
});

describe('Subscribe', () => {
  const LOCATION = `${HOST}${SUBSCRIPTION}`;

  beforeEach(async () => {
    await mns.call('PUT', '/topics/events');
  });

  it('answers 201, then 204, both with a location without a scheme', async () => {
    const created = await mns.call('PUT', SUBSCRIPTION, subscriptionXml('orders'));
    expect([created.status, created.text, created.header('Location')]).toEqual([201, '', LOCATION]);
    const again = await mns.call(
      'PUT',
      SUBSCRIPTION,
      subscriptionXml('orders', '<NotifyContentFormat>XML</NotifyContentFormat>'),
    );
    expect([again.status, again.text, again.header('Location')]).toEqual([204, '', LOCATION]);
  });

  it.each([
    'http://127.0.0.1:8080/notifications?a=b',
    'https://example.com',
    'mail:directmail:a@example.com',
    'sms:directsms:13800000000',
    'sms:directsms:anonymous',
    'sms:dayu:13800000000',
    'push:23456789',
  ])('takes the endpoint %s, and shows it as it was written', async (endpoint) => {
    const body = `<Subscription><Endpoint>${endpoint}</Endpoint></Subscription>`;
    expect((await mns.call('PUT', SUBSCRIPTION, body)).status).toBe(201);
    expect((await mns.call('PUT', SUBSCRIPTION, body)).status).toBe(204);
    expect(valueIn(await mns.call('GET', SUBSCRIPTION), 'Endpoint')).toBe(endpoint);
  });

  it('refuses the same name with other attributes', async () => {
    await mns.call('PUT', SUBSCRIPTION, subscriptionXml('orders'));
    const reply = await mns.call('PUT', SUBSCRIPTION, subscriptionXml('other'));
    expect(reply.status).toBe(409);
    expect(reply.text).toBe(
      errorXml(reply, 'SubscriptionAlreadyExist', 'The subscription you want to create already exists.'),
    );
  });

  it.each([
    'ftp://127.0.0.1/notifications',
    'http://',
    'http://user:password@127.0.0.1/',
    'mail:directmail:nobody',
    'sms:directsms:nobody',
    'sms:dayu:nobody',
    'push:',
    'acs:mns:cn-hangzhou:1:topics/other',
    'orders',
  ])('knows no endpoint %s', async (endpoint) => {
    const reply = await mns.call('PUT', SUBSCRIPTION, `<Subscription><Endpoint>${endpoint}</Endpoint></Subscription>`);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(errorXml(reply, 'EndpointInvalid', 'The endpoint you provided is invalid.'));
  });

  it.each([
    ['no endpoint', '<Subscription/>', 'Endpoint'],
    [
      'another format',
      subscriptionXml('orders', '<NotifyContentFormat>STREAM</NotifyContentFormat>'),
      'NotifyContentFormat',
    ],
    ['another strategy', subscriptionXml('orders', '<NotifyStrategy>NEVER</NotifyStrategy>'), 'NotifyStrategy'],
    ['another root', '<Subscribe/>', 'Subscription'],
    ['a queue that takes less than the topic', subscriptionXml('small'), 'Endpoint'],
  ])('refuses %s', async (_, body, element) => {
    await mns.call('PUT', '/queues/small', '<Queue><MaximumMessageSize>1024</MaximumMessageSize></Queue>');
    const reply = await mns.call('PUT', SUBSCRIPTION, body);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(
      errorXml(
        reply,
        'InvalidArgument',
        `The XML you provided did not validate against our published schema, cause by ${element}.`,
      ),
    );
    expect((await mns.call('GET', SUBSCRIPTION)).status).toBe(404);
  });

  it.each([
    [
      '-',
      'SubscriptionNameInvalid',
      'The subscription name you provided is invalid. SubscriptionName should start with alpha and contain only alpha, digit or - .',
    ],
    ['x'.repeat(256), 'SubscriptionNameLengthError', 'Subscription name length should between 1 and 255.'],
  ])('refuses the name %s', async (name, code, message) => {
    const reply = await mns.call('PUT', `/topics/events/subscriptions/${name}`, subscriptionXml('orders'));
    expect([reply.status, reply.text]).toEqual([400, errorXml(reply, code, message)]);
  });
});

describe('GetSubscriptionAttributes', () => {
  it('prints the attributes by the alphabet', async () => {
    await mns.call('PUT', '/topics/events');
    const more =
      '<FilterTag>paid</FilterTag><NotifyStrategy>EXPONENTIAL_DECAY_RETRY</NotifyStrategy><NotifyContentFormat>SIMPLIFIED</NotifyContentFormat>';
    await mns.call('PUT', SUBSCRIPTION, subscriptionXml('orders', more));
    const reply = await mns.call('GET', SUBSCRIPTION);
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(`<?xml version="1.0" ?>
<Subscription xmlns="http://mns.aliyuncs.com/doc/v1">
  <CreateTime>1767225600</CreateTime>
  <Endpoint>acs:mns:cn-hangzhou:${ACCOUNT}:queues/orders</Endpoint>
  <FilterTag>paid</FilterTag>
  <LastModifyTime>1767225600</LastModifyTime>
  <NotifyContentFormat>SIMPLIFIED</NotifyContentFormat>
  <NotifyStrategy>EXPONENTIAL_DECAY_RETRY</NotifyStrategy>
  <Subscriber>${ACCOUNT}</Subscriber>
  <SubscriptionName>sub-a</SubscriptionName>
  <TopicName>events</TopicName>
  <TopicOwner>${ACCOUNT}</TopicOwner>
</Subscription>`);
  });

  it('prints the defaults, and no filter tag when there is none', async () => {
    await mns.call('PUT', '/topics/events');
    await mns.call('PUT', SUBSCRIPTION, subscriptionXml('orders', '<FilterTag></FilterTag>'));
    const reply = await mns.call('GET', SUBSCRIPTION);
    expect(reply.text).not.toContain('FilterTag');
    expect(valueIn(reply, 'NotifyContentFormat')).toBe('XML');
    expect(valueIn(reply, 'NotifyStrategy')).toBe('BACKOFF_RETRY');
  });

  it('answers SubscriptionNotExist for a missing one', async () => {
    await mns.call('PUT', '/topics/events');
    const reply = await mns.call('GET', SUBSCRIPTION);
    expect(reply.status).toBe(404);
    expect(reply.text).toBe(errorXml(reply, 'SubscriptionNotExist', 'The subscription you provided does not exist.'));
  });
});

describe('Unsubscribe', () => {
  it('answers 204, for a missing subscription, too', async () => {
    await mns.call('PUT', '/topics/events');
    await mns.call('PUT', SUBSCRIPTION, subscriptionXml('orders'));
    expect((await mns.call('DELETE', SUBSCRIPTION)).status).toBe(204);
    expect((await mns.call('DELETE', SUBSCRIPTION)).status).toBe(204);
    expect((await mns.call('GET', SUBSCRIPTION)).status).toBe(404);
  });
});

describe('a missing topic', () => {
  it.each([
    ['GET', '/topics/events', ''],
    ['POST', '/topics/events/messages', messageXml('')],
    ['PUT', SUBSCRIPTION, subscriptionXml('-')],
    ['GET', SUBSCRIPTION, ''],
    ['DELETE', SUBSCRIPTION, ''],
  ])('is TopicNotExist for %s %s', async (method, target, body) => {
    const reply = await mns.call(method, target, body);
    expect([reply.status, reply.text]).toEqual([404, noTopic(reply)]);
  });
});
