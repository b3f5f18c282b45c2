import { describe, expect, it } from 'vitest';
import { messageXml, subscriptionXml } from '../mns/test-support/mns-fixture.js';
import { emulatorWorld, textIn, type EmulatorWorld } from '../test-support/emulator-world.js';

async function withQueue(): Promise<EmulatorWorld> {
  const world = emulatorWorld();
  await world.call('PUT', '/queues/q');
  return world;
}

const send = async ({ call }: EmulatorWorld, body: string, more = ''): Promise<string> =>
  textIn(await call('POST', '/queues/q/messages', messageXml(body, more)), 'MessageId');

/** The bodies that a receive of 16 brings, in order. */
const receive = async ({ call }: EmulatorWorld, queueName = 'q'): Promise<string[]> => {
  const xml = await call('GET', `/queues/${queueName}/messages?numOfMessages=16`);
  return [...xml.matchAll(/<MessageBody>([^<]*)</g)].map(([, body = '']) => body);
};

describe('duplicate-message', () => {
  it('stores a message a second time, with an id of its own that the journal has', async () => {
    const world = await withQueue();
    world.emulator.faults.add({ kind: 'duplicate-message', match: { queueName: 'q' }, times: 1 });
    const [first] = [await send(world, 'twice'), await send(world, 'once')];
    expect(await receive(world)).toEqual(['twice', 'twice', 'once']);
    const [copy] = world.emulator.journal.expect({ kind: 'sent', duplicateOf: first }, 1);
    expect(copy?.messageId).not.toBe(first);
    world.emulator.journal.expect({ kind: 'fault', fault: 'duplicate-message', queueName: 'q', messageId: first }, 1);
  });

  it('doubles single messages of a batch', async () => {
    const world = await withQueue();
    world.emulator.faults.add({ kind: 'duplicate-message', skip: 1, times: 1 });
    const batch = ['a', 'b', 'c'].map((body) => messageXml(body)).join('');
    await world.call('POST', '/queues/q/messages', `<Messages>${batch}</Messages>`);
    expect((await receive(world)).toSorted()).toEqual(['a', 'b', 'b', 'c']);
  });
});

describe('reorder-message', () => {
  it('puts a message behind what is sent soon after it, and delays nothing', async () => {
    const world = await withQueue();
    world.emulator.faults.add({ kind: 'reorder-message', behindMs: 1000, times: 1 });
    await send(world, 'first');
    await world.clock.advanceBy(500);
    await send(world, 'second');
    await world.clock.advanceBy(501);
    await send(world, 'third');
    expect(await receive(world)).toEqual(['second', 'first', 'third']);
  });

  it('leaves a message deliverable at once', async () => {
    const world = await withQueue();
    world.emulator.faults.add({ kind: 'reorder-message', behindMs: 60_000 });
    await send(world, 'alone');
    expect(await receive(world)).toEqual(['alone']);
  });
});

describe('delay-message', () => {
  it('keeps a message back, and wakes whoever waits when it comes', async () => {
    const world = await withQueue();
    world.emulator.faults.add({ kind: 'delay-message', delayMs: 7000 });
    const startMs = world.clock.now();
    await send(world, 'late');
    expect(textIn(await world.call('GET', '/queues/q'), 'DelayMessages')).toBe('1');
    expect(textIn(await world.call('GET', '/queues/q/messages?waitseconds=30'), 'MessageBody')).toBe('late');
    expect(world.clock.now()).toBe(startMs + 7000);
  });

  it('does not strike a message that its sender has delayed', async () => {
    const world = await withQueue();
    const handle = world.emulator.faults.add({ kind: 'delay-message', delayMs: 60_000 });
    await send(world, 'delayed', '<DelaySeconds>5</DelaySeconds>');
    await world.clock.advanceBy(5000);
    expect([await receive(world), handle.appliedCount]).toEqual([['delayed'], 0]);
  });
});

