import { z } from 'zod';
import { dateOf, isoTime, someText } from '../event-shape.js';
import type { EventDefinition } from '../event-definition.js';
import { taskTypesOf } from '../task-catalogue.js';
import { immEvent, type ImmEvent } from './imm-message.js';

/** How a task of IMM 2020-09-30 can end. */
export type TaskStatus = 'Succeeded' | 'Failed';

/** What the payloads of all tasks have in common; EventBridge leaves out what is optional here (spec imm §3.3, §3.4). */
export interface RawTask {
  readonly ProjectName: string;
  /** The empty string when the task has none. */
  readonly DatasetName?: string | undefined;
  /** Of the creating call. */
  readonly RequestId?: string | undefined;
  /** RFC 3339; trailing zeros of the fraction are trimmed, so it has 0–9 digits. */
  readonly StartTime?: string | undefined;
  readonly EndTime?: string | undefined;
  /** What the request carried, up to 2048 bytes; the empty string when it carried none. */
  readonly UserData?: string | undefined;
  /** Not always the word in the event's name (spec imm §4.3). */
  readonly TaskType: string;
  readonly TaskId: string;
  readonly Status: TaskStatus;
  /** The empty string after success. */
  readonly Code?: string | undefined;
  readonly Message?: string | undefined;
  /** The empty string in the only sample; its meaning is not documented. */
  readonly EventSourceId?: string | undefined;
}

/** How a task of IMM 2020-09-30 ended. What the producer left out is `undefined`. */
export interface TaskData {
  readonly projectName: string;
  /** The empty string when the task has none. */
  readonly datasetName: string;
  /** Of the creating call. */
  readonly requestId: string | undefined;
  /** To the millisecond; `raw` has up to nine digits. */
  readonly startedAt: Date | undefined;
  /** To the millisecond; `raw` has up to nine digits. */
  readonly endedAt: Date | undefined;
  /** What the request carried; the empty string when it carried none. */
  readonly userData: string;
  /** The word of `GetTask`, for example `FaceClustering` (spec imm §4.3). */
  readonly taskType: string;
  /** The id that the creating action returned. */
  readonly taskId: string;
  readonly status: TaskStatus;
  /** The empty string after success. */
  readonly code: string;
  readonly message: string;
  readonly eventSourceId: string | undefined;
}

/** The event of a task of IMM 2020-09-30 that has ended, well or badly: look at `data.status`. */
export type TaskEvent<Name extends string, Raw = object, Data = object> = ImmEvent<
  Name,
  RawTask & Raw,
  TaskData & Data
>;

const task: z.ZodType<RawTask> = z.looseObject({
  ProjectName: z.string(),
  DatasetName: z.string().optional(),
  RequestId: z.string().optional(),
  StartTime: isoTime.optional(),
  EndTime: isoTime.optional(),
  UserData: z.string().optional(),
  TaskType: z.string(),
  TaskId: someText,
  Status: z.enum(['Succeeded', 'Failed']),
  Code: z.string().optional(),
  Message: z.string().optional(),
  EventSourceId: z.string().optional(),
});

/** Defines the event of a task whose payload has results of its own. */
export function taskEventWith<Name extends string, Raw, Data>(
  name: Name,
  results: z.ZodType<Raw>,
  view: (raw: Raw) => Data,
): EventDefinition<Name, TaskEvent<Name, Raw, Data>> {
  return immEvent(
    name,
    z.intersection(task, results),
    (raw) => ({ ...taskData(raw), ...view(raw) }),
    taskTypesOf(name),
  );
}

/** Defines the event of a task whose payload has nothing of its own. */
export function taskEvent<Name extends string>(name: Name): EventDefinition<Name, TaskEvent<Name>> {
  return immEvent(name, task, taskData, taskTypesOf(name));
}

function taskData(raw: RawTask): TaskData {
  return {
    projectName: raw.ProjectName,
    datasetName: raw.DatasetName ?? '',
    requestId: raw.RequestId,
    startedAt: dateOf(raw.StartTime),
    endedAt: dateOf(raw.EndTime),
    userData: raw.UserData ?? '',
    taskType: raw.TaskType,
    taskId: raw.TaskId,
    status: raw.Status,
    code: raw.Code ?? '',
    message: raw.Message ?? '',
    eventSourceId: raw.EventSourceId,
  };
}
