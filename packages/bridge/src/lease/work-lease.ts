import { monotonicMs, type Clock, type Timer } from '@mnsbus/core';

/** How long such a lease lasts, in milliseconds: what a process that dies over a push costs. */
const LENGTH_MS = 30_000;

/**
 * A lease for work on something that no service leases, such as a push: it is extended by half of its length, again and again,
 * until the work ends.
 */
export class WorkLease {
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #endsAtMs: number;
  #timer: Timer;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#endsAtMs = monotonicMs(clock) + LENGTH_MS;
    this.#timer = this.#beatLater();
  }

  /** What is left of it, in milliseconds from 0. */
  get leftMs(): number {
    return Math.max(0, this.#endsAtMs - monotonicMs(this.#clock));
  }

  /** Calls `listener` after each extension until the returned function is called. */
  onExtended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Extends it no more. */
  end(): void {
    this.#timer.cancel();
  }

  #beatLater(): Timer {
    return this.#clock.after(LENGTH_MS / 2, () => this.#beat(), { isBackground: true });
  }

  #beat(): void {
    this.#endsAtMs = monotonicMs(this.#clock) + LENGTH_MS;
    this.#timer = this.#beatLater();
    for (const tell of this.#listeners) tell();
  }
}
