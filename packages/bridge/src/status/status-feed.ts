import type { Clock } from '@mnsbus/core';
import { warningOf, type BridgeStatus } from './bridge-status.js';

/** Statuses that an iterator keeps for a slow reader; beyond it the oldest go. */
const ITERATOR_BUFFER = 1000;

/** With no reader, the same kind of trouble is told this often at most. */
const WARN_EVERY_MS = 60_000;

/** Receives each status. What it throws is a warning of the process, and stops nobody else. */
export type StatusListener = (status: BridgeStatus) => void;

interface Reader {
  readonly buffer: BridgeStatus[];
  /** Those who wait for the next status, in the order in which they asked. */
  readonly waiting: (() => void)[];
}

interface Warned {
  readonly atMs: number;
  suppressed: number;
}

/**
 * Hands operational facts to whoever reads them; with no reader, warnings go to `process.emitWarning`, each kind once a
 * minute, because a failure that nobody hears of is a lost failure.
 */
export class StatusFeed {
  readonly #clock: Clock;
  readonly #readers = new Set<Reader>();
  readonly #listeners = new Set<{ readonly call: StatusListener }>();
  readonly #warned = new Map<string, Warned>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  emit(status: BridgeStatus): void {
    if (this.#readers.size + this.#listeners.size === 0) this.#warn(status);
    for (const reader of this.#readers) {
      reader.buffer.push(status);
      if (reader.buffer.length > ITERATOR_BUFFER) reader.buffer.shift();
      reader.waiting.shift()?.();
    }
    for (const { call } of this.#listeners) {
      try {
        call(status);
      } catch (error) {
        process.emitWarning(`mnsbus: a status listener threw: ${String(error)}`, {
          type: 'MnsbusWarning',
          code: 'status-listener',
        });
      }
    }
  }

  /** Ends every iterator once it has handed out what it holds. */
  close(): void {
    this.#closed = true;
    for (const reader of this.#readers) wakeAll(reader);
    this.#listeners.clear();
  }

  /** Calls `listener` with every status from now on; returns what ends it. */
  listen(listener: StatusListener): () => void {
    // An object of its own, so that the same function may be registered twice.
    const registered = { call: listener };
    this.#listeners.add(registered);
    return () => void this.#listeners.delete(registered);
  }

  /** All statuses from now on; ends when the bridge is closed. Holds up to 1,000 for a slow reader. */
  read(): AsyncIterableIterator<BridgeStatus, undefined, undefined> {
    const reader: Reader = { buffer: [], waiting: [] };
    // Registered here, not at the first `next`, so that nothing between the two is missed.
    this.#readers.add(reader);
    const stop = (): void => {
      this.#readers.delete(reader);
      wakeAll(reader);
    };
    return {
      next: async () => {
        while (reader.buffer.length === 0 && !this.#closed && this.#readers.has(reader)) {
          await new Promise<void>((resolve) => {
            reader.waiting.push(resolve);
          });
        }
        const value = reader.buffer.shift();
        if (value !== undefined) return { done: false, value };
        stop();
        return { done: true, value: undefined };
      },
      return: async () => {
        stop();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #warn(status: BridgeStatus): void {
    const warning = warningOf(status);
    if (warning === undefined) return;
    const nowMs = this.#clock.now();
    const last = this.#warned.get(status.type);
    if (last !== undefined && nowMs - last.atMs < WARN_EVERY_MS) {
      last.suppressed += 1;
      return;
    }
    this.#warned.set(status.type, { atMs: nowMs, suppressed: 0 });
    const more = last === undefined || last.suppressed === 0 ? '' : ` (and ${last.suppressed} more like it)`;
    process.emitWarning(`mnsbus: ${warning}${more}`, { type: 'MnsbusWarning', code: status.type });
  }
}

function wakeAll(reader: Reader): void {
  for (const wake of reader.waiting.splice(0)) wake();
}
