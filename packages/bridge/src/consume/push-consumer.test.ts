import { getEventListeners } from 'node:events';
import { MnsbusError, SeededRandom, VirtualClock, sleep, type WireHandler } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBridge } from '../bridge.js';
import { createMemoryDeduplicator } from '../dedup/memory-deduplicator.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { BridgeOptions } from '../options/bridge-options.js';
import { resolveSettings } from '../options/bridge-settings.js';
import { ATTEMPT_MS, attempt, pushAsTopic, pushedMessage, type PushAttempt } from '../test-support/pushing-topic.js';
import { countMessages, eventText } from '../test-support/resources.js';
import { CONVERTED, room, typesIn, type Room } from '../test-support/room.js';
import { PushConsumer } from './push-consumer.js';

type Made = Room & { readonly dead: () => Promise<number> };

/** A bus for pushes with a dead-letter queue, unless it is told otherwise. */
async function pushes(
  options: Omit<BridgeOptions, 'mns' | 'clock' | 'transport'> = { deadLetterQueue: 'dead' },
  wrap?: (handle: WireHandler) => WireHandler,
): Promise<Made> {
  const made = await room(options, wrap);
  await made.until(made.bus.start());
  return { ...made, dead: async () => (await made.until(countMessages(made, 'dead'))).active };
}

/** A consumer of its own with another dispatcher. */
function consumerOf(dispatcher: Dispatcher, clock: VirtualClock): PushConsumer {
  const settings = { current: resolveSettings({}) };
  const clientOf = (): never => expect.fail('there is no dead-letter queue');
  return new PushConsumer({
    dispatcher,
    clock,
    settings,
    clientOf,
    random: new SeededRandom('parts'),
    report: () => {},
  });
}

const failing = (): never => expect.fail('listener failed');
const answersOf = (attempts: readonly PushAttempt[]): string[] => attempts.map(({ answer }) => answer.type);

