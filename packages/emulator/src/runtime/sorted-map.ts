/** A part of a list that is read in pieces. */
export interface Page<V> {
  readonly items: readonly V[];
  /** Where the next page starts; `undefined` when nothing is left. */
  readonly nextMarker: string | undefined;
}

/** A chunk is cut in two when it grows to twice this many keys. */
const CHUNK_SIZE = 256;

/**
 * A map whose entries can be read in pages, ordered by the UTF-16 code units of their keys.
 *
 * The sorted keys lie in chunks of bounded size: a change takes O(log n) comparisons and moves
 * the keys of one chunk, however many there are in all.
 */
export class SortedMap<V> {
  readonly #values = new Map<string, V>();
  readonly #chunks: string[][] = [];

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** Adds an entry, or replaces the value of one. */
  set(key: string, value: V): void {
    if (!this.#values.has(key)) this.#insert(key);
    this.#values.set(key, value);
  }

  /** Removes an entry; `false` when there was none. */
  delete(key: string): boolean {
    if (!this.#values.delete(key)) return false;
    const chunkIndex = this.#chunkOf(key);
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) return true;
    chunk.splice(lowerBound(chunk, key), 1);
    if (chunk.length === 0) this.#chunks.splice(chunkIndex, 1);
    return true;
  }

  /** The values in the order in which their keys were added. */
  values(): IterableIterator<V> {
    return this.#values.values();
  }

  /**
   * The first `limit` values (from 1) whose keys begin with `prefix` (default: all do) and come after `marker`; the
   * next marker is the last key returned. Costs O(log n) and the page, wherever it lies.
   */
  page(marker: string, limit: number, prefix: string = ''): Page<V> {
    const items: V[] = [];
    let lastKey: string | undefined;
    for (const [key, value] of this.#after(marker, prefix)) {
      if (!key.startsWith(prefix)) break;
      if (items.length === limit) return { items, nextMarker: lastKey };
      items.push(value);
      lastKey = key;
    }
    return { items, nextMarker: undefined };
  }

  /** The entries that come after `marker` and not before `first`, in order. */
  *#after(marker: string, first: string): IterableIterator<readonly [string, V]> {
    const start = marker > first ? marker : first;
    for (let index = this.#chunkOf(start); index < this.#chunks.length; index += 1) {
      for (const key of this.#chunks[index] ?? []) {
        const value = key > marker && key >= first ? this.#values.get(key) : undefined;
        if (value !== undefined) yield [key, value];
      }
    }
  }

  #insert(key: string): void {
    const chunkIndex = this.#chunkOf(key);
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) {
      this.#chunks.push([key]);
      return;
    }
    chunk.splice(lowerBound(chunk, key), 0, key);
    if (chunk.length === 2 * CHUNK_SIZE) this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(CHUNK_SIZE));
  }

  /** The chunk that holds the key, or would hold it: the last one that does not start after it. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const first = this.#chunks[middle]?.[0] ?? '';
      if (first <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** The place of the first key that does not come before `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
