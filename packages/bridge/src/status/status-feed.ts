import { warningOf, type BridgeStatus } from './bridge-status.js';

/** Statuses that an iterator keeps for a slow reader; beyond it the oldest go. */
const ITERATOR_BUFFER = 1000;

interface Reader {
  readonly buffer: BridgeStatus[];
  /** Those who wait for the next status, in the order in which they asked. */
  readonly waiting: (() => void)[];
}

/**
 * Hands operational facts to whoever reads them; with no reader, warnings go to `process.emitWarning`,
 * because a failure that nobody hears of is a lost failure.
 */
export class StatusFeed {
  readonly #readers = new Set<Reader>();
  #closed = false;

  emit(status: BridgeStatus): void {
    if (this.#readers.size === 0) {
      const warning = warningOf(status);
      if (warning !== undefined)
        process.emitWarning(`mnsbus: ${warning}`, { type: 'MnsbusWarning', code: status.type });
    }
    for (const reader of this.#readers) {
      reader.buffer.push(status);
      if (reader.buffer.length > ITERATOR_BUFFER) reader.buffer.shift();
      reader.waiting.shift()?.();
    }
  }

  /** Ends every iterator once it has handed out what it holds. */
  close(): void {
    this.#closed = true;
    for (const reader of this.#readers) wakeAll(reader);
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
}

function wakeAll(reader: Reader): void {
  for (const wake of reader.waiting.splice(0)) wake();
}
