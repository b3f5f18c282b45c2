import type { JournalEntry } from './views.js';

/** Texts that were asked for once: entries never change. */
const searched = new WeakMap<JournalEntry, string>();

/** The members of an entry that its columns do not show, as `name=value`. */
export function writeMembers(entry: JournalEntry): string {
  const { sequence: _sequence, atMs: _atMs, kind: _kind, ...members } = entry;
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('  ');
}

/** What a filter looks through, in lower case. */
export function searchText(entry: JournalEntry): string {
  const known = searched.get(entry);
  if (known !== undefined) return known;
  const text = `#${entry.sequence} ${entry.kind} ${writeMembers(entry)}`.toLowerCase();
  searched.set(entry, text);
  return text;
}
