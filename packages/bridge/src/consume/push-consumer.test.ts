import { SeededRandom, sleep } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { describe, expect, it, onTestFinished } from 'vitest';
import { faultyDispatcher, lonePushConsumer, type DispatcherFault } from '../test-support/lone-push-consumer.js';
import { answersOf, failing, pushedBus } from '../test-support/pushed-bus.js';
import { ATTEMPT_MS, attempt, pushAsTopic, pushedMessage } from '../test-support/pushing-topic.js';
import { eventText } from '../test-support/resources.js';
import { CONVERTED, typesIn } from '../test-support/room.js';

describe('A pushed message', () => {
  it('has its later attempts join its listeners, each answered in time, and is remembered when they finish later', async () => {
    const { bus, clock, until, statuses } = await pushedBus();
    let calls = 0;
    let finished = 0;
    bus.on(CONVERTED, async (_event, { signal }) => {
      calls += 1;
      await sleep(clock, 40_000, signal);
      finished += 1;
    });
    const attempts = await until(
      pushAsTopic(bus, pushedMessage(eventText('t1'), clock.now()), { clock, random: new SeededRandom('slow') }),
    );
    expect(answersOf(attempts).at(-1)).toBe('ack');
    expect(attempts.length).toBeGreaterThan(2);
    for (const { atMs, answeredAtMs } of attempts) expect(answeredAtMs - atMs).toBeLessThanOrEqual(ATTEMPT_MS);
    expect([calls, finished]).toEqual([1, 1]);
    // Again, for a day.
    expect((await until(attempt(bus, pushedMessage(eventText('t1'), clock.now()), clock))).answer).toEqual({
      type: 'ack',
    });
    expect(calls).toBe(1);
    expect(bus.health().pushes).toMatchObject({ received: attempts.length + 1, acked: 2, inFlight: 0 });
    await until(bus.close());
    expect(typesIn(statuses)).toEqual(['closed']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is another one in another subscription, topic or account', async () => {
    const { bus, clock, until } = await pushedBus();
    let calls = 0;
    bus.on(CONVERTED, async () => {
      calls += 1;
      await sleep(clock, 3000);
    });
    const message = pushedMessage(eventText('t1'), clock.now());
    const others = [{}, { subscriptionName: 's2' }, { topicName: 't2' }, { topicOwner: '2' }, { messageId: 'M2' }, {}];
    const answers = await until(Promise.all(others.map((more) => attempt(bus, { ...message, ...more }, clock))));
    expect(answersOf(answers)).toEqual(others.map(() => 'ack'));
    expect(calls).toBe(5);
    await until(bus.close());
  });

  it('calls those of its listeners again that have not done their part', async () => {
    const { bus, clock, until } = await pushedBus();
    const calls: string[] = [];
    bus.on(CONVERTED, () => void calls.push('good'));
    bus.on(CONVERTED, () => {
      calls.push('bad');
      if (calls.length < 3) failing();
    });
    const message = pushedMessage(eventText('t1'), clock.now());
    expect((await until(attempt(bus, message, clock))).answer.type).toBe('retry');
    expect((await until(attempt(bus, message, clock))).answer.type).toBe('ack');
    expect(calls).toEqual(['good', 'bad', 'bad']);
    await until(bus.close());
  });

  it.each<[string, DispatcherFault]>([
    ['open', { open: failing }],
    ['run', { run: failing }],
    ['run with nonsense', { run: () => ({}) as never }],
    [
      'run, rejecting',
      {
        run: () => ({
          verdict: Promise.reject(new Error('v')),
          finished: Promise.reject(new Error('f')),
          isOpen: () => false,
          isAtWork: () => false,
        }),
      },
    ],
  ])('is answered, and costs nothing else, when the dispatcher fails to %s', async (_, fault) => {
    const rejections: unknown[] = [];
    const onRejection = (error: unknown): void => void rejections.push(error);
    process.on('unhandledRejection', onRejection);
    onTestFinished(() => void process.off('unhandledRejection', onRejection));
    const { bus, clock, until, statuses } = await pushedBus();
    const consumer = lonePushConsumer(clock, faultyDispatcher(clock, fault));
    const answer = await until(
      consumer.deliver(pushedMessage(eventText('t1'), clock.now()), new AbortController().signal),
    );
    expect(answer).toMatchObject({ type: 'retry', error: { code: 'LISTENER_FAILED' } });
    await consumer.whenIdle();
    await eventLoopTurn();
    expect(rejections).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
    expect(typesIn(statuses)).toEqual([]);
    await until(bus.close());
  });
});
