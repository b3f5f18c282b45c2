import { SeededRandom, VirtualClock, md5Hex } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { Claims } from '../dedup/claims.js';
import type { Claim, Deduplicator } from '../dedup/deduplicator.js';
import type { Delivery, PushDelivery } from '../mns/delivery.js';
import type { QueueFact } from '../status/bridge-status.js';
import { eventNamed, settled } from '../test-support/called-handler.js';
import { queueDelivery } from '../test-support/waiting-entry.js';
import { RecentEvents } from '../wait/recent-events.js';
import { Waiters } from '../wait/waiters.js';
import type { DecodedEvent } from './decoded-event.js';
import { Dispatcher, type MessageFrame, type OpenedMessage } from './dispatcher.js';
import { KnownMessage } from './known-messages.js';
import type { Handler } from './listener-call.js';
import type { Verdict } from './verdict.js';

/** A queue message whose events have these names. */
const message = (names: string, changes: Parameters<typeof queueDelivery>[0] = {}): Delivery =>
  queueDelivery({ body: names, bodyMD5: md5Hex(names), ...changes });

const push = (names: string): PushDelivery => ({
  source: 'push',
  queueName: undefined,
  deliveryCount: undefined,
  topicName: 't',
  subscriptionName: 's',
  messageId: 'm',
  body: names,
  userProperties: [],
  sentAt: new Date(0),
  receivedAt: new Date(5000),
});

interface RoomOptions {
  readonly listeners?: Readonly<Record<string, readonly Handler[]>>;
  readonly deduplicator?: Partial<Deduplicator>;
  readonly decode?: (text: string) => readonly DecodedEvent[];
}

interface Room {
  readonly dispatcher: Dispatcher;
  readonly waiters: Waiters;
  readonly clock: VirtualClock;
  readonly facts: QueueFact[];
  readonly frame: MessageFrame & { held: boolean };
  readonly asked: (readonly unknown[])[];
  readonly settings: { unhandled: 'release' | 'delete' };
  readonly run: (delivery: Delivery) => Promise<Verdict>;
}

function opened(dispatcher: Dispatcher, delivery: Delivery): OpenedMessage {
  const result = dispatcher.open(delivery);
  return 'events' in result ? result : expect.fail(result.message);
}

function room({ listeners = {}, deduplicator, decode }: RoomOptions = {}): Room {
  const clock = new VirtualClock(0);
  const recent = new RecentEvents(clock, 10, 60_000);
  const waiters = new Waiters({ clock, random: new SeededRandom('waits'), recent });
  const settings: Room['settings'] = { unhandled: 'release' };
  const asked: (readonly unknown[])[] = [];
  const noting =
    <Answer>(name: string, answer: Answer) =>
    async (...args: readonly unknown[]): Promise<Answer> => {
      asked.push([name, ...args]);
      return answer;
    };
  const claims = new Claims(
    {
      claim: noting('claim', { state: 'claimed', token: 't' }),
      complete: noting('complete', undefined),
      release: noting('release', undefined),
      ...deduplicator,
    },
    clock,
  );
  const dispatcher = new Dispatcher({
    decode: decode ?? ((text) => text.split(',').map(eventNamed)),
    listeners: { of: (event) => listeners['eventName' in event ? event.eventName : event.name] ?? [] },
    waiters,
    recent,
    claims: deduplicator === undefined ? undefined : claims,
    unhandled: () => settings.unhandled,
  });
  const facts: QueueFact[] = [];
  const frame: Room['frame'] = {
    held: true,
    delivery: message('A'),
    signalOf: () => new AbortController().signal,
    isHeld: () => frame.held,
    workBegins: () => {},
    givenUp: undefined,
    canDeadLetter: () => true,
    report: (fact) => facts.push(fact),
    lease: { leftMs: 30_000, onExtended: () => () => {} },
    known: new KnownMessage(),
  };
  const run = async (delivery: Delivery): Promise<Verdict> =>
    dispatcher.run(opened(dispatcher, delivery), { ...frame, isHeld: () => frame.held, delivery }).verdict;
  return { dispatcher, waiters, clock, facts, frame, asked, settings, run };
}

