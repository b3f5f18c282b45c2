import { IndexedHeap, type HeapEntry } from '@mnsbus/core/internal';

/** Something that is due at an instant. */
export interface AgendaItem<T> {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Items of the same instant fall due in the order in which they were added. */
  readonly sequence: number;
  readonly value: T;
}

/** An item's place in an {@link Agenda}; hand it back to strike the item out. */
export type AgendaEntry<T> = HeapEntry<AgendaItem<T>>;

/** What is to happen, and when: O(log n) per change. */
export class Agenda<T> {
  readonly #items = new IndexedHeap<AgendaItem<T>>(
    (a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence),
  );
  #sequence = 0;

  /** How many items were ever added: the sequence of the next one. */
  get sequence(): number {
    return this.#sequence;
  }

  get size(): number {
    return this.#items.size;
  }

  /** When the first item is due, in milliseconds since 1970; `undefined` when nothing is planned. */
  get nextDueMs(): number | undefined {
    return this.#items.peek()?.atMs;
  }

  add(atMs: number, value: T): AgendaEntry<T> {
    return this.#items.push({ atMs, sequence: this.#sequence++, value });
  }

  /** Everything that is planned, in order. */
  items(): readonly AgendaItem<T>[] {
    return [...this.#items.values()].toSorted((a, b) => a.atMs - b.atMs || a.sequence - b.sequence);
  }

  /** Takes up an item as it was in another agenda. */
  restore(item: AgendaItem<T>): AgendaEntry<T> {
    this.#sequence = Math.max(this.#sequence, item.sequence + 1);
    return this.#items.push(item);
  }

  /** Lets the next item have this sequence, or a later one. */
  continueAt(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
  }

  /** Strikes an item out; `false` when it is no longer planned. */
  remove(entry: AgendaEntry<T>): boolean {
    return this.#items.remove(entry);
  }

  /** Takes the first item that is due at `nowMs`; `undefined` when none is. */
  takeDue(nowMs: number): AgendaItem<T> | undefined {
    const first = this.#items.peek();
    return first !== undefined && first.atMs <= nowMs ? this.#items.pop() : undefined;
  }
}
