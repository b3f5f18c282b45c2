import { beforeEach, describe, expect, it } from 'vitest';
import { HOST, errorXml, mnsFixture, valueIn, type MnsFixture } from '../test-support/mns-fixture.js';

let mns: MnsFixture;

beforeEach(() => {
  mns = mnsFixture();
});

const LOCATION = `http://${HOST}/queues/orders`;

describe('CreateQueue', () => {
  it('answers 201 with the location, then 204 with the same', async () => {
    const created = await mns.call('PUT', '/queues/orders', '<Queue/>');
    expect(created.status).toBe(201);
    expect(created.text).toBe('');
    expect(created.headers).toEqual([
      ['Server', 'AliyunMQS'],
      ['Date', 'Thu, 01 Jan 2026 00:00:00 GMT'],
      ['Content-Type', 'text/xml;charset=utf-8'],
      ['Content-Length', '0'],
      ['Location', LOCATION],
      ['Connection', 'keep-alive'],
      ['x-mns-version', '2015-06-06'],
      ['x-mns-request-id', expect.stringMatching(/^6955B900[0-9A-F]{16}$/)],
      ['x-mns-response-format', 'xml'],
      ['x-mns-netty-total-time', '0'],
      ['x-mns-threadpool-wait-time', '0'],
      ['x-mns-account-type', ''],
    ]);
    const again = await mns.call('PUT', '/queues/orders', '<Queue/>');
    expect(again.status).toBe(204);
    expect(again.text).toBe('');
    expect(again.headers).toEqual([
      ['Server', 'AliyunMQS'],
      ['Date', 'Thu, 01 Jan 2026 00:00:00 GMT'],
      ['Content-Type', 'text/xml;charset=utf-8'],
      ['Location', LOCATION],
      ['Connection', 'keep-alive'],
      ['x-mns-version', '2015-06-06'],
      ['x-mns-request-id', expect.stringMatching(/^6955B900[0-9A-F]{16}$/)],
      ['x-mns-response-format', 'xml'],
      ['x-mns-netty-total-time', '0'],
      ['x-mns-threadpool-wait-time', '0'],
      ['x-mns-account-type', ''],
    ]);
    expect(again.header('x-mns-request-id')).not.toBe(created.header('x-mns-request-id'));
  });

  it.each([
    ['no body at all', ''],
    ['the name space with a slash', '<Queue xmlns="http://mns.aliyuncs.com/doc/v1/"/>'],
    ['the name space without one', '<Queue xmlns="http://mns.aliyuncs.com/doc/v1"></Queue>'],
    ['a declaration', '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<Queue></Queue>'],
    ['unknown elements', '<Queue><Colour>red</Colour></Queue>'],
    [
      'every default',
      '<Queue><DelaySeconds>0</DelaySeconds><MaximumMessageSize>65536</MaximumMessageSize><MessageRetentionPeriod>345600</MessageRetentionPeriod><VisibilityTimeout>30</VisibilityTimeout><PollingWaitSeconds>0</PollingWaitSeconds><LoggingEnabled>false</LoggingEnabled></Queue>',
    ],
    ['much white space and CDATA', '<Queue>\n  <DelaySeconds>\n <![CDATA[0]]> </DelaySeconds>\n</Queue>'],
  ])('takes %s', async (_, body) => {
    expect((await mns.call('PUT', '/queues/orders', body)).status).toBe(201);
    expect((await mns.call('PUT', '/queues/orders')).status).toBe(204);
  });

  it.each([
    'DelaySeconds>1',
    'MaximumMessageSize>1024',
    'MessageRetentionPeriod>60',
    'VisibilityTimeout>31',
    'PollingWaitSeconds>1',
    'LoggingEnabled>TRUE',
  ])('refuses another %s on the same name', async (difference) => {
    const [name] = difference.split('>');
    await mns.call('PUT', '/queues/orders');
    const reply = await mns.call('PUT', '/queues/orders', `<Queue><${difference}</${name}></Queue>`);
    expect(reply.status).toBe(409);
    expect(reply.text).toBe(errorXml(reply, 'QueueAlreadyExist', 'The queue you want to create is already exist.'));
  });

  it.each([
    ['/queues/', 'QueueNameLengthError', 'Queue name length should between 1 and 256.'],
    [`/queues/${'x'.repeat(121)}`, 'QueueNameLengthError', 'Queue name length should between 1 and 256.'],
    [
      '/queues/-orders',
      'InvalidQueueName',
      'The queue name you provided is invalid. QueueName should start with alpha and contain only alpha, digit or - .',
    ],
    [
      '/queues/%E9%98%9F',
      'InvalidQueueName',
      'The queue name you provided is invalid. QueueName should start with alpha and contain only alpha, digit or - .',
    ],
  ])('refuses the name in %s', async (target, code, message) => {
    const reply = await mns.call('PUT', target, '<broken');
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(errorXml(reply, code, message));
  });

  it.each([
    ['broken XML', '<Queue>', 'MalformedXML', 'The XML you provided was not well-formed.'],
    ['a document type', '<!DOCTYPE Queue><Queue/>', 'MalformedXML', 'The XML you provided was not well-formed.'],
    ['XML 1.1', '<?xml version="1.1"?><Queue/>', 'MalformedXML', 'The XML you provided was not well-formed.'],
    [
      'another root',
      '<Topic/>',
      'InvalidArgument',
      'The XML you provided did not validate against our published schema, cause by Queue.',
    ],
    [
      'a number that is none',
      '<Queue><DelaySeconds>soon</DelaySeconds></Queue>',
      'InvalidArgument',
      'The XML you provided did not validate against our published schema, cause by DelaySeconds.',
    ],
    [
      'a boolean that is none',
      '<Queue><LoggingEnabled>yes</LoggingEnabled></Queue>',
      'InvalidArgument',
      'The XML you provided did not validate against our published schema, cause by LoggingEnabled.',
    ],
    [
      'a time out of range',
      '<Queue><PollingWaitSeconds>60</PollingWaitSeconds></Queue>',
      'InvalidArgument',
      'The value of PollingWaitSeconds should between 0 and 30 seconds',
    ],
    [
      'a size out of range',
      '<Queue><MaximumMessageSize>66560</MaximumMessageSize></Queue>',
      'InvalidArgument',
      'The value of MaximumMessageSize should between 1024 and 65536 bytes',
    ],
  ])('refuses %s', async (_, body, code, message) => {
    const reply = await mns.call('PUT', '/queues/orders', body);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(errorXml(reply, code, message));
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'Code')).toBe('QueueNotExist');
  });

  it('refuses a body that is no UTF-8', async () => {
    const request = mns.request('PUT', '/queues/orders');
    const reply = await mns.send({ ...request, body: Buffer.from('<Queue>\u00E4</Queue>', 'latin1') });
    expect(valueIn(reply, 'Code')).toBe('MalformedXML');
  });
});

