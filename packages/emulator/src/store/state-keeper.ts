import { MnsbusError, SystemClock, sleep, type Clock } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import type { NoteChange } from '../runtime/note-change.js';
import type { StreamStates } from '../runtime/random-streams.js';
import type { TimeRecord } from '../runtime/time-line.js';
import { recordKey } from './record-key.js';
import type { RecordChange, RecordStore } from './record-store.js';
import { recordsOf } from './record-tree.js';
import type { StoreNews } from './store-news.js';

/** What a keeper reads the state from. */
export interface KeptState {
  readonly streams: () => StreamStates;
  readonly time: () => TimeRecord;
  readonly snapshot: () => object;
}

/** How many changes that nobody waits for may gather before they are written. */
const MOST_IDLE_CHANGES = 1000;

/** How long after each failed attempt the next one is made, in milliseconds; after that, always as long as the last. */
const PAUSES_MS = [50, 200, 1000] as const;

/** After how many attempts in a row nobody is let wait any longer. */
const PATIENCE = PAUSES_MS.length;

/**
 * Writes the changes of an emulator's state to a store, so that whoever is told of a change can rely on it.
 *
 * All changes of one turn of the event loop, and all that come while a write is under way, share the next write. A write
 * that fails is tried again for as long as it takes; what has changed meanwhile goes with it.
 */
export class StateKeeper {
  readonly #store: RecordStore;
  readonly #news: (news: StoreNews) => void;
  readonly #machine: Clock;
  readonly #closing = new AbortController();
  #state: KeptState | undefined;
  /** What has changed since the last write began: how to read each record. */
  #changes = new Map<string, () => unknown>();
  #isReplaced = false;
  /** The write that is under way. */
  #writing: Write | undefined;
  /** The write that will take what has changed since. */
  #next: Write | undefined;
  /** The writes one after the other, until there is no more to write. */
  #running: Promise<void> | undefined;
  #failure: Error | undefined;
  #isClosed = false;

  /** `store` has been loaded; `news` are told once each; `machine` measures the pauses between attempts. */
  constructor(store: RecordStore, news: (news: StoreNews) => void = () => {}, machine: Clock = new SystemClock()) {
    this.#store = store;
    this.#news = news;
    this.#machine = machine;
  }

  /** Begins to write; what has changed before is written as well. */
  attach(state: KeptState): void {
    this.#state = state;
    this.#schedule();
  }

  /** Takes note of a change. */
  readonly note: NoteChange = (path, read) => {
    this.#changes.set(recordKey(path), read);
    // A nonce changes with every call, those that only read too. Nobody is told of it, so nobody has to wait for it.
    if (path[0] !== 'nonces' || this.#changes.size > MOST_IDLE_CHANGES) this.#schedule();
  };

  /** Takes note that all of the state has become another; before {@link attach}, what the store holds already. */
  readonly replaced = (): void => {
    if (this.#state === undefined) return;
    this.#isReplaced = true;
    this.#schedule();
  };

  /** Why nothing can be written at present, or any more; `undefined` while all is well. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Resolves when everything that has happened so far is on the disk; `undefined` when it is. Rejects with `STORE_FAILED`
   * when it could not be written in several attempts, and at once from then on until it can; it is written then.
   */
  committed(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return (this.#next ?? this.#writing)?.done;
  }

  /** Writes what is left, and closes the store. Rejects with `STORE_FAILED` when that cannot be. */
  async close(): Promise<void> {
    // Whoever was answered by the closing of the emulator has his say first.
    await eventLoopTurn();
    this.#closing.abort();
    this.#schedule();
    await this.#running;
    this.#isClosed = true;
    const failure = this.#failure;
    this.#failure ??= new Error('the emulator was closed');
    await this.#store.close();
    if (failure !== undefined) throw failure;
  }

  #schedule(): void {
    if (this.#next !== undefined || this.#state === undefined || this.#isClosed) return;
    this.#next = new Write();
    this.#running ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    await eventLoopTurn();
    for (let next = this.#next; next !== undefined; next = this.#next) {
      this.#writing = next;
      this.#next = undefined;
      await this.#write(next);
      this.#writing = undefined;
    }
    this.#running = undefined;
  }

  /** Tries until it is done; once it is being closed, until that has no sense any more. */
  async #write(write: Write): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const taken = { changes: new Map<string, () => unknown>(), isReplaced: false };
      try {
        if (attempt > 1) await this.#store.recover();
        [taken.changes, taken.isReplaced] = [this.#changes, this.#isReplaced];
        const { records, unkept } = this.#takeChanges();
        if (records.length > 0) await this.#store.write(records);
        this.#wrote(write, attempt, unkept);
        return;
      } catch (cause) {
        this.#changes = new Map([...taken.changes, ...this.#changes]);
        this.#isReplaced ||= taken.isReplaced;
        this.#failed(write, attempt, cause instanceof Error ? cause : new Error(String(cause)));
        if (attempt >= PATIENCE && this.#closing.signal.aborted) return;
        await sleep(this.#machine, PAUSES_MS[Math.min(attempt, PATIENCE) - 1] ?? 0, this.#closing.signal);
      }
    }
  }

  #wrote(write: Write, attempt: number, unkept: Error | undefined): void {
    this.#failure = undefined;
    this.#writing = undefined;
    if (attempt > 1) this.#news({ kind: 'recovered', attempts: attempt });
    if (unkept === undefined) {
      write.end();
      return;
    }
    this.#news({ kind: 'unkept', error: unkept });
    write.fail(unkept);
  }

  #failed(write: Write, attempt: number, error: Error): void {
    if (attempt === 1) this.#news({ kind: 'failing', error });
    if (attempt < PATIENCE) return;
    this.#failure = error;
    write.fail(error);
    // Those after it would not be written sooner.
    this.#next?.fail(error);
    if (this.#next !== undefined) this.#next = new Write();
  }

  #takeChanges(): { readonly records: readonly RecordChange[]; readonly unkept: Error | undefined } {
    const changes = new Map<string, () => unknown>();
    if (this.#isReplaced) {
      this.#isReplaced = false;
      const records = recordsOf(this.#state?.snapshot() ?? {});
      for (const key of this.#store.keys()) if (!records.has(key)) changes.set(key, () => undefined);
      for (const [key, value] of records) changes.set(key, () => value);
    }
    for (const [key, read] of this.#changes) changes.set(key, read);
    this.#changes = new Map();
    for (const [name, stream] of Object.entries(this.#state?.streams() ?? {})) {
      changes.set(recordKey(['streams', name]), () => stream);
    }
    // With each write, so that whoever goes on from it knows when that was.
    const time = this.#state?.time();
    if (time !== undefined) changes.set(recordKey(['time']), () => time);
    let unkept: Error | undefined;
    const records: RecordChange[] = [];
    for (const [key, read] of changes) {
      try {
        const value = read();
        records.push([key, value === undefined ? undefined : JSON.stringify(value)]);
      } catch (cause) {
        unkept ??= unkeepable(key, cause);
      }
    }
    return { records, unkept };
  }
}

/** What is refused before it is in the state should never come here; it must not keep the rest from being written. */
function unkeepable(key: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MnsbusError({ code: 'STORE_FAILED', message: `the record ${key} cannot be kept: ${reason}`, cause });
}

/** A write to come or under way, for those who wait for it. */
class Write {
  readonly done: Promise<void>;
  end: () => void = () => {};
  fail: (error: Error) => void = () => {};

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
    // Whoever waits hears of the failure; when nobody does, the next one will.
    this.done.catch(() => {});
  }
}
