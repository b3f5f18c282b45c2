import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { readMnsOptions, type MnsCall, type MnsOptions } from './mns-options.js';
import {
  errorXml,
  messageXml,
  mnsFixture,
  subscriptionXml,
  valueIn,
  valuesIn,
  type MnsFixture,
  type TestReply,
} from './test-support/mns-fixture.js';

const MESSAGES = '/queues/orders/messages';

async function withQueue(options: MnsOptions, seed = 'test'): Promise<MnsFixture> {
  const mns = mnsFixture(seed, {}, options);
  await mns.call('PUT', '/queues/orders');
  return mns;
}

async function sendNumbers(mns: MnsFixture, count: number, more = ''): Promise<void> {
  for (let number = 0; number < count; number += 1) await mns.call('POST', MESSAGES, messageXml(`m${number}`, more));
}

const take = (mns: MnsFixture, query = '?numOfMessages=16'): Promise<TestReply> =>
  mns.call('GET', `${MESSAGES}${query}`);
const numbersIn = (reply: TestReply): readonly number[] =>
  valuesIn(reply, 'MessageBody').map((body) => Number(body.slice(1)));

/** What each batch receive gives, until there is nothing. */
async function drain(mns: MnsFixture): Promise<readonly (readonly number[])[]> {
  const batches: (readonly number[])[] = [];
  for (;;) {
    const batch = numbersIn(await take(mns));
    if (batch.length === 0) return batches;
    batches.push(batch);
  }
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number);

describe('MNS options', () => {
  it.each<[string, object]>([
    ['maxLongPolls', { maxLongPolls: -1 }],
    ['maxLongPolls', { maxLongPolls: 1.5 }],
    ['maxLongPolls', { maxLongPolls: '1' }],
    ['stripes', { stripes: 0 }],
    ['stripes', { stripes: 17 }],
    ['stripes', { stripes: Number.NaN }],
    ['shuffle', { shuffle: 'yes' }],
    ['strictQueryNames', { strictQueryNames: 1 }],
    ['oldMessageIds', { oldMessageIds: null }],
    ['refuse', { refuse: 'TooManyRequests' }],
  ])('are checked: %s', (name, options) => {
    expect(() => readMnsOptions(options, () => 0)).toThrow(`mns.${name}: expected`);
  });
});

describe('strict query names', () => {
  it.each(['WaitSeconds', 'a', 'numofmessages', 'constructor'])('refuse %s', async (name) => {
    const mns = await withQueue({ strictQueryNames: true });
    const reply = await take(mns, `?${name}=1`);
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(
      errorXml(reply, 'InvalidQueryString', `Http request URL contains invalid querystring item “${name}”.`),
    );
  });

  it('refuse before anything else, as they are about the URL', async () => {
    const mns = await withQueue({ strictQueryNames: true });
    const { headers, ...request } = mns.request('GET', '/nowhere?peekonly=true&Peekonly=true');
    const reply = await mns.send({ ...request, headers: [] });
    expect(reply.text).toContain('item “Peekonly”.');
    expect(headers).not.toEqual([]);
  });

  it.each([
    '/queues/orders?metaoverride=true',
    '/queues/orders?metaOverride=true',
    '/queues/orders?Metaoverride=true',
    '/queues/orders?',
    '/?accountmeta=true',
  ])('take PUT %s', async (target) => {
    const mns = await withQueue({ strictQueryNames: true });
    expect((await mns.call('PUT', target)).status).toBe(204);
  });

  it.each([
    ['GET', '?numOfMessages=1&waitseconds=0', 404],
    ['GET', '?peekonly=true', 404],
    ['PUT', '?ReceiptHandle=x&VisibilityTimeout=1', 400],
    ['PUT', '?receiptHandle=x&visibilityTimeout=1', 400],
  ])('take %s messages%s', async (method, query, status) => {
    const mns = await withQueue({ strictQueryNames: true });
    const reply = await mns.call(method, `${MESSAGES}${query}`);
    expect(reply.status).toBe(status);
    expect(valueIn(reply, 'Code')).not.toBe('InvalidQueryString');
  });

  it('are off by default', async () => {
    expect(valueIn(await take(await withQueue({}), '?WaitSeconds=0'), 'Code')).toBe('MessageNotExist');
  });
});

