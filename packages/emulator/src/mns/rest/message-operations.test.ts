import { beforeEach, describe, expect, it } from 'vitest';
import {
  errorXml,
  messageXml,
  mnsFixture,
  valueIn,
  valuesIn,
  type MnsFixture,
  type TestReply,
} from '../test-support/mns-fixture.js';

const MESSAGES = '/queues/orders/messages';
const HELLO_MD5 = '5D41402ABC4B2A76B9719D911017C592';

let mns: MnsFixture;

beforeEach(async () => {
  mns = mnsFixture();
  await mns.call('PUT', '/queues/orders');
});

const send = (body: string, more = ''): Promise<TestReply> => mns.call('POST', MESSAGES, messageXml(body, more));
const receive = (query = ''): Promise<TestReply> => mns.call('GET', `${MESSAGES}${query}`);
const empty = (reply: TestReply): string => errorXml(reply, 'MessageNotExist', 'Message not exist.');
const schema = (element: string): string =>
  `The XML you provided did not validate against our published schema, cause by ${element}.`;

describe('SendMessage', () => {
  it('answers id and MD5', async () => {
    const reply = await send('hello');
    expect(reply.status).toBe(201);
    expect(reply.text).toBe(`<?xml version="1.0" ?>
<Message xmlns="http://mns.aliyuncs.com/doc/v1">
  <MessageId>${valueIn(reply, 'MessageId')}</MessageId>
  <MessageBodyMD5>${HELLO_MD5}</MessageBodyMD5>
</Message>`);
    // The milliseconds since the month began in UTC+8 stand in the middle.
    expect(valueIn(reply, 'MessageId')).toMatch(/^[0-9A-F]{8}33FD[0-9A-F]{8}01B77400[0-9A-F]{4}$/);
  });

  it('adds a handle, last, for a message that is delayed', async () => {
    const reply = await send('hello', '<DelaySeconds>5</DelaySeconds>');
    const handle = valueIn(reply, 'ReceiptHandle');
    expect(reply.text).toBe(`<?xml version="1.0" ?>
<Message xmlns="http://mns.aliyuncs.com/doc/v1">
  <MessageId>${valueIn(reply, 'MessageId')}</MessageId>
  <MessageBodyMD5>${HELLO_MD5}</MessageBodyMD5>
  <ReceiptHandle>${handle}</ReceiptHandle>
</Message>`);
    expect((await mns.call('DELETE', `${MESSAGES}?ReceiptHandle=${handle}`)).status).toBe(204);
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'DelayMessages')).toBe('0');
  });

  it('uses the delay of the queue unless the message has its own', async () => {
    await mns.call('PUT', '/queues/orders?metaoverride=true', '<Queue><DelaySeconds>2</DelaySeconds></Queue>');
    await send('queue');
    await send('own', '<DelaySeconds>0</DelaySeconds>');
    expect(valueIn(await receive(), 'MessageBody')).toBe('own');
    await mns.clock.advanceBy(1999);
    expect((await receive()).status).toBe(404);
    await mns.clock.advanceBy(1);
    expect(valueIn(await receive(), 'MessageBody')).toBe('queue');
  });

  it.each([
    ['no body', '', 'MalformedXML', 'The XML you provided was not well-formed.'],
    [
      'an unescaped ampersand',
      '<Message><MessageBody>R&D</MessageBody></Message>',
      'MalformedXML',
      'The XML you provided was not well-formed.',
    ],
    ['another root', '<Mail/>', 'InvalidArgument', schema('Message')],
    ['no MessageBody', '<Message/>', 'InvalidArgument', schema('MessageBody')],
    [
      'an empty MessageBody',
      messageXml(''),
      'InvalidArgument',
      'The value of MessageBody should between 1 and 65536 bytes',
    ],
    [
      'a large MessageBody',
      messageXml('x'.repeat(65_537)),
      'InvalidArgument',
      'The value of MessageBody should between 1 and 65536 bytes',
    ],
    [
      'priority 17',
      messageXml('x', '<Priority>17</Priority>'),
      'InvalidArgument',
      'The value of Priority should between 1 and 16',
    ],
    ['priority high', messageXml('x', '<Priority>high</Priority>'), 'InvalidArgument', schema('Priority')],
    [
      'a delay above 7 days',
      messageXml('x', '<DelaySeconds>604801</DelaySeconds>'),
      'InvalidArgument',
      'The value of DelaySeconds should between 0 and 604800 seconds',
    ],
    [
      'a negative delay',
      messageXml('x', '<DelaySeconds>-1</DelaySeconds>'),
      'InvalidArgument',
      'The value of DelaySeconds should between 0 and 604800 seconds',
    ],
    [
      'a property without a type',
      messageXml('x', '<UserProperties><PropertyValue><Name>a</Name><Value>b</Value></PropertyValue></UserProperties>'),
      'InvalidArgument',
      schema('UserProperties'),
    ],
  ])('refuses %s and stores nothing', async (_, body, code, message) => {
    const reply = await mns.call('POST', MESSAGES, body);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(errorXml(reply, code, message));
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'ActiveMessages')).toBe('0');
  });

  it('goes by the queue before ranges', async () => {
    const reply = await mns.call('POST', '/queues/missing/messages', messageXml(''));
    expect(reply.status).toBe(404);
    expect(reply.text).toBe(errorXml(reply, 'QueueNotExist', 'The queue name you provided is not exist.'));
  });
});

