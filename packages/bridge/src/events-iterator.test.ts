import { eventLoopTurn } from '@mnsbus/core/internal';
import { describe, expect, it } from 'vitest';
import { createMemoryDeduplicator } from './dedup/memory-deduplicator.js';
import { processWarnings } from './test-support/process-warnings.js';
import { QUEUE, countMessages, eventText, publish } from './test-support/resources.js';
import { CONVERTED, room, type Room } from './test-support/room.js';

const NOTHING = { active: 0, inactive: 0 };

async function withEvents(count: number, concurrency = 16): Promise<Room> {
  const made = await room({ queueName: QUEUE, concurrency });
  for (let index = 0; index < count; index += 1) await made.until(publish(made, eventText(`t${index}`)));
  return made;
}

describe('events()', () => {
  it('settles an event when the consumer asks for the next', async () => {
    const made = await withEvents(2);
    const { bus, clock, until } = made;
    const events = bus.events(CONVERTED);
    await until(bus.start());
    const first = await until(events.next());
    expect(first.value?.event.data.taskId).toBe('t0');
    await clock.advanceBy(600_000);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 2 });
    const second = await until(events.next());
    expect(second.value?.event.data.taskId).toBe('t1');
    await clock.advanceBy(1000);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 1 });
    const third = events.next();
    await clock.advanceBy(1000);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    await until(bus.close());
    expect(await third).toEqual({ done: true, value: undefined });
  });

  it('receives no more than there are places for, while the consumer is slow', async () => {
    const made = await withEvents(20, 4);
    const { bus, clock, until } = made;
    const events = bus.events('*');
    await until(bus.start());
    await clock.advanceBy(60_000);
    expect(await until(countMessages(made))).toEqual({ active: 16, inactive: 4 });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { event, ack } of events) {
        if (event.name === CONVERTED) seen.push(event.data.taskId);
        if (seen.length === 20) {
          ack();
          break;
        }
      }
    })();
    await until(reading);
    expect(new Set(seen).size).toBe(20);
    await clock.advanceBy(1000);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    await until(bus.close());
  });

  it('gives back what a loop that is left has not finished, and what it has not seen', async () => {
    const made = await withEvents(3);
    const { bus, clock, until } = made;
    const events = bus.events(CONVERTED);
    await until(bus.start());
    await until(
      (async () => {
        for await (const { event } of events) if (event.data.taskId === 't1') break;
      })(),
    );
    await clock.advanceBy(5000);
    expect(bus.health().queues[0]?.counters).toMatchObject({ acked: 1, retried: 0 });
    const { active, inactive } = await until(countMessages(made));
    expect(active + inactive).toBe(2);
    const seen: string[] = [];
    bus.on(CONVERTED, ({ data }) => void seen.push(data.taskId));
    await clock.advanceBy(120_000);
    expect(seen.toSorted()).toEqual(['t1', 't2']);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    await until(bus.close());
  });

  it('takes explicit answers', async () => {
    const made = await withEvents(1);
    const { bus, clock, until } = made;
    const events = bus.events(CONVERTED);
    await until(bus.start());
    const first = await until(events.next());
    first.value?.retry({ afterSeconds: 30 });
    const next = events.next();
    await clock.advanceBy(29_000);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 1 });
    expect((await until(next)).value?.delivery.deliveryCount).toBe(2);
    await until(bus.close());
  });

  it('drops what it has lost before the consumer took it', async () => {
    const made = await room({ queueName: QUEUE, lease: { maxSeconds: 0 } });
    const { bus, clock, until } = made;
    const events = bus.events(CONVERTED);
    await until(bus.start());
    await until(publish(made, eventText('t0')));
    await clock.advanceBy(31_000);
    const first = await until(events.next());
    expect(first.value?.delivery.deliveryCount).toBeGreaterThan(1);
    expect(first.value?.signal.aborted).toBe(false);
    await until(bus.close({ deadlineMs: 0 }));
  });

  it('gives back for soon what has waited in vain, however often', async () => {
    const made = await room({ queueName: QUEUE, lease: { maxSeconds: 0 } });
    const { bus, clock, until } = made;
    const events = bus.events(CONVERTED);
    await until(bus.start());
    await until(publish(made, eventText('t0')));
    await clock.advanceBy(3_600_000);
    await until(Promise.resolve(events.return?.()));
    const seen: (number | undefined)[] = [];
    bus.on(CONVERTED, (_, { delivery }) => void seen.push(delivery.deliveryCount));
    await clock.advanceBy(40_000);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeGreaterThan(100);
    await until(bus.close());
  });

  it('holds any number of events of one message without a warning of Node', async () => {
    const warnings = processWarnings();
    const made = await room();
    const { bus, clock, until } = made;
    const events = bus.events(CONVERTED);
    await until(bus.start());
    const ids = Array.from({ length: 30 }, (_, index) => `t${index}`);
    await until(publish(made, JSON.stringify({ events: ids.map((id) => JSON.parse(eventText(id)).events[0]) })));
    const seen: string[] = [];
    while (seen.length < ids.length) {
      const { value } = await until(events.next());
      seen.push(value?.event.data.taskId ?? '');
    }
    expect(seen).toEqual(ids);
    await clock.advanceBy(1000);
    await eventLoopTurn();
    expect(warnings).toEqual([]);
    await until(bus.close());
  });

  it('serves several iterators, and cannot be begun after close', async () => {
    const made = await withEvents(1);
    const { bus, until } = made;
    const one = bus.events(CONVERTED);
    const other = bus.events('FormatConvertJob:*');
    await until(bus.start());
    expect((await until(one.next())).value?.event.data.taskId).toBe('t0');
    expect((await until(other.next())).value?.event.data.taskId).toBe('t0');
    await until(bus.close());
    expect(await one.next()).toEqual({ done: true, value: undefined });
    expect(() => bus.events('*')).toThrow(expect.objectContaining({ code: 'BRIDGE_CLOSED' }));
  });

  it('acknowledges what several that ask at once were given when one of them asks for more', async () => {
    const made = await withEvents(2);
    const { bus, clock, until } = made;
    const events = bus.events(CONVERTED);
    const both = Promise.all([events.next(), events.next()]);
    await until(bus.start());
    const seen = (await until(both)).map(({ value }) => value?.event.data.taskId);
    expect(seen).toEqual(['t0', 't1']);
    await clock.advanceBy(60_000);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 2 });
    const more = events.next();
    await clock.advanceBy(1000);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    expect(bus.health().queues[0]?.handling).toBe(0);
    await until(events.return());
    expect(await more).toEqual({ done: true, value: undefined });
    await until(bus.close());
  });

  it('gives back with throw() what it has given out, rejects with the error, and ends', async () => {
    const made = await withEvents(2);
    const { bus, clock, until } = made;
    const events = bus.events(CONVERTED);
    await until(bus.start());
    await until(events.next());
    await expect(events.throw(new Error('enough'))).rejects.toThrow('enough');
    expect(await events.next()).toEqual({ done: true, value: undefined });
    await clock.advanceBy(1000);
    expect(bus.health().queues[0]?.counters).toMatchObject({ acked: 0, retried: 0, deadLettered: 0, inFlight: 0 });
    const { active, inactive } = await until(countMessages(made));
    expect(active + inactive).toBe(2);
    await until(bus.close());
  });

  it.each(['never', 'late'])(
    'has no event completed that waited until its lease was over, when the iterator is read %s',
    async (when) => {
      const made = await room({
        queueName: QUEUE,
        concurrency: 2,
        lease: { maxSeconds: 60 },
        deduplicator: createMemoryDeduplicator(),
      });
      const { bus, clock, until } = made;
      const events = bus.events(CONVERTED);
      for (const id of ['a', 'b', 'c']) await until(publish(made, eventText(id)));
      await until(bus.start());
      await clock.advanceBy(600_000);
      const waiting = await until(countMessages(made));
      expect(waiting.active + waiting.inactive).toBe(3);
      expect(bus.health().queues[0]?.counters).toMatchObject({ acked: 0, retried: 0, deadLettered: 0 });
      if (when === 'late') {
        const seen = new Set<string>();
        void (async () => {
          for await (const { event } of events) seen.add(event.data.taskId);
        })();
        await clock.advanceBy(1_200_000);
        expect([...seen].toSorted()).toEqual(['a', 'b', 'c']);
        expect(await until(countMessages(made))).toEqual(NOTHING);
      }
      await until(bus.close({ deadlineMs: 0 }));
    },
  );

  it('hands out again what was lost while it was worked on, unless it was acknowledged before', async () => {
    for (const isAcknowledged of [false, true]) {
      const made = await room({
        queueName: QUEUE,
        lease: { maxSeconds: 60 },
        deduplicator: createMemoryDeduplicator(),
      });
      const { bus, clock, until } = made;
      const events = bus.events(CONVERTED);
      await until(publish(made, eventText('a')));
      await until(bus.start());
      const { value } = await until(events.next());
      if (isAcknowledged) value?.ack();
      await clock.advanceBy(200_000);
      expect(value?.signal.aborted).toBe(!isAcknowledged);
      const next = events.next();
      await clock.advanceBy(1_200_000);
      await until(bus.close({ deadlineMs: 0 }));
      expect((await next).value?.event.data.taskId).toBe(isAcknowledged ? undefined : 'a');
    }
  });
});
