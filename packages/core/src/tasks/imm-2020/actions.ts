import type {
  Automation,
  AutomationRequest,
  CreateAutomationRequest,
  CreateAutomationResult,
  ListAutomationsRequest,
} from './automation.js';
import type { CreateImmTaskResult, ImmEventResult, ImmProjectRequest, ImmRequestIdResult } from './common.js';
import type { CreateImmOfficeConversionTaskRequest } from './documents.js';
import type {
  BatchIndexFileMetaRequest,
  CreateArchiveFileInspectionTaskRequest,
  CreateCompressPointCloudTaskRequest,
  CreateFileCompressionTaskRequest,
  CreateFileUncompressionTaskRequest,
  IndexFileMetaRequest,
} from './files.js';
import type {
  CreateFacesSearchingTaskRequest,
  CreateFigureClustersMergingTaskRequest,
  CreateImageSplicingTaskRequest,
  CreateImageToPdfTaskRequest,
  CreateLocationDateClusteringTaskRequest,
  CreateStoryRequest,
  ImmDatasetTaskRequest,
} from './images.js';
import type {
  CreateDecodeBlindWatermarkTaskRequest,
  CreateHighlightTaskRequest,
  CreateMediaConvertTaskRequest,
  CreateModerationTaskRequest,
  ImmSourceTaskRequest,
} from './media.js';
import type {
  CreateProjectRequest,
  GetImmProjectRequest,
  ImmProjectResult,
  ListImmProjectsRequest,
  ListImmProjectsResult,
  ListRegionsResult,
} from './projects.js';
import type {
  GetBlindWatermarkResult,
  GetModerationResult,
  GetTaskRequest,
  GetTaskResult,
  GetTypedResultRequest,
  GetVideoLabelsResult,
  ListTasksRequest,
  ListTasksResult,
} from './tasks.js';

interface Shape<Request, Reply> {
  readonly request: Request;
  readonly reply: Reply;
}

/** The actions of IMM 2020-09-30 that create a task, each with its request (spec imm §4.2). */
export interface Imm2020Creators {
  readonly CreateOfficeConversionTask: CreateImmOfficeConversionTaskRequest;
  readonly CreateMediaConvertTask: CreateMediaConvertTaskRequest;
  readonly CreateVideoLabelClassificationTask: ImmSourceTaskRequest;
  readonly CreateImageModerationTask: CreateModerationTaskRequest;
  readonly CreateVideoModerationTask: CreateModerationTaskRequest;
  readonly CreateFileCompressionTask: CreateFileCompressionTaskRequest;
  readonly CreateFileUncompressionTask: CreateFileUncompressionTaskRequest;
  readonly CreateArchiveFileInspectionTask: CreateArchiveFileInspectionTaskRequest;
  readonly CreateCompressPointCloudTask: CreateCompressPointCloudTaskRequest;
  readonly CreateImageToPDFTask: CreateImageToPdfTaskRequest;
  readonly CreateImageSplicingTask: CreateImageSplicingTaskRequest;
  readonly CreateDecodeBlindWatermarkTask: CreateDecodeBlindWatermarkTaskRequest;
  readonly CreateFigureClusteringTask: ImmDatasetTaskRequest;
  readonly CreateSimilarImageClusteringTask: ImmDatasetTaskRequest;
  readonly CreateFigureClustersMergingTask: CreateFigureClustersMergingTaskRequest;
  readonly CreateFacesSearchingTask: CreateFacesSearchingTaskRequest;
  readonly CreateLocationDateClusteringTask: CreateLocationDateClusteringTaskRequest;
  readonly CreateStory: CreateStoryRequest;
  readonly CreateHighlightTask: CreateHighlightTaskRequest;
}

/** The actions of IMM 2020-09-30 by name: those around projects, tasks, and everything that ends with an event (spec imm §4). */
export type Imm2020Actions = {
  readonly [Action in keyof Imm2020Creators]: Shape<Imm2020Creators[Action], CreateImmTaskResult>;
} & {
  readonly ListRegions: Shape<Readonly<Record<string, never>>, ListRegionsResult>;
  readonly CreateProject: Shape<CreateProjectRequest, ImmProjectResult>;
  readonly GetProject: Shape<GetImmProjectRequest, ImmProjectResult>;
  readonly UpdateProject: Shape<CreateProjectRequest, ImmProjectResult>;
  readonly ListProjects: Shape<ListImmProjectsRequest, ListImmProjectsResult>;
  readonly DeleteProject: Shape<ImmProjectRequest, ImmRequestIdResult>;
  readonly IndexFileMeta: Shape<IndexFileMetaRequest, ImmEventResult>;
  readonly BatchIndexFileMeta: Shape<BatchIndexFileMetaRequest, ImmEventResult>;
  readonly GetTask: Shape<GetTaskRequest, GetTaskResult>;
  readonly ListTasks: Shape<ListTasksRequest, ListTasksResult>;
  readonly GetImageModerationResult: Shape<GetTypedResultRequest, GetModerationResult>;
  readonly GetVideoModerationResult: Shape<GetTypedResultRequest, GetModerationResult>;
  readonly GetVideoLabelClassificationResult: Shape<GetTypedResultRequest, GetVideoLabelsResult>;
  readonly GetDecodeBlindWatermarkResult: Shape<GetTypedResultRequest, GetBlindWatermarkResult>;
  readonly CreateTrigger: Shape<CreateAutomationRequest, CreateAutomationResult>;
  readonly GetTrigger: Shape<AutomationRequest, ImmRequestIdResult & { readonly Trigger: Automation }>;
  readonly ListTriggers: Shape<
    ListAutomationsRequest,
    ImmRequestIdResult & { readonly Triggers: readonly Automation[]; readonly NextToken?: string }
  >;
  readonly DeleteTrigger: Shape<AutomationRequest, ImmRequestIdResult>;
  readonly CreateBatch: Shape<CreateAutomationRequest, CreateAutomationResult>;
  readonly GetBatch: Shape<AutomationRequest, ImmRequestIdResult & { readonly Batch: Automation }>;
  readonly ListBatches: Shape<
    ListAutomationsRequest,
    ImmRequestIdResult & { readonly Batches: readonly Automation[]; readonly NextToken?: string }
  >;
  readonly DeleteBatch: Shape<AutomationRequest, ImmRequestIdResult>;
};
