import { beforeEach, describe, expect, it } from 'vitest';
import {
  errorXml,
  messageXml,
  mnsFixture,
  subscriptionXml,
  valueIn,
  valuesIn,
  type MnsFixture,
  type TestReply,
} from '../test-support/mns-fixture.js';

let mns: MnsFixture;

beforeEach(async () => {
  mns = mnsFixture();
  await mns.call('PUT', '/queues/orders');
  await mns.call('PUT', '/topics/events', '<Topic><MaximumMessageSize>2048</MaximumMessageSize></Topic>');
});

describe('SetTopicAttributes', () => {
  const set = (body: string): Promise<TestReply> => mns.call('PUT', '/topics/events?metaoverride=true', body);
  const values = async (): Promise<readonly string[]> => {
    const reply = await mns.call('GET', '/topics/events');
    return ['MaximumMessageSize', 'LoggingEnabled', 'CreateTime', 'LastModifyTime'].map((name) => valueIn(reply, name));
  };

  it('changes what is given, keeps the rest, and notes the time', async () => {
    await mns.clock.advanceBy(5000);
    const reply = await set('<Topic><LoggingEnabled>TRUE</LoggingEnabled></Topic>');
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(await values()).toEqual(['2048', 'True', '1767225600', '1767225605']);
    await set('<Topic><MaximumMessageSize>1024</MaximumMessageSize></Topic>');
    expect(await values()).toEqual(['1024', 'True', '1767225600', '1767225605']);
  });

  it.each(['', '<Topic/>', '<Topic><Colour>red</Colour></Topic>'])('keeps everything for %j', async (body) => {
    expect((await set(body)).status).toBe(204);
    expect((await values()).slice(0, 2)).toEqual(['2048', 'False']);
  });

  it('holds from the next message on', async () => {
    await set('<Topic><MaximumMessageSize>1024</MaximumMessageSize></Topic>');
    const publish = (bytes: number): Promise<TestReply> =>
      mns.call('POST', '/topics/events/messages', messageXml('x'.repeat(bytes)));
    expect([(await publish(1024)).status, (await publish(1025)).status]).toEqual([201, 400]);
  });

  it.each(['1023', '65537', '66560'])('refuses a size of %s and changes nothing', async (size) => {
    await mns.clock.advanceBy(5000);
    const reply = await set(`<Topic><MaximumMessageSize>${size}</MaximumMessageSize></Topic>`);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(
      errorXml(reply, 'InvalidArgument', 'The value of MaximumMessageSize should between 1024 and 65536 bytes'),
    );
    expect(await values()).toEqual(['2048', 'False', '1767225600', '1767225600']);
  });

  it('takes the ends of the range', async () => {
    for (const size of ['1024', '65536']) {
      await set(`<Topic><MaximumMessageSize>${size}</MaximumMessageSize></Topic>`);
      expect((await values())[0]).toBe(size);
    }
  });

  it('knows only topics that exist', async () => {
    const reply = await mns.call('PUT', '/topics/other?metaOverride=true', '<Topic/>');
    expect(reply.status).toBe(404);
    expect(reply.text).toBe(errorXml(reply, 'TopicNotExist', 'The topic you provided does not exist.'));
  });
});

