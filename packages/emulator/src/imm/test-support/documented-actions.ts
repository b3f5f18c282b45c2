/** The actions that a version is known to have had, with why one is not emulated; no reason: it is. */
export type DocumentedActions = ReadonlyMap<string, string | undefined>;

interface Group {
  /** Names, apart by blanks. */
  readonly actions: string;
  /** Why none of them is emulated. */
  readonly whyNot?: string;
}

function documented(groups: readonly Group[]): DocumentedActions {
  return new Map(
    groups.flatMap(({ actions, whyNot }) => actions.split(' ').map((action) => [action, whyNot] as const)),
  );
}

const NO_TASK = 'tells of no task’s end';
const NO_FIELDS = 'no source has its fields';
const GONE = 'gone before 2021-11';

/** 2017-09-06 (spec imm §2.1). */
export const documented2017: DocumentedActions = documented([
  {
    actions:
      'PutProject GetProject UpdateProject ListProjects DeleteProject ListProjectAPIs DescribeRegions OpenImmService',
  },
  {
    actions:
      'CreateOfficeConversionTask GetOfficeConversionTask ListOfficeConversionTask DeleteOfficeConversionTask ConvertOfficeFormat',
  },
  {
    actions:
      'CreateGrabFrameTask CreateVideoCompressTask CreateVideoAnalyseTask CreateVideoAbstractTask CreateVideoProduceTask ' +
      'CreateMediaComplexTask CreateImageProcessTask CreateStreamAnalyseTask StopStreamAnalyseTask GetVideoTask ListVideoTasks DeleteVideoTask',
  },
  {
    actions:
      'CreateGroupFacesJob CreateMergeFaceGroupsJob GetImageJob ListImageJobs DeleteImageJob IndexImage IndexVideo',
  },
  {
    actions:
      'CompareImageFaces DecodeBlindWatermark DetectImageBodies DetectImageFaces DetectImageQRCodes DetectImageTags ' +
      'DetectQRCodes EncodeBlindWatermark FindImages FindSimilarFaces GetImageCroppingSuggestions GetImageQuality GetMediaMeta ' +
      'GetOfficePreviewURL GetWebofficeURL ListFaceGroups RefreshOfficePreviewToken RefreshWebofficeToken UpdateFaceGroup',
    whyNot: NO_TASK,
  },
  {
    actions:
      'CreateSet GetSet UpdateSet DeleteSet ListSets ListSetTags GetImage UpdateImage DeleteImage ListImages GetVideo DeleteVideo ListVideos',
    whyNot: NO_FIELDS,
  },
  {
    actions: 'GetContentKey GetDRMLicense GetOfficeEditURL ListVideoAudios ListVideoFrames RefreshOfficeEditToken',
    whyNot: NO_TASK,
  },
  {
    actions:
      'CreateCADConversionTask CreateDocIndexTask GetDocIndexTask GetDocIndex DeleteDocIndex SearchDocIndex UpdateDocIndexMeta ' +
      'DetectImageLogos DetectImageTexts DetectImageCelebrity DetectClothes VideoAnalyseFeedback CompareFace FindImagesByTagNames ' +
      'ListTagNames CreatePornBatchDetectJob CreateTagJob PhotoProcess CreateFaceJob CreateDeleteFaceSetJob CreateIndexFaceJob',
    whyNot: GONE,
  },
]);

/** 2020-09-30 (spec imm §4.1). */
export const documented2020: DocumentedActions = documented([
  { actions: 'ListRegions CreateProject GetProject UpdateProject ListProjects DeleteProject GetTask ListTasks' },
  {
    actions:
      'CreateFigureClusteringTask CreateFigureClustersMergingTask CreateFacesSearchingTask CreateLocationDateClusteringTask ' +
      'CreateSimilarImageClusteringTask CreateStory CreateDecodeBlindWatermarkTask CreateImageToPDFTask CreateImageSplicingTask ' +
      'CreateMediaConvertTask CreateVideoLabelClassificationTask CreateHighlightTask CreateOfficeConversionTask ' +
      'CreateFileCompressionTask CreateFileUncompressionTask CreateArchiveFileInspectionTask CreateCompressPointCloudTask ' +
      'CreateImageModerationTask CreateVideoModerationTask IndexFileMeta BatchIndexFileMeta',
  },
  {
    actions:
      'GetDecodeBlindWatermarkResult GetVideoLabelClassificationResult GetImageModerationResult GetVideoModerationResult',
  },
  { actions: 'CreateTrigger GetTrigger ListTriggers DeleteTrigger CreateBatch GetBatch ListBatches DeleteBatch' },
  {
    actions:
      'UpdateTrigger SuspendTrigger ResumeTrigger UpdateBatch SuspendBatch ResumeBatch GenerateVideoPlaylist GenerateWebofficeToken',
    whyNot: NO_FIELDS,
  },
  {
    actions:
      'AttachOSSBucket DetachOSSBucket GetOSSBucketAttachment ListAttachedOSSBuckets CreateDataset GetDataset UpdateDataset ' +
      'ListDatasets DeleteDataset UpdateFileMeta BatchUpdateFileMeta GetFileMeta BatchGetFileMeta DeleteFileMeta BatchDeleteFileMeta ' +
      'SimpleQuery SemanticQuery FuzzyQuery CreateBinding GetBinding ListBindings DeleteBinding ContextualRetrieval ContextualAnswer ' +
      'CreateCustomizedStory GetFigureCluster BatchGetFigureCluster QueryFigureClusters UpdateFigureCluster SearchImageFigureCluster ' +
      'QueryLocationDateClusters UpdateLocationDateCluster DeleteLocationDateCluster QuerySimilarImageClusters QueryStories GetStory ' +
      'UpdateStory DeleteStory AddStoryFiles RemoveStoryFiles DetectImageBodies DetectImageCars DetectImageCodes DetectImageCropping ' +
      'DetectImageFaces DetectImageLabels DetectImageScore DetectImageTexts CompareImageFaces AddImageMosaic EncodeBlindWatermark ' +
      'DetectMediaMeta GetDRMLicense ExtractDocumentText RefreshWebofficeToken DetectTextAnomaly',
    whyNot: NO_TASK,
  },
]);

/** Events that nothing in the emulator makes; they are typed, and can be published by hand. */
export const EVENTS_OF_OTHERS: Readonly<Record<string, string>> = {
  CADConversionTask: GONE,
  PornBatchDetectJob: GONE,
  TagJob: GONE,
  PhotoProcessTask: GONE,
  IndexFaceJob: GONE,
  DeleteFaceSetJob: GONE,
  'imm:Task:LiveTranscoding': 'GenerateVideoPlaylist is not emulated',
  'imm:Task:AsyncTask': 'no source says what makes it',
  'imm:Task:SyncTask': 'no source says what makes it',
  'imm:Binding:Task': 'bindings are not emulated',
};
