import type { ImmTaskInfo, ImmTaskStatus, TypedResultHead } from '@mnsbus/core';
import type { Task } from '../../../model/task.js';
import { textMember } from '../../../request-members.js';
import { trimmedTime } from './rfc3339.js';

/** The word for the state of a task; one that waits runs already (spec imm §4.4). */
export function statusOf({ outcome }: Pick<Task, 'outcome'>): ImmTaskStatus {
  if (outcome === undefined) return 'Running';
  return outcome.ok ? 'Succeeded' : 'Failed';
}

/** When a task began to run, or was submitted if it still waits. */
export function startOf({ startedAtMs, submittedAtMs }: Task): number {
  return startedAtMs ?? submittedAtMs;
}

/** A task as lists show it; what was not given or has not happened is left out (spec imm §4.4). */
export function taskInfo(task: Task, withDefinition: boolean): ImmTaskInfo {
  const { Tags: tags } = task.request;
  return {
    ...headOf(task),
    ...(isTextRecord(tags) ? { Tags: tags } : {}),
    ...(withDefinition ? { TaskRequestDefinition: JSON.stringify(task.request) } : {}),
    // Only a success is known to have come all the way.
    Progress: task.outcome?.ok === true ? 100 : 0,
  };
}

/** What every reply about one task tells first. */
export function resultHead(task: Task, requestId: string): TypedResultHead {
  return { RequestId: requestId, ProjectName: task.project, EventId: task.eventId, ...headOf(task) };
}

function headOf(task: Task): Omit<TypedResultHead, 'RequestId' | 'ProjectName' | 'EventId'> {
  const { outcome, endedAtMs } = task;
  const userData = textMember(task.request, 'UserData');
  return {
    TaskId: task.taskId,
    TaskType: task.taskType,
    Status: statusOf(task),
    ...(outcome === undefined || outcome.ok ? {} : { Code: outcome.code, Message: outcome.message }),
    StartTime: trimmedTime(startOf(task)),
    ...(endedAtMs === undefined ? {} : { EndTime: trimmedTime(endedAtMs) }),
    ...(userData === '' ? {} : { UserData: userData }),
  };
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null;
}
