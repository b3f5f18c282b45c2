/** Room for messages: at most `capacity` at once. The capacity may change at any time; what is taken stays taken. */
export class Slots {
  readonly #capacity: () => number;
  #used = 0;
  readonly #changed = new Set<() => void>();

  constructor(capacity: () => number) {
    this.#capacity = capacity;
  }

  get used(): number {
    return this.#used;
  }

  get free(): number {
    return this.#capacity() - this.#used;
  }

  take(count = 1): void {
    this.#used += count;
  }

  giveBack(count = 1): void {
    this.#used -= count;
    this.recheck();
  }

  /** Wakes those who wait, because the capacity may have changed. */
  recheck(): void {
    for (const wake of this.#changed) wake();
  }

  /** Resolves as soon as `enough` are free, or `signal` aborts. */
  async whenFree(enough: () => number, signal: AbortSignal): Promise<void> {
    while (this.free < enough() && !signal.aborted) await this.#nextChange(signal);
  }

  /** Resolves as soon as no slot is used, or `signal` aborts. */
  async whenIdle(signal: AbortSignal): Promise<void> {
    while (this.#used > 0 && !signal.aborted) await this.#nextChange(signal);
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#changed.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#changed.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
