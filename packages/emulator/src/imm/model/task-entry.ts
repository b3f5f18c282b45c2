import type { SortedMap } from '../../runtime/sorted-map.js';
import type { AgendaEntry } from './agenda.js';
import type { PlannedInstants, Schedule } from './task-engine.js';
import type { Task, TaskOutcome, TaskPlan } from './task.js';

/** What has to be known of a plan once it is being carried out. */
export type KeptPlan = Pick<
  TaskPlan,
  'taskId' | 'taskType' | 'project' | 'idempotencyKey' | 'exclusiveKey' | 'eventCopies'
>;

/** A task in the book. */
export interface TaskEntry {
  readonly plan: KeptPlan;
  readonly shelf: Shelf;
  /** The planned outcome, or the one that somebody has given it by hand. */
  outcome: TaskOutcome;
  task: Task;
  /** `undefined` once the task has ended. */
  schedule: Schedule<TaskEntry> | undefined;
  expiry: AgendaEntry<TaskEntry> | undefined;
  /** About how much memory it takes. */
  bytes: number;
}

/** A task as it is taken up from elsewhere. */
export interface RestoredTask extends PlannedInstants {
  readonly plan: KeptPlan;
  readonly outcome: TaskOutcome;
  readonly task: Task;
  /** When its record vanishes, and its place among all tasks. */
  readonly expiry: { readonly atMs: number; readonly sequence: number };
}

/** The tasks of one project. */
export interface Shelf {
  readonly all: Set<TaskEntry>;
  readonly byType: Map<string, SortedMap<TaskEntry>>;
  /** The newest task of each idempotency key. */
  readonly repeats: Map<string, TaskEntry>;
  /** The task that has not ended, of each exclusive key. */
  readonly busy: Map<string, TaskEntry>;
  unended: number;
}

/** The shelf of a project that has no tasks yet. */
export function emptyShelf(): Shelf {
  return { all: new Set(), byType: new Map(), repeats: new Map(), busy: new Map(), unended: 0 };
}

/** Takes note that a task has ended, or never will. */
export function leaveUnended({ plan, shelf }: TaskEntry): void {
  shelf.unended -= 1;
  if (plan.exclusiveKey !== undefined) shelf.busy.delete(plan.exclusiveKey);
}
