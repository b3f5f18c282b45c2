import { taskCatalogue, type Imm2020Creators } from '@mnsbus/core';
import type { TaskKind } from '../../../task-kind.js';
import { fileMetaContent, messageText, taskContent } from './event-text.js';
import { sourceUris } from './source-uris.js';
import {
  blindWatermarkResult,
  facesSearchingResult,
  mediaConvertResult,
  moderationResult,
  videoLabelsResult,
  type DeriveResult,
} from './task-results.js';

/** How long tasks run when nobody says otherwise, in milliseconds; real ones took 0.2–16 s (spec imm §5). */
export const CURRENT_DURATIONS_MS: Readonly<Record<'short' | 'usual' | 'long', number>> = {
  short: 200,
  usual: 4000,
  long: 16_000,
};

const nothing: DeriveResult = () => ({});

/** The kind of task that each creating action makes (spec imm §4.3). */
export const currentKinds: { readonly [Action in keyof Imm2020Creators]: TaskKind } = {
  CreateOfficeConversionTask: taskKind('CreateOfficeConversionTask', 'usual'),
  CreateMediaConvertTask: taskKind('CreateMediaConvertTask', 'usual', mediaConvertResult),
  CreateVideoLabelClassificationTask: taskKind('CreateVideoLabelClassificationTask', 'long', videoLabelsResult),
  CreateImageModerationTask: taskKind('CreateImageModerationTask', 'short', moderationResult),
  CreateVideoModerationTask: taskKind('CreateVideoModerationTask', 'long', moderationResult),
  CreateFileCompressionTask: taskKind('CreateFileCompressionTask', 'usual'),
  CreateFileUncompressionTask: taskKind('CreateFileUncompressionTask', 'usual'),
  CreateArchiveFileInspectionTask: taskKind('CreateArchiveFileInspectionTask', 'usual'),
  CreateCompressPointCloudTask: taskKind('CreateCompressPointCloudTask', 'usual'),
  CreateImageToPDFTask: taskKind('CreateImageToPDFTask', 'usual'),
  CreateImageSplicingTask: taskKind('CreateImageSplicingTask', 'usual'),
  CreateDecodeBlindWatermarkTask: taskKind('CreateDecodeBlindWatermarkTask', 'usual', blindWatermarkResult),
  CreateFigureClusteringTask: taskKind('CreateFigureClusteringTask', 'usual'),
  CreateSimilarImageClusteringTask: taskKind('CreateSimilarImageClusteringTask', 'usual'),
  CreateFigureClustersMergingTask: taskKind('CreateFigureClustersMergingTask', 'usual'),
  CreateFacesSearchingTask: taskKind('CreateFacesSearchingTask', 'short', facesSearchingResult),
  CreateLocationDateClusteringTask: taskKind('CreateLocationDateClusteringTask', 'usual'),
  CreateStory: taskKind('CreateStory', 'usual'),
  CreateHighlightTask: taskKind('CreateHighlightTask', 'long'),
};

/** The kinds of work that no action shows, and only an event tells the end of (spec imm §4.2). */
export const fileMetaKinds: Readonly<Record<'IndexFileMeta' | 'BatchIndexFileMeta', TaskKind>> = {
  IndexFileMeta: fileMetaKind('IndexFileMeta'),
  BatchIndexFileMeta: fileMetaKind('BatchIndexFileMeta'),
};

function taskKind(action: string, length: keyof typeof CURRENT_DURATIONS_MS, result: DeriveResult = nothing): TaskKind {
  const { taskType, idPrefix = '', eventName } = catalogued(action);
  return {
    action,
    taskType,
    idPrefix,
    sourceUris,
    defaultDurationMs: CURRENT_DURATIONS_MS[length],
    result,
    eventText: (task, tenant) =>
      messageText(eventName, task, tenant, taskContent(task, task.outcome?.ok === true ? task.outcome.result : {})),
  };
}

function fileMetaKind(action: string): TaskKind {
  const { taskType, eventName } = catalogued(action);
  return {
    action,
    taskType,
    idPrefix: `${action}-`,
    sourceUris,
    defaultDurationMs: CURRENT_DURATIONS_MS.short,
    result: nothing,
    eventText: (task, tenant) => messageText(eventName, task, tenant, fileMetaContent(task, sourceUris(task.request))),
  };
}

function catalogued(action: string): (typeof taskCatalogue)[number] {
  const entry = taskCatalogue.find((one) => one.apiVersion === '2020-09-30' && one.action === action);
  if (entry === undefined) throw new TypeError(`${action} is in no catalogue`);
  return entry;
}
