import type { ImmSource, ImmTaskRequest } from './common.js';

/** An image and how far it is turned. */
export interface TurnedImage extends ImmSource {
  /** Degrees. */
  readonly Rotate?: number;
}

/** `CreateImageToPDFTask` (spec imm §4.2). */
export interface CreateImageToPdfTaskRequest extends ImmTaskRequest {
  readonly Sources: readonly TurnedImage[];
  readonly TargetURI: string;
}

/** `CreateImageSplicingTask` (spec imm §4.2). */
export interface CreateImageSplicingTaskRequest extends CreateImageToPdfTaskRequest {
  readonly Direction?: string;
  readonly ImageFormat?: string;
  readonly Quality?: number;
  readonly ScaleType?: string;
  readonly Align?: number;
  readonly Margin?: number;
  readonly Padding?: number;
  readonly BackgroundColor?: string;
}

/** Requests about one dataset alone: clustering of faces and of similar images (spec imm §4.2). */
export interface ImmDatasetTaskRequest extends ImmTaskRequest {
  readonly DatasetName: string;
}

/** `CreateFigureClustersMergingTask` (spec imm §4.2). */
export interface CreateFigureClustersMergingTaskRequest extends ImmDatasetTaskRequest {
  readonly To: string;
  readonly From?: string;
  readonly Froms?: readonly string[];
}

/** `CreateFacesSearchingTask` (spec imm §4.2). */
export interface CreateFacesSearchingTaskRequest extends ImmDatasetTaskRequest {
  readonly Sources?: readonly ImmSource[];
  /** From 1. */
  readonly MaxResult?: number;
}

/** `CreateLocationDateClusteringTask`; what its options hold is uncertain (spec imm §4.2). */
export interface CreateLocationDateClusteringTaskRequest extends ImmDatasetTaskRequest {
  readonly DateOptions: Readonly<Record<string, unknown>>;
  readonly LocationOptions: Readonly<Record<string, unknown>>;
}

/** `CreateStory` (spec imm §4.2). */
export interface CreateStoryRequest extends ImmDatasetTaskRequest {
  readonly StoryType: string;
  readonly StorySubType?: string;
  readonly StoryName?: string;
  readonly StoryStartTime?: string;
  readonly StoryEndTime?: string;
  readonly MinFileCount?: number;
  readonly MaxFileCount?: number;
  readonly Address?: Readonly<Record<string, unknown>>;
  readonly CustomId?: string;
  readonly CustomLabels?: Readonly<Record<string, unknown>>;
  readonly ObjectId?: string;
}
