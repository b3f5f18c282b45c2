import type { EventDefinition } from '../event-definition.js';
import { instant, oneOf, text } from '../reading/kinds.js';
import type { Received } from '../reading/received.js';
import { both, members, sourcesIn, type Source } from '../reading/sources.js';
import { taskTypesOf } from '../task-catalogue.js';
import { immEvent, type ImmEvent } from './imm-message.js';

/** How a task of IMM 2020-09-30 can end. */
export type TaskStatus = 'Succeeded' | 'Failed';

/** What the payloads of all tasks have in common, as documented; EventBridge leaves out what is optional here (spec imm §3.3, §3.4). */
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

/** How a task of IMM 2020-09-30 ended. What the producer left out, or what could not be read, is `undefined`. */
export interface TaskData {
  readonly projectName: string | undefined;
  /** The empty string when the task has none. */
  readonly datasetName: string | undefined;
  /** Of the creating call. */
  readonly requestId: string | undefined;
  /** To the millisecond; `raw` has up to nine digits. */
  readonly startedAt: Date | undefined;
  /** To the millisecond; `raw` has up to nine digits. */
  readonly endedAt: Date | undefined;
  /** What the request carried; the empty string when it carried none. */
  readonly userData: string | undefined;
  /** The word of `GetTask`, for example `FaceClustering` (spec imm §4.3). */
  readonly taskType: string | undefined;
  /** The id that the creating action returned. */
  readonly taskId: string;
  readonly status: TaskStatus | undefined;
  /** The empty string after success. */
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly eventSourceId: string | undefined;
}

/** The event of a task of IMM 2020-09-30 that has ended, well or badly: look at `data.status`. */
export type TaskEvent<Name extends string, Raw = object, Data = object> = ImmEvent<
  Name,
  Received<RawTask & Raw, 'TaskId'>,
  TaskData & Data
>;

const sent = sourcesIn<RawTask>();
const task = members<TaskData>({
  projectName: sent.expected('ProjectName', text),
  datasetName: sent.optional('DatasetName', text, ''),
  requestId: sent.optional('RequestId', text),
  startedAt: sent.optional('StartTime', instant),
  endedAt: sent.optional('EndTime', instant),
  userData: sent.optional('UserData', text, ''),
  taskType: sent.expected('TaskType', text),
  taskId: sent.essential('TaskId'),
  status: sent.expected('Status', oneOf('Succeeded', 'Failed')),
  code: sent.optional('Code', text, ''),
  message: sent.optional('Message', text, ''),
  eventSourceId: sent.optional('EventSourceId', text),
});

/** Defines the event of a task whose payload has results of its own. */
export function taskEventWith<Name extends string, Raw, Data>(
  name: Name,
  results: Source<Data>,
): EventDefinition<Name, TaskEvent<Name, Raw, Data>> {
  return immEvent<Name, Received<RawTask & Raw, 'TaskId'>, TaskData & Data>(
    name,
    both(task, results),
    taskTypesOf(name),
  );
}

/** Defines the event of a task whose payload has nothing of its own. */
export function taskEvent<Name extends string>(name: Name): EventDefinition<Name, TaskEvent<Name>> {
  return immEvent<Name, Received<RawTask, 'TaskId'>, TaskData>(name, task, taskTypesOf(name));
}
