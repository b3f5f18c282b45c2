import type {
  CreateOfficeConversionTaskRequest,
  CreateOfficeConversionTaskResult,
  GetOfficeConversionTaskResult,
} from '@mnsbus/core';
import { defined } from '../../../../runtime/defined.js';
import type { Task } from '../../../model/task.js';
import { numberMember, textMember } from '../../../request-members.js';
import type { RpcCall } from '../../api-version.js';
import { RpcFault } from '../../rpc-fault.js';
import { microsecondsText } from '../../time-text.js';
import type { Imm2017ActionTable, Imm2017World } from './action-table.js';
import { legacyPercent, legacyStatus } from './legacy-status.js';
import { notifyTarget } from './notify-fields.js';
import { OFFICE_TASK_TYPE, failCode, officeConversionKind, pagesOf } from './office-conversion-kind.js';
import { readOfficeConversionRequest } from './office-conversion-request.js';
import { readPage } from './page-fields.js';

/** How long a conversion may take that is answered at once, in milliseconds (spec imm §2.4). */
export const SYNC_CONVERSION_LIMIT_MS = 5000;

/** Why a conversion fails that would take longer. */
export const SYNC_TIMEOUT_CODE = 'ConvertTimeout';

type OfficeActions = Pick<
  Imm2017ActionTable,
  | 'CreateOfficeConversionTask'
  | 'GetOfficeConversionTask'
  | 'ListOfficeConversionTask'
  | 'DeleteOfficeConversionTask'
  | 'ConvertOfficeFormat'
>;

/** The actions that convert documents; `pageCount` knows how many pages one has (spec imm §2.4). */
export function officeConversionActions(
  world: Imm2017World,
  pageCount: (request: CreateOfficeConversionTaskRequest) => number,
): OfficeActions {
  const kind = officeConversionKind(pageCount);
  return {
    CreateOfficeConversionTask: (call) => {
      const request = readOfficeConversionRequest(call.fields);
      const task = world.submit(call, kind, {
        project: request.Project,
        request: { ...request },
        notify: notifyTarget(request),
        // The token alone does not make a repetition: the request must be the same, too.
        ...(request.IdempotentToken === undefined ? {} : { idempotencyKey: JSON.stringify(request) }),
      });
      return createResult(task, call.requestId);
    },
    GetOfficeConversionTask: (call) => {
      const task = world.carryOut(call, { type: 'getTask', ...readTaskName(call) });
      return { ...taskMembers(task), FailDetail: { Code: failCode(task) }, RequestId: call.requestId };
    },
    ListOfficeConversionTask: (call) => {
      const project = call.fields.text('Project');
      const taskType = OFFICE_TASK_TYPE;
      const page = world.carryOut(call, { type: 'listTasks', project, taskType, ...readPage(call.fields) });
      return {
        Tasks: page.items.map(taskMembers),
        RequestId: call.requestId,
        ...defined({ NextMarker: page.nextMarker }),
      };
    },
    DeleteOfficeConversionTask: (call) => {
      world.carryOut(call, { type: 'deleteTask', ...readTaskName(call) });
      return { RequestId: call.requestId };
    },
    ConvertOfficeFormat: (call) => {
      const request = readOfficeConversionRequest(call.fields);
      const { durationMs, outcome } = world.rehearse(
        call,
        { ...kind, action: 'ConvertOfficeFormat' },
        { project: request.Project, request: { ...request }, notify: undefined },
      );
      if (!outcome.ok) throw conversionFault(outcome.code);
      if (durationMs > SYNC_CONVERSION_LIMIT_MS) throw conversionFault(SYNC_TIMEOUT_CODE);
      return { RequestId: call.requestId, PageCount: numberMember(outcome.result, 'pageCount') };
    },
  };
}

function readTaskName({ fields }: RpcCall): {
  readonly project: string;
  readonly taskType: string;
  readonly taskId: string;
} {
  fields.require('Project', 'TaskId');
  return { project: fields.text('Project'), taskType: OFFICE_TASK_TYPE, taskId: fields.text('TaskId') };
}

/** The reply says how the task began, also when a repeated request finds it ended. */
function createResult({ taskId, submittedAtMs, request }: Task, requestId: string): CreateOfficeConversionTaskResult {
  const target = textMember(request, 'TgtUri');
  return {
    Status: 'Running',
    CreateTime: microsecondsText(submittedAtMs),
    RequestId: requestId,
    Percent: 0,
    TaskId: taskId,
    TgtLoc: target.endsWith('/') ? target : `${target}/`,
  };
}

function taskMembers(task: Task): Omit<GetOfficeConversionTaskResult, 'FailDetail' | 'RequestId'> {
  const { taskId, request, submittedAtMs, endedAtMs, outcome } = task;
  return {
    Status: legacyStatus(task),
    Percent: legacyPercent(task),
    PageCount: pagesOf(task),
    TaskId: taskId,
    TgtType: textMember(request, 'TgtType'),
    TgtUri: textMember(request, 'TgtUri'),
    SrcUri: textMember(request, 'SrcUri'),
    CreateTime: microsecondsText(submittedAtMs),
    FinishTime: outcome?.ok === true && endedAtMs !== undefined ? microsecondsText(endedAtMs) : '',
    NotifyEndpoint: textMember(request, 'NotifyEndpoint'),
    NotifyTopicName: textMember(request, 'NotifyTopicName'),
    ExternalID: '',
    ImageSpec: '',
  };
}

function conversionFault(code: string): RpcFault {
  return new RpcFault(400, code, `The conversion failed: ${code}.`);
}
