import { beforeEach, describe, expect, it } from 'vitest';
import { START_MS, errorXml, subscriptionXml } from '../mns/test-support/mns-fixture.js';
import { MAX_NOTED_IDS } from './operator.js';
import { operatedEmulator, queueXml, type OperatedEmulator } from './test-support/operated-emulator.js';

let world: OperatedEmulator;

beforeEach(async () => {
  world = operatedEmulator();
  await world.call('PUT', '/queues/work', queueXml({ VisibilityTimeout: 30 }));
  await world.call('PUT', '/queues/dead', queueXml());
});

const failure = (code: string, text: string): object =>
  expect.objectContaining({ name: 'MnsbusError', code, message: expect.stringContaining(text) });
const send = (body: string, more: object = {}): string =>
  world.emulator.operator.send({ queueName: 'work', body, ...more }).messageId;
const bodies = async (queueName = 'work'): Promise<readonly string[]> =>
  (await world.receive(queueName)).map(({ body }) => body);
const noted = (): readonly object[] => world.emulator.journal.entries('operated');

describe('operator.send', () => {
  it('sends as a client does, and the journal says so', async () => {
    const sent = world.emulator.operator.send({
      queueName: 'work',
      body: 'hello <&>',
      priority: 1,
      userProperties: [{ name: 'k', value: 'v', type: 'STRING' }],
    });
    expect(sent).toMatchObject({
      messageId: expect.stringMatching(/./),
      bodyMd5: expect.stringMatching(/^[0-9A-F]{32}$/),
    });
    expect(await bodies()).toEqual(['hello <&>']);
    expect(noted()).toEqual([
      {
        sequence: expect.any(Number),
        atMs: START_MS,
        kind: 'operated',
        operation: 'send',
        queueName: 'work',
        messageIds: [sent.messageId],
        count: 1,
      },
    ]);
  });

  it('wakes a receive that waits', async () => {
    const waiting = world.receive('work', 30);
    await world.clock.advanceBy(5000);
    send('at last');
    expect(await waiting).toMatchObject([{ body: 'at last' }]);
    expect(world.clock.now()).toBe(START_MS + 5000);
  });

  it.each([
    [{ queueName: 'nowhere', body: 'x' }, 'RESOURCE_NOT_FOUND', 'QueueNotExist'],
    [{ queueName: 'work', body: '' }, 'INVALID_ARGUMENT', 'InvalidArgument'],
    [{ queueName: 'work', body: 'x', priority: 17 }, 'INVALID_ARGUMENT', 'Priority'],
    [{ queueName: 'work', body: 'x', delaySeconds: -1 }, 'INVALID_ARGUMENT', 'DelaySeconds'],
    [{ queueName: 'work', body: '\u0000' }, 'INVALID_ARGUMENT', 'XML'],
    [{ queueName: 'work', body: 'x', accountId: '77' }, 'INVALID_ARGUMENT', 'accountId'],
    [{ queueName: 'work', body: 'x', region: 'Bei jing' }, 'INVALID_ARGUMENT', 'region'],
  ])('refuses %j, and stores nothing', (request, code, text) => {
    expect(() => world.emulator.operator.send(request)).toThrow(failure(code, text));
    expect(world.emulator.inspect().queue('work').counts).toEqual({ active: 0, delayed: 0, inactive: 0 });
    expect(noted()).toEqual([]);
  });
});

describe('operator.publish', () => {
  it('publishes to every matching subscription', async () => {
    await world.call('PUT', '/topics/news');
    const more = '<NotifyContentFormat>SIMPLIFIED</NotifyContentFormat>';
    await world.call('PUT', '/topics/news/subscriptions/all', subscriptionXml('work', more));
    await world.call(
      'PUT',
      '/topics/news/subscriptions/some',
      subscriptionXml('dead', `${more}<FilterTag>b</FilterTag>`),
    );
    const { messageId } = world.emulator.operator.publish({ topicName: 'news', body: 'hi', tag: 'a' });
    expect([await bodies('work'), await bodies('dead')]).toEqual([['hi'], []]);
    expect(world.emulator.journal.entries('delivered')).toMatchObject([{ messageId, subscriptionName: 'all' }]);
    expect(noted()).toMatchObject([{ operation: 'publish', topicName: 'news', messageIds: [messageId] }]);
  });

  it.each([
    [{ topicName: 'nowhere', body: 'x' }, 'RESOURCE_NOT_FOUND', 'TopicNotExist'],
    [{ topicName: 'nowhere', body: '\uFFFE' }, 'INVALID_ARGUMENT', 'XML'],
  ])('refuses %j', (request, code, text) => {
    expect(() => world.emulator.operator.publish(request)).toThrow(failure(code, text));
  });
});

