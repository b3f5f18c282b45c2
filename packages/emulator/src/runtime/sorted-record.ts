/** A map as a plain object whose keys stand in one order, however the map came about: equal maps give equal JSON. */
export function sortedRecord<V>(entries: Iterable<readonly [string, V]>): Record<string, V> {
  const sorted = [...entries].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  // Defined, not assigned: a name may be `__proto__`.
  return Object.fromEntries(sorted);
}

/** The same of numbered things. */
export function numberedRecord<V>(entries: Iterable<readonly [number, V]>): Record<string, V> {
  const sorted = [...entries].toSorted(([a], [b]) => a - b);
  return Object.fromEntries(sorted.map(([key, value]) => [String(key), value]));
}
