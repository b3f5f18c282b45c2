import type { TaskOutcome } from './task.js';

/** Roughly what a task takes beside its request and its outcome, in bytes. */
const TASK_BYTES = 2000;

/** What an outcome is counted as at least, in bytes: a task that could be created can always fail with a short word. */
const LEAST_OUTCOME_BYTES = 1000;

/** Roughly what a value takes beside its texts, in bytes. */
const VALUE_BYTES = 16;

/** About how much memory a task takes, in bytes. */
export function taskBytes(request: unknown, outcome?: TaskOutcome): number {
  return TASK_BYTES + valueBytes(request) + outcomeBytes(outcome);
}

/** About how much memory the outcome of a task takes, in bytes. */
export function outcomeBytes(outcome: TaskOutcome | undefined): number {
  return Math.max(LEAST_OUTCOME_BYTES, valueBytes(outcome));
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return VALUE_BYTES + value.length;
  if (typeof value !== 'object' || value === null) return VALUE_BYTES;
  let bytes = VALUE_BYTES;
  for (const [name, member] of Object.entries(value)) bytes += name.length + valueBytes(member);
  return bytes;
}