describe('operator.redrive', () => {
  it('makes delayed and inactive messages active now, and voids their handles', async () => {
    const [held, delayed] = [send('held'), send('delayed', { delaySeconds: 60 })];
    const [delivery] = await world.receive('work');
    expect(await bodies()).toEqual([]);
    await world.clock.advanceBy(1000);
    expect(world.emulator.operator.redrive({ queueName: 'work' })).toEqual({ messageIds: [held, delayed] });
    expect(await bodies()).toEqual(['held', 'delayed']);
    const handle = delivery?.receiptHandle ?? '';
    const deleted = await world.call('DELETE', `/queues/work/messages?ReceiptHandle=${handle}`);
    expect(deleted.text).toBe(errorXml(deleted, 'ReceiptHandleError', 'The receipt handle you provide is not valid.'));
    expect(world.emulator.inspect().messages({ queueName: 'work' }).items).toMatchObject([
      { messageId: held, dequeueCount: 2 },
      { messageId: delayed, dequeueCount: 1 },
    ]);
  });

  it('wakes a receive that waits, and takes only what is named', async () => {
    const [first, second] = [send('first', { delaySeconds: 60 }), send('second', { delaySeconds: 60 })];
    const waiting = world.receive('work', 30);
    await world.clock.advanceBy(1000);
    expect(world.emulator.operator.redrive({ queueName: 'work', messageIds: [second] })).toEqual({
      messageIds: [second],
    });
    expect(await waiting).toMatchObject([{ messageId: second }]);
    expect(world.emulator.inspect().messages({ queueName: 'work', state: 'delayed' }).items).toMatchObject([
      { messageId: first },
    ]);
  });

  it('moves dead letters back, in order, with all that they carry', async () => {
    const properties = [{ name: 'why', value: 'because', type: 'STRING' }];
    const ids = ['one', 'two'].map(
      (body) =>
        world.emulator.operator.send({ queueName: 'dead', body, priority: 3, userProperties: properties }).messageId,
    );
    await world.receive('dead');
    const redriven = world.emulator.operator.redrive({ queueName: 'dead', toQueueName: 'work' });
    expect(redriven.messageIds).toEqual(ids);
    expect(world.emulator.inspect().messages({ queueName: 'dead' }).items).toEqual([]);
    expect(world.emulator.inspect().messages({ queueName: 'work' }).items).toMatchObject([
      { messageId: redriven.newMessageIds?.[0], body: 'one', priority: 3, userProperties: properties, dequeueCount: 0 },
      { messageId: redriven.newMessageIds?.[1], body: 'two', state: 'active' },
    ]);
    expect(noted().at(-1)).toMatchObject({
      operation: 'redrive',
      queueName: 'dead',
      toQueueName: 'work',
      messageIds: ids,
    });
  });

  it.each([
    [{ queueName: 'nowhere' }, 'RESOURCE_NOT_FOUND', 'QueueNotExist'],
    [{ queueName: 'work', messageIds: ['nobody'] }, 'RESOURCE_NOT_FOUND', 'MessageNotExist'],
    [{ queueName: 'work', toQueueName: 'nowhere' }, 'RESOURCE_NOT_FOUND', 'QueueNotExist'],
    [{ queueName: 'work', toQueueName: 'work' }, 'INVALID_ARGUMENT', 'toQueueName'],
    [{ queueName: 'work', messageIds: 'all' as unknown as string[] }, 'INVALID_ARGUMENT', 'messageIds'],
  ])('refuses %j, and moves nothing', (request, code, text) => {
    send('stays', { delaySeconds: 60 });
    expect(() => world.emulator.operator.redrive(request)).toThrow(failure(code, text));
    expect(world.emulator.inspect().queue('work').counts).toEqual({ active: 0, delayed: 1, inactive: 0 });
  });
});

describe('operator.expire, deleteMessages and purge', () => {
  it('remove what they name, in any state, and void its handles', async () => {
    const [active, held, delayed] = [
      send('a', { priority: 16 }),
      send('h', { priority: 1 }),
      send('d', { delaySeconds: 9 }),
    ];
    const reply = await world.call('GET', '/queues/work/messages');
    expect(reply.text).toContain(held);
    const { operator } = world.emulator;
    expect(operator.expire({ queueName: 'work', messageIds: [held] })).toEqual({ messageIds: [held] });
    expect(operator.deleteMessages({ queueName: 'work', messageIds: [delayed] })).toEqual({ messageIds: [delayed] });
    expect(await world.receive('work')).toMatchObject([{ messageId: active }]);
    expect(operator.purge({ queueName: 'work' })).toEqual({ count: 1 });
    expect(world.emulator.inspect().queue('work').counts).toEqual({ active: 0, delayed: 0, inactive: 0 });
    await world.clock.advanceBy(3_600_000);
    expect(await bodies()).toEqual([]);
    expect(noted().slice(3)).toMatchObject([
      { operation: 'expire', messageIds: [held] },
      { operation: 'delete', messageIds: [delayed] },
      { operation: 'purge', messageIds: [active], count: 1 },
    ]);
  });

  it('remove all or nothing', () => {
    const messageId = send('stays');
    const selection = { queueName: 'work', messageIds: [messageId, 'nobody'] };
    for (const act of ['expire', 'deleteMessages'] as const) {
      expect(() => world.emulator.operator[act](selection)).toThrow(failure('RESOURCE_NOT_FOUND', 'MessageNotExist'));
    }
    expect(world.emulator.inspect().queue('work').counts.active).toBe(1);
  });

  it('note how many there were, and the ids of the first thousand', () => {
    const ids = Array.from({ length: MAX_NOTED_IDS + 1 }, (_, index) => send(`m${index}`));
    world.emulator.operator.purge({ queueName: 'work' });
    expect(noted().at(-1)).toMatchObject({ count: MAX_NOTED_IDS + 1, messageIds: ids.slice(0, MAX_NOTED_IDS) });
  });
});
