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

let mns: MnsFixture;
let handles: readonly string[];
let handle: string;

beforeEach(async () => {
  mns = mnsFixture();
  await mns.call('PUT', '/queues/orders');
  await mns.call('POST', MESSAGES, `<Messages>${messageXml('hello').repeat(3)}</Messages>`);
  handles = valuesIn(await mns.call('GET', `${MESSAGES}?numOfMessages=16`), 'ReceiptHandle');
  handle = handles[0] ?? '';
});

const handleError = (reply: TestReply): string =>
  errorXml(reply, 'ReceiptHandleError', 'The receipt handle you provide is not valid.');
const stored = async (): Promise<string> => valueIn(await mns.call('GET', '/queues/orders'), 'InactiveMessages');

describe('DeleteMessage', () => {
  it.each([
    ['raw', (text: string): string => `ReceiptHandle=${text}`],
    ['escaped', (text: string): string => `ReceiptHandle=${encodeURIComponent(text)}`],
    ['under a lower-case name', (text: string): string => `receiptHandle=${text}`],
    [
      'wholly percent-encoded',
      (text: string): string => `ReceiptHandle=${Array.from(text, (c) => `%${c.charCodeAt(0).toString(16)}`).join('')}`,
    ],
    ['after another parameter', (text: string): string => `x=1&ReceiptHandle=${text}`],
  ])('deletes by a handle that comes %s (I8)', async (_, query) => {
    const reply = await mns.call('DELETE', `${MESSAGES}?${query(handle)}`);
    expect([reply.status, reply.text, reply.header('Content-Type')]).toEqual([204, '', 'text/xml;charset=utf-8']);
    expect(await stored()).toBe('2');
  });

  it('goes by the query when there is a body, too', async () => {
    const body = `<ReceiptHandles><ReceiptHandle>${handles[1]}</ReceiptHandle></ReceiptHandles>`;
    expect((await mns.call('DELETE', `${MESSAGES}?receiptHandle=${handle}`, body)).status).toBe(204);
    expect(await stored()).toBe('2');
    expect((await mns.call('DELETE', `${MESSAGES}?receiptHandle=${handle}`)).status).toBe(404);
  });

  it.each(['', '?ReceiptHandle=', '?ReceiptHandle'])('needs a handle: %j', async (query) => {
    const reply = await mns.call('DELETE', `${MESSAGES}${query}`);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(errorXml(reply, 'MissingReceiptHandle', 'ReceiptHandle is required.'));
  });

  it('refuses what is no handle', async () => {
    const reply = await mns.call('DELETE', `${MESSAGES}?ReceiptHandle=1-ODU4OTkzNDU5My0xNDMyNzI3ODI3LTItOA==`);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(handleError(reply));
    expect(await stored()).toBe('3');
  });

  it('keeps a plus sign what it is', async () => {
    const reply = await mns.call('DELETE', `${MESSAGES}?ReceiptHandle=${handle.replace('-', '+')}`);
    expect(valueIn(reply, 'Code')).toBe('ReceiptHandleError');
  });

  it('refuses a handle whose time is over', async () => {
    await mns.clock.advanceBy(30_000);
    const reply = await mns.call('DELETE', `${MESSAGES}?ReceiptHandle=${handle}`);
    expect([reply.status, reply.text]).toEqual([404, errorXml(reply, 'MessageNotExist', 'Message not exist.')]);
  });

  it('finds nothing the second time', async () => {
    await mns.call('DELETE', `${MESSAGES}?ReceiptHandle=${handle}`);
    const reply = await mns.call('DELETE', `${MESSAGES}?ReceiptHandle=${handle}`);
    expect(reply.status).toBe(404);
    expect(reply.text).toBe(errorXml(reply, 'MessageNotExist', 'Message not exist.'));
  });

  it('answers QueueNotExist for a missing queue, with or without a handle', async () => {
    for (const query of ['', `?ReceiptHandle=${handle}`]) {
      const reply = await mns.call('DELETE', `/queues/missing/messages${query}`);
      expect([reply.status, valueIn(reply, 'Code')]).toEqual([404, 'QueueNotExist']);
    }
  });
});

