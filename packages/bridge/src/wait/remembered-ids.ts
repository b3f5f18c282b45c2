/** The ids that were added last: the last `limit` for certain, at most twice as many. What is added and looked up costs the same however many they are. */
export class RememberedIds {
  readonly #limit: number;
  #young = new Set<string>();
  #old: ReadonlySet<string> = new Set();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(id: string): void {
    this.#young.add(id);
    if (this.#young.size <= this.#limit) return;
    // A set that loses its first with each addition has to look past all that it has lost.
    this.#old = this.#young;
    this.#young = new Set();
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }
}
