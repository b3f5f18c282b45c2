import type { Clock, Timer } from '@mnsbus/core';
import { sharedController } from '../shared-controller.js';

/** How long closing waits for the last calls, after the listeners, in milliseconds; at half of it patience fades. */
const GRACE_MS = 2000;

/** How long closing waits: for listeners until a deadline, then two seconds more for what is on its way to the service. */
export class Patience {
  readonly #clock: Clock;
  readonly #over = sharedController();
  readonly #fading = sharedController();
  readonly #exhausted = sharedController();
  #timer: Timer | undefined;
  #overAtMs = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Aborts when listeners are no longer waited for. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Aborts when what is still to be done has to begin. */
  get fading(): AbortSignal {
    return this.#fading.signal;
  }

  /** Aborts when nothing is waited for any more. */
  get exhausted(): AbortSignal {
    return this.#exhausted.signal;
  }

  /** Waits for listeners for `ms` from now on, unless less was asked for before. `nowMs` is a monotonic reading. */
  limit(ms: number, nowMs: number): void {
    if (this.over.aborted || nowMs + ms >= this.#overAtMs) return;
    this.#overAtMs = nowMs + ms;
    this.#timer?.cancel();
    if (ms === 0) this.listenersAreDone();
    else this.#timer = this.#clock.after(ms, () => this.listenersAreDone());
  }

  /** Begins the two seconds. */
  listenersAreDone(): void {
    if (this.over.aborted) return;
    this.#timer?.cancel();
    this.#over.abort();
    this.#timer = this.#clock.after(GRACE_MS / 2, () => {
      this.#timer = this.#clock.after(GRACE_MS / 2, () => this.#exhausted.abort());
      this.#fading.abort();
    });
  }

  /** To be called when all is closed. */
  end(): void {
    this.#timer?.cancel();
  }
}

/** Resolves when `work` settles, or `signal` aborts. */
export function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
    void work.finally(done).catch(() => {});
  });
}