describe('BatchDeleteMessage', () => {
  const batch = (items: readonly string[], name = 'ReceiptHandle'): Promise<TestReply> =>
    mns.call(
      'DELETE',
      MESSAGES,
      `<ReceiptHandles>${items.map((item) => `<${name}>${item}</${name}>`).join('\n')}</ReceiptHandles>`,
    );

  it('answers 204 when all are deleted', async () => {
    const reply = await batch(handles);
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(await stored()).toBe('0');
  });

  it('takes the spelling of one SDK, and white space', async () => {
    expect(
      (
        await batch(
          handles.map((text) => `\n  ${text}\n`),
          'receiptHandle',
        )
      ).status,
    ).toBe(204);
    expect(await stored()).toBe('0');
  });

  it('lists the failed handles only, in order, each with the one code (I19)', async () => {
    const bad = '1-ODU4OTkzNDU5My0xNDMyNzI3ODI3LTItOA==';
    const reply = await batch([bad, handle, handle, 'R&amp;D']);
    expect(reply.status).toBe(404);
    const item = (text: string): string => `  <Error>
    <ErrorCode>ReceiptHandleError</ErrorCode>
    <ErrorMessage>The receipt handle you provide is not valid.</ErrorMessage>
    <ReceiptHandle>${text}</ReceiptHandle>
  </Error>`;
    expect(reply.text).toBe(`<?xml version="1.0" ?>
<Errors xmlns="http://mns.aliyuncs.com/doc/v1">
${item(bad)}
${item(handle)}
${item('R&amp;D')}
</Errors>`);
    expect(await stored()).toBe('2');
  });

  it('deletes delayed messages by the handles of their sending', async () => {
    const sent = await mns.call('POST', MESSAGES, messageXml('later', '<DelaySeconds>9</DelaySeconds>'));
    expect((await batch([valueIn(sent, 'ReceiptHandle')])).status).toBe(204);
  });

  it.each([0, 17])('refuses %d handles', async (count) => {
    const reply = await batch(Array.from({ length: count }, () => handle));
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(errorXml(reply, 'InvalidArgument', 'The value of ReceiptHandles should between 1 and 16'));
    expect(await stored()).toBe('3');
  });

  it.each([
    ['<ReceiptHandles>', 'MalformedXML'],
    ['<Handles/>', 'InvalidArgument'],
  ])('refuses the body %s', async (body, code) => {
    expect(valueIn(await mns.call('DELETE', MESSAGES, body), 'Code')).toBe(code);
  });

  it('answers one Error for a missing queue', async () => {
    const reply = await mns.call(
      'DELETE',
      '/queues/missing/messages',
      '<ReceiptHandles><ReceiptHandle>x</ReceiptHandle></ReceiptHandles>',
    );
    expect(reply.status).toBe(404);
    expect(reply.text).toBe(errorXml(reply, 'QueueNotExist', 'The queue name you provided is not exist.'));
  });
});

describe('ChangeMessageVisibility', () => {
  it.each([
    ['receiptHandle', 'visibilityTimeout'],
    ['ReceiptHandle', 'VisibilityTimeout'],
  ])('answers a new handle and the new time: %s, %s', async (handleName, timeoutName) => {
    await mns.clock.advanceBy(10_000);
    const reply = await mns.call('PUT', `${MESSAGES}?${handleName}=${handle}&${timeoutName}=60`);
    const next = valueIn(reply, 'ReceiptHandle');
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(`<?xml version="1.0" ?>
<ChangeVisibility xmlns="http://mns.aliyuncs.com/doc/v1">
  <ReceiptHandle>${next}</ReceiptHandle>
  <NextVisibleTime>1767225670000</NextVisibleTime>
</ChangeVisibility>`);
    expect(next).not.toBe(handle);
    expect((await mns.call('DELETE', `${MESSAGES}?ReceiptHandle=${next}`)).status).toBe(204);
  });

  it('leaves the old handle good for deleting', async () => {
    await mns.call('PUT', `${MESSAGES}?receiptHandle=${handle}&visibilityTimeout=43200`);
    expect((await mns.call('DELETE', `${MESSAGES}?ReceiptHandle=${handle}`)).status).toBe(204);
  });

  it('does not count as a delivery', async () => {
    await mns.call('PUT', `${MESSAGES}?receiptHandle=${handle}&visibilityTimeout=1`);
    await mns.clock.advanceBy(1000);
    expect(valueIn(await mns.call('GET', MESSAGES), 'DequeueCount')).toBe('2');
  });

  it.each(['0', '43201', '-1', 'x', ''])('refuses %j seconds', async (seconds) => {
    const reply = await mns.call('PUT', `${MESSAGES}?receiptHandle=${handle}&visibilityTimeout=${seconds}`);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(
      errorXml(reply, 'InvalidArgument', 'The value of VisibilityTimeout should between 1 and 43200 seconds'),
    );
  });

  it('needs both parameters', async () => {
    const noHandle = await mns.call('PUT', `${MESSAGES}?visibilityTimeout=5`);
    expect([noHandle.status, noHandle.text]).toEqual([
      400,
      errorXml(noHandle, 'MissingReceiptHandle', 'ReceiptHandle is required.'),
    ]);
    const noTimeout = await mns.call('PUT', `${MESSAGES}?receiptHandle=${handle}`);
    expect([noTimeout.status, noTimeout.text]).toEqual([
      400,
      errorXml(noTimeout, 'MissingVisibilityTimeout', 'VisibilityTimeout is required.'),
    ]);
  });

  it('answers MessageNotExist when the message is visible again, or gone', async () => {
    await mns.call('DELETE', `${MESSAGES}?ReceiptHandle=${handles[1]}`);
    const gone = await mns.call('PUT', `${MESSAGES}?receiptHandle=${handles[1]}&visibilityTimeout=5`);
    expect([gone.status, gone.text]).toEqual([404, errorXml(gone, 'MessageNotExist', 'Message not exist.')]);
    await mns.clock.advanceBy(30_000);
    const late = await mns.call('PUT', `${MESSAGES}?receiptHandle=${handle}&visibilityTimeout=5`);
    expect([late.status, late.text]).toEqual([404, errorXml(late, 'MessageNotExist', 'Message not exist.')]);
  });

  it('refuses a handle from before another receive, and what is no handle', async () => {
    await mns.clock.advanceBy(30_000);
    await mns.call('GET', `${MESSAGES}?numOfMessages=16`);
    for (const bad of [handle, 'x']) {
      const reply = await mns.call('PUT', `${MESSAGES}?receiptHandle=${bad}&visibilityTimeout=5`);
      expect([reply.status, reply.text]).toEqual([400, handleError(reply)]);
    }
  });

  it('answers QueueNotExist for a missing queue', async () => {
    const reply = await mns.call('PUT', `/queues/missing/messages?receiptHandle=${handle}&visibilityTimeout=0`);
    expect([reply.status, valueIn(reply, 'Code')]).toEqual([404, 'QueueNotExist']);
  });
});
