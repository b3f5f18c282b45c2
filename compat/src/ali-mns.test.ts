import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  loadAliMns,
  type AliAccount,
  type AliBatchQueue,
  type AliMnsModule,
  type AliMnsTopic,
  type AliQueue,
  type AliTopic,
  type XmlObject,
} from './test-support/ali-mns-client.js';
import { proxiedEmulator, type ProxiedEmulator } from './test-support/proxied-emulator.js';

// ali-mns 2.6.8, unmodified, over a socket. It can only be pointed at another place by HTTP_PROXY,
// and then sends targets in absolute form. It always encodes what it sends to queues in base64 and
// decodes what it receives (spec mns §6).

let proxied: ProxiedEmulator;
let ali: AliMnsModule;
let account: AliAccount;
let mns: AliMnsTopic;

beforeAll(async () => {
  proxied = await proxiedEmulator();
  ali = loadAliMns();
  const { accountId, accessKeyId, accessKeySecret } = proxied.emulator;
  account = new ali.Account(accountId, accessKeyId, accessKeySecret);
  account.setGA(false);
  mns = new ali.MNSTopic(account, 'hangzhou');
});

afterAll(() => proxied.close());

const queueOf = (name: string): AliQueue => new ali.MQ(name, account, 'hangzhou');
const batchQueueOf = (name: string): AliBatchQueue => new ali.MQBatch(name, account, 'hangzhou');
const topicOf = (name: string): AliTopic => new ali.Topic(name, account, 'hangzhou');
const endpointOf = (queue: string): string => `acs:mns:cn-hangzhou:${proxied.emulator.accountId}:queues/${queue}`;

/** A member of a reply. */
const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);

/** What a call rejects with. */
const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail('the call was not refused'),
    (error: unknown) => error,
  );

const error = (code: string): unknown => ({
  Error: {
    $: { xmlns: 'http://mns.aliyuncs.com/doc/v1' },
    Code: code,
    Message: expect.stringMatching(/./),
    RequestId: expect.stringMatching(/^[0-9A-F]{24}$/),
    HostId: `http://${proxied.emulator.accountId}.mns.cn-hangzhou.aliyuncs.com`,
  },
});

describe('queues', () => {
  it('are created, again with 204, and deleted', async () => {
    expect(await mns.createP('made')).toBe(201);
    expect(await mns.createP('made')).toBe(204);
    expect(await failureOf(mns.createP('made', { DelaySeconds: 5 }))).toEqual(error('QueueAlreadyExist'));
    expect(await mns.deleteP('made')).toBe(204);
    expect(await failureOf(queueOf('made').getAttrsP())).toEqual(error('QueueNotExist'));
  });

  it('are listed by prefix and page', async () => {
    for (const name of ['listed-1', 'listed-2', 'listed-3']) await mns.createP(name);
    const first = await mns.listP('listed-', 2);
    const urls = at(first, 'Queues', 'Queue') as readonly XmlObject[];
    expect(urls.map((queue) => queue['QueueURL'])).toEqual(
      ['listed-1', 'listed-2'].map((name) =>
        expect.stringMatching(new RegExp(`^http://\\d+\\.mns\\.cn-hangzhou\\.aliyuncs\\.com/queues/${name}$`)),
      ),
    );
    const second = await mns.listP('listed-', 2, String(at(first, 'Queues', 'NextMarker')));
    expect(at(second, 'Queues', 'Queue', 'QueueURL')).toMatch(/\/queues\/listed-3$/);
    expect(at(second, 'Queues', 'NextMarker')).toBeUndefined();
  });

  it('have attributes that can be set', async () => {
    await mns.createP('tuned', { VisibilityTimeout: 12 });
    const queue = queueOf('tuned');
    expect(at(await queue.getAttrsP(), 'Queue')).toMatchObject({
      QueueName: 'tuned',
      VisibilityTimeout: '12',
      LoggingEnabled: 'False',
    });
    expect(await queue.setAttrsP({ PollingWaitSeconds: 1 })).toBe(204);
    expect(at(await queue.getAttrsP(), 'Queue')).toMatchObject({ VisibilityTimeout: '12', PollingWaitSeconds: '1' });
    expect(await failureOf(queue.setAttrsP({ PollingWaitSeconds: 60 }))).toEqual(error('InvalidArgument'));
  });
});

