import { SeededRandom, VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { SdkReply } from '../mns/sdk-client.js';
import { scriptedTransport, sdkRefusal } from '../test-support/scripted-transport.js';
import { AdminClient } from './admin-client.js';
import type { Wanted } from './resources.js';

const WANTED: Wanted = {
  kind: 'queue',
  name: 'q',
  path: '/queues/q',
  attributes: { VisibilityTimeout: '60' },
  onCreation: { LoggingEnabled: 'true' },
  fixed: [],
};

type Answer = number | Readonly<Record<string, string>> | Error;

const hungUp = new Error('socket hang up');
const exists = sdkRefusal('QueueAlreadyExist', 409);

/** A client to which the service answers this, one call after the other. */
function clientOf(answers: readonly Answer[]): { admin: AdminClient; clock: VirtualClock; calls: string[] } {
  const clock = new VirtualClock();
  const calls: string[] = [];
  let next = 0;
  const transport = scriptedTransport(({ method }): SdkReply => {
    calls.push(method);
    const answer = answers[next++] ?? expect.fail('nobody expected another call');
    if (answer instanceof Error) throw answer;
    return typeof answer === 'number' ? { code: answer, headers: {} } : { code: 200, headers: {}, body: answer };
  });
  return { admin: new AdminClient({ transport, clock, random: new SeededRandom(1) }), clock, calls };
}

describe('AdminClient.create', () => {
  it.each<[string, readonly Answer[], string, boolean]>([
    ['a new one', [201], 'created', false],
    ['an equal one', [204], 'same', false],
    ['another one', [exists], 'other', false],
    ['what an unanswered attempt has made', [hungUp, 204], 'created', true],
    ['what an unanswered attempt has not made', [hungUp, 201], 'created', true],
    [
      'its own, which the service does not take for equal',
      [hungUp, exists, { VisibilityTimeout: '60', LoggingEnabled: 'True' }],
      'created',
      true,
    ],
    [
      'another one after an unanswered attempt',
      [hungUp, exists, { VisibilityTimeout: '30', LoggingEnabled: 'True' }],
      'other',
      true,
    ],
    ['one that is gone after an unanswered attempt', [hungUp, exists, sdkRefusal('QueueNotExist', 404)], 'other', true],
    ['what a fault of the service has made', [sdkRefusal('InternalError', 500), 204], 'created', true],
    ['an equal one after a throttled attempt', [sdkRefusal('TooManyRequests', 429), 204], 'same', false],
  ])('tells %s', async (_, answers, creation, wasUnsure) => {
    const { admin, clock } = clientOf(answers);
    let isUnsure = false;
    expect(await clock.runUntil(admin.create(WANTED, () => (isUnsure = true)))).toBe(creation);
    expect(isUnsure).toBe(wasUnsure);
  });

  it('gives up after four attempts, and says that it may exist', async () => {
    const { admin, clock, calls } = clientOf([hungUp, hungUp, hungUp, hungUp]);
    let unsure = 0;
    await expect(clock.runUntil(admin.create(WANTED, () => (unsure += 1)))).rejects.toMatchObject({
      code: 'MNS_UNREACHABLE',
    });
    expect([calls.length, unsure]).toEqual([4, 4]);
  });
});

describe('AdminClient.within', () => {
  it('begins no call and no further attempt once it is told to stop', async () => {
    const { admin, clock, calls } = clientOf([hungUp]);
    const stop = new AbortController();
    const limited = admin.within({ stop: stop.signal });
    const reading = limited.read(WANTED);
    stop.abort(new Error('enough'));
    await expect(clock.runUntil(reading)).rejects.toThrow('enough');
    await expect(limited.remove(WANTED)).rejects.toThrow('enough');
    expect([calls, clock.pendingTimers]).toEqual([['GET'], 0]);
  });
});

describe('AdminClient.subscriptionsOf', () => {
  const page = (names: readonly string[], marker?: string): SdkReply => ({
    code: 200,
    headers: {},
    body: {
      Subscription: names.map((name) => ({ SubscriptionURL: `http://h/topics/t/subscriptions/${name}` })),
      ...(marker === undefined ? {} : { NextMarker: marker }),
    },
  });

  it('reads all pages, each name once, and only those that were asked for', async () => {
    const pages = [page(['a-1', 'b'], 'm1'), page(['a-1', 'a-2'], 'm2'), page([], ''), page(['never'])];
    const transport = scriptedTransport(() => pages.shift() ?? expect.fail());
    const admin = new AdminClient({ transport, clock: new VirtualClock(), random: new SeededRandom(1) });
    expect(await admin.subscriptionsOf('t', 'a-')).toEqual(['a-1', 'a-2']);
    expect(transport.calls.map(({ headers }) => headers?.['x-mns-marker'])).toEqual([undefined, 'm1', 'm2']);
  });

  it('does not read a list that has no end', async () => {
    const transport = scriptedTransport(() => page(['a-1'], 'again'));
    const admin = new AdminClient({ transport, clock: new VirtualClock(), random: new SeededRandom(1) });
    await expect(admin.subscriptionsOf('t', 'a-')).rejects.toMatchObject({ code: 'MNS_UNREACHABLE' });
    expect(transport.calls).toHaveLength(100);
  });

  it('finds none where there is no topic', async () => {
    const { admin } = clientOf([sdkRefusal('TopicNotExist', 404)]);
    expect(await admin.subscriptionsOf('t', 'a-')).toEqual([]);
  });
});
