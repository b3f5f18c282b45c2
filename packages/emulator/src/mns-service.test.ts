import { fc, it as prop } from '@fast-check/vitest';
import { md5Hex, type WireRequest } from '@mnsbus/core';
import { readXml } from '@mnsbus/core/internal';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  HOST,
  OTHER_KEY,
  messageXml,
  mnsFixture,
  subscriptionXml,
  valueIn,
  xmlText,
  type MnsFixture,
} from './mns/test-support/mns-fixture.js';
import { isXmlText } from './runtime/xml-text.js';

const DEFAULT_TENANT = { accountId: ACCOUNT, region: 'cn-hangzhou' };

let mns: MnsFixture;

beforeEach(() => {
  mns = mnsFixture();
});

describe('tenants', () => {
  const status = async (host: string): Promise<number> =>
    (await mns.call('GET', '/queues/orders', '', { host })).status;

  it.each([
    `${ACCOUNT}.mns.cn-hangzhou.aliyuncs.com`,
    `${ACCOUNT}.mns.cn-hangzhou-internal.aliyuncs.com`,
    `${ACCOUNT}.mns.cn-hangzhou-control.aliyuncs.com`,
    `${ACCOUNT}.mns.cn-hangzhou-internal-vpc.aliyuncs.com`,
    `${ACCOUNT}.mns.cn-hangzhou-vpc.aliyuncs.com`,
    `${ACCOUNT}.MNS.CN-Hangzhou.aliyuncs.com:80`,
    '127.0.0.1:9324',
    'localhost',
    'mns.test',
  ])('are told by the host: %s is the account in cn-hangzhou', async (host) => {
    await mns.call('PUT', '/queues/orders');
    expect(await status(host)).toBe(200);
  });

  it('of other regions have queues of their own', async () => {
    await mns.call('PUT', '/queues/orders');
    expect(await status(`${ACCOUNT}.mns.cn-beijing.aliyuncs.com`)).toBe(404);
  });

  it('of other accounts have queues and keys of their own', async () => {
    await mns.call('PUT', '/queues/orders');
    const host = `${OTHER_KEY.accountId}.mns.cn-hangzhou.aliyuncs.com`;
    const reply = await mns.call('GET', '/queues/orders', '', { host, key: OTHER_KEY });
    expect(valueIn(reply, 'Code')).toBe('QueueNotExist');
    expect(valueIn(await mns.call('GET', '/queues/orders', '', { host }), 'Code')).toBe('AccessDenied');
  });

  it('keep what their topics deliver, whatever account and region an endpoint names', async () => {
    await mns.call('PUT', '/queues/orders');
    await mns.call('PUT', '/topics/events');
    const body = '<Subscription><Endpoint>acs:mns:0:127:queues/orders</Endpoint></Subscription>';
    expect((await mns.call('PUT', '/topics/events/subscriptions/s', body)).status).toBe(201);
    await mns.call('POST', '/topics/events/messages', messageXml('hello'));
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'ActiveMessages')).toBe('1');
  });

  it.each(['a b', 'a"b', '<x>', 'x\r\ny: z', '\u0000', ''])(
    'have an official host that stands in for a Host header that is none: %j',
    async (host) => {
      const reply = await mns.call('GET', '/queues/orders', '', { host });
      expect(valueIn(reply, 'HostId')).toBe(`http://${HOST}`);
    },
  );
});

describe('publish', () => {
  beforeEach(async () => {
    await mns.call('PUT', '/queues/orders');
    await mns.call('PUT', '/topics/events');
    const more = '<NotifyContentFormat>SIMPLIFIED</NotifyContentFormat>';
    await mns.call('PUT', '/topics/events/subscriptions/s', subscriptionXml('orders', more));
  });

  it('delivers as PublishMessage does, without a signature', async () => {
    const outcome = mns.service.publish(DEFAULT_TENANT, 'events', '{"a":"<&>"}');
    expect(outcome).toEqual({ ok: true, messageId: expect.stringMatching(/^[0-9A-F]{32}$/) });
    expect(valueIn(await mns.call('GET', '/queues/orders/messages'), 'MessageBody')).toBe('{"a":"<&>"}');
    const messageId = outcome.ok ? outcome.messageId : '';
    expect(mns.journal.entries('delivered')).toMatchObject([{ messageId, queueName: 'orders' }]);
  });

  it.each([
    ['a missing topic', DEFAULT_TENANT, 'missing', 'x', 'TopicNotExist'],
    ['another region', { ...DEFAULT_TENANT, region: 'cn-beijing' }, 'events', 'x', 'TopicNotExist'],
    ['an empty body', DEFAULT_TENANT, 'events', '', 'InvalidArgument'],
    ['a large body', DEFAULT_TENANT, 'events', 'x'.repeat(65_537), 'InvalidArgument'],
    ['a body that XML cannot carry', DEFAULT_TENANT, 'events', '\u0000', 'InvalidArgument'],
  ])('refuses %s', async (_, tenant, topicName, body, code) => {
    expect(mns.service.publish(tenant, topicName, body)).toEqual({ ok: false, code });
    expect(valueIn(await mns.call('GET', '/topics/events'), 'MessageCount')).toBe('0');
  });
});