describe('SetSubscriptionAttributes', () => {
  const TARGET = '/topics/events/subscriptions/sub-a';
  const set = (body: string): Promise<TestReply> => mns.call('PUT', `${TARGET}?metaoverride=true`, body);
  const values = async (): Promise<readonly string[]> => {
    const reply = await mns.call('GET', TARGET);
    const names = ['NotifyStrategy', 'FilterTag', 'NotifyContentFormat', 'CreateTime', 'LastModifyTime'];
    return names.map((name) => valueIn(reply, name));
  };

  beforeEach(async () => {
    await mns.call('PUT', TARGET, subscriptionXml('orders', '<FilterTag>paid</FilterTag>'));
  });

  it('changes strategy and filter, each by itself, and notes the time', async () => {
    await mns.clock.advanceBy(5000);
    const reply = await set('<Subscription><NotifyStrategy>EXPONENTIAL_DECAY_RETRY</NotifyStrategy></Subscription>');
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(await values()).toEqual(['EXPONENTIAL_DECAY_RETRY', 'paid', 'XML', '1767225600', '1767225605']);
    await set('<Subscription><FilterTag>sent</FilterTag></Subscription>');
    expect(await values()).toEqual(['EXPONENTIAL_DECAY_RETRY', 'sent', 'XML', '1767225600', '1767225605']);
  });

  it('decides which messages come from then on', async () => {
    await set('<Subscription><FilterTag>sent</FilterTag></Subscription>');
    for (const tag of ['paid', 'sent']) {
      await mns.call('POST', '/topics/events/messages', messageXml(tag, `<MessageTag>${tag}</MessageTag>`));
    }
    const received = await mns.call('GET', '/queues/orders/messages?numOfMessages=16');
    expect(valuesIn(received, 'MessageBody').map((body) => body.match(/<Message>(\w+)/)?.[1])).toEqual(['sent']);
  });

  it.each([
    '',
    '<Subscription/>',
    '<Subscription><FilterTag></FilterTag></Subscription>',
    '<Subscription><NotifyContentFormat>JSON</NotifyContentFormat><Endpoint>nowhere</Endpoint></Subscription>',
  ])('keeps everything for %j', async (body) => {
    expect((await set(body)).status).toBe(204);
    expect((await values()).slice(0, 3)).toEqual(['BACKOFF_RETRY', 'paid', 'XML']);
  });

  it.each([
    [
      '<NotifyStrategy>NEVER</NotifyStrategy>',
      'The XML you provided did not validate against our published schema, cause by NotifyStrategy.',
    ],
    [`<FilterTag>${'x'.repeat(256)}</FilterTag>`, 'The value of FilterTag should between 1 and 255'],
  ])('refuses %s and changes nothing', async (element, message) => {
    await mns.clock.advanceBy(5000);
    const reply = await set(`<Subscription>${element}</Subscription>`);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(errorXml(reply, 'InvalidArgument', message));
    expect(await values()).toEqual(['BACKOFF_RETRY', 'paid', 'XML', '1767225600', '1767225600']);
  });

  it('takes a filter of 255 characters', async () => {
    const tag = '💡'.repeat(255);
    expect((await set(`<Subscription><FilterTag>${tag}</FilterTag></Subscription>`)).status).toBe(204);
    expect((await values())[1]).toBe(tag);
  });

  it('tells a missing subscription from a missing topic', async () => {
    const call = (target: string): Promise<TestReply> => mns.call('PUT', `${target}?metaoverride=true`, '');
    const missing = await call('/topics/events/subscriptions/other');
    expect(missing.status).toBe(404);
    expect(missing.text).toBe(
      errorXml(missing, 'SubscriptionNotExist', 'The subscription you provided does not exist.'),
    );
    expect(valueIn(await call('/topics/other/subscriptions/sub-a'), 'Code')).toBe('TopicNotExist');
  });
});

describe('account attributes', () => {
  const TARGET = '/?accountmeta=true';
  const bucket = async (): Promise<string> => (await mns.call('GET', TARGET)).text;
  const account = (text: string): string =>
    `<?xml version="1.0" ?>\n<Account xmlns="http://mns.aliyuncs.com/doc/v1">\n  <LoggingBucket>${text}</LoggingBucket>\n  <TraceEnabled>0</TraceEnabled>\n</Account>`;

  it('begin with no bucket', async () => {
    const reply = await mns.call('GET', TARGET);
    expect([reply.status, reply.text]).toEqual([200, account('')]);
  });

  it('can be set, left, and cleared', async () => {
    const set = await mns.call('PUT', TARGET, '<Account><LoggingBucket>logs &amp; more</LoggingBucket></Account>');
    expect([set.status, set.text]).toEqual([204, '']);
    expect(await bucket()).toBe(account('logs &amp; more'));
    for (const body of ['', '<Account/>', '<Account><TraceEnabled>0</TraceEnabled></Account>']) {
      expect((await mns.call('PUT', TARGET, body)).status).toBe(204);
      expect(await bucket()).toBe(account('logs &amp; more'));
    }
    await mns.call('PUT', TARGET, '<Account><LoggingBucket></LoggingBucket></Account>');
    expect(await bucket()).toBe(account(''));
  });

  it('are refused in another document', async () => {
    const reply = await mns.call('PUT', TARGET, '<Queue/>');
    expect(reply.status).toBe(400);
    expect(valueIn(reply, 'Code')).toBe('InvalidArgument');
    expect(valueIn(await mns.call('PUT', TARGET, '<Account>'), 'Code')).toBe('MalformedXML');
  });
});
