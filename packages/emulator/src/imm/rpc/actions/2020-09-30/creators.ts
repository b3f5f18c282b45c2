import type { CreateImmTaskResult, Imm2020Creators, ImmTaskRequest } from '@mnsbus/core';
import type { z } from 'zod';
import type { Task } from '../../../model/task.js';
import type { TaskKind } from '../../../task-kind.js';
import type { RpcCall } from '../../api-version.js';
import type { Imm2020ActionTable, Imm2020World } from './action-table.js';
import { notifyTarget } from './notify-target.js';
import { readRequest } from './read-request.js';
import { batchIndexFileMeta, creatorSchemas, indexFileMeta } from './request-schemas.js';
import { currentKinds, fileMetaKinds } from './task-kinds.js';

type CreatorActions = Pick<Imm2020ActionTable, keyof Imm2020Creators | 'IndexFileMeta' | 'BatchIndexFileMeta'>;

/** The actions that create something whose end an event tells (spec imm §4.2). */
export function creatorActions(world: Imm2020World): CreatorActions {
  const create =
    (action: keyof Imm2020Creators) =>
    (call: RpcCall): CreateImmTaskResult => {
      const { taskId, eventId } = submit(world, call, currentKinds[action], creatorSchemas[action]);
      return { RequestId: call.requestId, EventId: eventId, TaskId: taskId };
    };
  const index = (action: keyof typeof fileMetaKinds, schema: z.ZodType<ImmTaskRequest>) => (call: RpcCall) => ({
    RequestId: call.requestId,
    EventId: submit(world, call, fileMetaKinds[action], schema).eventId,
  });
  return {
    CreateOfficeConversionTask: create('CreateOfficeConversionTask'),
    CreateMediaConvertTask: create('CreateMediaConvertTask'),
    CreateVideoLabelClassificationTask: create('CreateVideoLabelClassificationTask'),
    CreateImageModerationTask: create('CreateImageModerationTask'),
    CreateVideoModerationTask: create('CreateVideoModerationTask'),
    CreateFileCompressionTask: create('CreateFileCompressionTask'),
    CreateFileUncompressionTask: create('CreateFileUncompressionTask'),
    CreateArchiveFileInspectionTask: create('CreateArchiveFileInspectionTask'),
    CreateCompressPointCloudTask: create('CreateCompressPointCloudTask'),
    CreateImageToPDFTask: create('CreateImageToPDFTask'),
    CreateImageSplicingTask: create('CreateImageSplicingTask'),
    CreateDecodeBlindWatermarkTask: create('CreateDecodeBlindWatermarkTask'),
    CreateFigureClusteringTask: create('CreateFigureClusteringTask'),
    CreateSimilarImageClusteringTask: create('CreateSimilarImageClusteringTask'),
    CreateFigureClustersMergingTask: create('CreateFigureClustersMergingTask'),
    CreateFacesSearchingTask: create('CreateFacesSearchingTask'),
    CreateLocationDateClusteringTask: create('CreateLocationDateClusteringTask'),
    CreateStory: create('CreateStory'),
    CreateHighlightTask: create('CreateHighlightTask'),
    IndexFileMeta: index('IndexFileMeta', indexFileMeta),
    BatchIndexFileMeta: index('BatchIndexFileMeta', batchIndexFileMeta),
  };
}

function submit(world: Imm2020World, call: RpcCall, kind: TaskKind, schema: z.ZodType<ImmTaskRequest>): Task {
  const request = readRequest(call.fields, schema);
  return world.submit(call, kind, {
    project: request.ProjectName,
    request: { ...request },
    notify: notifyTarget(request),
  });
}
