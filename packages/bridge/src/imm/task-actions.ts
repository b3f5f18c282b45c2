/** The actions of IMM 2017-09-06 that create a task, under friendly names, with the event that tells of its end (spec imm §2.4–§2.6). */
export const imm2017TaskActions = {
  convertOffice: { action: 'CreateOfficeConversionTask', eventName: 'FormatConvertJob:JobFinished' },
  analyseVideo: { action: 'CreateVideoAnalyseTask', eventName: 'VideoAnalyseTask' },
  compressVideo: { action: 'CreateVideoCompressTask', eventName: 'CompressVideoTask' },
  grabFrames: { action: 'CreateGrabFrameTask', eventName: 'GrabFrameTask' },
  abstractVideo: { action: 'CreateVideoAbstractTask', eventName: 'VideoAbstractTask' },
  produceVideo: { action: 'CreateVideoProduceTask', eventName: 'VideoProduceTask' },
  processMedia: { action: 'CreateMediaComplexTask', eventName: 'MediaComplexTask' },
  analyseStream: { action: 'CreateStreamAnalyseTask', eventName: 'StreamAnalyseTask' },
  processImage: { action: 'CreateImageProcessTask', eventName: 'ImageProcessTask' },
  groupFaces: { action: 'CreateGroupFacesJob', eventName: 'GroupFacesJob' },
  mergeFaceGroups: { action: 'CreateMergeFaceGroupsJob', eventName: 'MergeFaceGroupsJob' },
} as const;

/** The actions of IMM 2020-09-30 that create a task, under friendly names, with the event that tells of its end (spec imm §4.2, §4.3). */
export const imm2020TaskActions = {
  convertOffice: { action: 'CreateOfficeConversionTask', eventName: 'imm:Task:OfficeConversion' },
  convertMedia: { action: 'CreateMediaConvertTask', eventName: 'imm:Task:MediaConvert' },
  labelVideo: { action: 'CreateVideoLabelClassificationTask', eventName: 'imm:Task:VideoLabelClassification' },
  moderateImage: { action: 'CreateImageModerationTask', eventName: 'imm:Task:ImageModeration' },
  moderateVideo: { action: 'CreateVideoModerationTask', eventName: 'imm:Task:VideoModeration' },
  compressFiles: { action: 'CreateFileCompressionTask', eventName: 'imm:Task:FileCompression' },
  uncompressFile: { action: 'CreateFileUncompressionTask', eventName: 'imm:Task:FileUncompression' },
  inspectArchive: { action: 'CreateArchiveFileInspectionTask', eventName: 'imm:Task:ArchiveFileInspection' },
  compressPointCloud: { action: 'CreateCompressPointCloudTask', eventName: 'imm:Task:PointCloudCompression' },
  clusterFigures: { action: 'CreateFigureClusteringTask', eventName: 'imm:Task:FigureClustering' },
  mergeFigureClusters: { action: 'CreateFigureClustersMergingTask', eventName: 'imm:Task:FigureClustersMerging' },
  searchFaces: { action: 'CreateFacesSearchingTask', eventName: 'imm:Task:FacesSearching' },
  clusterByLocationAndDate: {
    action: 'CreateLocationDateClusteringTask',
    eventName: 'imm:Task:LocationDateClustering',
  },
  clusterSimilarImages: { action: 'CreateSimilarImageClusteringTask', eventName: 'imm:Task:SimilarImageClustering' },
  imagesToPdf: { action: 'CreateImageToPDFTask', eventName: 'imm:Task:ImageToPDF' },
  spliceImages: { action: 'CreateImageSplicingTask', eventName: 'imm:Task:ImageSplicing' },
  decodeBlindWatermark: { action: 'CreateDecodeBlindWatermarkTask', eventName: 'imm:Task:DecodeBlindWatermark' },
  createStory: { action: 'CreateStory', eventName: 'imm:Task:StoryCreation' },
  findHighlights: { action: 'CreateHighlightTask', eventName: 'imm:Task:Highlight' },
} as const;

/** How long an action's tasks take from creation to end as a rule, in milliseconds, unless they take a minute: as far as there are samples (spec imm §2.6, §5). */
const EXPECTED_MS: ReadonlyMap<string, number> = new Map([
  ['CreateOfficeConversionTask', 15_000],
  ['CreateImageToPDFTask', 15_000],
  ['CreateImageProcessTask', 5000],
  ['CreateImageModerationTask', 5000],
  ['CreateImageSplicingTask', 5000],
  ['CreateDecodeBlindWatermarkTask', 5000],
  ['CreateFacesSearchingTask', 5000],
]);

/** When the end of a task is expected that this action has created, in milliseconds from then. */
export function expectedMsOf(action: string): number {
  return EXPECTED_MS.get(action) ?? 60_000;
}
