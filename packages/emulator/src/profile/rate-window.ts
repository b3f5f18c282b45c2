/** How many may pass in each second of the clock. */
export class RateWindow {
  readonly #perSecond: number;
  #second = Number.NaN;
  #passed = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Whether so many more may pass now; counts them if they may. What is more than a second's worth passes alone, in a second of its own. */
  admits(count: number, nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#passed = 0;
    }
    if (this.#passed > 0 && this.#passed + count > this.#perSecond) return false;
    this.#passed += count;
    return true;
  }
}
