import type { Clock } from '@mnsbus/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { LongPolls } from './long-polls.js';
import { MnsModel } from './model/mns-model.js';
import {
  START_MS,
  errorXml,
  messageXml,
  mnsFixture,
  valueIn,
  valuesIn,
  type MnsFixture,
  type TestReply,
} from './test-support/mns-fixture.js';

const MESSAGES = '/queues/orders/messages';

let mns: MnsFixture;

beforeEach(async () => {
  mns = mnsFixture();
  await mns.call('PUT', '/queues/orders');
});

/** A receive that is under way, and what is known of it. */
interface Poll {
  readonly reply: Promise<TestReply>;
  /** The reply and its instant; `undefined` while it waits. */
  outcome(): { readonly atMs: number; readonly reply: TestReply } | undefined;
}

function poll(query: string, signal?: AbortSignal): Poll {
  let outcome: { atMs: number; reply: TestReply } | undefined;
  const receive = async (): Promise<TestReply> => {
    const reply = await mns.call('GET', `${MESSAGES}${query}`, '', signal === undefined ? {} : { signal });
    outcome = { atMs: mns.clock.now() - START_MS, reply };
    return reply;
  };
  return { reply: receive(), outcome: () => outcome };
}

const send = (body: string, more = ''): Promise<TestReply> => mns.call('POST', MESSAGES, messageXml(body, more));
const bodyOf = ({ outcome }: Poll): string | undefined => {
  const found = outcome();
  return found === undefined ? undefined : valueIn(found.reply, 'MessageBody');
};
const settle = (): Promise<void> => mns.clock.advanceBy(0);

describe('the end of a wait', () => {
  it.each([
    ['?waitseconds=1', 900],
    ['?waitseconds=10', 9900],
    ['?waitseconds=30', 29_900],
    ['?waitseconds=30&numOfMessages=16', 29_900],
    ['?waitseconds=0', 0],
    ['', 0],
  ])('comes a little early: %s at %d ms (I16)', async (query, atMs) => {
    const waiting = poll(query);
    const reply = await mns.clock.runUntil(waiting.reply);
    expect(waiting.outcome()?.atMs).toBe(atMs);
    expect(reply.status).toBe(404);
    expect(reply.text).toBe(errorXml(reply, 'MessageNotExist', 'Message not exist.'));
    expect(reply.header('Date')).toBe(new Date(START_MS + atMs).toUTCString());
    expect(mns.clock.pendingTimers).toBe(0);
  });

  it('goes by the queue when the request names no wait, and by the request when it names one', async () => {
    await mns.call(
      'PUT',
      '/queues/orders?metaoverride=true',
      '<Queue><PollingWaitSeconds>5</PollingWaitSeconds></Queue>',
    );
    const [byQueue, byRequest, none] = [poll(''), poll('?waitseconds=2'), poll('?waitseconds=0')];
    await mns.clock.advanceBy(60_000);
    expect([byQueue, byRequest, none].map(({ outcome }) => outcome()?.atMs)).toEqual([4900, 1900, 0]);
  });
});

