import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAliyunMns, type AliyunMns, type AliyunMnsClass, type Outcome } from './test-support/aliyun-mns-client.js';
import { proxiedEmulator, type ProxiedEmulator } from './test-support/proxied-emulator.js';

// aliyun-mns 1.2.1, unmodified, over a socket. It sends no Content-Type and no Content-MD5, writes
// `receiptHandle` in lower case, and puts a body into every DELETE (spec mns §10.1).

const loaded = loadAliyunMns();
if ('whyNot' in loaded)
  process.stdout.write(`aliyun-mns is not tried, because it cannot be loaded: ${loaded.whyNot}\n`);

describe.skipIf('whyNot' in loaded)('aliyun-mns', () => {
  let proxied: ProxiedEmulator;
  let mns: AliyunMns;

  beforeAll(async () => {
    proxied = await proxiedEmulator();
    mns = clientFor(`http://${proxied.emulator.accountId}.mns.cn-hangzhou.aliyuncs.com`);
  });
  afterAll(() => proxied.close());

  function clientFor(endpoint: string, secretAccessKey: string = proxied.emulator.accessKeySecret): AliyunMns {
    const { Client } = loaded as { readonly Client: AliyunMnsClass };
    const { accessKeyId } = proxied.emulator;
    return new Client({ accessKeyId, secretAccessKey, endpoint, apiVersion: '2015-06-06' });
  }

  const failureOf = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => expect.fail('the call was not refused'),
      (error: unknown) => error,
    );
  const error = (code: string, status: number): unknown =>
    expect.objectContaining({
      Code: code,
      status,
      RequestId: expect.stringMatching(/^[0-9A-F]{24}$/),
      HostId: expect.stringMatching(/^http:\/\/\d+\.mns\./),
    });
  const endpointOf = (queue: string): string => `acs:mns:cn-hangzhou:${proxied.emulator.accountId}:queues/${queue}`;
  const handleOf = (message: Outcome | readonly Outcome[]): string => String((message as Outcome)['ReceiptHandle']);

  it('creates, reads, changes and deletes a queue', async () => {
    const queue = mns.queue('orders', { VisibilityTimeout: 12 });
    expect(await queue.create()).toMatchObject({
      status: 201,
      Code: 'Created',
      RequestId: expect.stringMatching(/^[0-9A-F]{24}$/),
    });
    expect(await queue.create()).toMatchObject({ status: 204 });
    expect(await queue.get()).toMatchObject({ status: 200, QueueName: 'orders', VisibilityTimeout: '12' });
    expect(await failureOf(mns.queue('orders').create())).toEqual(error('QueueAlreadyExist', 409));
    expect(await mns.queue('orders', { DelaySeconds: 3 }).create(true)).toMatchObject({ status: 204 });
    expect(await queue.get()).toMatchObject({ DelaySeconds: '3', VisibilityTimeout: '12' });
    expect(await queue.delete()).toMatchObject({ status: 204 });
    expect(await failureOf(queue.get())).toEqual(error('QueueNotExist', 404));
  });

  it('connects to a queue whose attributes differ, by changing them', async () => {
    await mns.queue('connected').create();
    expect(await mns.queue('connected', { DelaySeconds: 1 }).connect()).toMatchObject({ status: 204 });
    expect(await mns.queue('connected').get()).toMatchObject({ DelaySeconds: '1' });
  });

  it('lists queues', async () => {
    for (const name of ['listed-1', 'listed-2']) await mns.queue(name).create();
    expect(await mns.queue('any').list()).toMatchObject({
      status: 200,
      queues: expect.arrayContaining(['listed-1', 'listed-2']),
    });
    expect(await mns.queue('any').list({ 'x-mns-prefix': 'listed-', 'x-mns-ret-number': 1 })).toMatchObject({
      queues: ['listed-1'],
      nextMarker: expect.stringMatching(/./),
    });
    expect(await mns.queue('any').list({ 'x-mns-prefix': 'nothing-' })).toMatchObject({
      queues: [],
      nextMarker: undefined,
    });
  });

  it('sends, peeks, receives and deletes one message', async () => {
    await mns.queue('single').create();
    const messages = mns.queue('single').message();
    expect(await messages.send('hello')).toMatchObject({
      status: 201,
      MessageBodyMD5: '5D41402ABC4B2A76B9719D911017C592',
    });
    expect(await messages.peek()).toMatchObject({ MessageBody: 'hello', DequeueCount: '0' });
    const received = await messages.receive();
    expect(received).toMatchObject({ MessageBody: 'hello', DequeueCount: '1' });
    expect(await messages.delete(handleOf(received))).toMatchObject({ status: 204 });
    expect(await failureOf(messages.delete(handleOf(received)))).toEqual(error('MessageNotExist', 404));
    expect(await failureOf(messages.receive())).toEqual(error('MessageNotExist', 404));
  });

  it('changes the visibility, and deletes by the newer handle', async () => {
    await mns.queue('visible').create();
    const messages = mns.queue('visible').message();
    await messages.send({ MessageBody: 'hello', Priority: 2 });
    const changed = await messages.visibility(handleOf(await messages.receive()), 60);
    expect(changed).toMatchObject({ status: 200, NextVisibleTime: expect.stringMatching(/^\d{13}$/) });
    expect(await messages.delete(handleOf(changed))).toMatchObject({ status: 204 });
  });

  it('sends, peeks, receives and deletes several', async () => {
    await mns.queue('several').create();
    const messages = mns.queue('several').message();
    expect(await messages.send(['one', { MessageBody: 'two' }])).toMatchObject({ status: 201, Message: [{}, {}] });
    expect(await messages.peek(16)).toMatchObject([{ MessageBody: 'one' }, { MessageBody: 'two' }]);
    const received = (await messages.receive(16, 1)) as readonly Outcome[];
    expect(received).toMatchObject([{ MessageBody: 'one' }, { MessageBody: 'two' }]);
    const handles = received.map((message) => handleOf(message));
    expect(await messages.delete(handles)).toMatchObject({ status: 204 });
    const failures = (await failureOf(messages.delete([...handles, 'none']))) as readonly Outcome[];
    // Spread, because the client adds a status to the list itself.
    expect([...failures]).toMatchObject([
      { ErrorCode: 'ReceiptHandleError' },
      { ErrorCode: 'ReceiptHandleError' },
      { ErrorCode: 'ReceiptHandleError', ReceiptHandle: 'none' },
    ]);
  });

  it('tells by callback, too', async () => {
    await mns.queue('called-back').create();
    const told = await new Promise<readonly unknown[]>((resolve) => {
      void mns.queue('called-back').get((...result) => resolve(result));
    });
    expect(told).toMatchObject([null, { QueueName: 'called-back' }]);
    const refused = await new Promise<unknown>((resolve) => {
      mns
        .queue('called-back')
        .message()
        .peek(1, (failure) => resolve(failure))
        .catch(() => undefined);
    });
    expect(refused).toEqual(error('MessageNotExist', 404));
  });

  it('subscribes to a queue: receives with a long poll, and deletes when told to go on', async () => {
    await mns.queue('subscribed').create();
    const messages = mns.queue('subscribed').message();
    const rounds = await new Promise<readonly unknown[]>((resolve) => {
      const seen: unknown[] = [];
      messages.subscribe(0, 16, 30, (_, received, next) => {
        seen.push(received?.map((message) => message['MessageBody']));
        if (seen.length === 2) {
          resolve(seen);
          return;
        }
        next();
        // The next round must find something: this client leaves the rejection of an empty one unhandled.
        void messages.send('second');
      });
      void messages.send('first');
    });
    expect(rounds).toEqual([['first'], ['second']]);
    await expect
      .poll(() => mns.queue('subscribed').get())
      .toMatchObject({ ActiveMessages: '0', InactiveMessages: '1' });
  });

  it('creates, reads, changes, lists and deletes a topic', async () => {
    const topic = mns.topic('news', 2048);
    expect(await topic.create()).toMatchObject({ status: 201 });
    expect(await topic.create()).toMatchObject({ status: 204 });
    expect(await topic.get()).toMatchObject({ status: 200, TopicName: 'news', MaximumMessageSize: '2048' });
    expect(await mns.topic('news', 4096).create(true)).toMatchObject({ status: 204 });
    expect(await topic.get()).toMatchObject({ MaximumMessageSize: '4096' });
    expect(await topic.list()).toMatchObject({ topics: ['news'], status: 200 });
    expect(await topic.delete()).toMatchObject({ status: 204 });
    expect(await failureOf(topic.get())).toEqual(error('TopicNotExist', 404));
  });

  it('subscribes a queue to a topic, publishes, changes and unsubscribes', async () => {
    await mns.queue('copies').create();
    const topic = mns.topic('published');
    await topic.create();
    const subscription = topic.subscription('copy', {
      Endpoint: endpointOf('copies'),
      NotifyContentFormat: 'SIMPLIFIED',
    });
    expect(await subscription.subscribe()).toMatchObject({ status: 201 });
    expect(await subscription.get()).toMatchObject({
      status: 200,
      SubscriptionName: 'copy',
      Endpoint: endpointOf('copies'),
    });
    expect(await subscription.list()).toMatchObject({ subscriptions: ['copy'] });
    expect(await topic.message().publish('hello')).toMatchObject({
      status: 201,
      MessageBodyMD5: '5D41402ABC4B2A76B9719D911017C592',
    });
    expect(await mns.queue('copies').message().receive()).toMatchObject({ MessageBody: 'hello' });
    expect(
      await topic.subscription('copy', { NotifyStrategy: 'EXPONENTIAL_DECAY_RETRY' }).subscribe(true),
    ).toMatchObject({ status: 204 });
    expect(await subscription.get()).toMatchObject({ NotifyStrategy: 'EXPONENTIAL_DECAY_RETRY' });
    expect(await subscription.unsubscribe()).toMatchObject({ status: 204 });
    expect(await failureOf(subscription.get())).toEqual(error('SubscriptionNotExist', 404));
  });

  it('is refused with a wrong secret', async () => {
    const wrong = clientFor(`http://${proxied.emulator.accountId}.mns.cn-hangzhou.aliyuncs.com`, 'wrong');
    expect(await failureOf(wrong.queue('orders').get())).toEqual(error('SignatureDoesNotMatch', 403));
  });

  it('works without a proxy, too, when its endpoint is the emulator', async () => {
    const direct = clientFor(proxied.server.endpoint);
    process.env['NO_PROXY'] = '127.0.0.1';
    expect(await direct.queue('direct').create()).toMatchObject({ status: 201 });
    delete process.env['NO_PROXY'];
  });
});