describe('GetQueueAttributes', () => {
  it('prints everything in the order of the service', async () => {
    await mns.call('PUT', '/queues/orders');
    const reply = await mns.call('GET', '/queues/orders');
    const text = `<?xml version="1.0" ?>
<Queue xmlns="http://mns.aliyuncs.com/doc/v1">
  <QueueName>orders</QueueName>
  <DelaySeconds>0</DelaySeconds>
  <MaximumMessageSize>65536</MaximumMessageSize>
  <MessageRetentionPeriod>345600</MessageRetentionPeriod>
  <VisibilityTimeout>30</VisibilityTimeout>
  <CreateTime>1767225600</CreateTime>
  <LastModifyTime>1767225600</LastModifyTime>
  <PollingWaitSeconds>0</PollingWaitSeconds>
  <ActiveMessages>0</ActiveMessages>
  <InactiveMessages>0</InactiveMessages>
  <DelayMessages>0</DelayMessages>
  <LoggingEnabled>False</LoggingEnabled>
  <MessageType>0</MessageType>
  <EnableSSE>False</EnableSSE>
</Queue>`;
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(text);
    expect(reply.header('Content-Length')).toBe(String(Buffer.byteLength(text)));
    expect(reply.header('Location')).toBeUndefined();
  });

  it('counts messages by state', async () => {
    await mns.call('PUT', '/queues/orders');
    const messages = [0, 0, 0, 5, 5].map(
      (delay) => `<Message><MessageBody>x</MessageBody><DelaySeconds>${delay}</DelaySeconds></Message>`,
    );
    await mns.call('POST', '/queues/orders/messages', `<Messages>${messages.join('')}</Messages>`);
    await mns.call('GET', '/queues/orders/messages');
    const reply = await mns.call('GET', '/queues/orders');
    expect(['ActiveMessages', 'InactiveMessages', 'DelayMessages'].map((name) => valueIn(reply, name))).toEqual([
      '2',
      '1',
      '2',
    ]);
  });

  it('answers QueueNotExist for a missing queue', async () => {
    const reply = await mns.call('GET', '/queues/orders');
    expect(reply.status).toBe(404);
    expect(reply.text).toBe(errorXml(reply, 'QueueNotExist', 'The queue name you provided is not exist.'));
  });

  it('tells queues apart by case, and finds them by any spelling of the path', async () => {
    await mns.call('PUT', '/queues/orders');
    expect((await mns.call('GET', '/queues/Orders')).status).toBe(404);
    expect((await mns.call('GET', '/queues/%6Frders')).status).toBe(200);
  });
});

