import type { JournalEntry } from '@mnsbus/emulator';
import type { RunRecord, Violation } from './run-record.js';

/** The most lines that a history shows. */
const MOST_LINES = 60;

interface Line {
  readonly atMs: number;
  readonly text: string;
}

/** What services, listeners and bridges went through, as far as it concerns one violation: times in milliseconds from the start of the run. */
export function historyOf(
  { journal, ledger, statuses, startMs }: RunRecord,
  { subject }: Violation,
): readonly string[] {
  const isAbout = (value: object): boolean => Object.values(value).includes(subject);
  const lines: Line[] = [
    ...journal.filter(isAbout).map((entry) => ({ atMs: entry.atMs, text: `service   ${entryText(entry)}` })),
    ...ledger.filter(isAbout).map((entry) => ({
      atMs: entry.atMs,
      text: `listener  ${entry.process} ${entry.kind} ${entry.messageId} (${entry.taskId})`,
    })),
    ...statuses
      .filter(isAbout)
      .map((status) => ({ atMs: status.atMs, text: `bridge    ${status.process} ${status.type}` })),
  ];
  const sorted = lines.toSorted((a, b) => a.atMs - b.atMs);
  const cut = sorted.length - MOST_LINES;
  return [
    ...(cut > 0 ? [`  (${cut} lines before)`] : []),
    ...sorted.slice(-MOST_LINES).map(({ atMs, text }) => `  ${String(atMs - startMs).padStart(9)}  ${text}`),
  ];
}

function entryText({ sequence, kind, ...members }: JournalEntry): string {
  const texts = Object.entries(members).flatMap(([name, value]) =>
    value === undefined || name === 'atMs' ? [] : [`${name}=${String(value)}`],
  );
  return `#${sequence} ${kind} ${texts.join(' ')}`;
}
