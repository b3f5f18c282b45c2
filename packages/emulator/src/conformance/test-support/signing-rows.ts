import type { ConformanceRow, Signing } from './conformance-row.js';

const WAYS: readonly (readonly [Signing, string])[] = [
  ['v4', 'signed in the way of version 4'],
  ['token', 'with a temporary key and its token'],
];

/** Of each operation its first success once more, signed in each other way: the reply must be the same to the byte. */
export function signingRows(rows: readonly ConformanceRow[]): readonly ConformanceRow[] {
  const firsts = new Map<string, ConformanceRow>();
  for (const row of rows) {
    if (row.outcome === 'success' && !firsts.has(row.operation)) firsts.set(row.operation, row);
  }
  return [...firsts.values()].flatMap((row) =>
    WAYS.map(([signing, when]) => ({ ...row, when: `${row.when}, ${when}`, call: { ...row.call, signing } })),
  );
}
