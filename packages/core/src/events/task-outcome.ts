import type { CustomEvent } from './custom-event.js';
import type { Imm2017TaskEventMap } from './imm-2017/imm-2017.js';
import type { Imm2020TaskEventMap } from './imm-2020/imm-2020.js';
import type { AnyEvent, EventMap } from './registry.js';
import { taskCatalogue } from './task-catalogue.js';

/** The name of an event that tells of the end of a task. */
export type TaskEventName = keyof Imm2017TaskEventMap | keyof Imm2020TaskEventMap;

/** Any event that tells of the end of a task. */
export type AnyTaskEvent = EventMap[TaskEventName];

/** How a task ended, in the same words for both versions of IMM; compare `succeeded` with `false` before you call it a failure. */
export type TaskOutcome = TaskEnd &
  (
    | { readonly succeeded: true; readonly code: undefined }
    | {
        readonly succeeded: false;
        /** Why it failed, in the words of its version, for example `ConvertTimeout` or `InternalError`; empty when it is not told. */
        readonly code: string;
      }
    | {
        /** The event does not tell: its status, or for 2017-09-06 its code, could not be read. Ask IMM for the task. */
        readonly succeeded: undefined;
        /** What the event has as its code, if it has one. */
        readonly code: string | undefined;
      }
  );

/** What is known of a task's end, however it ended. */
export interface TaskEnd {
  /** The id that the creating action returned. */
  readonly taskId: string;
  /** The word of the get action, for example `FaceClustering` (spec imm §4.3); of 2017-09-06 the event's own. */
  readonly taskType: string;
  /** The error in words; `undefined` when there is none, and always so for 2017-09-06. */
  readonly message: string | undefined;
  /** UserData, or CustomMessage of 2017-09-06; `undefined` when the event carries none. */
  readonly userData: string | undefined;
  /** `undefined` for 2017-09-06, whose events do not tell. */
  readonly startedAt: Date | undefined;
  /** When the task ended, else when the event was made, which is soon after; `undefined` when the event tells neither. */
  readonly endedAt: Date | undefined;
}

const taskTypeOfEvent = new Map(
  taskCatalogue
    .filter(({ idPrefix }) => idPrefix !== undefined)
    .map(({ eventName, taskType }) => [eventName, taskType] as const),
);

/** Whether an event tells of the end of a task. */
export function isTaskEvent(event: AnyEvent | CustomEvent<string, unknown>): event is AnyTaskEvent {
  return taskTypeOfEvent.has(event.name);
}

/**
 * How the task ended of which an event tells; `undefined` for events that tell of no task's end.
 *
 * Indexing files makes no task: its events tell of each file in `data.files`.
 */
export function outcomeOf(event: AnyTaskEvent): TaskOutcome;
export function outcomeOf(event: AnyEvent | CustomEvent<string, unknown>): TaskOutcome | undefined;
export function outcomeOf(event: AnyEvent | CustomEvent<string, unknown>): TaskOutcome | undefined {
  if (!isTaskEvent(event)) return undefined;
  const { data, occurredAt } = event;
  if ('status' in data) {
    const end: TaskEnd = {
      taskId: data.taskId,
      taskType: data.taskType ?? taskTypeOf(event),
      message: data.message === '' ? undefined : data.message,
      userData: data.userData === '' ? undefined : data.userData,
      startedAt: data.startedAt,
      endedAt: data.endedAt ?? occurredAt,
    };
    return ended(end, data.status === undefined ? undefined : data.status === 'Succeeded', data.code);
  }
  const end: TaskEnd = {
    taskId: data.taskId,
    taskType: taskTypeOf(event),
    message: undefined,
    userData: 'customMessage' in data ? data.customMessage : undefined,
    startedAt: undefined,
    endedAt: occurredAt,
  };
  return ended(
    end,
    data.code === undefined ? undefined : data.code === ('pageCount' in data ? 'NoError' : ''),
    data.code,
  );
}

function ended(end: TaskEnd, succeeded: boolean | undefined, code: string | undefined): TaskOutcome {
  if (succeeded === undefined) return { ...end, succeeded, code };
  return succeeded ? { ...end, succeeded, code: undefined } : { ...end, succeeded, code: code ?? '' };
}

function taskTypeOf({ name }: AnyTaskEvent): string {
  return taskTypeOfEvent.get(name) ?? name;
}
