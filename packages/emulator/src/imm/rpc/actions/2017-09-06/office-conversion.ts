import type {
  CreateOfficeConversionTaskRequest,
  CreateOfficeConversionTaskResult,
  GetOfficeConversionTaskResult,
} from '@mnsbus/core';
import { conversionOutcome } from '../../../conversion-outcome.js';
import type { OfficeTask } from '../../../model/office-task.js';
import type { RpcAction, RpcCall } from '../../api-version.js';
import { microsecondsText } from '../../time-text.js';
import { carryOut, type Imm2017World } from './imm-2017-world.js';
import { readOfficeConversionRequest } from './office-conversion-request.js';
import { readPage } from './page-fields.js';

/** Create, Get, List and Delete of `OfficeConversionTask` of 2017-09-06 (spec imm §2.4). */
export function officeConversionActions(world: Imm2017World): ReadonlyMap<string, RpcAction> {
  return new Map<string, RpcAction>([
    [
      'CreateOfficeConversionTask',
      (call) => createResult(submit(world, call, readOfficeConversionRequest(call.fields)), call.requestId),
    ],
    [
      'GetOfficeConversionTask',
      (call) => getResult(carryOut(world, call, { type: 'getOfficeTask', ...readTaskName(call) }), call.requestId),
    ],
    [
      'ListOfficeConversionTask',
      (call) => {
        const project = call.fields.text('Project');
        const page = carryOut(world, call, { type: 'listOfficeTasks', project, ...readPage(call.fields) });
        return { Tasks: page.items.map(taskMembers), RequestId: call.requestId, NextMarker: page.nextMarker };
      },
    ],
    [
      'DeleteOfficeConversionTask',
      (call) => {
        carryOut(world, call, { type: 'deleteOfficeTask', ...readTaskName(call) });
        return { RequestId: call.requestId };
      },
    ],
  ]);
}

function readTaskName({ fields }: RpcCall): { readonly project: string; readonly taskId: string } {
  fields.require('Project', 'TaskId');
  return { project: fields.text('Project'), taskId: fields.text('TaskId') };
}

function submit(world: Imm2017World, call: RpcCall, request: CreateOfficeConversionTaskRequest): OfficeTask {
  const { Project: project, SrcUri: srcUri, TgtUri: tgtUri, TgtType: tgtType, IdempotentToken: token } = request;
  // The token alone does not make a repetition: the request must be the same, too.
  const repetition = token === undefined ? {} : { idempotencyKey: JSON.stringify(request) };
  // Also finds out whether the project exists, before anything is drawn for the task.
  const earlier = carryOut(world, call, { type: 'findRepeatedTask', project, ...repetition });
  if (earlier !== undefined) return earlier;
  const durationMs = world.taskDurationMs(request);
  const outcome = conversionOutcome(request, world.pageCount(request));
  return carryOut(world, call, {
    type: 'createOfficeTask',
    project,
    srcUri,
    tgtUri,
    tgtType,
    notifyEndpoint: request.NotifyEndpoint ?? '',
    notifyTopicName: request.NotifyTopicName ?? '',
    ...repetition,
    durationMs,
    outcome,
    ...world.draws.next(call.nowMs),
  });
}

/** The reply says how the task began, also when a repeated request finds it ended. */
function createResult(task: OfficeTask, requestId: string): CreateOfficeConversionTaskResult {
  return {
    Status: 'Running',
    CreateTime: microsecondsText(task.createdAtMs),
    RequestId: requestId,
    Percent: 0,
    TaskId: task.taskId,
    TgtLoc: task.tgtUri.endsWith('/') ? task.tgtUri : `${task.tgtUri}/`,
  };
}

function getResult(task: OfficeTask, requestId: string): GetOfficeConversionTaskResult {
  return { ...taskMembers(task), FailDetail: { Code: task.failCode }, RequestId: requestId };
}

function taskMembers(task: OfficeTask): Omit<GetOfficeConversionTaskResult, 'FailDetail' | 'RequestId'> {
  return {
    Status: task.status,
    Percent: task.percent,
    PageCount: task.pageCount,
    TaskId: task.taskId,
    TgtType: task.tgtType,
    TgtUri: task.tgtUri,
    SrcUri: task.srcUri,
    CreateTime: microsecondsText(task.createdAtMs),
    FinishTime: task.finishedAtMs === undefined ? '' : microsecondsText(task.finishedAtMs),
    NotifyEndpoint: task.notifyEndpoint,
    NotifyTopicName: task.notifyTopicName,
    ExternalID: '',
    ImageSpec: '',
  };
}
