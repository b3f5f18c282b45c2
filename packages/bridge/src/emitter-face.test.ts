import events from 'node:events';
import { runInNewContext } from 'node:vm';
import { defineEvent } from '@mnsbus/core';
import { EventEmitter } from 'eventemitter3';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createBridge, type Bridge } from './bridge.js';
import { createMemoryDeduplicator } from './dedup/memory-deduplicator.js';
import { QUEUE, countMessages, eventText, publish } from './test-support/resources.js';
import { CONVERTED, room, typesIn, type Room } from './test-support/room.js';

const NOTHING = { active: 0, inactive: 0 };

/** What JavaScript may do with a bus. */
interface Untyped {
  readonly on: (...args: readonly unknown[]) => unknown;
  readonly once: (...args: readonly unknown[]) => unknown;
  readonly addListener: (...args: readonly unknown[]) => unknown;
  readonly events: (...args: readonly unknown[]) => unknown;
  readonly listenerCount: (...args: readonly unknown[]) => unknown;
}
const untyped = (bus: object): Untyped => bus as Untyped;

/** The types of Node ask for a whole EventEmitter where its functions need three methods. */
const forNode = (bus: object): never => bus as never;

/** How many messages there are, in whatever state. */
async function left(made: Room): Promise<number> {
  const { active, inactive } = await made.until(countMessages(made));
  return active + inactive;
}

/** A bus in this room that knows an event of the app's own called `error`. */
function busWithError({ connection, clock, emulator }: Room): Bridge {
  const type = defineEvent({ name: 'error', schema: z.object({ reason: z.string() }) });
  const bus = createBridge({
    mns: connection,
    queueName: QUEUE,
    events: [type],
    clock,
    seed: 'error',
    transport: emulator.handle,
  });
  // Whoever listens to the statuses is not warned of what these tests do on purpose.
  bus.status(() => {});
  return bus;
}

const errorText = JSON.stringify({ events: [{ eventName: 'error', reason: 'none' }] });

