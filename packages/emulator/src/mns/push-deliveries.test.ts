import { describe, expect, it } from 'vitest';
import type { PushRequest } from './push/push-request.js';
import type { PushAnswer } from './push/push-sender.js';
import {
  ACCOUNT,
  START_MS,
  messageXml,
  mnsFixture,
  valueIn,
  xmlText,
  type MnsFixture,
  type TestReply,
} from './test-support/mns-fixture.js';

interface Sent {
  readonly atMs: number;
  readonly request: PushRequest;
  readonly text: string;
  header(name: string): string | undefined;
}

interface World {
  readonly mns: MnsFixture;
  readonly sent: readonly Sent[];
  readonly publish: (body: string, more?: string) => Promise<TestReply>;
  readonly subscribe: (name: string, endpoint: string, more?: string) => Promise<TestReply>;
}

/** An MNS whose pushes are answered by `answer`, with the topic `events`. */
async function world(answer: (attempt: number) => PushAnswer | Promise<PushAnswer>, seed?: string): Promise<World> {
  const sent: Sent[] = [];
  const mns = mnsFixture(seed, {
    sender: async (request) => {
      const header = (name: string): string | undefined => request.headers.find(([key]) => key === name)?.[1];
      sent.push({ atMs: mns.clock.now(), request, text: Buffer.from(request.body).toString('utf8'), header });
      return answer(sent.length);
    },
  });
  await mns.call('PUT', '/topics/events');
  return {
    mns,
    sent,
    publish: (body, more = '') => mns.call('POST', '/topics/events/messages', messageXml(body, more)),
    subscribe: (name, endpoint, more = '') =>
      mns.call(
        'PUT',
        `/topics/events/subscriptions/${name}`,
        `<Subscription><Endpoint>${xmlText(endpoint)}</Endpoint>${more}</Subscription>`,
      ),
  };
}

const HOOK = 'http://127.0.0.1:8080/hook';
const SIMPLIFIED = '<NotifyContentFormat>SIMPLIFIED</NotifyContentFormat>';
const JSON_FORMAT = '<NotifyContentFormat>JSON</NotifyContentFormat>';
const DECAY = '<NotifyStrategy>EXPONENTIAL_DECAY_RETRY</NotifyStrategy>';
const ok = (): PushAnswer => ({ status: 204 });
const broken = (): PushAnswer => ({ status: 500 });

