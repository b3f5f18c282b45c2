import type { Clock } from '@mnsbus/core';
import { warningOf, type BridgeStatus } from './bridge-status.js';
import { tell } from './tell.js';
import { Warnings } from './warnings.js';

/** Statuses that an iterator keeps for a slow reader; beyond it the oldest go. */
const ITERATOR_BUFFER = 1000;

/** Receives each status. What it throws or rejects with is a warning of the process, and stops nobody else. */
export type StatusListener = (status: BridgeStatus) => void;

interface Reader {
  readonly buffer: BridgeStatus[];
  /** Those who wait for the next status, in the order in which they asked. */
  readonly waiting: (() => void)[];
}

/**
 * Hands operational facts to whoever reads them; with no reader, warnings go to `process.emitWarning`, each kind once a
 * minute, because a failure that nobody hears of is a lost failure.
 */
export class StatusFeed {
  readonly #warnings: Warnings;
  readonly #readers = new Set<Reader>();
  readonly #listeners = new Set<{ readonly call: StatusListener }>();
  #closed = false;

  constructor(clock: Clock) {
    this.#warnings = new Warnings(clock);
  }

  emit(status: BridgeStatus): void {
    const warning = this.#readers.size + this.#listeners.size === 0 ? warningOf(status) : undefined;
    if (warning !== undefined) this.#warnings.warn(status.type, warning);
    for (const reader of this.#readers) this.#hand(reader, status);
    // A copy, because a listener may add listeners: those hear the next status.
    const listeners = [...this.#listeners];
    for (const { call } of listeners) {
      tell(call, status, (reason) => this.#warnings.warn('status-listener', `a status listener failed: ${reason}`));
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

  #hand(reader: Reader, status: BridgeStatus): void {
    reader.buffer.push(status);
    reader.waiting.shift()?.();
    if (reader.buffer.length <= ITERATOR_BUFFER) return;
    reader.buffer.shift();
    this.#warnings.warn(
      'status-reader',
      `a loop over status() is too slow: its oldest status of ${ITERATOR_BUFFER} was dropped`,
    );
  }
}

function wakeAll(reader: Reader): void {
  for (const wake of reader.waiting.splice(0)) wake();
}
