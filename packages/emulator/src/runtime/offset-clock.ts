import type { Clock, Timer } from '@mnsbus/core';

/** A clock that goes as fast as another one, and shows another time. */
export class OffsetClock implements Clock {
  readonly #clock: Clock;
  readonly #offsetMs: number;

  /** `offsetMs`: how far ahead of the other clock, in milliseconds; negative for behind. */
  constructor(clock: Clock, offsetMs: number) {
    this.#clock = clock;
    this.#offsetMs = offsetMs;
  }

  now(): number {
    return this.#clock.now() + this.#offsetMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.#clock.after(delayMs, callback);
  }
}