describe('A pushed message', () => {
  it('has its later attempts join its listeners, each answered in time, and is remembered when they finish later', async () => {
    const { bus, clock, until, statuses } = await pushes();
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
    const { bus, clock, until } = await pushes();
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

  it('has its listeners told to stop at the end of the longest lease, and no sooner', async () => {
    const { bus, clock, until, statuses, dead } = await pushes({ deadLetterQueue: 'dead', lease: { maxSeconds: 100 } });
    const startMs = clock.now();
    const stoppedMs: number[] = [];
    bus.on(CONVERTED, async (_event, { signal }) => {
      await sleep(clock, 10_000_000, signal);
      stoppedMs.push(clock.now() - startMs);
      // It has not finished, and returns all the same.
    });
    await until(pushAsTopic(bus, pushedMessage(eventText('t1'), startMs), { clock, random: new SeededRandom('hang') }));
    await clock.advanceBy(100_000);
    expect(stoppedMs).toEqual([100_000]);
    expect(await dead()).toBe(1);
    expect(typesIn(statuses)).toEqual(['lease-lost', 'dead-lettered']);
    expect(statuses[1]).toMatchObject({
      error: { message: expect.stringMatching(/longest lease of 100000 ms.*the last/) },
    });
    await until(bus.close());
  });

  it('is not called again beside a listener that ignores its signal, and goes to the dead-letter queue when that never ends', async () => {
    const { bus, clock, until, dead } = await pushes({
      deadLetterQueue: 'dead',
      maxDeliveries: 4,
      lease: { maxSeconds: 100 },
    });
    let calls = 0;
    bus.on(CONVERTED, () => {
      calls += 1;
      return new Promise(() => {});
    });
    const strategy = 'EXPONENTIAL_DECAY_RETRY';
    const message = pushedMessage(eventText('t1'), clock.now(), { strategy });
    const answers = await until(pushAsTopic(bus, message, { clock, random: new SeededRandom('ignored'), strategy }));
    // Ten attempts join until the lease is over; then three are further failures.
    expect(answersOf(answers).at(-1)).toBe('ack');
    expect([calls, await dead()]).toEqual([1, 1]);
    const failures = answers.filter(({ atMs }) => atMs - message.sentAt.getTime() > 100_000);
    expect(failures).toHaveLength(3);
    await until(bus.close({ deadlineMs: 0 }));
  });

  it('has at least the five seconds of a topic for its lease', async () => {
    const { bus, clock, until } = await pushes({ lease: { maxSeconds: 0 } });
    bus.on(CONVERTED, (_event, { signal }) => sleep(clock, 4000, signal));
    const made = await until(attempt(bus, pushedMessage(eventText('t1'), clock.now()), clock));
    expect(made.answer.type).toBe('ack');
    await until(bus.close());
  });

  it('is finished by ack() alone once its signal has aborted', async () => {
    for (const [acks, expected] of [
      [true, 'ack'],
      [false, 'retry'],
    ] as const) {
      const { bus, clock, until } = await pushes({ lease: { maxSeconds: 100 } });
      let calls = 0;
      bus.on(CONVERTED, async (_event, context) => {
        calls += 1;
        await sleep(clock, 200_000);
        if (acks) context.ack();
      });
      const message = pushedMessage(eventText('t1'), clock.now());
      await until(attempt(bus, message, clock));
      await clock.advanceBy(200_000);
      expect((await until(attempt(bus, message, clock))).answer.type).toBe(expected);
      expect(calls).toBe(acks ? 1 : 2);
      await until(bus.close({ deadlineMs: 0 }));
    }
  });

  it('is dead-lettered by the failure that reaches maxDeliveries, counting failures alone', async () => {
    const { bus, clock, until, dead, statuses } = await pushes({ deadLetterQueue: 'dead', maxDeliveries: 2 });
    const message = pushedMessage(eventText('t1'), clock.now());
    // Nobody listens: that is no failure.
    for (let count = 0; count < 3; count += 1)
      expect((await until(attempt(bus, message, clock))).answer).toEqual({ type: 'retry' });
    bus.on(CONVERTED, failing);
    expect(
      (await until(attempt(bus, { ...message, strategy: 'EXPONENTIAL_DECAY_RETRY' }, clock))).answer,
    ).toMatchObject({
      type: 'retry',
      error: { code: 'LISTENER_FAILED' },
    });
    expect(await dead()).toBe(0);
    expect((await until(attempt(bus, { ...message, strategy: 'EXPONENTIAL_DECAY_RETRY' }, clock))).answer).toEqual({
      type: 'ack',
    });
    expect(await dead()).toBe(1);
    expect(statuses.at(-1)).toMatchObject({
      error: { message: expect.stringContaining('failures seen here: 2, and maxDeliveries is 2') },
    });
    expect(bus.health().pushes).toEqual({
      received: 5,
      acked: 0,
      retried: 1,
      deadLettered: 1,
      released: 3,
      inFlight: 0,
    });
    await until(bus.close());
  });

  it('waits for no further attempt than its topic makes, however many failures maxDeliveries allows', async () => {
    const { bus, clock, until, dead } = await pushes({ deadLetterQueue: 'dead', maxDeliveries: 100 });
    bus.on(CONVERTED, failing);
    const random = new SeededRandom('backoff');
    for (let count = 1; count <= 20; count += 1) {
      const message = pushedMessage(eventText('t1'), clock.now(), { messageId: `M${count}` });
      const attempts = await until(pushAsTopic(bus, message, { clock, random }));
      expect(attempts.length).toBeGreaterThanOrEqual(3);
      expect(answersOf(attempts).at(-1)).toBe('ack');
      expect(await dead()).toBe(count);
    }
    await until(bus.close());
  });

  it('has as many attempts as its topic makes, when nothing tells its age', async () => {
    const { bus, clock, until, dead } = await pushes({ deadLetterQueue: 'dead', maxDeliveries: 100 });
    bus.on(CONVERTED, failing);
    const message = pushedMessage(eventText('t1'), clock.now(), { publishedAt: undefined });
    const answers: PushAttempt[] = [];
    for (let count = 0; count < 4; count += 1) answers.push(await until(attempt(bus, message, clock)));
    expect(answersOf(answers)).toEqual(['retry', 'retry', 'retry', 'ack']);
    expect(await dead()).toBe(1);
    await until(bus.close());
  });

  it('is not given up early when its topic tries for a day', async () => {
    const { bus, clock, until, dead } = await pushes({ deadLetterQueue: 'dead', maxDeliveries: 1000 });
    let calls = 0;
    bus.on(CONVERTED, () => {
      calls += 1;
      failing();
    });
    const message = pushedMessage(eventText('t1'), clock.now());
    const driver = { clock, random: new SeededRandom('decay'), strategy: 'EXPONENTIAL_DECAY_RETRY' as const };
    const attempts = await clock.runUntil(pushAsTopic(bus, message, driver), 2 * 86_400_000);
    expect([attempts.length, calls, await dead()]).toEqual([177, 177, 1]);
    expect(answersOf(attempts).at(-1)).toBe('ack');
    await until(bus.close());
  });

  it('is acknowledged only when its copy has succeeded, which is tried again', async () => {
    let failures = 3;
    const { bus, clock, until, dead, statuses } = await pushes(
      { deadLetterQueue: 'dead' },
      (handle) => async (request) => {
        if (request.method !== 'POST' || !request.target.includes('/dead/') || failures <= 0) return handle(request);
        failures -= 1;
        return { status: 500, headers: [], body: new Uint8Array() };
      },
    );
    const made = await until(attempt(bus, pushedMessage('no event', clock.now()), clock));
    expect(made.answer).toEqual({ type: 'ack' });
    expect([failures, await dead()]).toEqual([0, 1]);
    failures = Number.POSITIVE_INFINITY;
    const message = pushedMessage('no event', clock.now(), { messageId: 'M2' });
    const unsure = await until(attempt(bus, message, clock));
    expect(unsure.answer.type).toBe('retry');
    await clock.advanceBy(600_000);
    expect(await dead()).toBe(1);
    expect(typesIn(statuses)).toEqual(['rejected', 'dead-lettered', 'rejected', 'settle-failed']);
    failures = 0;
    expect((await until(attempt(bus, message, clock))).answer.type).toBe('ack');
    expect(await dead()).toBe(2);
    await until(bus.close());
  });

  it('has its listeners called no more while only its copy is still wanted', async () => {
    let isDown = true;
    const { bus, clock, until, dead } = await pushes(
      { deadLetterQueue: 'dead', maxDeliveries: 1 },
      (handle) => async (request) =>
        isDown && request.method === 'POST' && request.target.includes('/dead/')
          ? { status: 503, headers: [], body: new Uint8Array() }
          : handle(request),
    );
    let calls = 0;
    bus.on(CONVERTED, () => {
      calls += 1;
      failing();
    });
    const message = pushedMessage(eventText('t1'), clock.now());
    for (let count = 0; count < 2; count += 1) {
      expect((await until(attempt(bus, message, clock))).answer.type).toBe('retry');
      await clock.advanceBy(60_000);
    }
    isDown = false;
    expect((await until(attempt(bus, message, clock))).answer.type).toBe('ack');
    expect([calls, await dead()]).toEqual([1, 1]);
    await until(bus.close());
  });

  it('calls those of its listeners again that have not done their part', async () => {
    const { bus, clock, until } = await pushes();
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

  it('keeps its event from other processes no longer than a listener may hang, and a lease', async () => {
    const { bridge, clock, until } = await room({});
    const deduplicator = createMemoryDeduplicator({ clock });
    const [bus, other] = [bridge({ deduplicator, lease: { maxSeconds: 100 } }), bridge({ deduplicator })];
    for (const one of [bus, other]) one.status(() => {});
    bus.on(CONVERTED, () => new Promise(() => {}));
    let calls = 0;
    other.on(CONVERTED, () => void (calls += 1));
    const message = pushedMessage(eventText('t1'), clock.now());
    await until(attempt(bus, message, clock));
    await clock.advanceBy(90_000);
    expect((await until(attempt(other, message, clock))).answer.type).toBe('retry');
    await clock.advanceBy(40_000);
    expect((await until(attempt(other, message, clock))).answer.type).toBe('ack');
    expect(calls).toBe(1);
    for (const one of [bus, other]) await until(one.close({ deadlineMs: 0 }));
  });

  it('counts one dead letter once, when two attempts wait for it', async () => {
    const { bus, clock, until, dead } = await pushes();
    bus.on(CONVERTED, async (_event, { deadLetter }) => {
      await sleep(clock, 1000);
      deadLetter('hopeless');
    });
    const message = pushedMessage(eventText('t1'), clock.now());
    const both = await until(Promise.all([attempt(bus, message, clock), attempt(bus, message, clock)]));
    expect(answersOf(both)).toEqual(['ack', 'ack']);
    expect(await dead()).toBe(1);
    expect(bus.health().pushes).toMatchObject({ received: 2, acked: 1, deadLettered: 1 });
    await until(bus.close());
  });

  it.each([
    ['open', { open: failing }],
    ['run', { run: failing }],
    ['run with nonsense', { run: () => ({}) }],
    [
      'run, rejecting',
      { run: () => ({ verdict: Promise.reject(new Error('v')), finished: Promise.reject(new Error('f')) }) },
    ],
  ])('is answered, and costs nothing else, when the dispatcher fails to %s', async (_, broken) => {
    const rejections: unknown[] = [];
    const onRejection = (error: unknown): void => void rejections.push(error);
    process.on('unhandledRejection', onRejection);
    onTestFinished(() => void process.off('unhandledRejection', onRejection));
    const { bus, clock, until, statuses } = await pushes();
    const consumer = consumerOf(broken as never, clock);
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

describe('Pushes at the end of a bridge', () => {
  it('many at once are no leak that Node would warn of, end with the bridge, and leave nothing behind', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const clock = new VirtualClock();
    const bus = createBridge({
      mns: { accountId: '1', accessKeyId: 'k', accessKeySecret: 's', endpoint: 'http://mns.test' },
      transport: async () => ({ status: 500, headers: [], body: new Uint8Array() }),
      clock,
    });
    const statuses: string[] = [];
    bus.status(({ type }) => void statuses.push(type));
    const told: AbortSignal[] = [];
    bus.on(CONVERTED, async (_event, { signal }) => {
      told.push(signal);
      await new Promise(() => {});
    });
    await bus.start();
    const senders = Array.from({ length: 30 }, () => new AbortController());
    const verdicts = senders.map(({ signal }, index) =>
      bus.deliver(pushedMessage(eventText(`t${index}`), clock.now(), { messageId: `M${index}` }), signal),
    );
    await clock.advanceBy(1);
    expect(told).toHaveLength(30);
    // A sender that hangs up gets its answer; its listeners go on, for the topic's next attempt.
    senders[0]?.abort(new Error('hung up'));
    expect(await verdicts[0]).toEqual({ type: 'retry' });
    expect(told.some(({ aborted }) => aborted)).toBe(false);
    await clock.runUntil(bus.close({ deadlineMs: 10 }));
    expect(await Promise.all(verdicts)).toEqual(verdicts.map(() => ({ type: 'retry' })));
    expect(told.every(({ aborted }) => aborted)).toBe(true);
    expect(senders.map(({ signal }) => getEventListeners(signal, 'abort').length)).toEqual(senders.map(() => 0));
    expect(bus.health().pushes).toMatchObject({ received: 30, released: 30, inFlight: 0 });
    expect(statuses).toEqual([...Array(30).fill('abandoned'), 'closed']);
    await eventLoopTurn();
    expect(warnings).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ['hangs', () => new Promise<never>(() => {})],
    ['is refused in passing', async () => ({ status: 500, headers: [], body: new Uint8Array() })],
  ])('wait for no copy that %s', async (_, answer) => {
    let isBroken = false;
    const { bus, clock, until } = await pushes(
      { deadLetterQueue: 'dead' },
      (handle) => (request) => (isBroken ? answer() : handle(request)),
    );
    isBroken = true;
    const attempts = [1, 2, 3].map((count) => {
      const message = pushedMessage('no event', clock.now(), { messageId: `M${count}` });
      return bus.deliver(message, new AbortController().signal);
    });
    await clock.advanceBy(10);
    const sinceMs = clock.now();
    await until(bus.close({ deadlineMs: 500 }));
    expect(clock.now() - sinceMs).toBeLessThanOrEqual(500);
    expect((await Promise.all(attempts)).map(({ type }) => type)).toEqual(['retry', 'retry', 'retry']);
    expect((await bus.deliver(pushedMessage('late', clock.now()), new AbortController().signal)).type).toBe('retry');
    expect(bus.health().pushes).toMatchObject({ received: 3, inFlight: 0 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('change nothing any more when a copy or a listener ends late', async () => {
    const clock = new VirtualClock();
    const facts: string[] = [];
    let endCopy = (): void => {};
    let endListener = (): void => {};
    const consumer = new PushConsumer({
      dispatcher: {
        open: ({ messageId }: { messageId: string }) =>
          messageId === 'unreadable' ? new MnsbusError({ code: 'EVENT_MALFORMED', message: 'no' }) : { events: [] },
        run: () => ({
          verdict: new Promise((resolve) => (endListener = () => resolve({ type: 'ack' }))),
          finished: new Promise(() => {}),
        }),
      } as unknown as Dispatcher,
      clock,
      settings: { current: resolveSettings({ deadLetterQueue: 'dead' }) },
      clientOf: () => ({ copyTo: () => new Promise<void>((resolve) => (endCopy = resolve)) }),
      random: new SeededRandom('late'),
      report: ({ type }) => void facts.push(type),
    });
    const never = new AbortController().signal;
    const attempts = ['unreadable', 'hanging'].map((messageId) =>
      consumer.deliver(pushedMessage('x', clock.now(), { messageId }), never),
    );
    await eventLoopTurn();
    consumer.abandonAll();
    await consumer.whenIdle();
    expect((await Promise.all(attempts)).map(({ type }) => type)).toEqual(['retry', 'retry']);
    const told = [...facts];
    expect(told.toSorted()).toEqual(['abandoned', 'rejected', 'settle-failed']);
    endCopy();
    endListener();
    await eventLoopTurn();
    expect(facts).toEqual(told);
    expect((await consumer.deliver(pushedMessage('x', clock.now()), never)).type).toBe('retry');
    expect(consumer.counters).toMatchObject({ received: 3, acked: 0, deadLettered: 0, inFlight: 0 });
    expect(clock.pendingTimers).toBe(0);
  });
});
