import type { Clock } from '@mnsbus/core';
import type { DecodedEvent } from '../dispatch/decoded-event.js';

/** An event that came lately. */
export interface RecentEvent {
  readonly event: DecodedEvent;
  /** When it came first, in milliseconds since 1970. */
  readonly atMs: number;
  /** Whether a `waitFor` has taken it or its listeners have finished: then it is done, even if nobody listens any more. */
  handled: boolean;
}

/**
 * The last events, so that a `waitFor` called a moment too late still finds its event.
 *
 * Keyed by queue message and place in it: a second delivery of the same message is the same event.
 */
export class RecentEvents {
  readonly #events = new Map<string, RecentEvent>();
  /** Its keys, oldest first, from `#forgotten` on: a map has to look past all that it has lost lately to find its first. */
  #keys: string[] = [];
  #forgotten = 0;
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #maxAgeMs: number;

  constructor(clock: Clock, limit: number, maxAgeMs: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Notes an event, or finds it again. */
  note(key: string, event: DecodedEvent): RecentEvent {
    this.#forget();
    const known = this.#events.get(key);
    if (known !== undefined) return known;
    const recent: RecentEvent = { event, atMs: this.#clock.now(), handled: false };
    this.#events.set(key, recent);
    this.#keys.push(key);
    if (this.#events.size > this.#limit) this.#forgetOldest();
    return recent;
  }

  /** The first recent event that `test` accepts. */
  find(test: (recent: RecentEvent) => boolean): RecentEvent | undefined {
    this.#forget();
    for (const recent of this.#events.values()) if (test(recent)) return recent;
    return undefined;
  }

  #forget(): void {
    const oldestMs = this.#clock.now() - this.#maxAgeMs;
    for (let oldest = this.#oldest(); oldest !== undefined && oldest.atMs < oldestMs; oldest = this.#oldest()) {
      this.#forgetOldest();
    }
  }

  #oldest(): RecentEvent | undefined {
    return this.#events.get(this.#keys[this.#forgotten] ?? '');
  }

  #forgetOldest(): void {
    this.#events.delete(this.#keys[this.#forgotten] ?? '');
    this.#forgotten += 1;
    if (this.#forgotten <= this.#limit) return;
    this.#keys = this.#keys.slice(this.#forgotten);
    this.#forgotten = 0;
  }
}
