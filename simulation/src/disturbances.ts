import type { FaultKind, JournalEntry } from '@mnsbus/emulator';
import type { Disturbance, RunRecord } from './run-record.js';

const CAUSES: Readonly<Record<Disturbance, readonly FaultKind[]>> = {
  'early-visibility': ['early-visibility'],
  'active-time': ['delay-message', 'early-visibility'],
  reorder: ['reorder-message'],
  delivery: ['drop-delivery', 'repeat-delivery'],
  'task-event': ['duplicate-event', 'no-event'],
  'task-time': ['hold-task', 'slow-task'],
};

/** What faults have changed, by the journal: a check lets pass what a fault of that kind did to that very message or task. */
export function disturbances(journal: readonly JournalEntry[]): RunRecord['disturbed'] {
  const struck = new Set(
    journal.flatMap((entry) =>
      entry.kind === 'fault'
        ? [entry.messageId, entry.taskId, entry.queueName].flatMap((id) =>
            id === undefined ? [] : [`${entry.fault} ${id}`],
          )
        : [],
    ),
  );
  return (how, id) => CAUSES[how].some((kind) => struck.has(`${kind} ${id}`));
}
