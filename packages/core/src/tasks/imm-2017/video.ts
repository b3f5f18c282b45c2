import type { LegacyNotifyRequest, LegacyPageRequest, LegacyPageResult, LegacyTaskStatus } from './task-status.js';

/** The words for the video tasks, which are also the prefixes of their ids (spec imm §2.5). */
export type VideoTaskType =
  | 'VideoAnalyseTask'
  | 'CompressVideoTask'
  | 'GrabFrameTask'
  | 'VideoAbstractTask'
  | 'VideoProduceTask'
  | 'MediaComplexTask'
  | 'StreamAnalyseTask'
  | 'ImageProcessTask';

/** What the requests of all video tasks have in common (spec imm §2.5). */
export interface VideoTaskRequest extends LegacyNotifyRequest {
  readonly Project: string;
}

/** `CreateVideoAnalyseTask` (spec imm §2.5). */
export interface CreateVideoAnalyseTaskRequest extends VideoTaskRequest {
  /** The video, `oss://bucket/object`. */
  readonly VideoUri: string;
  /** Frames go under `imgs`, sound under `audio`, the result to `result/result.txt`. */
  readonly TgtUri?: string;
  readonly GrabType?: string;
  readonly Interval?: string;
  readonly StartTime?: string;
  readonly EndTime?: string;
}

/** `CreateVideoCompressTask` (spec imm §2.5). */
export interface CreateVideoCompressTaskRequest extends VideoTaskRequest {
  readonly VideoUri: string;
  /** JSON list as text, each with `TargetUri`, and optionally `VideoBitrate`, `AudioBitrate`, …. */
  readonly TargetList?: string;
  /** JSON as text: `SubtitleUri`, `ExtractFormat`, `ExtractType`. */
  readonly TargetSubtitle?: string;
  /** Echoed in the event. */
  readonly CustomMessage?: string;
}

/** `CreateGrabFrameTask` (spec imm §2.5). */
export interface CreateGrabFrameTaskRequest extends VideoTaskRequest {
  readonly VideoUri: string;
  /** JSON list as text, each with `TargetUri` (a name such as `pre{002}suf.jpg`), and optionally `GrabType`, `GrabNumber`, …. */
  readonly TargetList: string;
  /** Echoed in the event. */
  readonly CustomMessage?: string;
}

/** `CreateVideoAbstractTask` (spec imm §2.5). */
export interface CreateVideoAbstractTaskRequest extends VideoTaskRequest {
  readonly VideoUri: string;
  /** From 1. */
  readonly AbstractLength?: number;
  readonly TargetVideoUri?: string;
  readonly TargetClipsUri?: string;
}

/** `CreateVideoProduceTask` (spec imm §2.5). */
export interface CreateVideoProduceTaskRequest extends VideoTaskRequest {
  /** JSON list as text. */
  readonly Images: string;
  readonly TargetUri: string;
  readonly Music?: string;
  readonly TemplateName?: string;
  /** From 1. */
  readonly Width?: number;
  /** From 1. */
  readonly Height?: number;
  /** Echoed in the event. */
  readonly CustomMessage?: string;
}

/** `CreateMediaComplexTask` (spec imm §2.5). */
export interface CreateMediaComplexTaskRequest extends VideoTaskRequest {
  /** JSON object as text. */
  readonly Parameters: string;
}

/** `CreateStreamAnalyseTask` (spec imm §2.5). */
export interface CreateStreamAnalyseTaskRequest extends VideoTaskRequest {
  /** The stream, which need not lie in OSS. */
  readonly StreamUri: string;
  readonly TgtUri?: string;
}

/** `CreateImageProcessTask` (spec imm §2.5). */
export interface CreateImageProcessTaskRequest extends VideoTaskRequest {
  /** The image, `oss://bucket/object`. */
  readonly ImageUri: string;
  /** JSON list as text, each with `TargetUri`. */
  readonly TargetList: string;
}

/** Reply to every action that creates a video task (spec imm §2.5). */
export interface CreateVideoTaskResult {
  readonly RequestId: string;
  readonly TaskId: string;
  readonly TaskType: VideoTaskType;
}

/** `StopStreamAnalyseTask` (spec imm §2.5). */
export interface StopStreamAnalyseTaskRequest {
  readonly Project: string;
  readonly TaskId: string;
}

/** Reply to `StopStreamAnalyseTask` (spec imm §2.5). */
export interface StopStreamAnalyseTaskResult {
  readonly RequestId: string;
  readonly TaskId: string;
}

/** `GetVideoTask` and `DeleteVideoTask` (spec imm §2.5). */
export interface GetVideoTaskRequest {
  readonly Project: string;
  readonly TaskType: VideoTaskType;
  readonly TaskId: string;
}

/** `ListVideoTasks`, by id (spec imm §2.5). */
export interface ListVideoTasksRequest extends LegacyPageRequest {
  readonly Project: string;
  readonly TaskType: VideoTaskType;
}

/** A video task as lists show it (spec imm §2.5). */
export interface VideoTask {
  readonly TaskId: string;
  readonly TaskType: VideoTaskType;
  readonly Status: LegacyTaskStatus;
  /** 100 only when finished, else 0. */
  readonly Progress: number;
  /** JSON object as text, all values texts. */
  readonly Parameters: string;
  /** JSON object as text; the empty string unless finished. */
  readonly Result: string;
  /** The empty string unless failed. */
  readonly ErrorMessage: string;
  /** UTC with microseconds, for example `2021-01-28T03:24:25.915048Z`. */
  readonly StartTime: string;
  /** The empty string unless finished. */
  readonly EndTime: string;
  readonly NotifyEndpoint: string;
  readonly NotifyTopicName: string;
}

/** Reply to `GetVideoTask` (spec imm §2.5). */
export interface GetVideoTaskResult extends VideoTask {
  readonly RequestId: string;
}

/** Reply to `ListVideoTasks` (spec imm §2.5). */
export interface ListVideoTasksResult extends LegacyPageResult {
  readonly Tasks: readonly VideoTask[];
}
