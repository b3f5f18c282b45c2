/** An entry's place in an {@link IndexedHeap}; hand it back to remove the entry. */
export interface HeapEntry<T> {
  readonly value: T;
  /** Maintained by the heap; −1 once the entry has left it. */
  index: number;
}

/**
 * A binary min-heap whose entries can be removed from anywhere in O(log n).
 *
 * Removal matters because most timers are cancelled and most messages are deleted long before
 * they expire: entries that merely wait to be skipped would pile up for days.
 */
export class IndexedHeap<T> {
  readonly #entries: HeapEntry<T>[] = [];
  readonly #before: (a: T, b: T) => boolean;

  /** `before(a, b)` says whether `a` must leave the heap earlier; it must be a strict total order. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** The first value, left in place. O(1). */
  peek(): T | undefined {
    return this.#entries[0]?.value;
  }

  /** Adds a value. O(log n). */
  push(value: T): HeapEntry<T> {
    const entry: HeapEntry<T> = { value, index: this.#entries.length };
    this.#entries.push(entry);
    this.#rise(entry);
    return entry;
  }

  /** Removes and returns the first value. O(log n). */
  pop(): T | undefined {
    const first = this.#entries[0];
    if (first === undefined) return undefined;
    this.remove(first);
    return first.value;
  }

  /** Removes an entry from wherever it is; `false` when it had left already. O(log n). */
  remove(entry: HeapEntry<T>): boolean {
    const index = entry.index;
    if (this.#entries[index] !== entry) return false;
    const last = this.#entries.pop();
    entry.index = -1;
    if (last !== undefined && last !== entry) {
      this.#place(last, index);
      this.#rise(last);
      this.#sink(last);
    }
    return true;
  }

  /** The values in no particular order. */
  *values(): IterableIterator<T> {
    for (const entry of this.#entries) yield entry.value;
  }

  /** The entries in no particular order. */
  entries(): readonly HeapEntry<T>[] {
    return this.#entries;
  }

  #place(entry: HeapEntry<T>, index: number): void {
    this.#entries[index] = entry;
    entry.index = index;
  }

  #rise(entry: HeapEntry<T>): void {
    while (entry.index > 0) {
      const parentIndex = (entry.index - 1) >> 1;
      const parent = this.#entries[parentIndex];
      if (parent === undefined || !this.#before(entry.value, parent.value)) return;
      this.#place(parent, entry.index);
      this.#place(entry, parentIndex);
    }
  }

  #sink(entry: HeapEntry<T>): void {
    for (;;) {
      const left = this.#entries[2 * entry.index + 1];
      const right = this.#entries[2 * entry.index + 2];
      let child = left;
      if (left !== undefined && right !== undefined && this.#before(right.value, left.value)) child = right;
      if (child === undefined || !this.#before(child.value, entry.value)) return;
      const childIndex = child.index;
      this.#place(child, entry.index);
      this.#place(entry, childIndex);
    }
  }
}
