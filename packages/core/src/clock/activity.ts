/**
 * Counts the work that a virtual clock waits for before it moves the time: requests that the emulator has not answered,
 * and whatever a user hands to `VirtualClock.hold`.
 *
 * Work that waits for the clock itself does not count meanwhile, or the time could never move.
 */
export class Activity {
  #begun = 0;
  #waiting = 0;
  #changes = 0;
  #quietTurns = 1;
  #onIdle: (() => void)[] = [];

  /** How many pieces of work are under way that do not wait for the clock. */
  get running(): number {
    return this.#begun - this.#waiting;
  }

  /** Grows with every change: whoever compares two readings sees work that has begun and ended in between. */
  get changes(): number {
    return this.#changes;
  }

  /** How many turns of the event loop have to pass without work before there is none: 1 within one program. */
  get quietTurns(): number {
    return this.#quietTurns;
  }

  /** Asks for at least so many quiet turns, because requests come by a way on which nobody can count them. */
  needQuietTurns(turns: number): void {
    this.#quietTurns = Math.max(this.#quietTurns, turns);
  }

  /** Counts a piece of work until the returned function is called; calling it again does nothing. */
  begin(): () => void {
    return this.#count(
      () => (this.#begun += 1),
      () => (this.#begun -= 1),
    );
  }

  /** Leaves a piece of work that was begun uncounted, until the returned function is called: it waits for the clock. */
  wait(): () => void {
    return this.#count(
      () => (this.#waiting += 1),
      () => (this.#waiting -= 1),
    );
  }

  /** Counts a promise until it settles, and returns its outcome. */
  async during<T>(work: Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work;
    } finally {
      end();
    }
  }

  /** Resolves when nothing is running; at once, if so now. */
  idle(): Promise<void> {
    if (this.running <= 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #count(on: () => void, off: () => void): () => void {
    let isOn = true;
    on();
    this.#changed();
    return () => {
      if (!isOn) return;
      isOn = false;
      off();
      this.#changed();
    };
  }

  #changed(): void {
    this.#changes += 1;
    if (this.running > 0 || this.#onIdle.length === 0) return;
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const resolve of waiting) resolve();
  }
}
