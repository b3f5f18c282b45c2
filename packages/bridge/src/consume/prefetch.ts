/**
 * How many messages may be held ready: what the settings say, and fewer while the wait costs messages their leases.
 *
 * Where leases are not extended, or not for long enough, a message that has waited starts late. One whose handling takes
 * most of a lease is then lost, delivered again, waits, and is lost again, for ever. So each lease that is lost after a wait
 * halves the number, down to none, where every message starts with its whole lease; each message handled in time adds one.
 */
export class Prefetch {
  readonly #wanted: () => number;
  /** Infinite as long as nothing was lost, so that the settings can be raised meanwhile. */
  #limit = Infinity;

  /** `wanted` is what the settings say at this time. */
  constructor(wanted: () => number) {
    this.#wanted = wanted;
  }

  /** Messages that may be held ready now. */
  get count(): number {
    return Math.min(this.#wanted(), this.#limit);
  }

  /** The lease of a message that has waited was lost. */
  shrink(): void {
    this.#limit = Math.floor(this.count / 2);
  }

  /** A message was handled within its lease. */
  grow(): void {
    this.#limit = this.#limit < this.#wanted() ? this.#limit + 1 : Infinity;
  }
}