describe('the bus where an EventEmitter is expected', () => {
  it('adds, counts, names and removes listeners', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const seen: string[] = [];
    const listener = ({ name }: { readonly name: string }): void => void seen.push(name);
    bus.addListener(CONVERTED, listener).addListener(CONVERTED, listener).once('FormatConvertJob:*', listener);
    expect(bus.listenerCount(CONVERTED)).toBe(2);
    expect(bus.listenerCount('*')).toBe(0);
    expect(bus.eventNames()).toEqual([CONVERTED, 'FormatConvertJob:*']);
    await until(bus.start());
    await until(publish(made, eventText('a')));
    await clock.advanceBy(1000);
    expect(seen).toHaveLength(3);
    expect(bus.eventNames()).toEqual([CONVERTED]);
    bus.removeListener(CONVERTED, listener);
    expect(bus.eventNames()).toEqual([]);
    await until(publish(made, eventText('b')));
    await clock.advanceBy(1000);
    expect(seen).toHaveLength(3);
    expect(await left(made)).toBe(1);
    await until(bus.close());
  });

  it('removes all listeners, but ends no iterator, wait or emitter', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const never = (): void => expect.unreachable();
    const emitted: string[] = [];
    bus.on({ [CONVERTED]: never, 'FormatConvertJob:*': never, '*': never }).once(CONVERTED, never);
    const iterator = bus.events(CONVERTED);
    const waited = bus.waitFor(CONVERTED);
    bus.asEventEmitter().on(CONVERTED, ({ data }) => void emitted.push(data.taskId));
    bus.removeAllListeners(CONVERTED);
    expect(bus.eventNames()).toEqual(['FormatConvertJob:*', '*']);
    bus.removeAllListeners();
    expect(bus.eventNames()).toEqual([]);
    await until(bus.start());
    await until(publish(made, eventText('a')));
    expect((await until(iterator.next())).value?.event.data.taskId).toBe('a');
    expect((await until(waited)).data.taskId).toBe('a');
    expect(emitted).toEqual(['a']);
    void iterator.next();
    await clock.advanceBy(1000);
    expect(await left(made)).toBe(0);
    await until(bus.close());
  });

  it.each([
    ['no function', [CONVERTED, 'no function']],
    ['no listener', [CONVERTED]],
    ['a misspelt name', ['FormatConvertJob:JobFinishd', () => {}]],
    ['a group without events', ['imm:Tasks:*', () => {}]],
    ['a symbol', [Symbol('name'), () => {}]],
    ['no name', [undefined, () => {}]],
    ['a list of names', [[CONVERTED], () => {}]],
    ['no map', [null]],
    ['a map with a misspelt name', [{ [CONVERTED]: () => {}, 'imm:Task': () => {} }]],
    ['a map with something that is no function', [{ '*': () => {}, [CONVERTED]: 7 }]],
  ])('refuses %s, and registers nothing', async (_, args) => {
    const { bus } = await room();
    for (const how of ['on', 'once', 'addListener'] as const) {
      expect(() => untyped(bus)[how](...args)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    }
    expect(bus.eventNames()).toEqual([]);
  });

  it('refuses to iterate over a name that no event has', async () => {
    const { bus } = await room();
    expect(() => untyped(bus).events('order:Shipped')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('hears of no event called error, and does not count who listens to it', async () => {
    const made = await room();
    const { bus, statuses, clock, until } = made;
    untyped(bus).on('error', () => expect.unreachable());
    untyped(bus).once('error', () => expect.unreachable());
    expect(() => untyped(bus).on('error', 'no function')).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(untyped(bus).listenerCount('error')).toBe(0);
    await until(bus.start());
    await until(publish(made, errorText));
    await clock.advanceBy(1000);
    expect(typesIn(statuses)).toContain('unhandled');
    expect(await left(made)).toBe(1);
    await until(bus.close());
  });
});

describe('events.once() of node:events', () => {
  it('resolves with an event, which is acknowledged, and leaves nothing behind', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    await until(bus.start());
    const waited = events.once(forNode(bus), CONVERTED);
    expect(bus.eventNames()).toEqual([CONVERTED]);
    await until(publish(made, eventText('first')));
    expect(await until(waited)).toMatchObject([{ data: { taskId: 'first' } }, { delivery: { queueName: QUEUE } }]);
    await clock.advanceBy(1000);
    expect(bus.eventNames()).toEqual([]);
    expect(await left(made)).toBe(0);
    await until(publish(made, eventText('second')));
    await clock.advanceBy(60_000);
    expect(bus.health().queues[0]?.counters).toMatchObject({ acked: 1, retried: 0, deadLettered: 0 });
    expect(await left(made)).toBe(1);
    await until(bus.close());
  });

  it('leaves nothing behind when it is aborted', async () => {
    const { bus } = await room();
    const enough = new AbortController();
    const waited = events.once(forNode(bus), CONVERTED, { signal: enough.signal });
    enough.abort();
    await expect(waited).rejects.toThrow('aborted');
    expect(bus.eventNames()).toEqual([]);
  });

  it('does not take an event of the app’s own called error for a failure, and can wait for it', async () => {
    const made = await room();
    const { clock, until } = made;
    const bus = busWithError(made);
    await until(bus.start());
    const waited = events.once(forNode(bus), CONVERTED);
    await until(publish(made, errorText));
    await clock.advanceBy(1000);
    expect(bus.health().queues[0]?.counters).toMatchObject({ acked: 0, retried: 0 });
    const failure = events.once(forNode(bus), 'error');
    await clock.advanceBy(600_000);
    expect(await until(failure)).toMatchObject([{ name: 'error', data: { reason: 'none' } }, {}]);
    await until(publish(made, eventText('a')));
    expect(await until(waited)).toMatchObject([{ data: { taskId: 'a' } }, {}]);
    await clock.advanceBy(1000);
    expect(bus.eventNames()).toEqual([]);
    expect(await left(made)).toBe(0);
    await until(bus.close());
  });
});

describe('events.on() of node:events', () => {
  it('is refused at once, and leaves nothing behind', async () => {
    const made = await room();
    const withError = busWithError(made);
    for (const [bus, name] of [
      [made.bus, CONVERTED],
      [made.bus, '*'],
      [withError, CONVERTED],
      [withError, 'error'],
    ] as const) {
      expect(() => events.on(forNode(bus), name)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('bus.events(name)') }),
      );
      expect(bus.eventNames()).toEqual([]);
    }
  });

  it('is refused by the emitter of a bus for its events, and for nothing that only the app emits', async () => {
    const { bus } = await room();
    const emitter = bus.asEventEmitter();
    expect(() => events.on(forNode(emitter), CONVERTED)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('bus.events(name)') }),
    );
    expect(emitter.eventNames()).toEqual([]);
    const own = events.on(forNode(emitter), 'own');
    Reflect.apply(emitter.emit, emitter, ['own', 'by hand']);
    expect((await own.next()).value).toEqual(['by hand']);
    await own.return?.();
  });

  it('is told from listeners that look like its own', async () => {
    const { bus } = await room();
    const seen: unknown[] = [];
    const eventHandler = (args: readonly unknown[]): void => void seen.push(args);
    bus.on(CONVERTED, function (...args) {
      return eventHandler(args);
    });
    bus.on(CONVERTED, eventHandler.bind(undefined, []));
    bus.on(CONVERTED, queueMicrotask as never);
    expect(bus.listenerCount(CONVERTED)).toBe(3);
  });
});

