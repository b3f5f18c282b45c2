import type { Clock, Timer } from '@mnsbus/core';
import { sharedController } from '../shared-controller.js';

/** The polls from a start or resume to the next pause or the stop. */
export class Session {
  readonly #over = sharedController();
  readonly #aborted = sharedController();
  #timer: Timer | undefined;

  /** Aborts at the end: nothing more is to be asked for. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Aborts a little later: answers are no longer waited for. */
  get aborted(): AbortSignal {
    return this.#aborted.signal;
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Ends it; open polls may still be answered for `lastAnswerMs`. */
  end(clock: Clock, lastAnswerMs: number): void {
    if (this.isOver) return;
    this.#over.abort();
    if (lastAnswerMs === 0) this.#aborted.abort();
    else this.#timer = clock.after(lastAnswerMs, () => this.#aborted.abort());
  }

  /** To be called when no poll of it is open any more. */
  readonly finish = (): void => this.#timer?.cancel();
}