describe('messages', () => {
  it('are sent in base64, and come back as they were', async () => {
    await mns.createP('encoded');
    const queue = queueOf('encoded');
    const text = 'häl]]>lo <&> 😀\u0001\r\n';
    const sent = await queue.sendP(text, 3, 0);
    expect(at(sent, 'Message', 'MessageBodyMD5')).toMatch(/^[0-9A-F]{32}$/);
    expect(at(await queue.peekP(), 'Message', 'MessageBody')).toBe(text);
    const received = await queue.recvP(1);
    expect(at(received, 'Message')).toMatchObject({
      MessageId: at(sent, 'Message', 'MessageId'),
      MessageBody: text,
      MessageBodyMD5: at(sent, 'Message', 'MessageBodyMD5'),
      DequeueCount: '1',
      Priority: '3',
    });
    expect(await queue.deleteP(String(at(received, 'Message', 'ReceiptHandle')))).toBe(204);
  });

  it('are kept as the base64 that was sent: the service does not look inside', async () => {
    await mns.createP('opaque');
    const topic = topicOf('opaque-news');
    await mns.createTopicP('opaque-news');
    await topic.subscribeP('copy', endpointOf('opaque'), 'BACKOFF_RETRY', 'SIMPLIFIED');
    await topic.publishP('plain text', true);
    expect(at(await queueOf('opaque').recvP(), 'Message', 'MessageBody')).toBe('plain text');
    // Published raw, it comes through the decoder of this client as rubbish.
    await topic.publishP('plain text');
    expect(at(await queueOf('opaque').recvP(), 'Message', 'MessageBody')).toBe(
      Buffer.from('plain text', 'base64').toString('utf8'),
    );
  });

  it('can be reserved: a new handle, which deletes', async () => {
    await mns.createP('reserved');
    const queue = queueOf('reserved');
    await queue.sendP('hello');
    const handle = String(at(await queue.recvP(), 'Message', 'ReceiptHandle'));
    const changed = await queue.reserveP(handle, 120);
    const newer = String(at(changed, 'ChangeVisibility', 'ReceiptHandle'));
    expect(newer).not.toBe(handle);
    expect(Number(at(changed, 'ChangeVisibility', 'NextVisibleTime'))).toBeGreaterThan(1_600_000_000_000);
    expect(await queue.deleteP(newer)).toBe(204);
    expect(await failureOf(queue.deleteP(newer))).toEqual(error('MessageNotExist'));
  });

  it('are refused as they would be by the service', async () => {
    await mns.createP('strict');
    const queue = queueOf('strict');
    expect(await failureOf(queue.sendP('hello', 17))).toEqual(error('InvalidArgument'));
    expect(await failureOf(queue.recvP())).toEqual(error('MessageNotExist'));
    expect(await failureOf(queue.peekP())).toEqual(error('MessageNotExist'));
    expect(await failureOf(queue.deleteP('none'))).toEqual(error('ReceiptHandleError'));
    expect(await failureOf(queueOf('strict-missing').sendP('hello'))).toEqual(error('QueueNotExist'));
  });

  it('end a long poll when they are sent', async () => {
    await mns.createP('polled');
    const queue = queueOf('polled');
    const waiting = queue.recvP(30);
    await queue.sendP('at last');
    expect(at(await waiting, 'Message', 'MessageBody')).toBe('at last');
  });

  it('end no long poll when there are none', async () => {
    await mns.createP('silent');
    expect(await failureOf(queueOf('silent').recvP(1))).toEqual(error('MessageNotExist'));
  });

  it('arrive at a listener, which deletes them', async () => {
    await mns.createP('heard');
    const queue = queueOf('heard');
    const heard = new Promise<unknown>((resolve, reject) => {
      queue.notifyRecv((failure, message) => {
        if (failure === null) resolve(at(message, 'Message', 'MessageBody'));
        else reject(failure);
        return true;
      }, 1);
    });
    await queue.sendP('listen');
    expect(await heard).toBe('listen');
    await queue.notifyStopP();
    expect(await failureOf(queue.peekP())).toEqual(error('MessageNotExist'));
  });
});