describe('refuse', () => {
  it('is asked once per request, and what it refuses changes nothing', async () => {
    const calls: MnsCall[] = [];
    let left = 2;
    const mns = await withQueue({
      refuse: (call) => {
        calls.push(call);
        return call.operation === 'SendMessage' && left-- > 0 ? 'TooManyRequests' : undefined;
      },
    });
    const statuses: number[] = [];
    for (let number = 0; number < 4; number += 1) {
      statuses.push((await mns.call('POST', MESSAGES, messageXml(`m${number}`))).status);
    }
    expect(statuses).toEqual([429, 429, 201, 201]);
    expect(numbersIn(await take(mns))).toEqual([2, 3]);
    expect(calls).toHaveLength(6);
    expect(calls.at(-1)).toEqual({
      operation: 'BatchReceiveMessage',
      accountId: '1000000000000001',
      region: 'cn-hangzhou',
      queueName: 'orders',
      topicName: '',
      subscriptionName: '',
    });
  });

  it('is not asked about what is refused anyway', async () => {
    const mns = await withQueue({
      refuse: ({ operation }) => (operation === 'CreateQueue' ? undefined : 'TooManyRequests'),
    });
    const stranger = { accessKeyId: 'nobody', accessKeySecret: 'x' };
    expect(valueIn(await mns.call('GET', MESSAGES, '', { key: stranger }), 'Code')).toBe('InvalidAccessKeyId');
    expect(valueIn(await mns.call('GET', '/queues/-'), 'Code')).toBe('InvalidQueueName');
  });

  it('may throw: that request alone gets InternalError, and whoever runs the emulator is told', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const mns = await withQueue({
      refuse: ({ operation }) => {
        if (operation === 'SendMessage') throw new Error('the hook is broken');
        return undefined;
      },
    });
    const reply = await mns.call('POST', MESSAGES, messageXml('m'));
    expect([reply.status, valueIn(reply, 'Code')]).toEqual([500, 'InternalError']);
    expect((await mns.call('GET', '/queues/orders')).status).toBe(200);
    await expect.poll(() => warnings.map(({ message }) => message)).toEqual(['the hook is broken']);
    process.off('warning', listen);
  });
});

describe('old message ids', () => {
  const SHAPE = /^[0-9A-F]{16}-1-19B76DAA800-2[0-9A-F]{8}$/;

  it('have four parts, for queues and topics, and handles that work', async () => {
    const mns = await withQueue({ oldMessageIds: true });
    await mns.call('PUT', '/topics/events');
    await mns.call('PUT', '/topics/events/subscriptions/s', subscriptionXml('orders'));
    const sent = await mns.call('POST', MESSAGES, messageXml('hello'));
    const published = await mns.call('POST', '/topics/events/messages', messageXml('hello'));
    const received = await take(mns);
    const ids = [valueIn(sent, 'MessageId'), valueIn(published, 'MessageId'), ...valuesIn(received, 'MessageId')];
    for (const id of ids) expect(id).toMatch(SHAPE);
    expect(new Set(ids).size).toBe(3);
    const [first = '', second = ''] = valuesIn(received, 'ReceiptHandle');
    const changed = await mns.call('PUT', `${MESSAGES}?ReceiptHandle=${first}&VisibilityTimeout=60`);
    expect(changed.status).toBe(200);
    expect((await mns.call('DELETE', `${MESSAGES}?ReceiptHandle=${second}`)).status).toBe(204);
    expect((await mns.call('DELETE', `${MESSAGES}?ReceiptHandle=${valueIn(changed, 'ReceiptHandle')}`)).status).toBe(
      204,
    );
  });
});

describe('a limit of long polls', () => {
  it('answers one too many at once, until another one ends', async () => {
    const mns = await withQueue({ maxLongPolls: 2 });
    const waiting = [take(mns, '?waitseconds=10'), take(mns, '?waitseconds=10')];
    await mns.clock.advanceBy(0);
    const early = await take(mns, '?waitseconds=10');
    expect(early.text).toBe(errorXml(early, 'MessageNotExist', 'Message not exist.'));
    await mns.call('POST', MESSAGES, messageXml('m1'));
    expect(numbersIn((await waiting[0]) ?? early)).toEqual([1]);
    const startMs = mns.clock.now();
    await mns.clock.runUntil(take(mns, '?waitseconds=10'));
    expect(mns.clock.now() - startMs).toBe(9900);
  });

  it('counts all queues of a tenant together, and each tenant by itself', async () => {
    const mns = await withQueue({ maxLongPolls: 1 });
    await mns.call('PUT', '/queues/other');
    const elsewhere = { host: '127.0.0.1' };
    const waiting = take(mns, '?waitseconds=10');
    await mns.clock.advanceBy(0);
    expect((await mns.call('GET', '/queues/other/messages?waitseconds=10', '', elsewhere)).status).toBe(404);
    const abroad = { host: '1000000000000001.mns.cn-beijing.aliyuncs.com' };
    await mns.call('PUT', '/queues/orders', '', abroad);
    const startMs = mns.clock.now();
    await mns.clock.runUntil(mns.call('GET', `${MESSAGES}?waitseconds=30`, '', abroad));
    expect(mns.clock.now() - startMs).toBe(29_900);
    expect((await waiting).status).toBe(404);
  });

  it('concerns no receive that finds a message, and hides no error', async () => {
    const mns = await withQueue({ maxLongPolls: 0 });
    expect((await take(mns, '?waitseconds=30')).status).toBe(404);
    expect((await take(mns, '?waitseconds=31')).status).toBe(400);
    await sendNumbers(mns, 1);
    expect(numbersIn(await take(mns, '?waitseconds=30'))).toEqual([0]);
  });
});