describe('BatchSendMessage', () => {
  it('answers each message in order', async () => {
    const bodies = ['hello', 'hello world'];
    const reply = await mns.call(
      'POST',
      MESSAGES,
      `<Messages>${bodies.map((body) => messageXml(body)).join('')}</Messages>`,
    );
    const [first, second] = valuesIn(reply, 'MessageId');
    expect(reply.status).toBe(201);
    expect(reply.text).toBe(`<?xml version="1.0" ?>
<Messages xmlns="http://mns.aliyuncs.com/doc/v1">
  <Message>
    <MessageId>${first}</MessageId>
    <MessageBodyMD5>${HELLO_MD5}</MessageBodyMD5>
  </Message>
  <Message>
    <MessageId>${second}</MessageId>
    <MessageBodyMD5>5EB63BBBE01EEED093CB22BB8F5ACDC3</MessageBodyMD5>
  </Message>
</Messages>`);
    expect(first).not.toBe(second);
  });

  it('tells what failed, item by item, and stores the rest', async () => {
    const items = [
      messageXml('hello', '<DelaySeconds>1</DelaySeconds>'),
      messageXml('x', '<Priority>17</Priority>'),
      messageXml(''),
    ];
    const reply = await mns.call('POST', MESSAGES, `<Messages>${items.join('')}</Messages>`);
    expect(reply.status).toBe(500);
    expect(reply.text).toBe(`<?xml version="1.0" ?>
<Messages xmlns="http://mns.aliyuncs.com/doc/v1">
  <Message>
    <MessageId>${valueIn(reply, 'MessageId')}</MessageId>
    <MessageBodyMD5>${HELLO_MD5}</MessageBodyMD5>
  </Message>
  <Message>
    <ErrorCode>InvalidArgument</ErrorCode>
    <ErrorMessage>The value of Priority should between 1 and 16</ErrorMessage>
  </Message>
  <Message>
    <ErrorCode>InvalidArgument</ErrorCode>
    <ErrorMessage>The value of MessageBody should between 1 and 65536 bytes</ErrorMessage>
  </Message>
</Messages>`);
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'DelayMessages')).toBe('1');
  });

  it('gives handles to delayed messages when all are stored', async () => {
    const reply = await mns.call(
      'POST',
      MESSAGES,
      `<Messages>${messageXml('a', '<DelaySeconds>1</DelaySeconds>')}${messageXml('b')}</Messages>`,
    );
    expect(valuesIn(reply, 'ReceiptHandle')).toHaveLength(1);
  });

  it.each([
    ['none', 0, 'x', 'The value of Messages should between 1 and 16'],
    ['seventeen', 17, 'x', 'The value of Messages should between 1 and 16'],
    ['more than 64 KB together', 2, 'x'.repeat(32_769), 'The value of Messages should between 1 and 65536 bytes'],
  ])('refuses %s as a whole', async (_, count, body, message) => {
    const reply = await mns.call('POST', MESSAGES, `<Messages>${messageXml(body).repeat(count)}</Messages>`);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(errorXml(reply, 'InvalidArgument', message));
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'ActiveMessages')).toBe('0');
  });

  it('takes sixteen messages and 64 KB together', async () => {
    const reply = await mns.call('POST', MESSAGES, `<Messages>${messageXml('x'.repeat(4096)).repeat(16)}</Messages>`);
    expect(reply.status).toBe(201);
    expect(new Set(valuesIn(reply, 'MessageId')).size).toBe(16);
  });

  it('answers QueueNotExist for a missing queue', async () => {
    const reply = await mns.call('POST', '/queues/missing/messages', `<Messages>${messageXml('x')}</Messages>`);
    expect([reply.status, valueIn(reply, 'Code')]).toEqual([404, 'QueueNotExist']);
  });
});

