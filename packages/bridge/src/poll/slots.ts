/** The right to handle messages: at most `capacity` at once. */
export class Slots {
  readonly capacity: number;
  #used = 0;
  readonly #changed = new Set<() => void>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get used(): number {
    return this.#used;
  }

  get free(): number {
    return this.capacity - this.#used;
  }

  take(): void {
    this.#used += 1;
  }

  giveBack(): void {
    this.#used -= 1;
    for (const wake of this.#changed) wake();
  }

  /** Resolves as soon as a slot is free, or `signal` aborts. */
  async whenFree(signal: AbortSignal): Promise<void> {
    while (this.free <= 0 && !signal.aborted) await this.#nextChange(signal);
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
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
