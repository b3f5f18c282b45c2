import { monotonicMs, type Clock } from '@mnsbus/core';

/** Whoever works on events, until it is gone. */
export type Worker = object;

interface Record {
  readonly workers: Set<Worker>;
  /** Since when nobody works on it, by the stopwatch. */
  freeSinceMs: number;
  handled: number;
}

/**
 * What became of every event that was sent, and how long each lay with nobody working on it.
 *
 * That time begins when the event is sent, or when the last who worked on it is killed, and ends when a listener is called. It
 * is only counted while some worker is up: nobody else could have begun.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #records = new Map<string, Record>();
  readonly #up = new Set<Worker>();
  #countedMs = 0;
  #countsSinceMs = 0;
  /** The longest that any event lay. */
  longestFreeMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The stopwatch, which stands while no worker is up. */
  get elapsedMs(): number {
    return this.#countedMs + (this.#up.size === 0 ? 0 : monotonicMs(this.#clock) - this.#countsSinceMs);
  }

  isUp(worker: Worker): void {
    if (this.#up.size === 0) this.#countsSinceMs = monotonicMs(this.#clock);
    this.#up.add(worker);
  }

  isDown(worker: Worker): void {
    const elapsedMs = this.elapsedMs;
    if (this.#up.delete(worker) && this.#up.size === 0) this.#countedMs = elapsedMs;
  }

  sent(id: string): void {
    this.#records.set(id, { workers: new Set(), freeSinceMs: this.elapsedMs, handled: 0 });
  }

  begun(id: string, worker: Worker): void {
    const record = this.#of(id);
    if (record.workers.size === 0 && record.handled === 0) {
      this.longestFreeMs = Math.max(this.longestFreeMs, this.elapsedMs - record.freeSinceMs);
    }
    record.workers.add(worker);
  }

  handled(id: string, worker: Worker): void {
    const record = this.#of(id);
    record.workers.delete(worker);
    record.handled += 1;
  }

  /** All that the worker had in hand is free, since that time of the stopwatch. */
  dropped(worker: Worker, sinceMs: number): void {
    for (const record of this.#records.values()) if (record.workers.delete(worker)) record.freeSinceMs = sinceMs;
  }

  /** The events that nobody has handled to the end. */
  get open(): string[] {
    return [...this.#records].flatMap(([id, { handled }]) => (handled === 0 ? [id] : []));
  }

  get counts(): { readonly sent: number; readonly handled: number; readonly again: number } {
    const all = [...this.#records.values()];
    const handled = all.filter((record) => record.handled > 0).length;
    return { sent: all.length, handled, again: all.reduce((sum, record) => sum + record.handled, 0) - handled };
  }

  #of(id: string): Record {
    const record = this.#records.get(id);
    if (record === undefined) throw new Error(`${id} was never sent`);
    return record;
  }
}