describe('early-visibility', () => {
  it('gives a message to a second receiver while the first believes to hold it, whose handle then fails', async () => {
    const world = await withQueue();
    world.emulator.faults.add({ kind: 'early-visibility', earlyMs: 10_000, times: 1 });
    await send(world, 'shared');
    const first = await world.call('GET', '/queues/q/messages');
    expect(Number(textIn(first, 'NextVisibleTime'))).toBe(world.clock.now() + 30_000);
    await world.clock.advanceBy(19_999);
    expect(await receive(world)).toEqual([]);
    await world.clock.advanceBy(1);
    const second = await world.call('GET', '/queues/q/messages');
    expect(textIn(second, 'DequeueCount')).toBe('2');
    const stale = await world.call('DELETE', `/queues/q/messages?ReceiptHandle=${textIn(first, 'ReceiptHandle')}`);
    expect(textIn(stale, 'Code')).toBe('ReceiptHandleError');
    const good = await world.reply('DELETE', `/queues/q/messages?ReceiptHandle=${textIn(second, 'ReceiptHandle')}`);
    expect(good.status).toBe(204);
  });

  it('of more than the whole time gives it again at once', async () => {
    const world = await withQueue();
    world.emulator.faults.add({ kind: 'early-visibility', earlyMs: 3_600_000, times: 1 });
    await send(world, 'again');
    expect([await receive(world), await receive(world), await receive(world)]).toEqual([['again'], ['again'], []]);
  });
});

describe('a fault of topic deliveries', () => {
  const withTopic = async (): Promise<EmulatorWorld> => {
    const world = await withQueue();
    await world.call('PUT', '/queues/other');
    await world.call('PUT', '/topics/t');
    for (const name of ['q', 'other'])
      await world.call('PUT', `/topics/t/subscriptions/${name}`, subscriptionXml(name));
    return world;
  };
  const publish = async ({ call }: EmulatorWorld): Promise<string> =>
    textIn(await call('POST', '/topics/t/messages', messageXml('hello')), 'MessageId');

  it('drops one copy, and the others arrive', async () => {
    const world = await withTopic();
    world.emulator.faults.add({ kind: 'drop-delivery', match: { topicName: 't', subscriptionName: 'q' } });
    const messageId = await publish(world);
    expect([(await receive(world)).length, (await receive(world, 'other')).length]).toEqual([0, 1]);
    world.emulator.journal.expectInOrder(
      { kind: 'fault', fault: 'drop-delivery', messageId, subscriptionName: 'q' },
      { kind: 'delivery-dropped', messageId, subscriptionName: 'q', attempts: 0 },
    );
  });

  it('repeats a delivery', async () => {
    const world = await withTopic();
    world.emulator.faults.add({ kind: 'repeat-delivery', match: { subscriptionName: 'q' }, times: 1 });
    const messageId = await publish(world);
    expect([(await receive(world)).length, (await receive(world, 'other')).length]).toEqual([2, 1]);
    world.emulator.journal.expect({ kind: 'delivered', messageId, subscriptionName: 'q' }, 2);
  });

  it('makes a delivery late, and not at all if the subscription has gone meanwhile', async () => {
    const world = await withTopic();
    world.emulator.faults.add({ kind: 'late-delivery', delayMs: 5000 });
    const startMs = world.clock.now();
    await publish(world);
    await world.call('DELETE', '/topics/t/subscriptions/other');
    await world.clock.advanceBy(4999);
    expect(await receive(world)).toEqual([]);
    await world.clock.advanceBy(1);
    expect([(await receive(world)).length, (await receive(world, 'other')).length]).toEqual([1, 0]);
    expect(world.emulator.journal.entries('delivered')).toMatchObject([{ queueName: 'q', atMs: startMs + 5000 }]);
    world.emulator.journal.expect({ kind: 'delivery-dropped', reason: 'SubscriptionNotExist' }, 1);
  });

  it('is forgotten when the emulator closes', async () => {
    const world = await withTopic();
    world.emulator.faults.add({ kind: 'late-delivery', delayMs: 5000 });
    await publish(world);
    world.emulator.close();
    expect(world.clock.pendingTimers).toBe(0);
  });
});
