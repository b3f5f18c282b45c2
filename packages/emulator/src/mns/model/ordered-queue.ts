import { IndexedHeap, type HeapEntry } from '@mnsbus/core/internal';

/** Fewer holes than this are not worth closing. */
const FEW_HOLES = 1024;

/**
 * Values in an order of their own, made for values that mostly come in that order already, as messages do.
 *
 * What comes in order is appended to a run, what comes out of order goes into a heap, and the first is the first of the
 * two. So the usual step costs O(1), however many values there are, and no step more than O(log n), both amortised.
 */
export class OrderedQueue<T extends object> {
  readonly #before: (a: T, b: T) => boolean;
  /** In order, with a hole where an entry has left; its last is never a hole. */
  #run: (HeapEntry<T> | undefined)[] = [];
  /** Where the run's first entry is; before it are holes only. */
  #head = 0;
  /** All holes, those before the head included. */
  #holes = 0;
  readonly #outOfOrder: IndexedHeap<T>;

  /** `before(a, b)` says whether `a` must leave earlier; it must be a strict total order. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
    this.#outOfOrder = new IndexedHeap(before);
  }

  get size(): number {
    return this.#run.length - this.#holes + this.#outOfOrder.size;
  }

  /** The first value, left in place. */
  peek(): T | undefined {
    const inOrder = this.#run[this.#head]?.value;
    const outOfOrder = this.#outOfOrder.peek();
    if (inOrder === undefined || outOfOrder === undefined) return inOrder ?? outOfOrder;
    return this.#before(outOfOrder, inOrder) ? outOfOrder : inOrder;
  }

  /** Adds a value. */
  push(value: T): HeapEntry<T> {
    const last = this.#run.at(-1);
    if (last !== undefined && this.#before(value, last.value)) return this.#outOfOrder.push(value);
    const entry: HeapEntry<T> = { value, index: this.#run.length };
    this.#run.push(entry);
    return entry;
  }

  /** Removes and returns the first value. */
  pop(): T | undefined {
    const first = this.peek();
    if (first === undefined) return undefined;
    const head = this.#run[this.#head];
    if (head?.value === first) this.remove(head);
    else this.#outOfOrder.pop();
    return first;
  }

  /** Removes an entry from wherever it is; `false` when it had left already. */
  remove(entry: HeapEntry<T>): boolean {
    if (this.#run[entry.index] !== entry) return this.#outOfOrder.remove(entry);
    this.#run[entry.index] = undefined;
    entry.index = -1;
    this.#holes += 1;
    while (this.#run.length > 0 && this.#run.at(-1) === undefined) {
      this.#run.pop();
      this.#holes -= 1;
    }
    this.#head = Math.min(this.#head, this.#run.length);
    while (this.#head < this.#run.length && this.#run[this.#head] === undefined) this.#head += 1;
    if (this.#holes > FEW_HOLES && this.#holes * 2 > this.#run.length) this.#closeHoles();
    return true;
  }

  #closeHoles(): void {
    const entries = this.#run.filter((entry) => entry !== undefined);
    for (const [index, entry] of entries.entries()) entry.index = index;
    this.#run = entries;
    this.#head = 0;
    this.#holes = 0;
  }
}