describe('once()', () => {
  it.each([undefined, 'with a deduplicator'])(
    'lets nothing be deleted that came while it ran, where deletion is for what nobody listens to (%s)',
    async (deduplicated) => {
      const made = await room({
        queueName: QUEUE,
        unhandled: 'delete',
        deduplicator: deduplicated === undefined ? undefined : createMemoryDeduplicator(),
      });
      const { bus, clock, until } = made;
      const seen: string[] = [];
      bus.once(CONVERTED, async ({ data }) => {
        seen.push(data.taskId);
        await new Promise<void>((resolve) => void clock.after(60_000, resolve));
        if (seen.length === 1) throw new Error('not yet');
      });
      for (const id of ['a', 'b', 'c']) await until(publish(made, eventText(id)));
      await until(bus.start());
      await clock.advanceBy(50_000);
      expect(seen).toHaveLength(1);
      expect(await left(made)).toBe(3);
      // It fails, and hears another one, which it handles. Nobody listens to the two that are left then.
      await clock.advanceBy(40_000);
      expect(seen).toHaveLength(2);
      expect(await left(made)).toBe(3);
      await clock.advanceBy(1_200_000);
      expect(seen).toHaveLength(2);
      expect(await left(made)).toBe(2);
      bus.on(CONVERTED, ({ data }) => void seen.push(data.taskId));
      await clock.advanceBy(3_600_000);
      expect(seen.slice(1).toSorted()).toEqual(['a', 'b', 'c']);
      expect(await left(made)).toBe(0);
      await until(bus.close());
    },
  );
});

