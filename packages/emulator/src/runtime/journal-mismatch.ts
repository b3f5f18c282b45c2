import { MnsbusError } from '@mnsbus/core';
import { writeEntry, writePattern, type EntryPattern, type JournalEntry } from './journal-entry.js';

/** How many entries an error shows. */
const NEARBY = 12;

/** How many entries were expected, and those that there are. */
interface Count {
  readonly least: number;
  readonly most: number;
  readonly found: readonly JournalEntry[];
}

/** A journal that is not as a test expects it; the message ends with the entries nearby. */
export class JournalMismatch extends MnsbusError<'JOURNAL_MISMATCH'> {
  private constructor(expectation: string, nearby: readonly JournalEntry[]) {
    const lines =
      nearby.length === 0 ? ['  (the journal is empty there)'] : nearby.map((entry) => `  ${writeEntry(entry)}`);
    super({ code: 'JOURNAL_MISMATCH', message: `${expectation}. Nearby:\n${lines.join('\n')}` });
  }

  /** Too few or too many entries fit a pattern: shows those, else the last of that kind, else the last of any. */
  static ofCount(
    pattern: EntryPattern,
    { least, most, found }: Count,
    entries: readonly JournalEntry[],
  ): JournalMismatch {
    const wanted = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
    const sameKind = entries.filter(({ kind }) => kind === pattern.kind);
    const nearby = [found, sameKind, entries].find((some) => some.length > 0) ?? [];
    return new JournalMismatch(
      `the journal: expected ${wanted} of "${writePattern(pattern)}", found ${found.length}`,
      nearby.slice(-NEARBY),
    );
  }

  /** Nothing fits a pattern after `last`: shows what comes after it. */
  static ofOrder(
    pattern: EntryPattern,
    last: JournalEntry | undefined,
    entries: readonly JournalEntry[],
  ): JournalMismatch {
    const from = last === undefined ? 0 : entries.indexOf(last);
    const after = last === undefined ? '' : ` after #${last.sequence}`;
    return new JournalMismatch(
      `the journal: expected "${writePattern(pattern)}"${after}, found none`,
      entries.slice(from, from + NEARBY),
    );
  }
}
