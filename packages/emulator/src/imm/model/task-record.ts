import { jsonValue } from '../../runtime/json-value.js';
import type { TaskEntry } from './task-entry.js';
import type { PlannedInstant, Publication } from './task-engine.js';
import type { EventCopy, NotifyTarget, Task, TaskOutcome, TaskState } from './task.js';

/** A task as data. Times are milliseconds since 1970; what is not known yet is left out. */
export interface TaskRecord {
  readonly taskId: string;
  readonly action: string;
  readonly taskType: string;
  readonly project: string;
  readonly eventId: string;
  readonly requestId: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly notify?: NotifyTarget;
  readonly submittedAtMs: number;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  readonly state: TaskState;
  readonly outcome?: TaskOutcome;
}

/** A task with all that is planned for it, as data. */
export interface TaskEntryRecord {
  readonly task: TaskRecord;
  /** How it will end, or has ended. */
  readonly plannedOutcome: TaskOutcome;
  readonly eventCopies: readonly EventCopy[];
  readonly idempotencyKey?: string;
  readonly exclusiveKey?: string;
  /** Absent once it has started. */
  readonly start?: PlannedInstant;
  /** Absent for a task that has ended, or will only by hand. */
  readonly end?: PlannedInstant;
  /** When the record vanishes; its sequence is the task's place in the order of submission. */
  readonly expiry: PlannedInstant;
}

/** An event on its way, as data. */
export interface PublicationRecord {
  /** When it goes on, in milliseconds since 1970. */
  readonly atMs: number;
  /** The final record. */
  readonly task: TaskRecord;
  readonly copy: EventCopy;
  readonly copyNumber: number;
  readonly attempt: number;
}

export function taskRecord(task: Task): TaskRecord {
  const { taskId, action, taskType, project, eventId, requestId, request, notify, submittedAtMs, state } = task;
  const { startedAtMs, endedAtMs, outcome } = task;
  return jsonValue({
    taskId,
    action,
    taskType,
    project,
    eventId,
    requestId,
    request,
    ...(notify === undefined ? {} : { notify }),
    submittedAtMs,
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
    state,
    ...(outcome === undefined ? {} : { outcome }),
  });
}

export function recordedTask(record: TaskRecord): Task {
  const { taskId, action, taskType, project, eventId, requestId, request, notify, submittedAtMs, state } = record;
  const { startedAtMs, endedAtMs, outcome } = record;
  const whatIs = { taskId, action, taskType, project, eventId, requestId, request, notify };
  return { ...whatIs, submittedAtMs, startedAtMs, endedAtMs, state, outcome };
}

export function taskEntryRecord({ plan, task, outcome, schedule, expiry }: TaskEntry): TaskEntryRecord {
  const { eventCopies, idempotencyKey, exclusiveKey } = plan;
  const start = task.state === 'submitted' ? schedule?.start?.value : undefined;
  const end = schedule?.end?.value;
  return {
    task: taskRecord(task),
    plannedOutcome: jsonValue(outcome),
    eventCopies: eventCopies.map(copyRecord),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(exclusiveKey === undefined ? {} : { exclusiveKey }),
    ...(start === undefined ? {} : { start: planned(start) }),
    ...(end === undefined ? {} : { end: planned(end) }),
    expiry: planned(expiry?.value ?? { atMs: task.submittedAtMs, sequence: 0 }),
  };
}

export function publicationRecord({
  atMs,
  value: { task, copy, copyNumber, attempt },
}: {
  readonly atMs: number;
  readonly value: Publication;
}): PublicationRecord {
  return { atMs, task: taskRecord(task), copy: copyRecord(copy), copyNumber, attempt };
}

function copyRecord({ lagMs, extraDelayMs, overtakenWithinMs, lost }: EventCopy): EventCopy {
  return { lagMs, extraDelayMs, ...(overtakenWithinMs === undefined ? {} : { overtakenWithinMs }), lost };
}

function planned({ atMs, sequence }: PlannedInstant): PlannedInstant {
  return { atMs, sequence };
}