describe('asEventEmitter()', () => {
  it('is an emitter, always the same, that listens while it has listeners', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const emitter = bus.asEventEmitter();
    expect(emitter).toBeInstanceOf(EventEmitter);
    expect(bus.asEventEmitter()).toBe(emitter);
    const seen: string[] = [];
    const listener = ({ data }: { readonly data: { readonly taskId: string } }): void => void seen.push(data.taskId);
    await until(bus.start());
    await until(publish(made, eventText('a')));
    await clock.advanceBy(1000);
    expect(bus.health().queues[0]?.counters.acked).toBe(0);
    for (const remove of [
      () => emitter.off(CONVERTED, listener),
      () => emitter.removeListener(CONVERTED),
      () => emitter.removeAllListeners(CONVERTED),
      () => emitter.removeAllListeners(),
    ]) {
      seen.length = 0;
      emitter.addListener(CONVERTED, listener);
      await clock.advanceBy(600_000);
      expect(seen).toEqual(['a']);
      expect(await left(made)).toBe(0);
      remove();
      expect(emitter.eventNames()).toEqual([]);
      await until(publish(made, eventText('a')));
      await clock.advanceBy(60_000);
      expect(seen).toEqual(['a']);
      expect(await left(made)).toBe(1);
    }
    expect(bus.eventNames()).toEqual([]);
    await until(bus.close());
  });

  it('has an event retried for a listener that throws, which stops no other', async () => {
    const made = await room();
    const { bus, statuses, clock, until } = made;
    const seen: string[] = [];
    let failures = 0;
    const emitter = bus.asEventEmitter();
    const fail = (): void => {
      failures += 1;
      if (failures === 1) throw new Error('no');
    };
    emitter.once(CONVERTED, fail);
    emitter.on('FormatConvertJob:*', ({ data }) => void seen.push(data.taskId));
    await until(bus.start());
    await until(publish(made, eventText('a')));
    await clock.advanceBy(500);
    expect(seen).toEqual(['a']);
    expect(typesIn(statuses)).toContain('listener-failed');
    expect(emitter.listenerCount(CONVERTED)).toBe(1);
    await clock.advanceBy(60_000);
    expect(failures).toBe(2);
    expect(emitter.eventNames()).toEqual(['FormatConvertJob:*']);
    expect(await left(made)).toBe(0);
    await until(publish(made, eventText('b')));
    await clock.advanceBy(1000);
    expect(failures).toBe(2);
    expect(seen.at(-1)).toBe('b');
    await until(bus.close());
  });

  it('acknowledges without waiting for promises, and reports those that reject', async () => {
    const made = await room();
    const { bus, statuses, clock, until } = made;
    const emitter = bus.asEventEmitter();
    const listeners: ((event: unknown) => void)[] = [
      () => new Promise(() => {}),
      () => Promise.reject(new Error('much too late')),
      // As promises of other libraries are.
      () => runInNewContext("Promise.reject(new Error('no promise of ours'))") as unknown,
    ];
    for (const listener of listeners) emitter.on(CONVERTED, listener);
    await until(bus.start());
    await until(publish(made, eventText('a')));
    await clock.advanceBy(1000);
    expect(await until(countMessages(made))).toEqual(NOTHING);
    expect(statuses.filter(({ type }) => type === 'listener-failed')).toMatchObject([
      { eventName: CONVERTED, queueName: QUEUE, error: { message: expect.stringContaining('much too late') } },
      { eventName: CONVERTED, queueName: QUEUE, error: { message: expect.stringContaining('no promise of ours') } },
    ]);
    expect(bus.health().queues[0]?.counters).toMatchObject({ acked: 1, retried: 0 });
    await until(bus.close());
  });

  it('calls its listeners as emitters do: with a receiver, each as often as it was added, removed by what it was added with', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const emitter = bus.asEventEmitter();
    const receivers: unknown[] = [];
    const note = function (this: unknown): void {
      receivers.push(this);
    };
    const own = { name: 'own' };
    emitter.on(CONVERTED, note).on(CONVERTED, note, own).once(CONVERTED, note);
    await until(bus.start());
    await until(publish(made, eventText('a')));
    await clock.advanceBy(1000);
    expect(receivers.splice(0)).toEqual([emitter, own, emitter]);
    expect(emitter.listenerCount(CONVERTED)).toBe(2);
    emitter.once(CONVERTED, note);
    emitter.off(CONVERTED, note, undefined, true);
    emitter.off(CONVERTED, note, own);
    await until(publish(made, eventText('b')));
    await clock.advanceBy(1000);
    expect(receivers).toEqual([emitter]);
    await until(bus.close());
  });

  it('keeps to itself what the app emits, and names that are no events', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const emitter: EventEmitter<string> = bus.asEventEmitter() as object as EventEmitter<string>;
    const seen: unknown[] = [];
    emitter.on('error', (error) => void seen.push(error)).once(CONVERTED, (value) => void seen.push(value));
    expect(emitter.emit('error', 'trouble')).toBe(true);
    expect(emitter.emit(CONVERTED, 'by hand')).toBe(true);
    expect(emitter.emit(CONVERTED, 'nobody')).toBe(false);
    expect(seen).toEqual(['trouble', 'by hand']);
    await until(bus.start());
    await until(publish(made, eventText('a')));
    await clock.advanceBy(1000);
    expect(await left(made)).toBe(1);
    expect(() => emitter.on(CONVERTED, 'no function' as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(emitter.listenerCount(CONVERTED)).toBe(0);
    await until(bus.close());
  });
});
