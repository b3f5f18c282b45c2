import { describe, expect, it } from 'vitest';
import type { RecordChange, RecordStore } from './record-store.js';
import { StateKeeper } from './state-keeper.js';

/** A store whose writes end when the test lets them. */
class SlowStore implements RecordStore {
  readonly writes: (readonly RecordChange[])[] = [];
  readonly #open: { readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  readonly #waiting: (() => void)[] = [];
  isClosed = false;

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

async function keeping(): Promise<{ store: SlowStore; keeper: StateKeeper }> {
  const store = new SlowStore();
  const keeper = new StateKeeper(store);
  keeper.attach({
    streams: () => ({ s: [1, 2, 3, 4] }),
    time: () => ({ lastMs: 5 }),
    snapshot: () => ({ mns: { 1: { r: { model: { sequence: 7 } } } } }),
  });
  await store.begun(1);
  store.end();
  await keeper.committed();
  return { store, keeper };
}

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

  it('fails whoever waits, and everybody after that, once something could not be written', async () => {
    const { store, keeper } = await keeping();
    keeper.note(['mns', 'a'], () => 1);
    const first = keeper.committed();
    await store.begun(2);
    keeper.note(['mns', 'b'], () => 1);
    const second = keeper.committed();
    store.fail(new Error('full'));
    await expect(first).rejects.toThrow('full');
    await expect(second).rejects.toThrow('full');
    await expect(keeper.committed()).rejects.toThrow('full');
    await expect(keeper.close()).rejects.toThrow('full');
    expect([store.writes.length, store.isClosed]).toEqual([2, true]);
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
