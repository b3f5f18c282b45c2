/** `submitted` waits in the queue of the service; the last two are final. */
export type TaskState = 'submitted' | 'running' | 'succeeded' | 'failed';

/** How a task ends: with result members of its own, or with an error. */
export type TaskOutcome =
  | { readonly ok: true; readonly result: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Where the event of a task goes. */
export interface NotifyTarget {
  readonly topicName: string;
  /** The MNS endpoint as the request gave it; the empty string means the task's own account and region. */
  readonly endpoint: string;
  /** Why the event is not sent although it was asked for, such as a transport that is not emulated. */
  readonly notSentBecause?: string;
}

/** The record of a task of either API version; it never changes, a later state is a new record. */
export interface Task {
  readonly taskId: string;
  /** The action that created it, for example `CreateGrabFrameTask`. */
  readonly action: string;
  /** The word of the get and list actions (TaskType or JobType). */
  readonly taskType: string;
  readonly project: string;
  /** 2020-09-30: the `EventId` of the create reply, and the id of the message. */
  readonly eventId: string;
  /** The id of the creating request. */
  readonly requestId: string;
  /** The checked members of the creating request, named as the API names them. */
  readonly request: Readonly<Record<string, unknown>>;
  /** `undefined` when nobody asked for an event. */
  readonly notify: NotifyTarget | undefined;
  /** Milliseconds since 1970, as all instants here. */
  readonly submittedAtMs: number;
  /** `undefined` while submitted. */
  readonly startedAtMs: number | undefined;
  /** Set exactly when the state is final. */
  readonly endedAtMs: number | undefined;
  readonly state: TaskState;
  /** Set exactly when the state is final. */
  readonly outcome: TaskOutcome | undefined;
}

/** One copy of a task's event on its way out; there is exactly one unless a script says otherwise. */
export interface EventCopy {
  /** Milliseconds from the end of the task to the publishing of the event. */
  readonly lagMs: number;
  /** Milliseconds on top of the lag. */
  readonly extraDelayMs: number;
  /** Lets the next event go first, but waits for it no longer than this many milliseconds. */
  readonly overtakenWithinMs?: number;
  /** Never reaches its topic. */
  readonly lost: boolean;
}

/** What a task is told, and what seed and script have decided about it. */
export interface TaskPlan extends Omit<Task, 'submittedAtMs' | 'startedAtMs' | 'endedAtMs' | 'state' | 'outcome'> {
  /** Same key, same task, for twelve hours from its submission. */
  readonly idempotencyKey?: string;
  /** While a task with this key has not ended, no other one with it is created in the project. */
  readonly exclusiveKey?: string;
  /** Milliseconds in the queue, from 0. */
  readonly queueDelayMs: number;
  /** Milliseconds of running, from 0; `Infinity` for a task that ends by hand only. */
  readonly durationMs: number;
  readonly outcome: TaskOutcome;
  readonly eventCopies: readonly EventCopy[];
}

/** The record of a task that has just been submitted. */
export function submittedTask(plan: TaskPlan, nowMs: number): Task {
  const { taskId, action, taskType, project, eventId, requestId, request, notify } = plan;
  return {
    taskId,
    action,
    taskType,
    project,
    eventId,
    requestId,
    request,
    notify,
    submittedAtMs: nowMs,
    startedAtMs: undefined,
    endedAtMs: undefined,
    state: 'submitted',
    outcome: undefined,
  };
}

/** The record of a task that leaves the queue. */
export function startedTask(task: Task, atMs: number): Task {
  return { ...task, state: 'running', startedAtMs: atMs };
}

/** The final record; a task that was still queued has run for no time. */
export function endedTask(task: Task, outcome: TaskOutcome, atMs: number): Task {
  return {
    ...task,
    state: outcome.ok ? 'succeeded' : 'failed',
    startedAtMs: task.startedAtMs ?? atMs,
    endedAtMs: atMs,
    outcome,
  };
}

/** Whether nothing can happen to a task any more. */
export function hasEnded(task: Task): boolean {
  return task.outcome !== undefined;
}
