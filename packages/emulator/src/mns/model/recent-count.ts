/** Counts what happened within the last `windowMs` milliseconds; instants must not decrease. O(1) amortised. */
export class RecentCount {
  readonly #windowMs: number;
  #instants: number[] = [];
  #gone = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(nowMs: number): void {
    this.#forget(nowMs);
    this.#instants.push(nowMs);
  }

  /** How many instants are less than the window old. */
  at(nowMs: number): number {
    this.#forget(nowMs);
    return this.#instants.length - this.#gone;
  }

  #forget(nowMs: number): void {
    while (this.#gone < this.#instants.length && (this.#instants[this.#gone] ?? nowMs) <= nowMs - this.#windowMs) {
      this.#gone += 1;
    }
    // Cut off in large pieces, so that forgetting one does not shift all the others.
    if (this.#gone > 1024 && this.#gone * 2 > this.#instants.length) {
      this.#instants = this.#instants.slice(this.#gone);
      this.#gone = 0;
    }
  }
}