describe('ReceiveMessage', () => {
  it('prints the elements in the order of the service', async () => {
    const sent = await send('<a href="x">R&D</a>\r\n', '<Priority>3</Priority>');
    await mns.clock.advanceBy(123);
    const reply = await receive();
    const handle = valueIn(reply, 'ReceiptHandle');
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(`<?xml version="1.0" ?>
<Message xmlns="http://mns.aliyuncs.com/doc/v1">
  <MessageId>${valueIn(sent, 'MessageId')}</MessageId>
  <MessageBodyMD5>${valueIn(sent, 'MessageBodyMD5')}</MessageBodyMD5>
  <MessageBody>&lt;a href="x"&gt;R&amp;D&lt;/a&gt;&#13;
</MessageBody>
  <ReceiptHandle>${handle}</ReceiptHandle>
  <EnqueueTime>1767225600000</EnqueueTime>
  <FirstDequeueTime>1767225600123</FirstDequeueTime>
  <NextVisibleTime>1767225630123</NextVisibleTime>
  <DequeueCount>1</DequeueCount>
  <Priority>3</Priority>
</Message>`);
    const [id, payload = ''] = handle.split('-');
    expect(id).toBe(valueIn(sent, 'MessageId'));
    expect(Buffer.from(payload, 'base64').toString()).toMatch(/^0 1767225600123 30000 0 0 emu-broker-0 0 0\|\w{6}$/);
  });

  it('echoes group and properties: system before user, user last, in the order sent', async () => {
    const property = (item: string, name: string, value: string, type: string): string =>
      `<${item}><Name>${name}</Name><Value>${value}</Value><Type>${type}</Type></${item}>`;
    const user = `${property('PropertyValue', 'z', '1', 'NUMBER')}${property('PropertyValue', 'a', 'true', 'BOOLEAN')}`;
    const system = property('SystemPropertyValue', 'traceparent', '00-0af7', 'STRING');
    await send(
      'hello',
      `<UserProperties>${user}</UserProperties><SystemProperties>${system}</SystemProperties><MessageGroupId>g</MessageGroupId>`,
    );
    const tail = `
  <DequeueCount>0</DequeueCount>
  <Priority>8</Priority>
  <MessageGroupId>g</MessageGroupId>
  <SystemProperties>
    <SystemPropertyValue>
      <Name>traceparent</Name>
      <Value>00-0af7</Value>
      <Type>STRING</Type>
    </SystemPropertyValue>
  </SystemProperties>
  <UserProperties>
    <PropertyValue>
      <Name>z</Name>
      <Value>1</Value>
      <Type>NUMBER</Type>
    </PropertyValue>
    <PropertyValue>
      <Name>a</Name>
      <Value>true</Value>
      <Type>BOOLEAN</Type>
    </PropertyValue>
  </UserProperties>
</Message>`;
    const peeked = await receive('?peekonly=true');
    expect(peeked.text.endsWith(tail)).toBe(true);
    const received = await receive();
    expect(received.text.endsWith(tail.replace('Count>0<', 'Count>1<'))).toBe(true);
    expect(valueIn(received, 'MessageBodyMD5')).toBe(HELLO_MD5);
  });

  it('answers MessageNotExist for an empty queue', async () => {
    const reply = await receive();
    expect(reply.status).toBe(404);
    expect(reply.text).toBe(empty(reply));
  });

  it.each(['31', '100', '-1', '1.5', 'long', '', '%20'])('refuses to wait %j seconds', async (wait) => {
    await send('hello');
    const reply = await receive(`?waitseconds=${wait}`);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(
      errorXml(reply, 'InvalidArgument', 'The value of PollingWaitSeconds should between 0 and 30 seconds'),
    );
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'ActiveMessages')).toBe('1');
  });

  it('answers QueueNotExist for a missing queue, before ranges', async () => {
    const reply = await mns.call('GET', '/queues/missing/messages?waitseconds=100');
    expect([reply.status, valueIn(reply, 'Code')]).toEqual([404, 'QueueNotExist']);
  });
});