const ack = { type: 'ack' };
const unheard = { type: 'release', reason: 'unheard' };
const no: Handler = () => {
  throw new Error('no');
};

describe('Dispatcher.open', () => {
  it('finds the events of a message and whether anybody listens to one of them', () => {
    const handler: Handler = () => {};
    const { dispatcher } = room({ listeners: { B: [handler] } });
    const both = opened(dispatcher, message('A,B'));
    expect(both.events.map(({ index, handlers }) => [index, handlers])).toEqual([
      [0, []],
      [1, [handler]],
    ]);
    expect([both.isListenedTo, opened(dispatcher, message('A')).isListenedTo]).toEqual([true, false]);
  });

  it('knows an event again that has come before', () => {
    const { dispatcher } = room();
    const first = opened(dispatcher, message('A,A')).events.map(({ recent }) => recent);
    expect(first[0]).not.toBe(first[1]);
    const again = opened(dispatcher, message('A,A')).events.map(({ recent }) => recent);
    expect([again[0] === first[0], again[1] === first[1]]).toEqual([true, true]);
    expect(opened(dispatcher, message('A', { messageId: 'n' })).events[0]?.recent).not.toBe(first[0]);
  });

  it.each<[string, Delivery, string | undefined]>([
    ['of a queue', message('A', { bodyMD5: md5Hex('A').toLowerCase() }), undefined],
    ['of a queue that is damaged', message('A', { bodyMD5: md5Hex('B') }), 'MESSAGE_CORRUPT'],
    [
      'of a queue with properties, of which the MD5 tells nothing',
      message('A', { bodyMD5: md5Hex('B'), userProperties: [{ name: 'n', value: 'v', type: 'STRING' }] }),
      undefined,
    ],
    ['that was pushed', push('A'), undefined],
  ])('verifies a message %s', (_, delivery, code) => {
    const result = room().dispatcher.open(delivery);
    if (code === undefined) expect(result).toMatchObject({ events: [{ index: 0 }] });
    else expect(result).toMatchObject({ code });
  });

  it('compares what a topic has wrapped only where it can', () => {
    const wrapped = JSON.stringify({
      TopicOwner: '1',
      TopicName: 't',
      Subscriber: '1',
      SubscriptionName: 's',
      MessageId: 'M',
      MessageMD5: md5Hex('B'),
      Message: 'A',
      PublishTime: '0',
    });
    const properties = [{ name: 'n', value: 'v', type: 'STRING' }];
    const { dispatcher } = room();
    expect(dispatcher.open(message(wrapped))).toMatchObject({ code: 'NOTIFICATION_CORRUPT' });
    expect(dispatcher.open(message(wrapped, { userProperties: properties }))).toMatchObject({ events: [{}] });
    expect(dispatcher.open(push(wrapped))).toMatchObject({ events: [{}] });
  });

  it('says of whatever cannot be read what was wrong', () => {
    const cause = new RangeError('too deep');
    const { dispatcher } = room({
      decode: () => {
        throw cause;
      },
    });
    expect(dispatcher.open(message('A'))).toMatchObject({
      code: 'EVENT_MALFORMED',
      message: 'cannot be handled: too deep',
      cause,
    });
  });
});

