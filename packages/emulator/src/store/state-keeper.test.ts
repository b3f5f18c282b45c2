import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { RecordChange, RecordStore } from './record-store.js';
import { StateKeeper } from './state-keeper.js';
import type { StoreNews } from './store-news.js';

/** A store whose writes end when the test lets them. */
class SlowStore implements RecordStore {
  readonly writes: (readonly RecordChange[])[] = [];
  readonly #open: { readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  readonly #waiting: (() => void)[] = [];
  isClosed = false;
  recoveries = 0;

  async load(): Promise<ReadonlyMap<string, string>> {
    return new Map();
  }

  keys(): Iterable<string> {
    return ['nonces/gone', 'streams/s'];
  }

  write(changes: readonly RecordChange[]): Promise<void> {
    this.writes.push(changes);
    for (const wake of this.#waiting.splice(0)) wake();
    return new Promise((end, fail) => this.#open.push({ end, fail }));
  }

  async recover(): Promise<void> {
    this.recoveries += 1;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** Resolves when so many writes have begun. */
  async begun(count: number): Promise<void> {
    while (this.writes.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  end(): void {
    this.#open.shift()?.end();
  }

  fail(error: Error): void {
    this.#open.shift()?.fail(error);
  }
}

interface Keeping {
  readonly store: SlowStore;
  readonly keeper: StateKeeper;
  readonly news: readonly StoreNews[];
  /** What measures the pauses between attempts. */
  readonly machine: VirtualClock;
}

async function keeping(): Promise<Keeping> {
  const store = new SlowStore();
  const news: StoreNews[] = [];
  const machine = new VirtualClock(0);
  const keeper = new StateKeeper(store, (one) => news.push(one), machine);
  keeper.attach({
    streams: () => ({ s: [1, 2, 3, 4] }),
    time: () => ({ lastMs: 5 }),
    snapshot: () => ({ mns: { 1: { r: { model: { sequence: 7 } } } } }),
  });
  await store.begun(1);
  store.end();
  await keeper.committed();
  return { store, keeper, news, machine };
}

/** How a promise ends, for a test that does more before it looks. */
const outcomeOf = (promise: Promise<void> | undefined): Promise<unknown> =>
  (promise ?? Promise.resolve()).then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.message : error),
  );

const settled = async (promise: Promise<void> | undefined): Promise<boolean> => {
  let isSettled = promise === undefined;
  void promise?.then(() => (isSettled = true));
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return isSettled;
};

describe('StateKeeper', () => {
  it('lets nobody go on before the write that holds his change is done', async () => {
    const { store, keeper } = await keeping();
    keeper.note(['mns', 'a'], () => 1);
    const first = keeper.committed();
    await store.begun(2);
    keeper.note(['mns', 'b'], () => 2);
    const second = keeper.committed();
    expect([await settled(first), await settled(second)]).toEqual([false, false]);
    store.end();
    await first;
    expect(await settled(second)).toBe(false);
    await store.begun(3);
    store.end();
    await second;
    expect(keeper.committed()).toBeUndefined();
    expect(store.writes.slice(1).map((changes) => changes[0])).toEqual([
      ['mns/a', '1'],
      ['mns/b', '2'],
    ]);
  });

  it('lets a reader wait as well while something that he may have seen is not written', async () => {
    const { store, keeper } = await keeping();
    keeper.note(['mns', 'a'], () => 1);
    const writer = keeper.committed();
    await store.begun(2);
    const reader = keeper.committed();
    expect(await settled(reader)).toBe(false);
    store.end();
    await Promise.all([writer, reader]);
  });

  it('writes all changes of a turn together, each record once, as it is by then', async () => {
    const { store, keeper } = await keeping();
    let value = 1;
    for (let change = 0; change < 100; change += 1) {
      keeper.note(['mns', 'a'], () => value);
      keeper.note(['mns', 'b', change], () => (change % 2 === 0 ? change : undefined));
    }
    value = 2;
    await store.begun(2);
    store.end();
    await keeper.committed();
    expect(store.writes).toHaveLength(2);
    const written = new Map(store.writes[1]);
    expect([written.size, written.get('mns/a'), written.get('mns/b/4'), written.get('mns/b/5')]).toEqual([
      103,
      '2',
      '4',
      undefined,
    ]);
  });

  it('lets nobody wait for a nonce, and writes it with what comes next', async () => {
    const { store, keeper } = await keeping();
    keeper.note(['nonces', 'n/1'], () => 9);
    expect(keeper.committed()).toBeUndefined();
    keeper.note(['mns', 'a'], () => 1);
    await store.begun(2);
    store.end();
    await keeper.committed();
    expect(store.writes[1]).toContainEqual(['nonces/n%2F1', '9']);
  });

  it('writes nonces by themselves when many have gathered', async () => {
    const { store, keeper } = await keeping();
    for (let count = 0; count < 1001; count += 1) keeper.note(['nonces', count], () => 9);
    await store.begun(2);
    expect(store.writes[1]).toHaveLength(1003);
    store.end();
  });

  it('writes the whole state when it has become another, and drops the rest', async () => {
    const { store, keeper } = await keeping();
    keeper.replaced();
    await store.begun(2);
    store.end();
    await keeper.committed();
    expect(store.writes[1]).toEqual([
      ['nonces/gone', undefined],
      ['streams/s', '[1,2,3,4]'],
      ['mns/1/r/model/sequence', '7'],
      ['time', '{"lastMs":5}'],
    ]);
  });

  it('tries again what could not be written, with what has changed since, and nobody notices but by the news', async () => {
    const { store, keeper, news, machine } = await keeping();
    let value = 1;
    keeper.note(['mns', 'a'], () => value);
    const waiting = keeper.committed();
    await store.begun(2);
    value = 2;
    keeper.note(['mns', 'b'], () => 3);
    const error = new Error('busy');
    store.fail(error);
    await machine.advanceBy(49);
    expect([store.writes.length, keeper.failure]).toEqual([2, undefined]);
    await machine.advanceBy(1);
    await store.begun(3);
    store.end();
    await waiting;
    const written = new Map(store.writes[2]);
    expect([written.get('mns/a'), written.get('mns/b'), store.recoveries]).toEqual(['2', '3', 1]);
    expect(news).toEqual([
      { kind: 'failing', error },
      { kind: 'recovered', attempts: 2 },
    ]);
  });

  /** Lets every attempt fail until nobody is let wait any longer. */
  const failing = async (): Promise<Keeping> => {
    const parts = await keeping();
    const { store, keeper, machine } = parts;
    keeper.note(['mns', 'a'], () => 1);
    const first = keeper.committed();
    await store.begun(2);
    keeper.note(['mns', 'b'], () => 1);
    const second = keeper.committed();
    const refused = [outcomeOf(first), outcomeOf(second)];
    for (const pauseMs of [50, 200, 0]) {
      store.fail(new Error('full'));
      await machine.advanceBy(pauseMs);
    }
    expect(await Promise.all(refused)).toEqual(['full', 'full']);
    return parts;
  };

  it('fails whoever waits after three attempts, and everybody from then on, until one succeeds', async () => {
    const { store, keeper, news, machine } = await failing();
    expect(keeper.failure?.message).toBe('full');
    await expect(keeper.committed()).rejects.toThrow('full');
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await machine.advanceBy(1000);
      store.fail(new Error('still full'));
    }
    await expect(keeper.committed()).rejects.toThrow('full');
    expect(news).toHaveLength(1);
    await machine.advanceBy(1000);
    const written = new Map(store.writes.at(-1));
    expect([written.get('mns/a'), written.get('mns/b')]).toEqual(['1', '1']);
    store.end();
    await machine.advanceBy(0);
    expect(keeper.failure).toBeUndefined();
    // What had been put off for those who were refused.
    store.end();
    await machine.advanceBy(0);
    expect([keeper.committed(), news.at(-1)]).toEqual([undefined, { kind: 'recovered', attempts: 9 }]);
  });

  it('does not give up what it has when it is closed while nothing can be written, but tries and says so', async () => {
    const { store, keeper } = await failing();
    const closed = keeper.close();
    const begun = store.writes.length;
    const ended = outcomeOf(closed);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await store.begun(begun + attempt);
      store.fail(new Error('full to the end'));
    }
    expect(await ended).toBe('full to the end');
    expect(store.isClosed).toBe(true);
  });

  it('writes all but a record that cannot be kept, and tells who waits for it', async () => {
    const { store, keeper, news } = await keeping();
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    keeper.note(['mns', 'bad'], () => cyclic);
    keeper.note(['mns', 'good'], () => 1);
    const waiting = keeper.committed();
    const refused = outcomeOf(waiting);
    await store.begun(2);
    store.end();
    expect(await refused).toMatch(/^the record mns\/bad cannot be kept: /);
    expect([...new Map(store.writes[1]).keys()]).toContain('mns/good');
    expect([news.map(({ kind }) => kind), keeper.failure]).toEqual([['unkept'], undefined]);
    keeper.note(['mns', 'good'], () => 2);
    await store.begun(3);
    store.end();
    await keeper.committed();
  });

  it('writes what is left when it is closed, and nothing later', async () => {
    const { store, keeper } = await keeping();
    keeper.note(['nonces', 'n'], () => 9);
    const closed = keeper.close();
    await store.begun(2);
    expect(store.isClosed).toBe(false);
    store.end();
    await closed;
    expect(store.isClosed).toBe(true);
    keeper.note(['mns', 'late'], () => 1);
    await expect(keeper.committed()).rejects.toThrow('the emulator was closed');
    expect(store.writes).toHaveLength(2);
  });
});
