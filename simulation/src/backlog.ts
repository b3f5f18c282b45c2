import type { JournalEntry } from '@mnsbus/emulator';

/** The messages that have come into some queues and have not ended. */
export function leftIn(journal: readonly JournalEntry[], queueNames: ReadonlySet<string>): Set<string> {
  const left = new Set<string>();
  for (const entry of journal) {
    if (entry.kind === 'sent' && queueNames.has(entry.queueName)) left.add(entry.messageId);
    if (entry.kind === 'deleted' || entry.kind === 'expired') left.delete(entry.messageId);
  }
  return left;
}

/** The tasks that a fault has held and that have not ended: they never would by themselves. */
export function heldTasks(journal: readonly JournalEntry[]): ReadonlySet<string> {
  const held = new Set<string>();
  for (const entry of journal) {
    if (entry.kind === 'fault' && entry.fault === 'hold-task' && entry.taskId !== undefined) held.add(entry.taskId);
    if (entry.kind === 'task-ended') held.delete(entry.taskId);
  }
  return held;
}

/** When a task was last running, or a message came in. */
export function lastTrafficMs(journal: readonly JournalEntry[]): number {
  let running = 0;
  let lastMs = 0;
  for (const { kind, atMs } of journal) {
    if (kind === 'task-submitted') running += 1;
    if (kind === 'task-ended') running -= 1;
    if (kind === 'task-ended' || kind === 'sent') lastMs = atMs;
  }
  return running > 0 ? Infinity : lastMs;
}
