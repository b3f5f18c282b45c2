import { createHash } from 'node:crypto';
import { monotonicMs, type Clock } from '@mnsbus/core';

/** Requests that are remembered: 300 a second for as long as a `Date` is believed by default. */
const LIMIT = 200_000;

interface Seen {
  readonly sentMs: number;
  /** The end of its time by each of the two clocks: the one may be set, and the other tells no time of day. */
  readonly untilMs: number;
  readonly untilMonotonicMs: number;
}

/**
 * Remembers the requests that were accepted, for as long as their `Date` lets them in again.
 *
 * Only requests with a good signature come here, so nobody without the service's key can fill it; and when more of them come than
 * can be remembered, older requests than the oldest remembered one are let in no more.
 */
export class ReplayGuard {
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  readonly #limit: number;
  readonly #seen = new Map<string, Seen>();
  /** Nothing that was sent until then is let in. */
  #floorMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, maxAgeMs: number, limit: number = LIMIT) {
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
    this.#limit = limit;
  }

  /** Notes a request, by its signature; whether it is the first of its kind. */
  admit(signature: Uint8Array, sentAt: Date): boolean {
    this.#forgetOld();
    const key = keyOf(signature);
    const sentMs = sentAt.getTime();
    if (this.#seen.has(key) || sentMs <= this.#floorMs) return false;
    // After that its Date alone keeps it out.
    const untilMs = sentMs + this.#maxAgeMs + 1;
    const untilMonotonicMs = monotonicMs(this.#clock) + untilMs - this.#clock.now();
    this.#seen.set(key, { sentMs, untilMs, untilMonotonicMs });
    if (this.#seen.size > this.#limit) this.#forgetEarly();
    return true;
  }

  /** Lets the request in again: it was not handled. */
  forget(signature: Uint8Array): void {
    this.#seen.delete(keyOf(signature));
  }

  get size(): number {
    return this.#seen.size;
  }

  #forgetOld(): void {
    for (const [key, { untilMs, untilMonotonicMs }] of this.#seen) {
      if (untilMs > this.#clock.now() || untilMonotonicMs > monotonicMs(this.#clock)) break;
      this.#seen.delete(key);
    }
  }

  #forgetEarly(): void {
    const [oldest] = this.#seen;
    if (oldest === undefined) return;
    const [key, { sentMs }] = oldest;
    this.#seen.delete(key);
    this.#floorMs = Math.max(this.#floorMs, sentMs);
  }
}

/** A few bytes instead of the hundreds of a signature. */
function keyOf(signature: Uint8Array): string {
  return createHash('sha256').update(signature).digest('base64');
}
