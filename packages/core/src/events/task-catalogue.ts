/** What one creating action of IMM is called everywhere it leaves a trace (spec imm §2.5, §2.6, §3.2, §4.3). */
export interface TaskCatalogueEntry {
  readonly apiVersion: '2017-09-06' | '2020-09-30';
  /** The action that creates it. */
  readonly action: string;
  /** The word of the get and list actions (TaskType or JobType). */
  readonly taskType: string;
  /** What its ids start with, up to and with the hyphen; `undefined` when there is no id. */
  readonly idPrefix: string | undefined;
  /** The name of the event that tells of its end. */
  readonly eventName: string;
}

function legacy(action: string, taskType: string): TaskCatalogueEntry {
  return { apiVersion: '2017-09-06', action, taskType, idPrefix: `${taskType}-`, eventName: taskType };
}

function current(action: string, taskType: string, eventWord: string = taskType): TaskCatalogueEntry {
  const eventName = `imm:Task:${eventWord}`;
  return { apiVersion: '2020-09-30', action, taskType, idPrefix: `${taskType}-`, eventName };
}

/** Every action of both versions whose end an event tells; where the sources are silent, the event is named like the task type. */
export const taskCatalogue: readonly TaskCatalogueEntry[] = [
  {
    apiVersion: '2017-09-06',
    action: 'CreateOfficeConversionTask',
    // The API has no word for it: its get and list actions serve nothing else.
    taskType: 'FormatConvertJob',
    // Since about 2020; in 2018 its ids were bare UUIDs.
    idPrefix: 'formatconvert-',
    eventName: 'FormatConvertJob:JobFinished',
  },
  legacy('CreateGroupFacesJob', 'GroupFacesJob'),
  legacy('CreateMergeFaceGroupsJob', 'MergeFaceGroupsJob'),
  legacy('CreateGrabFrameTask', 'GrabFrameTask'),
  legacy('CreateVideoCompressTask', 'CompressVideoTask'),
  legacy('CreateVideoAnalyseTask', 'VideoAnalyseTask'),
  legacy('CreateVideoAbstractTask', 'VideoAbstractTask'),
  legacy('CreateVideoProduceTask', 'VideoProduceTask'),
  legacy('CreateMediaComplexTask', 'MediaComplexTask'),
  legacy('CreateStreamAnalyseTask', 'StreamAnalyseTask'),
  legacy('CreateImageProcessTask', 'ImageProcessTask'),
  { ...legacy('IndexImage', 'IndexImage'), idPrefix: undefined },
  { ...legacy('IndexVideo', 'IndexVideo'), idPrefix: undefined },
  current('CreateOfficeConversionTask', 'OfficeConversion'),
  current('CreateMediaConvertTask', 'MediaConvert'),
  current('CreateVideoLabelClassificationTask', 'VideoLabelClassification'),
  current('CreateImageModerationTask', 'ImageModeration'),
  current('CreateVideoModerationTask', 'VideoModeration'),
  current('CreateFileCompressionTask', 'FileCompression'),
  current('CreateFileUncompressionTask', 'FileUncompression'),
  current('CreateArchiveFileInspectionTask', 'ArchiveFileInspection'),
  // Three words for one task, two of them the same (spec imm §0, no. 11).
  current('CreateCompressPointCloudTask', 'PointCloudCompress', 'PointCloudCompression'),
  current('CreateFigureClusteringTask', 'FaceClustering', 'FigureClustering'),
  current('CreateFigureClustersMergingTask', 'FigureClustersMerging'),
  current('CreateFacesSearchingTask', 'FacesSearching'),
  current('CreateLocationDateClusteringTask', 'LocationDateClustering'),
  current('CreateSimilarImageClusteringTask', 'SimilarImageClustering'),
  current('CreateImageToPDFTask', 'ImageToPDF'),
  current('CreateImageSplicingTask', 'ImageSplicing'),
  current('CreateDecodeBlindWatermarkTask', 'DecodeBlindWatermark'),
  current('CreateStory', 'StoryCreation'),
  current('GenerateVideoPlaylist', 'LiveTranscoding'),
  current('CreateHighlightTask', 'Highlight'),
  { ...current('IndexFileMeta', 'IndexFileMeta'), idPrefix: undefined, eventName: 'imm:FileMeta:Index' },
  { ...current('BatchIndexFileMeta', 'BatchIndexFileMeta'), idPrefix: undefined, eventName: 'imm:FileMeta:BatchIndex' },
];

/** The task types of 2020-09-30 whose end the event of this name tells. */
export function taskTypesOf(eventName: string): readonly string[] {
  return taskCatalogue
    .filter((entry) => entry.apiVersion === '2020-09-30' && entry.eventName === eventName)
    .map(({ taskType }) => taskType);
}

const currentTaskTypes = new Set(
  taskCatalogue.filter(({ apiVersion }) => apiVersion === '2020-09-30').map(({ taskType }) => taskType),
);

/** Whether a word is a TaskType of 2020-09-30. */
export function isTaskType(word: string): boolean {
  return currentTaskTypes.has(word);
}
