import { eventLoopTurn } from '@mnsbus/core/internal';
import type { NoteChange } from '../runtime/note-change.js';
import type { StreamStates } from '../runtime/random-streams.js';
import type { TimeRecord } from '../runtime/time-line.js';
import { recordKey } from './record-key.js';
import type { RecordChange, RecordStore } from './record-store.js';
import { recordsOf } from './record-tree.js';

/** What a keeper reads the state from. */
export interface KeptState {
  readonly streams: () => StreamStates;
  readonly time: () => TimeRecord;
  readonly snapshot: () => object;
}

/** How many changes that nobody waits for may gather before they are written. */
const MOST_IDLE_CHANGES = 1000;

/**
 * Writes the changes of an emulator's state to a store, so that whoever is told of a change can rely on it.
 *
 * All changes of one turn of the event loop, and all that come while a write is under way, share the next write.
 */
export class StateKeeper {
  readonly #store: RecordStore;
  #state: KeptState | undefined;
  /** What has changed since the last write began: how to read each record. */
  #changes = new Map<string, () => unknown>();
  #isReplaced = false;
  /** The write that is under way. */
  #writing: Promise<void> | undefined;
  /** The write that will take what has changed since. */
  #next: Promise<void> | undefined;
  #failure: unknown;
  #isClosed = false;

  /** `store` has been loaded. */
  constructor(store: RecordStore) {
    this.#store = store;
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

  /**
   * Resolves when everything that has happened so far is on the disk; `undefined` when it is. Rejects with
   * `STORE_FAILED`, now and for ever, once something could not be written.
   */
  committed(): Promise<void> | undefined {
    return this.#next ?? this.#writing ?? (this.#failure === undefined ? undefined : Promise.reject(this.#failure));
  }

  /** Writes what is left, and closes the store. Rejects with `STORE_FAILED` when that cannot be. */
  async close(): Promise<void> {
    // Whoever was answered by the closing of the emulator has his say first.
    await eventLoopTurn();
    this.#schedule();
    try {
      for (let left = this.committed(); left !== undefined; left = this.committed()) await left;
    } finally {
      this.#isClosed = true;
      await this.#store.close();
    }
  }

  #schedule(): void {
    if (this.#next !== undefined || this.#state === undefined) return;
    const write = this.#writeAfter(this.#writing);
    this.#next = write;
    // Whoever waits hears of the failure; when nobody does, the next one will.
    write.catch(() => undefined);
  }

  async #writeAfter(earlier: Promise<void> | undefined): Promise<void> {
    await (earlier ?? eventLoopTurn());
    this.#writing = this.#next;
    this.#next = undefined;
    try {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isClosed) throw new Error('the emulator was closed');
      const changes = this.#takeChanges();
      if (changes.length > 0) await this.#store.write(changes);
    } catch (error) {
      this.#failure ??= error;
      throw error;
    } finally {
      this.#writing = undefined;
    }
  }

  #takeChanges(): readonly RecordChange[] {
    const changes = new Map<string, unknown>();
    if (this.#isReplaced) {
      this.#isReplaced = false;
      const records = recordsOf(this.#state?.snapshot() ?? {});
      for (const key of this.#store.keys()) if (!records.has(key)) changes.set(key, undefined);
      for (const [key, value] of records) changes.set(key, value);
    }
    for (const [key, read] of this.#changes) changes.set(key, read());
    this.#changes = new Map();
    for (const [name, stream] of Object.entries(this.#state?.streams() ?? {})) {
      changes.set(recordKey(['streams', name]), stream);
    }
    // With each write, so that whoever goes on from it knows when that was.
    if (this.#state !== undefined) changes.set(recordKey(['time']), this.#state.time());
    return Array.from(
      changes,
      ([key, value]) => [key, value === undefined ? undefined : JSON.stringify(value)] as const,
    );
  }
}
