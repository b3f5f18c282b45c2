import type { GetTaskRequest, GetTypedResultRequest, ListTasksRequest, TypedResultHead } from '@mnsbus/core';
import { z } from 'zod';
import type { Task } from '../../../model/task.js';
import type { RpcCall } from '../../api-version.js';
import type { Imm2020ActionTable, Imm2020World } from './action-table.js';
import { flag, integer, json, matching, projectName, text, word } from './parameter.js';
import { readRequest } from './read-request.js';
import { resultHead, taskInfo } from './task-info.js';
import { MAX_TASK_RESULTS, listTasks } from './task-list.js';

const optional = z.exactOptional;
const name = { ProjectName: projectName, TaskType: text(), TaskId: text() };
const getTask: z.ZodType<GetTaskRequest> = z.object({ ...name, RequestDefinition: optional(flag) });
const getResult: z.ZodType<GetTypedResultRequest> = z.object(name);

const time = z.iso.datetime({ offset: true });
const range = json(z.object({ Start: optional(time), End: optional(time) }));
const listed: z.ZodType<ListTasksRequest> = z.object({
  ProjectName: projectName,
  TaskTypes: optional(json(z.array(z.string()))),
  Status: optional(word('Running', 'Succeeded', 'Failed')),
  TagSelector: optional(matching(/^[^=]+=/, 'key=value')),
  StartTimeRange: optional(range),
  EndTimeRange: optional(range),
  Sort: optional(word('TaskId', 'StartTime', 'EndTime')),
  Order: optional(word('ASC', 'DES')),
  MaxResults: optional(integer(1, MAX_TASK_RESULTS)),
  NextToken: optional(text()),
  RequestDefinition: optional(flag),
});

type TaskActions = Pick<
  Imm2020ActionTable,
  | 'GetTask'
  | 'ListTasks'
  | 'GetImageModerationResult'
  | 'GetVideoModerationResult'
  | 'GetVideoLabelClassificationResult'
  | 'GetDecodeBlindWatermarkResult'
>;

/** The actions that tell of tasks (spec imm §4.4). */
export function taskActions(world: Imm2020World): TaskActions {
  const find = (call: RpcCall, { ProjectName: project, TaskType, TaskId }: GetTypedResultRequest): Task =>
    world.carryOut(call, { type: 'getTask', project, taskType: TaskType, taskId: TaskId });
  const result = (call: RpcCall): TypedResultHead & Readonly<Record<string, unknown>> => {
    const task = find(call, readRequest(call.fields, getResult));
    return { ...resultHead(task, call.requestId), ...(task.outcome?.ok === true ? task.outcome.result : {}) };
  };
  return {
    GetTask: (call) => {
      const request = readRequest(call.fields, getTask);
      const task = find(call, request);
      return { ...resultHead(task, call.requestId), ...taskInfo(task, request.RequestDefinition ?? false) };
    },
    ListTasks: (call) => {
      const request = readRequest(call.fields, listed);
      const { ProjectName: project, MaxResults = MAX_TASK_RESULTS, RequestDefinition = false } = request;
      const shown = world.carryOut(call, { type: 'scanTasks', project }).filter(({ action }) => isListed(action));
      const { tasks, nextToken } = listTasks(shown, request);
      return {
        RequestId: call.requestId,
        ProjectName: project,
        Tasks: tasks.map((task) => taskInfo(task, RequestDefinition)),
        MaxResults: String(MaxResults),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
    GetImageModerationResult: result,
    GetVideoModerationResult: result,
    GetVideoLabelClassificationResult: result,
    GetDecodeBlindWatermarkResult: result,
  };
}

// What has no TaskId in any reply is no task to those who ask.
const UNLISTED = new Set(['IndexFileMeta', 'BatchIndexFileMeta', 'CreateTrigger', 'CreateBatch']);

function isListed(action: string): boolean {
  return !UNLISTED.has(action);
}
