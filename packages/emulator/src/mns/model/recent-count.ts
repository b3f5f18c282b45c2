/** How many times something happened at one instant. */
interface Run {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  count: number;
}

/** Counts what happened within the last `windowMs` milliseconds; instants must not decrease. O(1) amortised. */
export class RecentCount {
  readonly #windowMs: number;
  readonly #changed: ((atMs: number) => void) | undefined;
  #runs: Run[] = [];
  #gone = 0;
  #total = 0;

  /** `changed` is told of each instant whose count has become another. */
  constructor(windowMs: number, changed?: (atMs: number) => void) {
    this.#windowMs = windowMs;
    this.#changed = changed;
  }

  add(nowMs: number, count: number = 1): void {
    this.#forget(nowMs);
    const last = this.#runs.length > this.#gone ? this.#runs.at(-1) : undefined;
    // A state that was taken up may be ahead of the clock: what comes then counts as of its last instant.
    const run = last !== undefined && last.atMs >= nowMs ? last : { atMs: nowMs, count: 0 };
    if (run !== last) this.#runs.push(run);
    run.count += count;
    this.#total += count;
    this.#changed?.(run.atMs);
  }

  /** How many instants are less than the window old. */
  at(nowMs: number): number {
    this.#forget(nowMs);
    return this.#total;
  }

  /** How many there were at each instant, in order; those that are too old may be among them. */
  runs(): readonly Readonly<Run>[] {
    return this.#runs.slice(this.#gone);
  }

  /** How many there were at one of the last instants. O(1) for the last of all. */
  countAt(atMs: number): number | undefined {
    if ((this.#runs[this.#gone]?.atMs ?? Infinity) > atMs) return undefined;
    for (let index = this.#runs.length - 1; index >= this.#gone; index -= 1) {
      const run = this.#runs[index];
      if (run !== undefined && run.atMs <= atMs) return run.atMs === atMs ? run.count : undefined;
    }
    return undefined;
  }

  #forget(nowMs: number): void {
    for (let run = this.#runs[this.#gone]; run !== undefined && run.atMs <= nowMs - this.#windowMs;) {
      this.#gone += 1;
      this.#total -= run.count;
      this.#changed?.(run.atMs);
      run = this.#runs[this.#gone];
    }
    // Cut off in large pieces, so that forgetting one does not shift all the others.
    if (this.#gone > 1024 && this.#gone * 2 > this.#runs.length) {
      this.#runs = this.#runs.slice(this.#gone);
      this.#gone = 0;
    }
  }
}
