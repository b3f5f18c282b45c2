import type { JournalEntry } from '@mnsbus/emulator';

/** How many messages each queue has, by what has come in, was deleted and has expired. */
export function storedIn(journal: readonly JournalEntry[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const entry of journal) {
    const change = entry.kind === 'sent' ? 1 : entry.kind === 'deleted' || entry.kind === 'expired' ? -1 : 0;
    if (change !== 0 && 'queueName' in entry && entry.queueName !== undefined)
      counts.set(entry.queueName, (counts.get(entry.queueName) ?? 0) + change);
  }
  return counts;
}
