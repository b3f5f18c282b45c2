import { SeededRandom, sleep } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { answersOf, failing, pushedBus } from '../test-support/pushed-bus.js';
import { attempt, pushAsTopic, pushedMessage, type PushAttempt } from '../test-support/pushing-topic.js';
import { eventText } from '../test-support/resources.js';
import { CONVERTED, typesIn } from '../test-support/room.js';

describe('A pushed message that fails', () => {
  it('is dead-lettered by the failure that reaches maxDeliveries, counting failures alone', async () => {
    const { bus, clock, until, dead, statuses } = await pushedBus({ deadLetterQueue: 'dead', maxDeliveries: 2 });
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
    const { bus, clock, until, dead } = await pushedBus({ deadLetterQueue: 'dead', maxDeliveries: 100 });
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
    const { bus, clock, until, dead } = await pushedBus({ deadLetterQueue: 'dead', maxDeliveries: 100 });
    bus.on(CONVERTED, failing);
    const message = pushedMessage(eventText('t1'), clock.now(), { publishedAt: undefined });
    const answers: PushAttempt[] = [];
    for (let count = 0; count < 4; count += 1) answers.push(await until(attempt(bus, message, clock)));
    expect(answersOf(answers)).toEqual(['retry', 'retry', 'retry', 'ack']);
    expect(await dead()).toBe(1);
    await until(bus.close());
  });

  it('is not given up early when its topic tries for a day', async () => {
    const { bus, clock, until, dead } = await pushedBus({ deadLetterQueue: 'dead', maxDeliveries: 1000 });
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
    const { bus, clock, until, dead, statuses } = await pushedBus(
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
    const { bus, clock, until, dead } = await pushedBus(
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

  it('has its listeners called again when its copy is refused for what it is', async () => {
    const refusal =
      '<Error xmlns="http://mns.aliyuncs.com/doc/v1"><Code>InvalidArgument</Code><Message>MessageBody is too long.</Message>' +
      '<RequestId>R</RequestId><HostId>http://mns.test</HostId></Error>';
    const { bus, clock, until, dead } = await pushedBus(
      { deadLetterQueue: 'dead', maxDeliveries: 1 },
      (handle) => async (request) =>
        request.method === 'POST' && request.target.includes('/dead/')
          ? { status: 400, headers: [['content-type', 'text/xml']], body: Buffer.from(refusal) }
          : handle(request),
    );
    let calls = 0;
    bus.on(CONVERTED, () => {
      calls += 1;
      if (calls === 1) failing();
    });
    const message = pushedMessage(eventText('t1'), clock.now());
    expect((await until(attempt(bus, message, clock))).answer.type).toBe('retry');
    await clock.advanceBy(10_000);
    expect((await until(attempt(bus, message, clock))).answer.type).toBe('ack');
    expect([calls, await dead()]).toEqual([2, 0]);
    await until(bus.close());
  });

  it('counts one dead letter once, when two attempts wait for it', async () => {
    const { bus, clock, until, dead } = await pushedBus();
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
});
