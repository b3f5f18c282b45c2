import { decodeEvents, isTaskEvent, taskCatalogue, type AnyTaskEvent, type TaskCatalogueEntry } from '@mnsbus/core';
import type { RpcParameters, RpcReply } from './rpc-transport.js';

/** Which action tells of a task, and with which parameters (spec imm §2.4–§2.6, §4.4). */
export interface RecordQuestion {
  readonly action: string;
  readonly parameters: RpcParameters;
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
export function questionFor(kind: TaskCatalogueEntry, project: string, taskId: string): RecordQuestion {
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
 * What only the event tells is missing in it, for example the results of a moderation.
 */
export function eventOfRecord(kind: TaskCatalogueEntry, record: RpcReply): AnyTaskEvent | undefined {
  const { Status: status } = record;
  if (status !== 'Finished' && status !== 'Failed' && status !== 'Succeeded') return undefined;
  // The record of a frame grab does not tell what is billed, and the event without it is none.
  if (kind.eventName === 'GrabFrameTask' && status !== 'Failed') return undefined;
  const message = kind.apiVersion === '2020-09-30' ? currentText(record) : legacyText(kind, record);
  const [event] = decodeEvents(message);
  return event !== undefined && isTaskEvent(event) ? event : undefined;
}

// A bare payload (spec imm §3.3). The request id is that of our question, not of the creating call.
function currentText({ Progress: _progress, RequestId: _requestId, ...record }: RpcReply): string {
  return JSON.stringify(record);
}

function legacyText({ eventName, action }: TaskCatalogueEntry, record: RpcReply): string {
  const endedAt =
    text(record['FinishTime']) || text(record['EndTime']) || text(record['StartTime']) || text(record['CreateTime']);
  const imm = action === 'CreateOfficeConversionTask' ? conversion(record) : job(record);
  const event = { eventName, eventSource: 'acs:imm', eventTime: endedAt, eventVersion: '1.0', imm };
  return JSON.stringify({ events: [event] });
}

function conversion(record: RpcReply): object {
  const { FailDetail: detail, TaskId: taskId, PageCount: pageCount } = record;
  const code = typeof detail === 'object' && detail !== null && 'Code' in detail ? text(detail.Code) : '';
  return { code, pageCount: String(pageCount), percent: '100', taskId };
}

function job(record: RpcReply): object {
  return {
    ErrorCode: text(record['ErrorMessage']),
    JobId: record['TaskId'] ?? record['JobId'],
    Results: text(record['Result']),
    GrabDuration: '0',
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
