import { getEventListeners } from 'node:events';
import { MnsbusError, VirtualClock } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { describe, expect, it } from 'vitest';
import { createBridge } from '../bridge.js';
import { resolveSettings } from '../options/bridge-settings.js';
import { processWarnings } from '../test-support/process-warnings.js';
import { faultyDispatcher, lonePushConsumer } from '../test-support/lone-push-consumer.js';
import { pushedBus } from '../test-support/pushed-bus.js';
import { pushedMessage } from '../test-support/pushing-topic.js';
import { eventText } from '../test-support/resources.js';
import { CONVERTED } from '../test-support/room.js';

describe('Pushes at the end of a bridge', () => {
  it('many at once are no leak that Node would warn of, end with the bridge, and leave nothing behind', async () => {
    const warnings = processWarnings();
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
    const { bus, clock, until } = await pushedBus(
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
    const readable = faultyDispatcher(clock);
    const unreadable = new MnsbusError({ code: 'EVENT_MALFORMED', message: 'no' });
    const hanging = faultyDispatcher(clock, {
      open: (delivery) => (delivery.messageId === 'unreadable' ? unreadable : readable.open(delivery)),
      run: () => ({
        verdict: new Promise((resolve) => (endListener = () => resolve({ type: 'ack' }))),
        finished: new Promise(() => {}),
        isOpen: () => true,
        isAtWork: () => true,
      }),
    });
    const consumer = lonePushConsumer(clock, hanging, {
      settings: { current: resolveSettings({ deadLetterQueue: 'dead' }) },
      clientOf: () => ({ copyTo: () => new Promise<void>((resolve) => (endCopy = resolve)) }),
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