describe('a waiting receive (I16)', () => {
  it('is answered when a message is sent', async () => {
    const waiting = poll('?waitseconds=30');
    await mns.clock.advanceBy(1234);
    await send('hello');
    await settle();
    expect(waiting.outcome()?.atMs).toBe(1234);
    expect(bodyOf(waiting)).toBe('hello');
    expect(mns.clock.pendingTimers).toBe(0);
  });

  it('is answered at the very millisecond at which a delay is over', async () => {
    await send('hello', '<DelaySeconds>3</DelaySeconds>');
    const waiting = poll('?waitseconds=30');
    await mns.clock.advanceBy(2999);
    expect(waiting.outcome()).toBeUndefined();
    await mns.clock.advanceBy(1);
    expect(waiting.outcome()?.atMs).toBe(3000);
    expect(bodyOf(waiting)).toBe('hello');
  });

  it('is answered when the delay of a message is over that was sent while it waited', async () => {
    const waiting = poll('?waitseconds=30');
    await send('later', '<DelaySeconds>5</DelaySeconds>');
    await send('sooner', '<DelaySeconds>2</DelaySeconds>');
    await mns.clock.runUntil(waiting.reply);
    expect([waiting.outcome()?.atMs, bodyOf(waiting)]).toEqual([2000, 'sooner']);
  });

  it('is answered when an invisibility is over, or was shortened', async () => {
    await send('a');
    await send('b');
    const [first = ''] = valuesIn(await mns.call('GET', `${MESSAGES}?numOfMessages=16`), 'ReceiptHandle');
    const [one, two] = [poll('?waitseconds=30'), poll('?waitseconds=30')];
    await mns.clock.advanceBy(5000);
    await mns.call('PUT', `${MESSAGES}?receiptHandle=${first}&visibilityTimeout=1`);
    await mns.clock.advanceBy(60_000);
    expect([one.outcome()?.atMs, bodyOf(one)]).toEqual([6000, 'a']);
    expect([two.outcome()?.atMs, two.outcome()?.reply.status]).toEqual([29_900, 404]);
  });

  it('prefers a message that falls due at the last instant of the wait to an empty answer', async () => {
    await send('hello', '<DelaySeconds>1</DelaySeconds>');
    await mns.clock.advanceBy(100);
    const waiting = poll('?waitseconds=1');
    await mns.clock.runUntil(waiting.reply);
    expect([waiting.outcome()?.atMs, bodyOf(waiting)]).toEqual([1000, 'hello']);
  });

  it('of a batch takes what is there and does not wait for more (I18)', async () => {
    const waiting = poll('?waitseconds=30&numOfMessages=16');
    await mns.call('POST', MESSAGES, `<Messages>${messageXml('a')}${messageXml('b')}</Messages>`);
    await settle();
    expect(valuesIn(await waiting.reply, 'MessageBody')).toEqual(['a', 'b']);
  });

  it('gets the wait’s refusals like any other', async () => {
    const reply = await poll('?waitseconds=31').reply;
    expect(valueIn(reply, 'Code')).toBe('InvalidArgument');
  });

  it('is answered QueueNotExist when its queue is deleted', async () => {
    const waiting = poll('?waitseconds=30');
    await mns.clock.advanceBy(100);
    await mns.call('DELETE', '/queues/orders');
    await settle();
    expect(waiting.outcome()?.atMs).toBe(100);
    expect(valueIn(await waiting.reply, 'Code')).toBe('QueueNotExist');
    expect(mns.clock.pendingTimers).toBe(0);
  });

  it('does not wake for a message that expires before it could be received', async () => {
    await mns.call(
      'PUT',
      '/queues/orders?metaoverride=true',
      '<Queue><MessageRetentionPeriod>60</MessageRetentionPeriod></Queue>',
    );
    await send('never', '<DelaySeconds>60</DelaySeconds>');
    await mns.clock.advanceBy(50_000);
    const waiting = poll('?waitseconds=20');
    await mns.clock.runUntil(waiting.reply);
    expect([waiting.outcome()?.atMs, waiting.outcome()?.reply.status]).toEqual([69_900, 404]);
  });
});

describe('several waiting receives (I17)', () => {
  it('are woken one by one, first come first', async () => {
    const polls = [poll('?waitseconds=30'), poll('?waitseconds=30'), poll('?waitseconds=30')];
    await settle();
    await send('a');
    await settle();
    expect(polls.map(bodyOf)).toEqual(['a', undefined, undefined]);
    await mns.call('POST', MESSAGES, `<Messages>${messageXml('b')}${messageXml('c')}</Messages>`);
    await settle();
    expect(polls.map(bodyOf)).toEqual(['a', 'b', 'c']);
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'InactiveMessages')).toBe('3');
  });

  it('leave nothing to a batch behind a single receive but what is over', async () => {
    const polls = [poll('?waitseconds=30'), poll('?waitseconds=30&numOfMessages=16')];
    await settle();
    await mns.call(
      'POST',
      MESSAGES,
      `<Messages>${['a', 'b', 'c'].map((body) => messageXml(body)).join('')}</Messages>`,
    );
    await settle();
    const replies = await Promise.all(polls.map(({ reply }) => reply));
    expect(replies.map((reply) => valuesIn(reply, 'MessageBody'))).toEqual([['a'], ['b', 'c']]);
  });

  it('are not overtaken by one that comes at the instant at which a message falls due', async () => {
    await send('hello', '<DelaySeconds>3</DelaySeconds>');
    let newcomer: Poll | undefined;
    // Set before the wait begins, so that it rings first at the same instant.
    mns.clock.after(3000, () => {
      newcomer = poll('?waitseconds=0');
    });
    const waiting = poll('?waitseconds=30');
    await mns.clock.advanceBy(3000);
    expect(bodyOf(waiting)).toBe('hello');
    expect(newcomer?.outcome()?.reply.status).toBe(404);
  });

  it('of different queues do not touch each other', async () => {
    await mns.call('PUT', '/queues/other');
    const other = mns.call('GET', '/queues/other/messages?waitseconds=30');
    const waiting = poll('?waitseconds=30');
    await mns.call('POST', '/queues/other/messages', messageXml('other'));
    await settle();
    expect(valueIn(await other, 'MessageBody')).toBe('other');
    expect(waiting.outcome()).toBeUndefined();
  });
});