describe('SetQueueAttributes', () => {
  it('changes what is named, keeps the rest, and notes the time', async () => {
    await mns.call('PUT', '/queues/orders', '<Queue><LoggingEnabled>true</LoggingEnabled></Queue>');
    await mns.clock.advanceBy(5000);
    const body = '<Queue><VisibilityTimeout>43200</VisibilityTimeout></Queue>';
    const reply = await mns.call('PUT', '/queues/orders?metaoverride=true', body);
    expect([reply.status, reply.text, reply.header('Location')]).toEqual([204, '', undefined]);
    const queue = await mns.call('GET', '/queues/orders');
    expect(valueIn(queue, 'VisibilityTimeout')).toBe('43200');
    expect(valueIn(queue, 'LoggingEnabled')).toBe('True');
    expect(valueIn(queue, 'CreateTime')).toBe('1767225600');
    expect(valueIn(queue, 'LastModifyTime')).toBe('1767225605');
  });

  it.each(['metaoverride', 'metaOverride', 'Metaoverride'])('is meant by %s=true', async (name) => {
    await mns.call('PUT', '/queues/orders');
    const body = '<Queue><DelaySeconds>1</DelaySeconds></Queue>';
    expect((await mns.call('PUT', `/queues/orders?${name}=true`, body)).status).toBe(204);
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'DelaySeconds')).toBe('1');
  });

  it('keeps all values when nothing is named', async () => {
    await mns.call('PUT', '/queues/orders', '<Queue><DelaySeconds>7</DelaySeconds></Queue>');
    await mns.call('PUT', '/queues/orders?metaoverride=true', '<Queue/>');
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'DelaySeconds')).toBe('7');
  });

  it('changes nothing when one value is out of range', async () => {
    await mns.call('PUT', '/queues/orders');
    const body = '<Queue><DelaySeconds>7</DelaySeconds><VisibilityTimeout>0</VisibilityTimeout></Queue>';
    const reply = await mns.call('PUT', '/queues/orders?metaoverride=true', body);
    expect(reply.text).toBe(
      errorXml(reply, 'InvalidArgument', 'The value of VisibilityTimeout should between 1 and 43200 seconds'),
    );
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'DelaySeconds')).toBe('0');
  });

  it('answers QueueNotExist before it looks at ranges, and MalformedXML before that', async () => {
    const body = '<Queue><VisibilityTimeout>0</VisibilityTimeout></Queue>';
    expect(valueIn(await mns.call('PUT', '/queues/orders?metaoverride=true', body), 'Code')).toBe('QueueNotExist');
    expect(valueIn(await mns.call('PUT', '/queues/orders?metaoverride=true', '<'), 'Code')).toBe('MalformedXML');
  });
});

describe('DeleteQueue', () => {
  it('answers 204, for a missing queue, too, and takes the messages with it', async () => {
    await mns.call('PUT', '/queues/orders');
    await mns.call('POST', '/queues/orders/messages', '<Message><MessageBody>x</MessageBody></Message>');
    const reply = await mns.call('DELETE', '/queues/orders');
    expect([reply.status, reply.text, reply.header('Content-Length')]).toEqual([204, '', undefined]);
    expect((await mns.call('DELETE', '/queues/orders')).status).toBe(204);
    expect((await mns.call('PUT', '/queues/orders')).status).toBe(201);
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'ActiveMessages')).toBe('0');
  });
});

describe('URLs', () => {
  it.each([
    ['GET', '/'],
    ['GET', ''],
    ['GET', 'queues/orders'],
    ['GET', '/'],
    ['GET', '/?accounts'],
    ['GET', '/?accountmeta=false'],
    ['PUT', '/'],
    ['DELETE', '/?accountmeta=true'],
    ['POST', '/commonbuy/closeservice'],
    ['POST', '/queues'],
    ['PUT', '/topics'],
    ['DELETE', '/topics/events/subscriptions'],
    ['POST', '/queues/orders'],
    ['PATCH', '/queues/orders'],
    ['get', '/queues/orders'],
    ['constructor', '/queues/orders'],
    ['GET', '/queues/orders/'],
    ['GET', '//queues/orders'],
    ['GET', '/Queues/orders'],
    ['GET', '/queues/orders/messages/1'],
    ['GET', '/queues/%zz'],
    ['GET', '/queues/orders?%'],
    ['CONNECT', 'www.example.com:443'],
    ['OPTIONS', '*'],
  ])('that name nothing are refused: %s %s', async (method, target) => {
    const reply = await mns.call(method, target);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(errorXml(reply, 'InvalidRequestURL', 'Http request URL format invalid.'));
  });

  it('may be absolute, as proxies get them, and are signed by path and query', async () => {
    await mns.call('PUT', '/queues/orders');
    expect((await mns.call('GET', `http://${HOST}/queues/orders?a=b`)).status).toBe(200);
  });

  it('are built from the host that the client has used', async () => {
    const host = '127.0.0.1:9324';
    const created = await mns.call('PUT', '/queues/orders', '', { host });
    expect(created.header('Location')).toBe('http://127.0.0.1:9324/queues/orders');
    const missing = await mns.call('GET', '/queues/other', '', { host });
    expect(missing.text).toBe(errorXml(missing, 'QueueNotExist', 'The queue name you provided is not exist.', host));
  });
});
