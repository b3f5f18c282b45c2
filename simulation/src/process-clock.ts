import { monotonicMs, type Clock, type Timer, type TimerOptions } from '@mnsbus/core';

/** How far a machine's wall clock is from the time of the run, in milliseconds: it outlives the processes. */
export interface WallClock {
  offsetMs: number;
}

/** The clock of one machine on the time of a run: its wall clock can be set, its monotonic reading cannot. */
export class ProcessClock implements Clock {
  readonly activity?: NonNullable<Clock['activity']>;
  readonly #clock: Clock;
  readonly #onThrow: (thrown: unknown) => void;
  readonly #wall: WallClock;

  /** `onThrow` is told of what a timer throws, which would end a real process. */
  constructor(clock: Clock, wall: WallClock, onThrow: (thrown: unknown) => void) {
    this.#wall = wall;
    this.#clock = clock;
    this.#onThrow = onThrow;
    if (clock.activity !== undefined) this.activity = clock.activity;
  }

  now(): number {
    return this.#clock.now() + this.#wall.offsetMs;
  }

  monotonic(): number {
    return monotonicMs(this.#clock);
  }

  after(delayMs: number, callback: () => void, options?: TimerOptions): Timer {
    const guarded = (): void => {
      try {
        callback();
      } catch (thrown) {
        this.#onThrow(thrown);
      }
    };
    return this.#clock.after(delayMs, guarded, options);
  }
}
