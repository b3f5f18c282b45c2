import type { JournalFact } from './journal-fact.js';

/** A fact, its place among all facts of the emulator, from 1, and when it happened, in milliseconds since 1970. */
export type JournalEntry = JournalFact & { readonly sequence: number; readonly atMs: number };

/** The entries of one kind. */
export type EntryOf<K extends JournalEntry['kind']> = Extract<JournalEntry, { readonly kind: K }>;

/** Members that an entry of this kind must have, with just these values; none at all fits every entry. */
export type EntryFilter<K extends JournalEntry['kind']> = Partial<Omit<EntryOf<K>, 'kind'>>;

/** A kind of entries, and members that they must have. */
export type EntryPattern = {
  readonly [K in JournalEntry['kind']]: { readonly kind: K } & EntryFilter<K>;
}[JournalEntry['kind']];

/** Whether an entry has every member of a filter. */
export function fits(entry: JournalFact, filter: object): boolean {
  return Object.entries(filter).every(
    ([name, value]) => value === undefined || Object.is(Reflect.get(entry, name), value),
  );
}

/** How much of a long text stands in a line, in characters. */
const SHOWN = 60;

/** An entry in one line: its number, its instant, its kind, and its members in the order in which they were told. */
export function writeEntry(entry: JournalEntry): string {
  const { sequence, atMs, kind, ...members } = entry;
  return `#${sequence} ${new Date(atMs).toISOString()} ${kind}${writeMembers(members)}`;
}

/** The members of a pattern as a line shows them. */
export function writePattern({ kind, ...members }: EntryPattern): string {
  return `${kind}${writeMembers(members)}`;
}

function writeMembers(members: object): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${writeValue(value)}`)
    .join('');
}

function writeValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}...` : text;
  return typeof value === 'string' && !/^[\w.:/+-]+$/.test(shown) ? JSON.stringify(shown) : shown;
}
