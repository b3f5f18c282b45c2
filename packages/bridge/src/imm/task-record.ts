import {
  decodeEvents,
  isTaskEvent,
  taskCatalogue,
  type AnyEvent,
  type AnyTaskEvent,
  type TaskCatalogueEntry,
} from '@mnsbus/core';
import { describeValue } from '@mnsbus/core/internal';
import { textOf } from '../dispatch/listener-call.js';
import { TaskOutcomeUnknownError, immUnreachable } from './imm-error.js';
import type { RpcReply } from './rpc-reply.js';
import type { RpcParameters } from './rpc-transport.js';

/** A task, and where IMM has its record. */
export interface KnownTask {
  readonly taskId: string;
  readonly kind: TaskCatalogueEntry;
  readonly project: string;
}

/** Which action tells of a task, and with which parameters (spec imm §2.4–§2.6, §4.4). */
export interface RecordQuestion {
  readonly action: string;
  readonly parameters: RpcParameters;
}

/** What kind of task an action creates; `undefined` for one that creates none. */
export function kindOfAction(apiVersion: string, action: string): TaskCatalogueEntry | undefined {
  return taskCatalogue.find(
    (entry) => entry.apiVersion === apiVersion && entry.action === action && entry.idPrefix !== undefined,
  );
}

/** What kind of task an id belongs to; `undefined` when its beginning is not known. */
export function kindOf(apiVersion: string, taskId: string): TaskCatalogueEntry | undefined {
  const ofVersion = taskCatalogue.filter((entry) => entry.apiVersion === apiVersion);
  const known = ofVersion.find(({ idPrefix }) => idPrefix !== undefined && taskId.startsWith(idPrefix));
  // The ids of document conversions were bare UUIDs in 2018 (spec imm §2.4).
  const isBare = apiVersion === '2017-09-06' && /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(taskId);
  return known ?? (isBare ? ofVersion.find(({ action }) => action === 'CreateOfficeConversionTask') : undefined);
}

/** How to ask for the record of a task. */
export function questionFor({ kind, project, taskId }: KnownTask): RecordQuestion {
  const { apiVersion, taskType, action } = kind;
  if (apiVersion === '2020-09-30') {
    return { action: 'GetTask', parameters: { ProjectName: project, TaskType: taskType, TaskId: taskId } };
  }
  if (action === 'CreateOfficeConversionTask') {
    return { action: 'GetOfficeConversionTask', parameters: { Project: project, TaskId: taskId } };
  }
  return action.endsWith('Job')
    ? { action: 'GetImageJob', parameters: { Project: project, JobType: taskType, JobId: taskId } }
    : { action: 'GetVideoTask', parameters: { Project: project, TaskType: taskType, TaskId: taskId } };
}

/**
 * The event that IMM has sent, or will send, of a task's end, made from the task's record; `undefined` while it runs.
 *
 * What only the event tells is missing in it, for example the results of a moderation. Which task it is, is what was asked for,
 * and how it ended, what `Status` says. Throws `IMM_UNREACHABLE` for a status that is none, and `TASK_OUTCOME_UNKNOWN` for a
 * record of which no event can be made.
 */
export function eventOfRecord(task: KnownTask, record: RpcReply, nowMs: number): AnyTaskEvent | undefined {
  const { Status: status } = record;
  if (status === 'Running') return undefined;
  const hasFailed = status === 'Failed';
  if (!hasFailed && status !== 'Finished' && status !== 'Succeeded') {
    throw immUnreachable(`the status of task ${task.taskId} is ${describeValue(status)}`);
  }
  const [event] = decoded(task, record, { hasFailed, nowMs });
  if (event !== undefined && isTaskEvent(event)) return event;
  throw new TaskOutcomeUnknownError(task.taskId, 'its record is not what a task of its kind has');
}

interface End {
  readonly hasFailed: boolean;
  readonly nowMs: number;
}

function decoded(task: KnownTask, record: RpcReply, end: End): readonly AnyEvent[] {
  try {
    const isCurrent = task.kind.apiVersion === '2020-09-30';
    return decodeEvents(isCurrent ? currentText(task, record) : legacyText(task, record, end));
  } catch (cause) {
    throw new TaskOutcomeUnknownError(task.taskId, `its record cannot be read (${textOf(cause)})`, { cause });
  }
}

// A bare payload (spec imm §3.3). The request id is that of our question, not of the creating call.
function currentText({ taskId, kind }: KnownTask, record: RpcReply): string {
  const { Progress: _progress, RequestId: _requestId, ...payload } = record;
  return JSON.stringify({ ...payload, TaskId: taskId, TaskType: kind.taskType });
}

function legacyText({ taskId, kind }: KnownTask, record: RpcReply, { hasFailed, nowMs }: End): string {
  const { eventName, action } = kind;
  const endedAt =
    text(record['FinishTime']) ||
    text(record['EndTime']) ||
    text(record['StartTime']) ||
    text(record['CreateTime']) ||
    new Date(nowMs).toISOString();
  const payload = action === 'CreateOfficeConversionTask' ? conversion(record, hasFailed) : job(record, hasFailed);
  const imm = { ...payload, ...('code' in payload ? { taskId } : { JobId: taskId }) };
  const event = { eventName, eventSource: 'acs:imm', eventTime: endedAt, eventVersion: '1.0', imm };
  return JSON.stringify({ events: [event] });
}

/** The code of a task that has failed, for one that names none, because an event without a code tells of a success. */
const NO_CODE = 'Failed';

function conversion({ FailDetail: detail, PageCount: pageCount }: RpcReply, hasFailed: boolean): object {
  const told = typeof detail === 'object' && detail !== null && 'Code' in detail ? text(detail.Code) : '';
  const failure = told === 'NoError' || told === '' ? NO_CODE : told;
  const pages = typeof pageCount === 'number' ? { pageCount: String(pageCount) } : {};
  return hasFailed
    ? { code: failure, pageCount: '0', percent: '0', ...pages }
    : { code: 'NoError', percent: '100', ...pages };
}

function job({ ErrorMessage: message, Result: result }: RpcReply, hasFailed: boolean): object {
  const Results = text(result);
  // What a frame grab costs, the record of a success does not tell.
  return hasFailed ? { ErrorCode: text(message) || NO_CODE, Results, GrabDuration: '0' } : { ErrorCode: '', Results };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