describe('Dispatcher.run', () => {
  it('gives back or deletes, as the settings say, what nobody listens to, and says so', async () => {
    const { run, facts, settings } = room();
    expect(await run(message('A'))).toEqual(unheard);
    settings.unhandled = 'delete';
    expect(await run(message('A'))).toEqual(ack);
    const fact = { type: 'unhandled', messageId: 'm', eventName: 'A' };
    expect(facts).toEqual([
      { ...fact, deleted: false },
      { ...fact, deleted: true },
    ]);
  });

  it('takes for handled what somebody waits for, and calls the listeners as well', async () => {
    let calls = 0;
    const { run, facts, waiters } = room({ listeners: { B: [() => void (calls += 1)] } });
    const waiting = [waiters.wait('unknown'), waiters.wait((event) => 'eventName' in event && event.eventName === 'B')];
    expect(await run(message('A,B'))).toEqual(ack);
    await Promise.all(waiting);
    expect([facts, calls]).toEqual([[], 1]);
  });

  it('calls every listener of every event, apart from one another, with all they may want to know', async () => {
    const seen: unknown[] = [];
    const note: Handler = (event, { delivery, timing, notification }) => {
      const { publishedAt, enqueuedAt, firstReceivedAt, receivedAt } = timing;
      seen.push([event, delivery.source, notification.text]);
      seen.push([publishedAt, enqueuedAt, firstReceivedAt, receivedAt]);
    };
    const { run, facts, frame } = room({ listeners: { A: [no, note], B: [note] } });
    const times = { enqueuedAt: new Date(1), firstReceivedAt: new Date(2), receivedAt: new Date(3) };
    expect(await run(message('A,B', times))).toMatchObject({ type: 'retry' });
    const { enqueuedAt, firstReceivedAt, receivedAt } = times;
    expect(seen).toEqual([
      [eventNamed('A'), 'queue', 'A,B'],
      [undefined, enqueuedAt, firstReceivedAt, receivedAt],
      [eventNamed('B'), 'queue', 'A,B'],
      [undefined, enqueuedAt, firstReceivedAt, receivedAt],
    ]);
    expect(facts).toMatchObject([
      { type: 'listener-failed', messageId: 'm', eventName: 'A', error: { code: 'LISTENER_FAILED' } },
    ]);
    expect(frame.known.hasSucceeded(0, note)).toBe(true);
    expect([frame.known.hasSucceeded(0, no), frame.known.hasSucceeded(1, note)]).toEqual([false, true]);
    await room({ listeners: { A: [note] } }).run(push('A'));
    expect(seen.slice(4)).toEqual([
      [eventNamed('A'), 'push', 'A'],
      [undefined, undefined, undefined, new Date(5000)],
    ]);
  });

  it('calls no listener again that has done its part, and notes none that has not', async () => {
    const calls: string[] = [];
    const failures = { left: 2 };
    const flaky: Handler = () => {
      calls.push('flaky');
      failures.left -= 1;
      if (failures.left >= 0) throw new Error('no');
    };
    const { run, facts } = room({ listeners: { A: [() => void calls.push('good'), flaky] } });
    const results: string[] = [];
    for (let delivery = 0; delivery < 4; delivery += 1) results.push((await run(message('A'))).type);
    expect([calls, results]).toEqual([
      ['good', 'flaky', 'flaky', 'flaky'],
      ['retry', 'retry', 'ack', 'ack'],
    ]);
    expect(facts).toHaveLength(2);
  });

  it('keeps from those who wait what its listeners have handled, and no more', async () => {
    const { run, waiters, clock } = room({ listeners: { A: [() => {}], B: [no] } });
    await run(message('A'));
    await run(message('B', { messageId: 'n' }));
    const late = async (name: string): Promise<unknown> =>
      waiters
        .wait((event) => 'eventName' in event && event.eventName === name, { timeoutMs: 1000 })
        .then(
          () => 'came',
          (error: unknown) => (error as { code: string }).code,
        );
    expect(await clock.runUntil(Promise.all([late('A'), late('B')]))).toEqual(['WAIT_TIMEOUT', 'came']);
  });

  it('has finished when the last listener has, which may be after the verdict', async () => {
    const ends: (() => void)[] = [];
    const slow: Handler = (_, { ack: done }) => {
      done();
      return new Promise<void>((resolve) => ends.push(resolve));
    };
    const { dispatcher, frame } = room({ listeners: { A: [slow, slow] } });
    const { verdict, finished } = dispatcher.run(opened(dispatcher, message('A')), frame);
    let isFinished = false;
    void finished.then(() => (isFinished = true));
    expect(await verdict).toEqual(ack);
    for (const end of ends) {
      await settled();
      expect(isFinished).toBe(false);
      end();
    }
    await settled();
    expect([ends.length, isFinished]).toEqual([2, true]);
  });

  it('dead-letters a message whose event breaks what is made of it', async () => {
    const broken: DecodedEvent = Object.defineProperty(eventNamed('A'), 'occurredAt', {
      get: () => {
        throw new Error('broken');
      },
    });
    const { run } = room({ listeners: { A: [() => {}] }, decode: () => [broken] });
    expect(await run(message('A'))).toMatchObject({
      type: 'dead-letter',
      error: { code: 'EVENT_MALFORMED', message: 'cannot be handled: broken' },
    });
  });
});