describe('batches', () => {
  it('are sent, peeked, received and deleted', async () => {
    await mns.createP('batched');
    const queue = batchQueueOf('batched');
    const texts = ['eins', 'zwei', 'drei'];
    const sent = await queue.sendP(texts.map((text) => new ali.Msg(text)));
    expect(at(sent, 'Messages', 'Message')).toHaveLength(3);
    const bodies = (reply: XmlObject): unknown =>
      (at(reply, 'Messages', 'Message') as readonly XmlObject[]).map((message) => message['MessageBody']);
    expect(bodies(await queue.peekP(16))).toEqual(texts);
    const received = await queue.recvP(0, 16);
    expect(bodies(received)).toEqual(texts);
    const handles = (at(received, 'Messages', 'Message') as readonly XmlObject[]).map((message) =>
      String(message['ReceiptHandle']),
    );
    expect(await queue.deleteP(handles)).toBe(204);
    expect(await failureOf(queue.deleteP([...handles, 'none']))).toMatchObject({
      Errors: { Error: expect.arrayContaining([expect.objectContaining({ ErrorCode: 'ReceiptHandleError' })]) },
    });
  });

  it('of one work, too, and a single text', async () => {
    await mns.createP('single');
    const queue = batchQueueOf('single');
    await queue.sendP([new ali.Msg('one', 1, 0)]);
    const received = await queue.recvP(1, 2);
    expect(at(received, 'Messages', 'Message', 0, 'MessageBody')).toBe('one');
    await queue.sendP('two');
    expect(at(await queue.recvP(1, 1), 'Message', 'MessageBody')).toBe('two');
  });

  it('fail in part with a list that tells which', async () => {
    await mns.createP('partly');
    const failure = await failureOf(batchQueueOf('partly').sendP([new ali.Msg('good'), new ali.Msg('bad', 99)]));
    expect(at(failure, 'Messages', 'Message', 0, 'MessageId')).toMatch(/^[0-9A-F]{32}$/);
    expect(at(failure, 'Messages', 'Message', 1, 'ErrorCode')).toBe('InvalidArgument');
  });

  it('arrive at a listener', async () => {
    await mns.createP('heard-in-batches');
    const queue = batchQueueOf('heard-in-batches');
    await queue.sendP([new ali.Msg('a'), new ali.Msg('b')]);
    const heard = new Promise<unknown>((resolve) => {
      queue.notifyRecv((_, message) => {
        resolve(at(message, 'Messages', 'Message', 1, 'MessageBody'));
        return true;
      }, 1);
    });
    expect(await heard).toBe('b');
    await queue.notifyStopP();
  });
});

describe('topics', () => {
  it('are created, listed, changed and deleted', async () => {
    expect(await mns.createTopicP('topic-1', { MaximumMessageSize: 2048 })).toBe(201);
    expect(await mns.createTopicP('topic-1', { MaximumMessageSize: 2048 })).toBe(204);
    expect(at(await mns.listTopicP('topic-', 10), 'Topics', 'Topic', 'TopicURL')).toMatch(/\/topics\/topic-1$/);
    const topic = topicOf('topic-1');
    expect(await topic.setAttrsP({ MaximumMessageSize: 4096 })).toBe(204);
    expect(at(await topic.getAttrsP(), 'Topic')).toMatchObject({ TopicName: 'topic-1', MaximumMessageSize: '4096' });
    expect(await mns.deleteTopicP('topic-1')).toBe(204);
    expect(await failureOf(topic.getAttrsP())).toEqual(error('TopicNotExist'));
  });

  it('have subscriptions that filter', async () => {
    await mns.createTopicP('filtered');
    await mns.createP('paid');
    const topic = topicOf('filtered');
    expect(await topic.subscribeP('paid-only', endpointOf('paid'), 'BACKOFF_RETRY', 'SIMPLIFIED', 'paid')).toBe(201);
    expect(at(await topic.listP(), 'Subscriptions', 'Subscription', 'SubscriptionURL')).toMatch(
      /\/topics\/filtered\/subscriptions\/paid-only$/,
    );
    const subscription = new ali.Subscription('paid-only', topic);
    expect(at(await subscription.getAttrsP(), 'Subscription')).toMatchObject({
      FilterTag: 'paid',
      NotifyStrategy: 'BACKOFF_RETRY',
    });
    expect(await subscription.setAttrsP({ NotifyStrategy: 'EXPONENTIAL_DECAY_RETRY' })).toBe(204);
    expect(at(await subscription.getAttrsP(), 'Subscription', 'NotifyStrategy')).toBe('EXPONENTIAL_DECAY_RETRY');

    expect(at(await topic.publishP('no', true, 'open'), 'Message', 'MessageId')).toMatch(/^[0-9A-F]{32}$/);
    await topic.publishP('yes', true, 'paid');
    expect(at(await queueOf('paid').recvP(), 'Message', 'MessageBody')).toBe('yes');
    expect(await failureOf(queueOf('paid').recvP())).toEqual(error('MessageNotExist'));

    expect(await topic.unsubscribeP('paid-only')).toBe(204);
    expect(await failureOf(subscription.getAttrsP())).toEqual(error('SubscriptionNotExist'));
  });
});

describe('what a proxy sees besides', () => {
  it('is refused: with a wrong secret, SignatureDoesNotMatch', async () => {
    const wrong = new ali.Account(proxied.emulator.accountId, proxied.emulator.accessKeyId, 'wrong');
    wrong.setGA(false);
    expect(await failureOf(new ali.MNS(wrong, 'hangzhou').createP('never'))).toEqual(error('SignatureDoesNotMatch'));
  });

  it('leaves it alive: a CONNECT for something else is not answered with a tunnel', async () => {
    const { port, host } = proxied.server;
    const answer = await new Promise<string>((resolve) => {
      const socket = connect({ port, host }, () =>
        socket.write('CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n'),
      );
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('error', () => socket.destroy());
      socket.on('close', () => resolve(text));
    });
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    expect(await mns.createP('still-alive')).toBe(201);
  });
});