describe('a client that goes away (I17)', () => {
  it('takes nothing with it while it waits', async () => {
    const client = new AbortController();
    const gone = poll('?waitseconds=30', client.signal);
    const waiting = poll('?waitseconds=30');
    await mns.clock.advanceBy(100);
    client.abort();
    await send('hello');
    await settle();
    expect(gone.outcome()?.reply.status).toBe(404);
    expect(bodyOf(waiting)).toBe('hello');
    expect(mns.clock.pendingTimers).toBe(0);
  });

  it('takes nothing when it has gone before', async () => {
    await send('hello');
    const reply = await poll('?waitseconds=30', AbortSignal.abort()).reply;
    expect(reply.status).toBe(404);
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'ActiveMessages')).toBe('1');
  });

  it('may go after its answer without harm', async () => {
    const client = new AbortController();
    const waiting = poll('?waitseconds=30', client.signal);
    await send('hello');
    await settle();
    client.abort();
    expect(bodyOf(waiting)).toBe('hello');
  });
});

describe('closing', () => {
  it('answers all waiting receives at once, and lets none wait any more', async () => {
    const polls = [poll('?waitseconds=30'), poll('?waitseconds=10&numOfMessages=2')];
    await settle();
    mns.service.close();
    await settle();
    expect(polls.map(({ outcome }) => outcome()?.atMs)).toEqual([0, 0]);
    expect(polls.map(({ outcome }) => outcome()?.reply.status)).toEqual([404, 404]);
    expect((await poll('?waitseconds=30').reply).status).toBe(404);
    expect(mns.clock.pendingTimers).toBe(0);
  });
});

it('a thousand waiting receives and a thousand messages meet one by one', async () => {
  const polls = Array.from({ length: 1000 }, () => poll('?waitseconds=30'));
  await settle();
  for (let index = 0; index < 1000; index += 1) await send(String(index));
  await settle();
  expect(polls.map(bodyOf)).toEqual(Array.from({ length: 1000 }, (_, index) => String(index)));
});

it('a timer that rings a millisecond early, as those of machines may, delays nothing and loses nothing', async () => {
  const { clock } = mns;
  const hasty: Clock = {
    now: () => clock.now(),
    after: (delayMs, callback) => clock.after(delayMs > 10 ? delayMs - 1 : delayMs, callback),
  };
  const model = new MnsModel();
  const polls = new LongPolls(hasty, model);
  const queueName = 'orders';
  model.apply({ type: 'createQueue', queueName, attributes: {} }, START_MS);
  const message = { body: 'hello', priority: 8, delaySeconds: 3, userProperties: [], systemProperties: [] };
  model.apply({ type: 'sendMessage', queueName, message }, START_MS);
  const received = new Promise((resolve) =>
    polls.receive({ queueName, count: 1, waitSeconds: 30 }, undefined, resolve),
  );
  const result = await clock.runUntil(received);
  expect(result).toMatchObject({
    ok: true,
    value: { messages: [{ body: 'hello', firstDequeuedAtMs: START_MS + 3000 }] },
  });
  expect([clock.now(), clock.pendingTimers, polls.waiting]).toEqual([START_MS + 3000, 0, 0]);
});