describe('the journal', () => {
  it.each([
    ['PUT', '/queues/q', '', 'CreateQueue', 201, undefined],
    ['PUT', '/queues/q?metaoverride=true', '', 'SetQueueAttributes', 404, 'QueueNotExist'],
    ['GET', '/queues/q', '', 'GetQueueAttributes', 404, 'QueueNotExist'],
    ['DELETE', '/queues/q', '', 'DeleteQueue', 204, undefined],
    ['POST', '/queues/q/messages', '<', 'SendMessage', 400, 'MalformedXML'],
    ['POST', '/queues/q/messages', '<Messages/>', 'BatchSendMessage', 404, 'QueueNotExist'],
    ['GET', '/queues/q/messages', '', 'ReceiveMessage', 404, 'QueueNotExist'],
    ['GET', '/queues/q/messages?numOfMessages=1', '', 'BatchReceiveMessage', 404, 'QueueNotExist'],
    ['GET', '/queues/q/messages?peekonly=true', '', 'PeekMessage', 404, 'QueueNotExist'],
    ['GET', '/queues/q/messages?peekonly=TRUE&numOfMessages=1', '', 'BatchPeekMessage', 404, 'QueueNotExist'],
    ['PUT', '/queues/q/messages', '', 'ChangeMessageVisibility', 404, 'QueueNotExist'],
    ['DELETE', '/queues/q/messages?ReceiptHandle=x', '', 'DeleteMessage', 404, 'QueueNotExist'],
    ['DELETE', '/queues/q/messages', '<ReceiptHandles/>', 'BatchDeleteMessage', 404, 'QueueNotExist'],
    ['PUT', '/topics/t', '', 'CreateTopic', 201, undefined],
    ['GET', '/topics/t', '', 'GetTopicAttributes', 404, 'TopicNotExist'],
    ['DELETE', '/topics/t', '', 'DeleteTopic', 204, undefined],
    ['POST', '/topics/t/messages', messageXml('x'), 'PublishMessage', 404, 'TopicNotExist'],
    ['PUT', '/topics/t/subscriptions/s', subscriptionXml('q'), 'Subscribe', 404, 'TopicNotExist'],
    ['GET', '/topics/t/subscriptions/s', '', 'GetSubscriptionAttributes', 404, 'TopicNotExist'],
    ['DELETE', '/topics/t/subscriptions/s', '', 'Unsubscribe', 404, 'TopicNotExist'],
    ['PUT', '/topics/t?metaoverride=true', '', 'SetTopicAttributes', 404, 'TopicNotExist'],
    ['PUT', '/topics/t/subscriptions/s?metaoverride=true', '', 'SetSubscriptionAttributes', 404, 'TopicNotExist'],
    ['GET', '/queues', '', 'ListQueue', 200, undefined],
    ['GET', '/topics', '', 'ListTopic', 200, undefined],
    ['GET', '/topics/t/subscriptions', '', 'ListSubscriptionByTopic', 404, 'TopicNotExist'],
    ['GET', '/?accountmeta=true', '', 'GetAccountAttributes', 200, undefined],
    ['PUT', '/?accountmeta=true', '', 'SetAccountAttributes', 204, undefined],
    ['GET', '/nowhere', '', 'Unknown', 400, 'InvalidRequestURL'],
  ])('has %s %s %s as %s', async (method, target, body, operation, status, code) => {
    await mns.call(method, target, body);
    const fact = { kind: 'request', service: 'mns', operation, status, ...(code === undefined ? {} : { code }) };
    expect(mns.journal.entries('request')).toMatchObject([{ atMs: mns.clock.now(), ...fact }]);
  });

  it('has a long poll when it is answered', async () => {
    await mns.call('PUT', '/queues/q');
    const reply = mns.call('GET', '/queues/q/messages?waitseconds=1');
    await mns.clock.runUntil(reply);
    expect(mns.journal.entries('request').at(-1)).toMatchObject({
      operation: 'ReceiveMessage',
      code: 'MessageNotExist',
    });
    expect(mns.journal.entries('request').at(-1)?.atMs).toBe(mns.clock.now());
  });
});

