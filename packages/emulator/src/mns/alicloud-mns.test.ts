import { SeededRandom, SystemClock, md5Hex, type WireRequest } from '@mnsbus/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMnsService, type MnsService } from '../mns-service.js';
import { Accounts } from '../runtime/accounts.js';
import { Faults } from '../faults/faults.js';
import { Journal } from '../runtime/journal.js';
import { alicloudClient, field, type SdkClient } from './test-support/alicloud-client.js';
import { ACCOUNT, KEY, subscriptionXml } from './test-support/mns-fixture.js';
import { listen, type EmulatorServer } from '../mounts/http.js';
import { TimeLine } from '../runtime/time-line.js';
import { quietHints } from '../runtime/test-support/quiet-hints.js';

/** The unmodified official client of Node.js, against this MNS over a real socket and in real time. */
describe('@alicloud/mns 1.2.0', () => {
  let service: MnsService;
  let server: EmulatorServer;
  let client: SdkClient;
  /** Called with each request as it reaches the server. */
  let onRequest: (request: WireRequest) => void = () => {};

  beforeAll(async () => {
    server = await listen({
      handle: (request) => {
        onRequest(request);
        return service.handle(request);
      },
      close: () => service.close(),
    });
    const { accessKeyId, accessKeySecret } = KEY;
    client = alicloudClient(ACCOUNT, { accessKeyId, accessKeySecret, endpoint: server.endpoint });
  });

  afterAll(() => server.close());

  beforeEach(async () => {
    const clock = new SystemClock();
    const accounts = new Accounts({ accountId: ACCOUNT, region: 'cn-hangzhou' }, [KEY]);
    const journal = new Journal(() => clock.now());
    const random = new SeededRandom('sdk');
    const faults = new Faults({ now: () => clock.now(), random, journal });
    service = createMnsService({ clock: new TimeLine(clock), accounts, journal, random, faults, hints: quietHints() });
    await client.createQueue('orders');
  });

  afterEach(() => service.close());

  it('creates, reads, changes and deletes queues', async () => {
    const location = `${server.endpoint}/queues/bills`;
    expect(await client.createQueue('bills', { DelaySeconds: 1 })).toMatchObject({ code: 201, headers: { location } });
    expect(await client.createQueue('bills', { DelaySeconds: 1 })).toMatchObject({ code: 204, headers: { location } });
    await expect(client.createQueue('bills')).rejects.toMatchObject({ name: 'MNSQueueAlreadyExistError' });
    expect(await client.setQueueAttributes('bills', { LoggingEnabled: true })).toMatchObject({ code: 204 });
    const { code, body } = await client.getQueueAttributes('bills');
    expect(code).toBe(200);
    expect(body).toMatchObject({ QueueName: 'bills', DelaySeconds: '1', LoggingEnabled: 'True', ActiveMessages: '0' });
    expect((await client.deleteQueue('bills')).code).toBe(204);
    await expect(client.getQueueAttributes('bills')).rejects.toMatchObject({ name: 'MNSQueueNotExistError' });
  });

  it('lists queues and topics in pages, and changes topics', async () => {
    for (const name of ['bills-a', 'bills-b', 'bills-c']) await client.createQueue(name);
    const first = await client.listQueue(undefined, 2, 'bills');
    expect(first).toMatchObject({ code: 200, body: [{ QueueName: 'bills-a' }, { QueueName: 'bills-b' }] });
    const whole = await client.listQueue();
    expect(field(whole.body, 3)).toEqual({ QueueURL: `${server.endpoint}/queues/orders`, QueueName: 'orders' });
    expect(await client.listTopic()).toMatchObject({ code: 200, body: undefined });
    await client.createTopic('events');
    expect((await client.setTopicAttributes('events', { LoggingEnabled: true })).code).toBe(204);
    expect((await client.listTopic()).body).toMatchObject([{ TopicName: 'events', LoggingEnabled: 'True' }]);
  });

  it('sends, peeks, receives, extends and deletes a message', async () => {
    const sent = await client.sendMessage('orders', { MessageBody: 'hello', Priority: 1 });
    expect(sent).toMatchObject({ code: 201, body: { MessageBodyMD5: md5Hex('hello') } });
    const messageId = field(sent.body, 'MessageId');
    expect((await client.peekMessage('orders')).body).toMatchObject({ MessageId: messageId, DequeueCount: '0' });
    const { body } = await client.receiveMessage('orders', 1);
    expect(body).toMatchObject({ MessageId: messageId, MessageBody: 'hello', DequeueCount: '1', Priority: '1' });
    const handle = String(field(body, 'ReceiptHandle'));
    const changed = await client.changeMessageVisibility('orders', handle, 60);
    expect(changed.code).toBe(200);
    const next = String(field(changed.body, 'ReceiptHandle'));
    expect(next).not.toBe(handle);
    expect((await client.deleteMessage('orders', next)).code).toBe(204);
    await expect(client.deleteMessage('orders', next)).rejects.toMatchObject({ name: 'MNSMessageNotExistError' });
  });

  it('sends, peeks, receives and deletes in batches', async () => {
    const bodies = ['a', 'b', 'c'];
    const sent = await client.batchSendMessage(
      'orders',
      bodies.map((MessageBody) => ({ MessageBody })),
    );
    expect(sent.code).toBe(201);
    expect(sent.body).toEqual(bodies.map((body) => ({ MessageId: expect.any(String), MessageBodyMD5: md5Hex(body) })));
    expect((await client.batchPeekMessage('orders', 2)).body).toHaveLength(2);
    const { body } = await client.batchReceiveMessage('orders', 16, 1);
    const handles = [0, 1, 2].map((index) => String(field(body, index, 'ReceiptHandle')));
    const partial = await client.batchDeleteMessage('orders', [handles[0] ?? '', 'bad']);
    expect(partial).toMatchObject({ code: 404, body: [{ ErrorCode: 'ReceiptHandleError', ReceiptHandle: 'bad' }] });
    expect(await client.batchDeleteMessage('orders', handles.slice(1))).toMatchObject({ code: 204 });
  });

  it('is told of a partly failed batch send without an exception', async () => {
    const sent = await client.batchSendMessage('orders', [{ MessageBody: 'a' }, { MessageBody: 'b', Priority: 17 }]);
    expect(sent).toMatchObject({
      code: 500,
      body: [{ MessageBodyMD5: md5Hex('a') }, { ErrorCode: 'InvalidArgument' }],
    });
  });

  it('waits for a message, and finds none in time', async () => {
    const waiting = client.receiveMessage('orders', 30);
    await client.sendMessage('orders', { MessageBody: 'hello' });
    expect((await waiting).body).toMatchObject({ MessageBody: 'hello' });
    await expect(client.receiveMessage('orders', 1)).rejects.toMatchObject({ name: 'MNSMessageNotExistError' });
  });

  it('gives up a wait by its socket, and no message goes with it', async () => {
    const nextRequest = (): Promise<WireRequest> =>
      new Promise((resolve) => {
        onRequest = resolve;
      });
    const abort = new AbortController();
    const arrival = nextRequest();
    const gone = client.get('/queues/orders/messages?waitseconds=30', 'Message', {
      beforeRequest: (options: object) => ({ ...options, signal: abort.signal }),
    });
    const { signal } = await arrival;
    const nextArrival = nextRequest();
    const next = client.receiveMessage('orders', 30);
    await nextArrival;
    const noticed = new Promise((resolve) => {
      signal?.addEventListener('abort', resolve);
    });
    abort.abort();
    await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    await noticed;
    await client.sendMessage('orders', { MessageBody: 'hello' });
    expect((await next).body).toMatchObject({ MessageBody: 'hello', DequeueCount: '1' });
  });

  it('subscribes by its generic verbs, publishes, and receives the notification', async () => {
    expect((await client.createTopic('events')).code).toBe(201);
    const xml = subscriptionXml('orders', '<NotifyContentFormat>JSON</NotifyContentFormat>');
    const subscribed = await client.put('/topics/events/subscriptions/s', 'Subscription', Buffer.from(xml), [
      'location',
    ]);
    const host = server.endpoint.replace('http://', '');
    expect(subscribed).toMatchObject({ code: 201, headers: { location: `${host}/topics/events/subscriptions/s` } });
    const published = await client.publishMessage('events', { MessageBody: 'hello', MessageTag: 'paid' });
    expect(published).toMatchObject({ code: 201, body: { MessageBodyMD5: md5Hex('hello') } });
    const { body } = await client.receiveMessage('orders');
    expect(JSON.parse(String(field(body, 'MessageBody')))).toMatchObject({
      TopicOwner: ACCOUNT,
      Message: 'hello',
      MessageTag: 'paid',
      MessageId: field(published.body, 'MessageId'),
    });
    expect((await client.getTopicAttributes('events')).body).toMatchObject({ TopicName: 'events', MessageCount: '1' });
    expect((await client.delete('/topics/events/subscriptions/s', 'Subscription', '')).code).toBe(204);
    expect((await client.delete('/topics/events', 'Topic', '')).code).toBe(204);
  });

  it('sees its own lack of escaping as the service would show it', async () => {
    const send = client.sendMessage('orders', { MessageBody: 'R&D' });
    await expect(send).rejects.toMatchObject({ name: 'MNSMalformedXMLError' });
  });

  it('is refused with a wrong secret or an unknown key', async () => {
    const options = { accessKeyId: KEY.accessKeyId, accessKeySecret: 'wrong', endpoint: server.endpoint };
    const mistaken = alicloudClient(ACCOUNT, options);
    await expect(mistaken.createQueue('x')).rejects.toMatchObject({ name: 'MNSSignatureDoesNotMatchError' });
    const unknown = alicloudClient(ACCOUNT, { ...options, accessKeyId: 'nobody' });
    await expect(unknown.createQueue('x')).rejects.toMatchObject({ name: 'MNSInvalidAccessKeyIdError' });
  });

  it('shows request id and host of an error', async () => {
    await expect(client.getQueueAttributes('missing')).rejects.toThrow(
      new RegExp(`failed with 404\\. requestid: [0-9A-F]{24}, hostid: ${server.endpoint}, message: The queue name`),
    );
  });
});
