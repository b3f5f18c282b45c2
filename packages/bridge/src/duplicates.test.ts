import { describe, expect, it } from 'vitest';
import type { Deduplicator } from './dedup/deduplicator.js';
import { createMemoryDeduplicator } from './dedup/memory-deduplicator.js';
import { QUEUE, countMessages, eventText, publish } from './test-support/resources.js';
import { CONVERTED, room, typesIn } from './test-support/room.js';

const NOTHING = { active: 0, inactive: 0 };

describe('Duplicates', () => {
  it('calls listeners once for an event that comes twice, and acknowledges both messages', async () => {
    const made = await room({ queueName: QUEUE, deduplicator: createMemoryDeduplicator() });
    const { bus, clock, until, statuses } = made;
    const seen: string[] = [];
    bus.on(CONVERTED, ({ data }) => void seen.push(data.taskId));
    await until(bus.start());
    for (const taskId of ['t1', 't1', 't2']) await until(publish(made, eventText(taskId)));
    await clock.advanceBy(1000);
    expect(seen).toEqual(['t1', 't2']);
    expect(statuses[1]).toMatchObject({ type: 'duplicate', eventName: CONVERTED, key: `${CONVERTED}/t1`, busy: false });
    expect(await until(countMessages(made))).toEqual(NOTHING);
    expect(bus.health().queues[0]?.counters).toMatchObject({ received: 3, acked: 3 });
    await until(bus.close());
  });

  it('gives a duplicate back while the first is being handled, and calls again when that has failed', async () => {
    const made = await room({ queueName: QUEUE, deduplicator: createMemoryDeduplicator() });
    const { bus, clock, until, statuses } = made;
    let calls = 0;
    bus.on(CONVERTED, async () => {
      calls += 1;
      if (calls > 1) return;
      await new Promise<void>((resolve) => void clock.after(20_000, resolve));
      throw new Error('not this time');
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(10_000);
    expect(calls).toBe(1);
    expect(statuses.find(({ type }) => type === 'duplicate')).toMatchObject({ busy: true });
    await clock.advanceBy(600_000);
    expect(calls).toBe(2);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    await until(bus.close());
  });

  it('of one message with two events calls only for the one that failed', async () => {
    const made = await room({ queueName: QUEUE, deduplicator: createMemoryDeduplicator() });
    const { bus, clock, until } = made;
    const seen: string[] = [];
    bus.on(CONVERTED, ({ data }) => {
      seen.push(data.taskId);
      if (data.taskId === 'fails' && seen.length < 3) throw new Error('not yet');
    });
    await until(bus.start());
    const events = [eventText('works'), eventText('fails')].map((text) => JSON.parse(text).events[0]);
    await until(publish(made, JSON.stringify({ events })));
    await clock.advanceBy(60_000);
    expect(seen).toEqual(['works', 'fails', 'fails']);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    await until(bus.close());
  });

  it.each([
    ['calls again after a lost lease when the first call has returned late', false, 2],
    ['does not call again after a lost lease when the first call has said that it is done', true, 1],
  ])('%s', async (_, acks, expected) => {
    const deduplicator = createMemoryDeduplicator();
    const made = await room({ queueName: QUEUE, deduplicator, lease: { maxSeconds: 0 } });
    const { bus, clock, until } = made;
    let calls = 0;
    bus.on(CONVERTED, async (__, { ack }) => {
      calls += 1;
      // The first time for longer than the lease lasts.
      await new Promise<void>((resolve) => void clock.after(calls === 1 ? 31_000 : 1000, resolve));
      if (acks) ack();
    });
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(600_000);
    expect(calls).toBe(expected);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    await until(bus.close());
  });

  it('handles events as if there were no deduplicator while it fails', async () => {
    const broken: Deduplicator = {
      claim: () => Promise.reject(new Error('redis is down')),
      complete: () => Promise.reject(new Error('redis is down')),
      release: () => Promise.reject(new Error('redis is down')),
    };
    const made = await room({ queueName: QUEUE, deduplicator: broken });
    const { bus, clock, until, statuses } = made;
    let calls = 0;
    bus.on(CONVERTED, () => void (calls += 1));
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(1000);
    expect(calls).toBe(1);
    expect(typesIn(statuses)).toEqual(['started', 'deduplicator-failed']);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    await until(bus.close());
  });
});