describe('stripes', () => {
  it('give every other message to a receive, as the docs show', async () => {
    const mns = await withQueue({ stripes: 2 });
    await sendNumbers(mns, 10);
    const batches = await drain(mns);
    expect(batches.toSorted(([a = 0], [b = 0]) => a - b)).toEqual([
      [0, 2, 4, 6, 8],
      [1, 3, 5, 7, 9],
    ]);
  });

  it('are drawn, so that not the same one always comes first', async () => {
    const mns = await withQueue({ stripes: 2 });
    const firsts = new Set<number | undefined>();
    for (let round = 0; round < 20; round += 1) {
      await sendNumbers(mns, 2);
      firsts.add((await drain(mns)).at(0)?.at(0));
    }
    expect(firsts).toEqual(new Set([0, 1]));
  });

  it('hide nothing from a receive that waits', async () => {
    const mns = await withQueue({ stripes: 16 });
    const waiting = take(mns, '?waitseconds=30');
    await mns.clock.advanceBy(1000);
    await sendNumbers(mns, 1);
    expect(numbersIn(await waiting)).toEqual([0]);
  });

  it('let a peek see messages of one node, and leave them', async () => {
    const mns = await withQueue({ stripes: 2 });
    await sendNumbers(mns, 4);
    const seen = numbersIn(await take(mns, '?peekonly=true&numOfMessages=16'));
    expect(seen).toHaveLength(2);
    expect((await drain(mns)).flat()).toHaveLength(4);
  });
});

describe('a shuffled order', () => {
  it('is another for each seed, and the same for the same', async () => {
    const orders: string[] = [];
    for (const seed of ['a', 'b', 'a']) {
      const mns = await withQueue({ shuffle: true }, seed);
      await sendNumbers(mns, 12);
      orders.push((await drain(mns)).flat().join(' '));
    }
    expect(orders[0]).not.toBe(upTo(12).join(' '));
    expect(orders[1]).not.toBe(orders[0]);
    expect(orders[2]).toBe(orders[0]);
  });

  it('changes when messages come again', async () => {
    const mns = await withQueue({ shuffle: true });
    await sendNumbers(mns, 12);
    const first = (await drain(mns)).flat();
    await mns.clock.advanceBy(30_000);
    const second = (await drain(mns)).flat();
    expect(second).not.toEqual(first);
    expect(second.toSorted((a, b) => a - b)).toEqual(upTo(12));
  });

  it('leaves higher priorities first (I15)', async () => {
    const mns = await withQueue({ shuffle: true });
    await sendNumbers(mns, 6, '<Priority>9</Priority>');
    await sendNumbers(mns, 6, '<Priority>2</Priority>');
    const received = await take(mns);
    expect(valuesIn(received, 'Priority')).toEqual([...Array<string>(6).fill('2'), ...Array<string>(6).fill('9')]);
  });
});

describe('with any stripes and order', () => {
  prop.prop([fc.integer({ min: 1, max: 16 }), fc.boolean(), fc.integer({ min: 0, max: 40 }), fc.string()])(
    'every message is received once, and again when it comes back (I3, I16)',
    async (stripes, shuffle, count, seed) => {
      const mns = await withQueue({ stripes, shuffle }, seed);
      await sendNumbers(mns, count);
      for (let round = 0; round < 2; round += 1) {
        const all = (await drain(mns)).flat();
        expect(all.toSorted((a, b) => a - b)).toEqual(upTo(count));
        await mns.clock.advanceBy(30_000);
      }
      expect(valueIn(await mns.call('GET', '/queues/orders'), 'ActiveMessages')).toBe(String(count));
    },
  );
});
