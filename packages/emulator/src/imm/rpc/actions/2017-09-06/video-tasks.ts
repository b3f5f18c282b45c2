import type { CreateVideoTaskResult, VideoTask, VideoTaskRequest, VideoTaskType } from '@mnsbus/core';
import { defined } from '../../../../runtime/defined.js';
import type { Task } from '../../../model/task.js';
import type { RpcCall } from '../../api-version.js';
import type { FieldReader } from '../../field-reader.js';
import { invalidValue } from '../../rpc-fault.js';
import type { Imm2017ActionTable, Imm2017World } from './action-table.js';
import { jobMembers } from './job-record.js';
import { notifyTarget } from './notify-fields.js';
import { readPage } from './page-fields.js';
import { videoKinds } from './video-kinds.js';
import {
  readGrabFrame,
  readImageProcess,
  readMediaComplex,
  readStreamAnalyse,
  readVideoAbstract,
  readVideoAnalyse,
  readVideoCompress,
  readVideoProduce,
} from './video-requests.js';

/** The words that `TaskType` may be (spec imm §2.5). */
export const VIDEO_TASK_TYPES: readonly VideoTaskType[] = [
  'VideoAnalyseTask',
  'CompressVideoTask',
  'GrabFrameTask',
  'VideoAbstractTask',
  'VideoProduceTask',
  'MediaComplexTask',
  'StreamAnalyseTask',
  'ImageProcessTask',
];

type VideoActions = Pick<
  Imm2017ActionTable,
  | 'CreateVideoAnalyseTask'
  | 'CreateVideoCompressTask'
  | 'CreateGrabFrameTask'
  | 'CreateVideoAbstractTask'
  | 'CreateVideoProduceTask'
  | 'CreateMediaComplexTask'
  | 'CreateStreamAnalyseTask'
  | 'StopStreamAnalyseTask'
  | 'CreateImageProcessTask'
  | 'GetVideoTask'
  | 'ListVideoTasks'
  | 'DeleteVideoTask'
>;

/** The actions on video tasks, and on those that share their get and list actions (spec imm §2.5). */
export function videoActions(world: Imm2017World): VideoActions {
  const creating =
    (taskType: VideoTaskType, read: (fields: FieldReader) => VideoTaskRequest) =>
    (call: RpcCall): CreateVideoTaskResult => {
      const request = read(call.fields);
      const { taskId } = world.submit(call, videoKinds[taskType], {
        project: request.Project,
        request: { ...request },
        notify: notifyTarget(request),
      });
      return { RequestId: call.requestId, TaskId: taskId, TaskType: taskType };
    };
  return {
    CreateVideoAnalyseTask: creating('VideoAnalyseTask', readVideoAnalyse),
    CreateVideoCompressTask: creating('CompressVideoTask', readVideoCompress),
    CreateGrabFrameTask: creating('GrabFrameTask', readGrabFrame),
    CreateVideoAbstractTask: creating('VideoAbstractTask', readVideoAbstract),
    CreateVideoProduceTask: creating('VideoProduceTask', readVideoProduce),
    CreateMediaComplexTask: creating('MediaComplexTask', readMediaComplex),
    CreateStreamAnalyseTask: creating('StreamAnalyseTask', readStreamAnalyse),
    StopStreamAnalyseTask: (call) => {
      call.fields.require('Project', 'TaskId');
      const project = call.fields.text('Project');
      const taskId = call.fields.text('TaskId');
      world.carryOut(call, { type: 'getTask', project, taskType: 'StreamAnalyseTask', taskId });
      world.carryOut(call, { type: 'endTask', taskId });
      return { RequestId: call.requestId, TaskId: taskId };
    },
    CreateImageProcessTask: creating('ImageProcessTask', readImageProcess),
    GetVideoTask: (call) => {
      const name = readTaskName(call);
      const task = world.carryOut(call, { type: 'getTask', ...name });
      return { ...videoTask(task, name.taskType), RequestId: call.requestId };
    },
    ListVideoTasks: (call) => {
      call.fields.require('Project', 'TaskType');
      const project = call.fields.text('Project');
      const taskType = readTaskType(call);
      const page = world.carryOut(call, { type: 'listTasks', project, taskType, ...readPage(call.fields) });
      return {
        Tasks: page.items.map((task) => videoTask(task, taskType)),
        RequestId: call.requestId,
        ...defined({ NextMarker: page.nextMarker }),
      };
    },
    DeleteVideoTask: (call) => {
      world.carryOut(call, { type: 'deleteTask', ...readTaskName(call) });
      return { RequestId: call.requestId };
    },
  };
}

function readTaskType({ fields }: RpcCall): VideoTaskType {
  const taskType = fields.optionalWord('TaskType', VIDEO_TASK_TYPES);
  if (taskType === undefined) throw invalidValue('TaskType');
  return taskType;
}

function readTaskName(call: RpcCall): {
  readonly project: string;
  readonly taskType: VideoTaskType;
  readonly taskId: string;
} {
  const { fields } = call;
  fields.require('Project', 'TaskType', 'TaskId');
  return { project: fields.text('Project'), taskType: readTaskType(call), taskId: fields.text('TaskId') };
}

function videoTask(task: Task, taskType: VideoTaskType): VideoTask {
  return { TaskId: task.taskId, TaskType: taskType, ...jobMembers(task) };
}