describe('BatchReceiveMessage', () => {
  it('answers root Messages even for one message', async () => {
    await send('hello');
    const reply = await receive('?numOfMessages=1');
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(`<?xml version="1.0" ?>
<Messages xmlns="http://mns.aliyuncs.com/doc/v1">
  <Message>
    <MessageId>${valueIn(reply, 'MessageId')}</MessageId>
    <MessageBodyMD5>${HELLO_MD5}</MessageBodyMD5>
    <MessageBody>hello</MessageBody>
    <ReceiptHandle>${valueIn(reply, 'ReceiptHandle')}</ReceiptHandle>
    <EnqueueTime>1767225600000</EnqueueTime>
    <FirstDequeueTime>1767225600000</FirstDequeueTime>
    <NextVisibleTime>1767225630000</NextVisibleTime>
    <DequeueCount>1</DequeueCount>
    <Priority>8</Priority>
  </Message>
</Messages>`);
  });

  it('gives up to the number asked for, in whatever case and order the query is', async () => {
    await mns.call(
      'POST',
      MESSAGES,
      `<Messages>${['a', 'b', 'c'].map((body) => messageXml(body)).join('')}</Messages>`,
    );
    expect(valuesIn(await receive('?waitseconds=0&NUMOFMESSAGES=2'), 'MessageBody')).toEqual(['a', 'b']);
    expect(valuesIn(await receive('?numOfMessages=16'), 'MessageBody')).toEqual(['c']);
    const reply = await receive('?numOfMessages=16');
    expect([reply.status, reply.text]).toEqual([404, empty(reply)]);
  });

  it.each(['0', '17', '-1', 'x', '', '1e1'])('refuses %j messages', async (count) => {
    for (const query of [`?numOfMessages=${count}`, `?peekonly=true&numOfMessages=${count}`]) {
      const reply = await receive(query);
      expect(reply.status).toBe(400);
      expect(reply.text).toBe(errorXml(reply, 'InvalidArgument', 'The value of numOfMessages should between 1 and 16'));
    }
  });
});

describe('PeekMessage and BatchPeekMessage', () => {
  it('show a message without handle and next time, and change nothing', async () => {
    const sent = await send('hello');
    await mns.clock.advanceBy(50);
    const text = `<?xml version="1.0" ?>
<Message xmlns="http://mns.aliyuncs.com/doc/v1">
  <MessageId>${valueIn(sent, 'MessageId')}</MessageId>
  <MessageBodyMD5>${HELLO_MD5}</MessageBodyMD5>
  <MessageBody>hello</MessageBody>
  <EnqueueTime>1767225600000</EnqueueTime>
  <FirstDequeueTime>1767225600000</FirstDequeueTime>
  <DequeueCount>0</DequeueCount>
  <Priority>8</Priority>
</Message>`;
    expect((await receive('?peekonly=true')).text).toBe(text);
    expect((await receive('?peekonly=true')).text).toBe(text);
    const batch = await receive('?numOfMessages=2&peekonly=true');
    const [, , ...lines] = text.split('\n');
    expect(
      batch.text
        .split('\n')
        .slice(3, -2)
        .map((line) => line.slice(2)),
    ).toEqual(lines.slice(0, -1));
    expect(batch.text).toMatch(
      /^<\?xml version="1.0" \?>\n<Messages [^>]*>\n  <Message>\n[^]*\n  <\/Message>\n<\/Messages>$/,
    );
  });

  it.each(['?peekonly=true', '?peekonly=true&numOfMessages=16', '?peekonly=true&waitseconds=30'])(
    'never wait: %s',
    async (query) => {
      const reply = await receive(query);
      expect([reply.status, reply.text]).toEqual([404, empty(reply)]);
    },
  );
});