describe('any text (I22)', () => {
  const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', minLength: 1 }));

  prop.prop([anyText])('comes back as it was sent, with its MD5, or is refused', async (text) => {
    const fresh = mnsFixture();
    await fresh.call('PUT', '/queues/orders');
    const sent = await fresh.call('POST', '/queues/orders/messages', messageXml(text));
    if (text === '' || !isXmlText(text)) {
      // A lone surrogate has no UTF-8: the client itself would have replaced it.
      if (!text.isWellFormed()) return;
      expect(sent.status).toBe(400);
      expect(valueIn(await fresh.call('GET', '/queues/orders'), 'ActiveMessages')).toBe('0');
      return;
    }
    expect([sent.status, valueIn(sent, 'MessageBodyMD5')]).toEqual([201, md5Hex(text)]);
    const received = await fresh.call('GET', '/queues/orders/messages');
    const body = readXml(received.text).children.find(({ name }) => name === 'MessageBody')?.text;
    expect(body).toBe(text);
    expect(valueIn(received, 'MessageBodyMD5')).toBe(md5Hex(text));
    expect(received.header('Content-Length')).toBe(String(Buffer.byteLength(received.text)));
  });

  it.each([
    ['by number', '&#34;&#x4E2D;&#13;', '"中\r'],
    ['as CDATA', '<![CDATA[<a>&amp;]]>', '<a>&amp;'],
    ['with white space around', ' \n x\t', ' \n x\t'],
  ])('may be written %s', async (_, xml, text) => {
    await mns.call('PUT', '/queues/orders');
    await mns.call('POST', '/queues/orders/messages', `<Message><MessageBody>${xml}</MessageBody></Message>`);
    expect(readXml((await mns.call('GET', '/queues/orders/messages?peekonly=true')).text).children[2]?.text).toBe(text);
  });
});

describe('a refused request (I20)', () => {
  const refused: readonly (readonly [method: string, target: string, body: string])[] = [
    ['PUT', '/queues/orders', '<Queue><DelaySeconds>9</DelaySeconds></Queue>'],
    [
      'PUT',
      '/queues/orders?metaoverride=true',
      '<Queue><DelaySeconds>9</DelaySeconds><PollingWaitSeconds>31</PollingWaitSeconds></Queue>',
    ],
    ['POST', '/queues/orders/messages', messageXml('x', '<Priority>0</Priority>')],
    ['POST', '/queues/orders/messages', `<Messages>${messageXml('x').repeat(17)}</Messages>`],
    ['GET', '/queues/orders/messages?numOfMessages=17', ''],
    ['GET', '/queues/orders/messages?waitseconds=31', ''],
    ['DELETE', '/queues/orders/messages?ReceiptHandle=x', ''],
    ['PUT', '/queues/orders/messages?receiptHandle=x&visibilityTimeout=1', ''],
    ['POST', '/topics/events/messages', messageXml('x', `<MessageTag>${'x'.repeat(256)}</MessageTag>`)],
    ['POST', '/queues/orders/messages', '<Message><MessageBody>a<b/></MessageBody></Message>'],
    ['PUT', '/?accountmeta=true', '<Account><LoggingBucket>l</LoggingBucket><TraceEnabled>2</TraceEnabled></Account>'],
    ['PUT', '/topics/events/subscriptions/s', subscriptionXml('other')],
    ['PUT', '/topics/events', '<Topic><LoggingEnabled>true</LoggingEnabled></Topic>'],
  ];

  prop.prop([fc.array(fc.constantFrom(...refused), { minLength: 1, maxLength: 20 })])(
    'leaves no trace: later replies are those of a service that never saw it',
    async (requests) => {
      const replies = async (disturbances: typeof requests): Promise<readonly string[]> => {
        const fresh = mnsFixture();
        await fresh.call('PUT', '/queues/orders');
        await fresh.call('PUT', '/topics/events');
        await fresh.call('PUT', '/topics/events/subscriptions/s', subscriptionXml('orders'));
        await fresh.call('POST', '/queues/orders/messages', messageXml('first'));
        for (const [method, target, body] of disturbances) {
          expect((await fresh.call(method, target, body)).status).toBeGreaterThanOrEqual(400);
        }
        const texts: string[] = [];
        for (const [method, target, body] of [
          ['GET', '/queues/orders', ''],
          ['GET', '/topics/events', ''],
          ['GET', '/topics/events/subscriptions/s', ''],
          ['POST', '/topics/events/messages', messageXml('second')],
          ['GET', '/queues/orders/messages?numOfMessages=16', ''],
        ] as const) {
          texts.push((await fresh.call(method, target, body)).text);
        }
        return texts;
      };
      expect(await replies(requests)).toEqual(await replies([]));
    },
  );
});

