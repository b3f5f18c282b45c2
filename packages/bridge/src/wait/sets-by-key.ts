/** Values under keys, several under each, in the order in which they were added. Nothing is left of a key without values. */
export class SetsByKey<Key, Value> {
  readonly #sets = new Map<Key, Set<Value>>();

  add(key: Key, value: Value): void {
    const set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, new Set([value]));
    else set.add(value);
  }

  remove(key: Key, value: Value): void {
    const set = this.#sets.get(key);
    set?.delete(value);
    if (set?.size === 0) this.#sets.delete(key);
  }

  get(key: Key): Iterable<Value> {
    return this.#sets.get(key) ?? [];
  }

  has(key: Key): boolean {
    return this.#sets.has(key);
  }
}
