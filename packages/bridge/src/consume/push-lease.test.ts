import { SeededRandom, sleep } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { createMemoryDeduplicator } from '../dedup/memory-deduplicator.js';
import { answersOf, pushedBus } from '../test-support/pushed-bus.js';
import { attempt, pushAsTopic, pushedMessage } from '../test-support/pushing-topic.js';
import { eventText } from '../test-support/resources.js';
import { CONVERTED, room, typesIn } from '../test-support/room.js';

describe('The lease of a pushed message', () => {
  it('has its listeners told to stop at the end of the longest lease, and no sooner', async () => {
    const { bus, clock, until, statuses, dead } = await pushedBus({
      deadLetterQueue: 'dead',
      lease: { maxSeconds: 100 },
    });
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
    const { bus, clock, until, dead } = await pushedBus({
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
    const { bus, clock, until } = await pushedBus({ lease: { maxSeconds: 0 } });
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
      const { bus, clock, until } = await pushedBus({ lease: { maxSeconds: 100 } });
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
});