describe('any request at all', () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const headerName = fc.oneof(
    fc.constantFrom(
      'Authorization',
      'Date',
      'x-mns-date',
      'x-mns-version',
      'Host',
      'Content-MD5',
      'Content-Type',
      'security-token',
    ),
    fc.string(),
  );
  const headerValue = fc.oneof(
    fc.constantFrom(
      '2015-06-06',
      'Thu, 01 Jan 2026 00:00:00 GMT',
      'MNS emuKey:x',
      `${ACCOUNT}.mns.cn-hangzhou.aliyuncs.com`,
    ),
    fc.string({ unit: 'binary' }),
  );
  const target = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(
        fc.constantFrom(
          '/queues/',
          '/topics/',
          '/queues/orders/',
          '/queues/orders/messages?',
          '/topics/events/subscriptions/',
          'http://x/',
        ),
        fc.string({ unit: 'binary' }),
      )
      .map((parts) => parts.join('')),
  );
  const method = fc.oneof(fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'CONNECT'), fc.string());
  const wire: fc.Arbitrary<WireRequest> = fc.record({
    method,
    target,
    headers: fc.array(fc.tuple(headerName, headerValue)),
    body: bytes,
  });

  const isWellFormedError = (text: string): void => {
    const root = readXml(text);
    expect(root.name).toBe('Error');
    expect(root.children.map(({ name }) => name)).toEqual(['Code', 'Message', 'RequestId', 'HostId']);
  };

  prop.prop([wire], { numRuns: 500 })('gets a well-formed error when it is unsigned', async (request) => {
    const reply = await mns.send(request);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    isWellFormedError(reply.text);
  });

  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary' }).map((text) => messageXml(text)),
    fc
      .tuple(
        fc.constantFrom('Queue', 'Topic', 'Message', 'Messages', 'Subscription', 'ReceiptHandles'),
        fc.constantFrom(
          'DelaySeconds',
          'MessageBody',
          'Message',
          'Endpoint',
          'ReceiptHandle',
          'LoggingEnabled',
          'UserProperties',
        ),
        fc.string(),
      )
      .map(([root, child, text]) => `<${root}><${child}>${xmlText(text)}</${child}></${root}>`),
  );

  prop.prop([fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'), target, body], { numRuns: 500 })(
    'gets an answer of the service, never a fault, when it is signed',
    async (verb, resource, text) => {
      const fresh = mnsFixture();
      await fresh.call('PUT', '/queues/orders');
      await fresh.call('PUT', '/topics/events');
      const reply = await fresh.clock.runUntil(fresh.call(verb, resource, text));
      if (reply.status === 500) expect(readXml(reply.text).name).toBe('Messages');
      else if (reply.status >= 400 && readXml(reply.text).name !== 'Errors') isWellFormedError(reply.text);
      expect(reply.text).not.toContain('InternalError');
    },
  );
});

describe('close', () => {
  it('ends every tenant’s waits, those of tenants that come later included', async () => {
    await mns.call('PUT', '/queues/orders');
    const waiting = mns.call('GET', '/queues/orders/messages?waitseconds=30');
    await mns.clock.advanceBy(0);
    mns.service.close();
    expect((await waiting).status).toBe(404);
    const host = `${ACCOUNT}.mns.cn-beijing.aliyuncs.com`;
    await mns.call('PUT', '/queues/orders', '', { host });
    expect((await mns.call('GET', '/queues/orders/messages?waitseconds=30', '', { host })).status).toBe(404);
    expect(mns.clock.pendingTimers).toBe(0);
  });
});

describe('the seed', () => {
  it('decides every byte of every reply', async () => {
    const run = async (seed: string): Promise<readonly string[]> => {
      const fresh = mnsFixture(seed);
      const replies = [
        await fresh.call('PUT', '/queues/orders'),
        await fresh.call('POST', '/queues/orders/messages', messageXml('hello')),
        await fresh.call('GET', '/queues/orders/messages'),
        await fresh.call('GET', '/queues/missing'),
      ];
      return replies.map(({ headers, text }) => `${JSON.stringify(headers)}${text}`);
    };
    expect(await run('a')).toEqual(await run('a'));
    expect(await run('a')).not.toEqual(await run('b'));
  });
});
