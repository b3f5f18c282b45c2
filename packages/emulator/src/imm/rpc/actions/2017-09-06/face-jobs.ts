import type { CreateMergeFaceGroupsJobRequest, ImageJob, ImageJobType, LegacyNotifyRequest } from '@mnsbus/core';
import { defined } from '../../../../runtime/defined.js';
import type { Task } from '../../../model/task.js';
import type { TaskKind } from '../../../task-kind.js';
import type { RpcCall } from '../../api-version.js';
import type { FieldReader } from '../../field-reader.js';
import { invalidValue } from '../../rpc-fault.js';
import type { Imm2017ActionTable, Imm2017World } from './action-table.js';
import { jobKind } from './job-kind.js';
import { jobMembers } from './job-record.js';
import { notifyTarget, readNotify } from './notify-fields.js';
import { readPage } from './page-fields.js';

/** Most characters of `CustomMessage` (spec imm §2.6). */
export const MAX_CUSTOM_MESSAGE = 1024;

/** How long a face job runs when nobody says otherwise, in milliseconds: as a real search for faces (spec imm §5). */
export const FACE_JOB_DURATION_MS = 200;

/** The words that `JobType` may be (spec imm §2.6). */
export const IMAGE_JOB_TYPES: readonly ImageJobType[] = ['GroupFacesJob', 'MergeFaceGroupsJob'];

/** Both kinds of face job (spec imm §2.6). */
export const faceJobKinds: Readonly<Record<ImageJobType, TaskKind>> = {
  GroupFacesJob: faceJobKind('CreateGroupFacesJob', 'GroupFacesJob'),
  MergeFaceGroupsJob: faceJobKind('CreateMergeFaceGroupsJob', 'MergeFaceGroupsJob'),
};

type FaceActions = Pick<
  Imm2017ActionTable,
  'CreateGroupFacesJob' | 'CreateMergeFaceGroupsJob' | 'GetImageJob' | 'ListImageJobs' | 'DeleteImageJob'
>;

/** The actions on face jobs: one at a time on a set (spec imm §2.6). */
export function faceActions(world: Imm2017World): FaceActions {
  const create = (call: RpcCall, jobType: ImageJobType, request: SetRequest): string =>
    world.submit(call, faceJobKinds[jobType], {
      project: request.Project,
      request: { ...request },
      notify: notifyTarget(request),
      exclusiveKey: `faces of ${request.SetId}`,
    }).taskId;
  return {
    CreateGroupFacesJob: (call) => {
      const request = readSet(call.fields);
      const jobId = create(call, 'GroupFacesJob', request);
      return { RequestId: call.requestId, JobId: jobId, JobType: 'GroupFacesJob', SetId: request.SetId };
    },
    CreateMergeFaceGroupsJob: (call) => {
      const request = readMerge(call.fields);
      const jobId = create(call, 'MergeFaceGroupsJob', request);
      const { SetId, GroupIdFrom = '', GroupIdTo = '' } = request;
      return {
        RequestId: call.requestId,
        JobId: jobId,
        JobType: 'MergeFaceGroupsJob',
        SetId,
        GroupIdFrom,
        GroupIdTo,
      };
    },
    GetImageJob: (call) => {
      const name = readJobName(call.fields);
      const task = world.carryOut(call, { type: 'getTask', ...name });
      return { ...imageJob(task, name.taskType), RequestId: call.requestId };
    },
    ListImageJobs: (call) => {
      call.fields.require('Project', 'JobType');
      const project = call.fields.text('Project');
      const taskType = readJobType(call.fields);
      const page = world.carryOut(call, { type: 'listTasks', project, taskType, ...readPage(call.fields) });
      return {
        Jobs: page.items.map((task) => imageJob(task, taskType)),
        RequestId: call.requestId,
        ...defined({ NextMarker: page.nextMarker }),
      };
    },
    DeleteImageJob: (call) => {
      world.carryOut(call, { type: 'deleteTask', ...readJobName(call.fields) });
      return { RequestId: call.requestId };
    },
  };
}

interface SetRequest extends LegacyNotifyRequest {
  readonly Project: string;
  readonly SetId: string;
}

/** No object is read by such a job: a script looks at the id of its set instead. */
function faceJobKind(action: string, taskType: ImageJobType): TaskKind {
  return jobKind({ action, taskType, source: 'SetId', defaultDurationMs: FACE_JOB_DURATION_MS });
}

function readSet(fields: FieldReader): SetRequest {
  fields.require('Project', 'SetId');
  return { Project: fields.text('Project'), SetId: fields.text('SetId'), ...readNotify(fields) };
}

function readMerge(fields: FieldReader): CreateMergeFaceGroupsJobRequest {
  const request = readSet(fields);
  const message = fields.optionalText('CustomMessage');
  if (message !== undefined && Array.from(message).length > MAX_CUSTOM_MESSAGE) throw invalidValue('CustomMessage');
  return {
    ...request,
    ...defined({
      GroupIdFrom: fields.optionalText('GroupIdFrom'),
      GroupIdTo: fields.optionalText('GroupIdTo'),
      CustomMessage: message,
    }),
  };
}

function readJobType(fields: FieldReader): ImageJobType {
  const jobType = fields.optionalWord('JobType', IMAGE_JOB_TYPES);
  if (jobType === undefined) throw invalidValue('JobType');
  return jobType;
}

function readJobName(fields: FieldReader): {
  readonly project: string;
  readonly taskType: ImageJobType;
  readonly taskId: string;
} {
  fields.require('Project', 'JobType', 'JobId');
  return { project: fields.text('Project'), taskType: readJobType(fields), taskId: fields.text('JobId') };
}

function imageJob(task: Task, jobType: ImageJobType): ImageJob {
  return { JobId: task.taskId, JobType: jobType, ...jobMembers(task) };
}
