import type {
  CreateGroupFacesJobRequest,
  CreateGroupFacesJobResult,
  CreateMergeFaceGroupsJobRequest,
  CreateMergeFaceGroupsJobResult,
  GetImageJobRequest,
  GetImageJobResult,
  ListImageJobsRequest,
  ListImageJobsResult,
} from './faces.js';
import type { IndexImageRequest, IndexImageResult, IndexVideoRequest, IndexVideoResult } from './indexing.js';
import type {
  ConvertOfficeFormatRequest,
  ConvertOfficeFormatResult,
  CreateOfficeConversionTaskRequest,
  CreateOfficeConversionTaskResult,
  GetOfficeConversionTaskRequest,
  GetOfficeConversionTaskResult,
  ListOfficeConversionTaskRequest,
  ListOfficeConversionTaskResult,
} from './office.js';
import type {
  DescribeRegionsResult,
  GetProjectRequest,
  ListProjectApisResult,
  ListProjectsRequest,
  ListProjectsResult,
  OpenImmServiceRequest,
  OpenImmServiceResult,
  ProjectResult,
  PutProjectRequest,
  UpdateProjectRequest,
  UpdateProjectResult,
} from './projects.js';
import type { RequestIdResult } from './task-status.js';
import type {
  CreateGrabFrameTaskRequest,
  CreateImageProcessTaskRequest,
  CreateMediaComplexTaskRequest,
  CreateStreamAnalyseTaskRequest,
  CreateVideoAbstractTaskRequest,
  CreateVideoAnalyseTaskRequest,
  CreateVideoCompressTaskRequest,
  CreateVideoProduceTaskRequest,
  CreateVideoTaskResult,
  GetVideoTaskRequest,
  GetVideoTaskResult,
  ListVideoTasksRequest,
  ListVideoTasksResult,
  StopStreamAnalyseTaskRequest,
  StopStreamAnalyseTaskResult,
} from './video.js';

/** What an action takes, and what it answers. */
export interface ActionShape<Request, Reply> {
  readonly request: Request;
  readonly reply: Reply;
}

/** The actions of IMM 2017-09-06 by name: those around projects and around everything that ends with an event (spec imm §2). */
export interface Imm2017Actions {
  readonly PutProject: ActionShape<PutProjectRequest, ProjectResult>;
  readonly GetProject: ActionShape<GetProjectRequest, ProjectResult>;
  readonly UpdateProject: ActionShape<UpdateProjectRequest, UpdateProjectResult>;
  readonly ListProjects: ActionShape<ListProjectsRequest, ListProjectsResult>;
  readonly DeleteProject: ActionShape<GetProjectRequest, RequestIdResult>;
  readonly ListProjectAPIs: ActionShape<GetProjectRequest, ListProjectApisResult>;
  readonly DescribeRegions: ActionShape<Readonly<Record<string, never>>, DescribeRegionsResult>;
  readonly OpenImmService: ActionShape<OpenImmServiceRequest, OpenImmServiceResult>;

  readonly CreateOfficeConversionTask: ActionShape<CreateOfficeConversionTaskRequest, CreateOfficeConversionTaskResult>;
  readonly GetOfficeConversionTask: ActionShape<GetOfficeConversionTaskRequest, GetOfficeConversionTaskResult>;
  readonly ListOfficeConversionTask: ActionShape<ListOfficeConversionTaskRequest, ListOfficeConversionTaskResult>;
  readonly DeleteOfficeConversionTask: ActionShape<GetOfficeConversionTaskRequest, RequestIdResult>;
  readonly ConvertOfficeFormat: ActionShape<ConvertOfficeFormatRequest, ConvertOfficeFormatResult>;

  readonly CreateVideoAnalyseTask: ActionShape<CreateVideoAnalyseTaskRequest, CreateVideoTaskResult>;
  readonly CreateVideoCompressTask: ActionShape<CreateVideoCompressTaskRequest, CreateVideoTaskResult>;
  readonly CreateGrabFrameTask: ActionShape<CreateGrabFrameTaskRequest, CreateVideoTaskResult>;
  readonly CreateVideoAbstractTask: ActionShape<CreateVideoAbstractTaskRequest, CreateVideoTaskResult>;
  readonly CreateVideoProduceTask: ActionShape<CreateVideoProduceTaskRequest, CreateVideoTaskResult>;
  readonly CreateMediaComplexTask: ActionShape<CreateMediaComplexTaskRequest, CreateVideoTaskResult>;
  readonly CreateStreamAnalyseTask: ActionShape<CreateStreamAnalyseTaskRequest, CreateVideoTaskResult>;
  readonly StopStreamAnalyseTask: ActionShape<StopStreamAnalyseTaskRequest, StopStreamAnalyseTaskResult>;
  readonly CreateImageProcessTask: ActionShape<CreateImageProcessTaskRequest, CreateVideoTaskResult>;
  readonly GetVideoTask: ActionShape<GetVideoTaskRequest, GetVideoTaskResult>;
  readonly ListVideoTasks: ActionShape<ListVideoTasksRequest, ListVideoTasksResult>;
  readonly DeleteVideoTask: ActionShape<GetVideoTaskRequest, RequestIdResult>;

  readonly CreateGroupFacesJob: ActionShape<CreateGroupFacesJobRequest, CreateGroupFacesJobResult>;
  readonly CreateMergeFaceGroupsJob: ActionShape<CreateMergeFaceGroupsJobRequest, CreateMergeFaceGroupsJobResult>;
  readonly GetImageJob: ActionShape<GetImageJobRequest, GetImageJobResult>;
  readonly ListImageJobs: ActionShape<ListImageJobsRequest, ListImageJobsResult>;
  readonly DeleteImageJob: ActionShape<GetImageJobRequest, RequestIdResult>;

  readonly IndexImage: ActionShape<IndexImageRequest, IndexImageResult>;
  readonly IndexVideo: ActionShape<IndexVideoRequest, IndexVideoResult>;
}
