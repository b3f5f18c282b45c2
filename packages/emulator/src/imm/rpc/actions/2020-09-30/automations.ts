import type { Automation, AutomationRequest, CreateAutomationRequest, ListAutomationsRequest } from '@mnsbus/core';
import { z } from 'zod';
import type { Task } from '../../../model/task.js';
import { textMember } from '../../../request-members.js';
import type { TaskKind, TaskRequest } from '../../../task-kind.js';
import type { RpcCall } from '../../api-version.js';
import type { Imm2020ActionTable, Imm2020World } from './action-table.js';
import { messageText } from './event-text.js';
import { notifyTarget } from './notify-target.js';
import { integer, projectName, text } from './parameter.js';
import { readRequest } from './read-request.js';
import { automation } from './request-schemas.js';
import { trimmedTime } from './rfc3339.js';
import { statusOf } from './task-info.js';
import { CURRENT_DURATIONS_MS } from './task-kinds.js';

/** The length of a page when the request names none, and the longest there is. */
export const MAX_AUTOMATION_RESULTS = 100;

/** A batch works through what is there and ends; a trigger goes on until it is deleted. */
export const automationKinds: Readonly<Record<'Trigger' | 'Batch', TaskKind>> = {
  Trigger: automationKind('Trigger', Number.POSITIVE_INFINITY),
  Batch: automationKind('Batch', CURRENT_DURATIONS_MS.usual),
};

const optional = z.exactOptional;
const named: z.ZodType<AutomationRequest> = z.object({ ProjectName: projectName, Id: text() });
const listed: z.ZodType<ListAutomationsRequest> = z.object({
  ProjectName: projectName,
  MaxResults: optional(integer(1, MAX_AUTOMATION_RESULTS)),
  NextToken: optional(text()),
});

type AutomationActions = Pick<
  Imm2020ActionTable,
  | 'CreateTrigger'
  | 'GetTrigger'
  | 'ListTriggers'
  | 'DeleteTrigger'
  | 'CreateBatch'
  | 'GetBatch'
  | 'ListBatches'
  | 'DeleteBatch'
>;

/** The actions on triggers and batches (spec imm §4.1, §4.2). */
export function automationActions(world: Imm2020World): AutomationActions {
  const create = (kind: TaskKind) => (call: RpcCall) => {
    const request = readRequest(call.fields, automation);
    const { taskId } = world.submit(call, kind, {
      project: request.ProjectName,
      request: { ...request },
      notify: notifyTarget(request),
    });
    return { RequestId: call.requestId, Id: taskId };
  };
  const find = (call: RpcCall, { taskType }: TaskKind): Automation => {
    const { ProjectName: project, Id: taskId } = readRequest(call.fields, named);
    return automationOf(world.carryOut(call, { type: 'getTask', project, taskType, taskId }));
  };
  const list = (call: RpcCall, { taskType }: TaskKind): { items: readonly Automation[]; token: object } => {
    const {
      ProjectName: project,
      MaxResults: maxKeys = MAX_AUTOMATION_RESULTS,
      NextToken: marker = '',
    } = readRequest(call.fields, listed);
    const { items, nextMarker } = world.carryOut(call, { type: 'listTasks', project, taskType, marker, maxKeys });
    return { items: items.map(automationOf), token: nextMarker === undefined ? {} : { NextToken: nextMarker } };
  };
  const remove =
    ({ taskType }: TaskKind) =>
    (call: RpcCall) => {
      const { ProjectName: project, Id: taskId } = readRequest(call.fields, named);
      world.carryOut(call, { type: 'deleteTask', project, taskType, taskId });
      return { RequestId: call.requestId };
    };
  const { Trigger, Batch } = automationKinds;
  return {
    CreateTrigger: create(Trigger),
    GetTrigger: (call) => ({ RequestId: call.requestId, Trigger: find(call, Trigger) }),
    ListTriggers: (call) => {
      const { items, token } = list(call, Trigger);
      return { RequestId: call.requestId, Triggers: items, ...token };
    },
    DeleteTrigger: remove(Trigger),
    CreateBatch: create(Batch),
    GetBatch: (call) => ({ RequestId: call.requestId, Batch: find(call, Batch) }),
    ListBatches: (call) => {
      const { items, token } = list(call, Batch);
      return { RequestId: call.requestId, Batches: items, ...token };
    },
    DeleteBatch: remove(Batch),
  };
}

function automationKind(taskType: 'Trigger' | 'Batch', defaultDurationMs: number): TaskKind {
  return {
    action: `Create${taskType}`,
    taskType,
    idPrefix: `${taskType.toLowerCase()}-`,
    sourceUris: ({ Input: input }) => [bucketUri(input)],
    defaultDurationMs,
    result: () => ({}),
    // What such a message says is not known: its id, its project and how it went are the least.
    eventText: (task, tenant) =>
      messageText(`imm:${taskType}:Notification`, task, tenant, {
        ProjectName: task.project,
        Id: task.taskId,
        State: statusOf(task),
        ...(task.outcome?.ok === false ? { Code: task.outcome.code, Message: task.outcome.message } : {}),
      }),
  };
}

function bucketUri(input: unknown): string {
  const oss: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, 'OSS') : undefined;
  const members = typeof oss === 'object' && oss !== null ? { ...oss } : {};
  return `oss://${textMember(members, 'Bucket')}/${textMember(members, 'Prefix')}`;
}

function automationOf(task: Task): Automation {
  const { request } = task;
  if (!isAutomation(request)) throw new TypeError(`${task.taskId} was created by no automation`);
  const { ProjectName: _, ...members } = request;
  return {
    Id: task.taskId,
    State: statusOf(task),
    CreateTime: trimmedTime(task.submittedAtMs),
    UpdateTime: trimmedTime(task.endedAtMs ?? task.startedAtMs ?? task.submittedAtMs),
    ...members,
  };
}

function isAutomation(request: TaskRequest): request is TaskRequest & CreateAutomationRequest {
  return ['Input', 'Actions', 'ServiceRole', 'ProjectName'].every((name) => name in request);
}
