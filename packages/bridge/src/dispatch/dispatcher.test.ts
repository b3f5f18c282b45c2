import { md5Hex } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../mns/delivery.js';
import { eventNamed, settled } from '../test-support/called-handler.js';
import {
  ack,
  dispatcherRoom,
  failing,
  messageWith,
  opened,
  pushWith,
  wrapped,
} from '../test-support/dispatcher-room.js';
import type { DecodedEvent } from './decoded-event.js';
import type { Handler } from './listener-call.js';

describe('Dispatcher.open', () => {
  it('finds the events of a message and whether anybody listens to one of them', () => {
    const handler: Handler = () => {};
    const { dispatcher } = dispatcherRoom({ listeners: { B: [handler] } });
    const both = opened(dispatcher, messageWith('A,B'));
    expect(both.events.map(({ index, handlers }) => [index, handlers])).toEqual([
      [0, []],
      [1, [handler]],
    ]);
    expect([both.isListenedTo, opened(dispatcher, messageWith('A')).isListenedTo]).toEqual([true, false]);
  });

  it('knows an event again that has come before', () => {
    const { dispatcher } = dispatcherRoom();
    const first = opened(dispatcher, messageWith('A,A')).events.map(({ recent }) => recent);
    expect(first[0]).not.toBe(first[1]);
    const again = opened(dispatcher, messageWith('A,A')).events.map(({ recent }) => recent);
    expect([again[0] === first[0], again[1] === first[1]]).toEqual([true, true]);
    expect(opened(dispatcher, messageWith('A', { messageId: 'n' })).events[0]?.recent).not.toBe(first[0]);
  });

  it.each<[string, Delivery, string | undefined]>([
    ['of a queue', messageWith('A', { bodyMD5: md5Hex('A').toLowerCase() }), undefined],
    ['of a queue that is damaged', messageWith('A', { bodyMD5: md5Hex('B') }), 'MESSAGE_CORRUPT'],
    [
      'of a queue with properties, of which the MD5 tells nothing',
      messageWith('A', { bodyMD5: md5Hex('B'), userProperties: [{ name: 'n', value: 'v', type: 'STRING' }] }),
      undefined,
    ],
    ['that was pushed', pushWith('A'), undefined],
  ])('verifies a message %s', (_, delivery, code) => {
    const result = dispatcherRoom().dispatcher.open(delivery);
    if (code === undefined) expect(result).toMatchObject({ events: [{ index: 0 }] });
    else expect(result).toMatchObject({ code });
  });

  it('compares what a topic has wrapped only where it can', () => {
    const damaged = wrapped('M', 'A', 'B');
    const properties = [{ name: 'n', value: 'v', type: 'STRING' }];
    const { dispatcher } = dispatcherRoom();
    expect(dispatcher.open(messageWith(damaged))).toMatchObject({ code: 'NOTIFICATION_CORRUPT' });
    expect(dispatcher.open(messageWith(damaged, { userProperties: properties }))).toMatchObject({ events: [{}] });
    expect(dispatcher.open(pushWith(damaged))).toMatchObject({ events: [{}] });
  });

  it('says of whatever cannot be read what was wrong', () => {
    const cause = new RangeError('too deep');
    const { dispatcher } = dispatcherRoom({
      decode: () => {
        throw cause;
      },
    });
    expect(dispatcher.open(messageWith('A'))).toMatchObject({
      code: 'EVENT_MALFORMED',
      message: 'cannot be handled: too deep',
      cause,
    });
  });
});

describe('Dispatcher.run', () => {
  it('gives back or deletes, as the settings say, what nobody listens to, and says so', async () => {
    const { run, facts, settings } = dispatcherRoom();
    expect(await run(messageWith('A'))).toEqual({ type: 'release', reason: 'unheard' });
    settings.unhandled = 'delete';
    expect(await run(messageWith('A'))).toEqual(ack);
    const fact = { type: 'unhandled', messageId: 'm', eventName: 'A' };
    expect(facts).toEqual([
      { ...fact, deleted: false },
      { ...fact, deleted: true },
    ]);
  });

  it('knows of an event that was passed on, also where another listener has failed on it', async () => {
    const passing: Handler = (_, { passOn }) => passOn();
    const { run, frame } = dispatcherRoom({ listeners: { A: [passing, failing], B: [failing] } });
    expect(await run(messageWith('A,B'))).toMatchObject({ type: 'retry' });
    expect([frame.known.isPassedOn(0), frame.known.isPassedOn(1)]).toEqual([true, false]);
  });

  it('takes for handled what somebody waits for, and calls the listeners as well', async () => {
    let calls = 0;
    const { run, facts, waiters } = dispatcherRoom({ listeners: { B: [() => void (calls += 1)] } });
    const waiting = [waiters.wait('unknown'), waiters.wait((event) => 'eventName' in event && event.eventName === 'B')];
    expect(await run(messageWith('A,B'))).toEqual(ack);
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
    const { run, facts, frame } = dispatcherRoom({ listeners: { A: [failing, note], B: [note] } });
    const times = { enqueuedAt: new Date(1), firstReceivedAt: new Date(2), receivedAt: new Date(3) };
    expect(await run(messageWith('A,B', times))).toMatchObject({ type: 'retry' });
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
    expect([frame.known.hasSucceeded(0, failing), frame.known.hasSucceeded(1, note)]).toEqual([false, true]);
    await dispatcherRoom({ listeners: { A: [note] } }).run(pushWith('A'));
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
    const { run, facts } = dispatcherRoom({ listeners: { A: [() => void calls.push('good'), flaky] } });
    const results: string[] = [];
    for (let delivery = 0; delivery < 4; delivery += 1) results.push((await run(messageWith('A'))).type);
    expect([calls, results]).toEqual([
      ['good', 'flaky', 'flaky', 'flaky'],
      ['retry', 'retry', 'ack', 'ack'],
    ]);
    expect(facts).toHaveLength(2);
  });

  it('keeps from those who wait what its listeners have handled, and no more', async () => {
    const { run, waiters, clock } = dispatcherRoom({ listeners: { A: [() => {}], B: [failing] } });
    await run(messageWith('A'));
    await run(messageWith('B', { messageId: 'n' }));
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
    const { dispatcher, frame } = dispatcherRoom({ listeners: { A: [slow, slow] } });
    const { verdict, finished } = dispatcher.run(opened(dispatcher, messageWith('A')), frame);
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
    const { run } = dispatcherRoom({ listeners: { A: [() => {}] }, decode: () => [broken] });
    expect(await run(messageWith('A'))).toMatchObject({
      type: 'dead-letter',
      error: { code: 'EVENT_MALFORMED', message: 'cannot be handled: broken' },
    });
  });
});