describe('a push', () => {
  it('goes out after the publisher has its answer, at the same instant, once', async () => {
    const { mns, sent, publish, subscribe } = await world(ok);
    await subscribe('sub-a', HOOK, SIMPLIFIED);
    const published = await publish('hello');
    expect(published.status).toBe(201);
    expect(sent).toEqual([]);
    await mns.clock.advanceBy(0);
    expect(sent.map(({ atMs, text, request }) => [atMs, text, request.url])).toEqual([[START_MS, 'hello', HOOK]]);
    await mns.clock.advanceBy(100_000);
    expect(sent).toHaveLength(1);
    const fact = { topicName: 'events', subscriptionName: 'sub-a', messageId: valueIn(published, 'MessageId') };
    expect(mns.journal.entries('pushed')).toMatchObject([
      { atMs: START_MS, kind: 'pushed', ...fact, url: HOOK, status: 204, attempt: 1 },
    ]);
    expect(mns.clock.pendingTimers).toBe(0);
  });

  it('says who sent what to whom, and when, in every format', async () => {
    const { mns, sent, publish, subscribe } = await world(ok);
    await subscribe('plain', HOOK, SIMPLIFIED);
    await subscribe('json', HOOK, JSON_FORMAT);
    await subscribe('xml', HOOK);
    const published = await publish('hello', '<MessageTag>paid</MessageTag>');
    await mns.clock.advanceBy(0);
    expect(sent.map(({ header }) => header('x-mns-subscription-name'))).toEqual(['plain', 'json', 'xml']);
    for (const { header } of sent) {
      expect(header('x-mns-message-id')).toBe(valueIn(published, 'MessageId'));
      expect(header('x-mns-message-tag')).toBe('paid');
      expect(header('x-mns-publish-time')).toBe(String(START_MS));
      expect(header('x-mns-topic-owner')).toBe(ACCOUNT);
      expect(header('x-mns-subscriber')).toBe(ACCOUNT);
      expect(header('x-mns-topic-name')).toBe('events');
    }
    expect(new Set(sent.map(({ header }) => header('x-mns-request-id'))).size).toBe(3);
  });

  it('carries the very bytes that a queue would get', async () => {
    const { mns, sent, publish, subscribe } = await world(ok);
    for (const [name, format] of [
      ['plain', SIMPLIFIED],
      ['json', JSON_FORMAT],
      ['xml', ''],
    ] as const) {
      await mns.call('PUT', `/queues/${name}`);
      // The same subscription leads to the server first and to the queue then, so that nothing else differs.
      await subscribe(name, HOOK, format);
      await publish('<中文> "x"', '<MessageTag>paid</MessageTag>');
      await mns.clock.advanceBy(0);
      const pushed = sent.at(-1);
      await mns.call('DELETE', `/topics/events/subscriptions/${name}`);
      await subscribe(name, `acs:mns:cn-hangzhou:${ACCOUNT}:queues/${name}`, format);
      await publish('<中文> "x"', '<MessageTag>paid</MessageTag>');
      await mns.call('DELETE', `/topics/events/subscriptions/${name}`);
      const queued = valueIn(await mns.call('GET', `/queues/${name}/messages`), 'MessageBody');
      const withoutId = (text: string | undefined): string | undefined =>
        text?.replace(/[0-9A-F]{32}(?="}|<\/MessageId)/, '');
      expect(withoutId(pushed?.text)).toBe(withoutId(queued));
    }
  });

  it('goes only to subscriptions that match', async () => {
    const { mns, sent, publish, subscribe } = await world(ok);
    await subscribe('paid', HOOK, `${SIMPLIFIED}<FilterTag>paid</FilterTag>`);
    await publish('untagged');
    await publish('tagged', '<MessageTag>paid</MessageTag>');
    await mns.clock.advanceBy(0);
    expect(sent.map(({ text }) => text)).toEqual(['tagged']);
  });

  it('holds up no queue, and no other push', async () => {
    const { mns, sent, publish, subscribe } = await world((attempt) => (attempt === 1 ? new Promise(() => {}) : ok()));
    await mns.call('PUT', '/queues/orders');
    await subscribe('slow', HOOK, SIMPLIFIED);
    await subscribe('fast', 'http://localhost/fast', SIMPLIFIED);
    await subscribe('queue', `acs:mns:cn-hangzhou:${ACCOUNT}:queues/orders`, SIMPLIFIED);
    await publish('hello');
    expect(valueIn(await mns.call('GET', '/queues/orders/messages'), 'MessageBody')).toBe('hello');
    await mns.clock.advanceBy(1);
    expect(sent).toHaveLength(2);
    expect(mns.journal.entries('pushed').map(({ subscriptionName }) => subscriptionName)).toEqual(['fast']);
  });
});

describe('a push that fails', () => {
  it('is tried three times more by default, each after 10 to 20 seconds, then dropped', async () => {
    const { mns, sent, publish, subscribe } = await world(broken);
    await subscribe('sub-a', HOOK);
    const messageId = valueIn(await publish('hello'), 'MessageId');
    await mns.clock.advanceBy(100_000);
    expect(sent).toHaveLength(4);
    for (const [index, { atMs }] of sent.entries()) {
      const waitedMs = atMs - (sent[index - 1]?.atMs ?? START_MS - 15_000);
      expect(waitedMs).toBeGreaterThanOrEqual(10_000);
      expect(waitedMs).toBeLessThanOrEqual(20_000);
    }
    const fact = { topicName: 'events', subscriptionName: 'sub-a', messageId, reason: 'HTTP 500' };
    expect(mns.journal.entries('delivery-failed')).toMatchObject(
      [1, 2, 3].map((attempt) => ({
        kind: 'delivery-failed',
        ...fact,
        attempt,
        atMs: sent[attempt - 1]?.atMs,
        retryAtMs: sent[attempt]?.atMs,
      })),
    );
    expect(mns.journal.entries('delivery-dropped')).toMatchObject([
      { kind: 'delivery-dropped', ...fact, attempts: 4, atMs: sent[3]?.atMs },
    ]);
    expect(mns.clock.pendingTimers).toBe(0);
  });

  it('follows the exponential schedule exactly: 177 attempts within a day', async () => {
    const { mns, sent, publish, subscribe } = await world(broken);
    await subscribe('sub-a', HOOK, DECAY);
    await publish('hello');
    await mns.clock.advanceBy(90_000_000);
    const waits = sent.slice(1).map(({ atMs }, index) => (atMs - (sent[index]?.atMs ?? 0)) / 1000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, ...Array.from({ length: 167 }, () => 512)]);
    expect(mns.journal.entries('delivery-dropped')).toMatchObject([{ attempts: 177, atMs: START_MS + 86_015_000 }]);
  });

  it('waits five seconds for an answer, and for its turn only after that', async () => {
    const { mns, sent, publish, subscribe } = await world(() => new Promise(() => {}));
    await subscribe('sub-a', HOOK, DECAY);
    await publish('hello');
    await mns.clock.advanceBy(20_000);
    // Five seconds without an answer, then one and two seconds of waiting.
    expect(sent.map(({ atMs }) => (atMs - START_MS) / 1000)).toEqual([0, 6, 13]);
    expect(mns.journal.entries('delivery-failed')[0]).toMatchObject({
      atMs: START_MS + 5000,
      reason: 'no answer within 5000 ms',
    });
  });

  it('is the same message each time, in a new request with a new signature', async () => {
    const { mns, sent, publish, subscribe } = await world((attempt) => ({ status: attempt < 3 ? 503 : 200 }));
    await subscribe('sub-a', HOOK, DECAY + JSON_FORMAT);
    await publish('hello');
    await mns.clock.advanceBy(100_000);
    const values = (name: string): number => new Set(sent.map(({ header }) => header(name))).size;
    expect([sent.length, values('x-mns-message-id'), values('x-mns-publish-time')]).toEqual([3, 1, 1]);
    expect([values('x-mns-request-id'), values('Date'), values('Authorization')]).toEqual([3, 3, 3]);
    expect(new Set(sent.map(({ text }) => text)).size).toBe(1);
    expect(mns.journal.entries('pushed')).toMatchObject([{ attempt: 3, status: 200 }]);
  });

  it('to another machine has never left, and the journal says why', async () => {
    const { mns, sent, publish, subscribe } = await world(ok);
    await subscribe('sub-a', 'https://example.com/hook');
    await publish('hello');
    await mns.clock.advanceBy(100_000);
    expect(sent).toEqual([]);
    expect(mns.journal.entries('delivery-failed')).toHaveLength(3);
    expect(mns.journal.entries('delivery-dropped')).toMatchObject([
      { attempts: 4, reason: 'example.com is not this machine: push.hosts does not name it' },
    ]);
  });

  it('is dropped at its next attempt when it is unsubscribed', async () => {
    const { mns, sent, publish, subscribe } = await world(broken);
    await subscribe('sub-a', HOOK);
    await publish('hello');
    await mns.clock.advanceBy(0);
    await mns.call('DELETE', '/topics/events/subscriptions/sub-a');
    await mns.clock.advanceBy(100_000);
    expect(sent).toHaveLength(1);
    expect(mns.journal.entries('delivery-dropped')).toMatchObject([{ attempts: 1, reason: 'SubscriptionNotExist' }]);
  });

  it('is retried at instants that the seed decides', async () => {
    const instants = async (seed: string): Promise<readonly number[]> => {
      const { mns, sent, publish, subscribe } = await world(broken, seed);
      await subscribe('sub-a', HOOK);
      await publish('hello');
      await mns.clock.advanceBy(100_000);
      return sent.map(({ atMs }) => atMs);
    };
    expect(await instants('a')).toEqual(await instants('a'));
    expect(await instants('a')).not.toEqual(await instants('b'));
  });
});

describe('closing', () => {
  it.each([
    ['not begun', false],
    ['no answer yet', true],
  ])('gives up a push that has %s', async (_, hasBegun) => {
    const { mns, sent, publish, subscribe } = await world(() => new Promise(() => {}));
    await subscribe('sub-a', HOOK);
    await publish('hello');
    if (hasBegun) await mns.clock.advanceBy(1);
    mns.service.close();
    expect(mns.clock.pendingTimers).toBe(0);
    await mns.clock.advanceBy(100_000);
    expect(sent).toHaveLength(hasBegun ? 1 : 0);
  });

  it('leaves nothing behind that a later message could start', async () => {
    const { mns, sent, publish, subscribe } = await world(ok);
    await subscribe('sub-a', HOOK);
    mns.service.close();
    await publish('after');
    expect(mns.clock.pendingTimers).toBe(0);
    await mns.clock.advanceBy(100_000);
    expect(sent).toEqual([]);
    expect(mns.journal.entries('delivery-dropped')).toMatchObject([{ attempts: 1, reason: 'the emulator was closed' }]);
  });
});