describe('With a deduplicator, a dispatcher', () => {
  const claiming = (claim: Claim): Partial<Deduplicator> => ({ claim: async () => claim });

  it('claims an event by a key of its own while its listeners work, and completes it when all have succeeded', async () => {
    const { run, asked, facts } = room({ listeners: { A: [() => {}], B: [no], D: [] }, deduplicator: {} });
    expect(await run(message('A,B,D'))).toMatchObject({ type: 'retry' });
    expect(asked.slice(0, 2)).toEqual([
      ['claim', 'message/m/0', 30_000],
      ['claim', 'message/m/1', 30_000],
    ]);
    // Which of the two ends first does not matter.
    expect(new Map(asked.slice(2).map(([how, ...of]) => [how, of]))).toEqual(
      new Map([
        ['complete', ['message/m/0', 't']],
        ['release', ['message/m/1', 't']],
      ]),
    );
    expect(facts.map(({ type }) => type).toSorted()).toEqual(['listener-failed', 'unhandled']);
  });

  it('takes the id that publishing returned, which all copies of a message have', async () => {
    const wrapped = JSON.stringify({
      TopicOwner: '1',
      TopicName: 't',
      Subscriber: '1',
      SubscriptionName: 's',
      MessageId: 'published',
      MessageMD5: md5Hex('A'),
      Message: 'A',
      PublishTime: '0',
    });
    const { run, asked } = room({ listeners: { A: [() => {}] }, deduplicator: {} });
    await run(message(wrapped));
    expect(asked[0]).toEqual(['claim', 'message/published/0', 30_000]);
  });

  it.each<[Claim, Verdict, boolean]>([
    [{ state: 'completed' }, { type: 'ack' }, false],
    [{ state: 'busy' }, { type: 'release', reason: 'busy' }, true],
  ])('calls nobody for an event that is %j', async (claim, verdict, busy) => {
    const never: Handler = () => expect.unreachable();
    const { run, facts, asked } = room({ listeners: { A: [never] }, deduplicator: claiming(claim) });
    expect(await run(message('A'))).toEqual(verdict);
    expect(facts).toEqual([{ type: 'duplicate', messageId: 'm', eventName: 'A', key: 'message/m/0', busy }]);
    expect(asked).toEqual([]);
  });

  it('handles what it cannot claim as if there were none, and says so', async () => {
    let calls = 0;
    const { run, facts, asked } = room({
      listeners: { A: [() => void (calls += 1)] },
      deduplicator: { claim: () => Promise.reject(new Error('down')) },
    });
    expect(await run(message('A'))).toEqual(ack);
    expect([calls, asked]).toEqual([1, []]);
    expect(facts).toMatchObject([
      { type: 'deduplicator-failed', messageId: 'm', error: { code: 'DEDUPLICATOR_FAILED' } },
    ]);
  });

  it('asks for no claim of what all listeners have done before', async () => {
    const { run, asked } = room({ listeners: { A: [() => {}] }, deduplicator: {} });
    await run(message('A'));
    asked.length = 0;
    expect([await run(message('A')), asked]).toEqual([ack, []]);
  });

  it('has nothing to let go of where a listener fails without a claim', async () => {
    const { run } = room({ listeners: { A: [no] }, deduplicator: { claim: () => Promise.reject(new Error('down')) } });
    expect(await run(message('A'))).toMatchObject({ type: 'retry', error: { code: 'LISTENER_FAILED' } });
  });

  it('lets go of what it has claimed too late for this delivery', async () => {
    const made = room({
      listeners: { A: [() => expect.unreachable()] },
      deduplicator: {
        claim: async () => {
          made.frame.held = false;
          return { state: 'claimed', token: 't' };
        },
      },
    });
    expect(await made.run(message('A'))).toEqual({ type: 'release', reason: 'stopped' });
    expect(made.asked).toEqual([['release', 'message/m/0', 't']]);
  });
});
