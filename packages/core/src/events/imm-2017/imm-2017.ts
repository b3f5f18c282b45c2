import type { EventDefinition } from '../event-definition.js';
import { formatConvertJobFinished, type FormatConvertJobFinished } from './format-convert.js';
import { grabFrameTask, jobEvent, type GrabFrameData, type JobEvent, type RawGrabFrame } from './job-events.js';
import { indexingEvent, openAcsEvent, type IndexingEvent, type OpenAcsEvent } from './open-events.js';

/** The events of IMM 2017-09-06 that tell of the end of a task (spec imm §3.2). */
export interface Imm2017TaskEventMap {
  readonly 'FormatConvertJob:JobFinished': FormatConvertJobFinished;
  readonly GroupFacesJob: JobEvent<'GroupFacesJob'>;
  readonly MergeFaceGroupsJob: JobEvent<'MergeFaceGroupsJob'>;
  readonly GrabFrameTask: JobEvent<'GrabFrameTask', RawGrabFrame, GrabFrameData>;
  readonly CompressVideoTask: JobEvent<'CompressVideoTask'>;
  readonly VideoAnalyseTask: JobEvent<'VideoAnalyseTask'>;
  readonly VideoAbstractTask: JobEvent<'VideoAbstractTask'>;
  readonly VideoProduceTask: JobEvent<'VideoProduceTask'>;
  readonly MediaComplexTask: JobEvent<'MediaComplexTask'>;
  readonly StreamAnalyseTask: JobEvent<'StreamAnalyseTask'>;
  readonly ImageProcessTask: JobEvent<'ImageProcessTask'>;
}

/** The events of IMM 2017-09-06 by name, and those of 2020-09-30 that come in the same envelope (spec imm §3.2). */
export interface Imm2017EventMap extends Imm2017TaskEventMap {
  readonly IndexImage: IndexingEvent<'IndexImage'>;
  readonly IndexVideo: IndexingEvent<'IndexVideo'>;
  // Historic: their actions are gone, and their payloads are in no source.
  readonly CADConversionTask: OpenAcsEvent<'CADConversionTask'>;
  readonly PornBatchDetectJob: OpenAcsEvent<'PornBatchDetectJob'>;
  readonly TagJob: OpenAcsEvent<'TagJob'>;
  readonly PhotoProcessTask: OpenAcsEvent<'PhotoProcessTask'>;
  readonly IndexFaceJob: OpenAcsEvent<'IndexFaceJob'>;
  readonly DeleteFaceSetJob: OpenAcsEvent<'DeleteFaceSetJob'>;
  // Of WebOffice: its payload has numbers, and is told of no task.
  readonly 'OfficeEdit:SaveVersion': OpenAcsEvent<'OfficeEdit:SaveVersion'>;
  readonly 'OfficeEdit:Online': OpenAcsEvent<'OfficeEdit:Online'>;
  readonly 'OfficeEdit:Rename': OpenAcsEvent<'OfficeEdit:Rename'>;
}

/** How each of them is read. */
export const imm2017Definitions: {
  readonly [Name in keyof Imm2017EventMap]: EventDefinition<Name, Imm2017EventMap[Name]>;
} = {
  'FormatConvertJob:JobFinished': formatConvertJobFinished,
  GroupFacesJob: jobEvent('GroupFacesJob'),
  MergeFaceGroupsJob: jobEvent('MergeFaceGroupsJob'),
  GrabFrameTask: grabFrameTask,
  CompressVideoTask: jobEvent('CompressVideoTask'),
  VideoAnalyseTask: jobEvent('VideoAnalyseTask'),
  VideoAbstractTask: jobEvent('VideoAbstractTask'),
  VideoProduceTask: jobEvent('VideoProduceTask'),
  MediaComplexTask: jobEvent('MediaComplexTask'),
  StreamAnalyseTask: jobEvent('StreamAnalyseTask'),
  ImageProcessTask: jobEvent('ImageProcessTask'),
  IndexImage: indexingEvent('IndexImage', 'ImageUri'),
  IndexVideo: indexingEvent('IndexVideo', 'VideoUri'),
  CADConversionTask: openAcsEvent('CADConversionTask'),
  PornBatchDetectJob: openAcsEvent('PornBatchDetectJob'),
  TagJob: openAcsEvent('TagJob'),
  PhotoProcessTask: openAcsEvent('PhotoProcessTask'),
  IndexFaceJob: openAcsEvent('IndexFaceJob'),
  DeleteFaceSetJob: openAcsEvent('DeleteFaceSetJob'),
  'OfficeEdit:SaveVersion': openAcsEvent('OfficeEdit:SaveVersion'),
  'OfficeEdit:Online': openAcsEvent('OfficeEdit:Online'),
  'OfficeEdit:Rename': openAcsEvent('OfficeEdit:Rename'),
};
