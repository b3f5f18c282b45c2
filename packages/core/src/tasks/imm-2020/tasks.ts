import type { ImmProjectRequest, ImmTaskStatus } from './common.js';

/** `GetTask` (spec imm §4.4). */
export interface GetTaskRequest extends ImmProjectRequest {
  readonly TaskType: string;
  readonly TaskId: string;
  /** Whether the creating request is to be given back. Default `false`. */
  readonly RequestDefinition?: boolean;
}

/** What lists and `GetTask` tell of a task (spec imm §4.4). */
export interface ImmTaskInfo {
  readonly TaskId: string;
  readonly TaskType: string;
  readonly Status: ImmTaskStatus;
  /** Why it failed; absent otherwise. Beware: `@alicloud/pop-core` throws on any reply with a top-level `Code`. */
  readonly Code?: string;
  readonly Message?: string;
  /** RFC 3339, UTC. */
  readonly StartTime: string;
  /** Absent while it runs. */
  readonly EndTime?: string;
  /** Absent when none was given, as are tags. */
  readonly UserData?: string;
  readonly Tags?: Readonly<Record<string, string>>;
  /** The creating request as JSON text. */
  readonly TaskRequestDefinition?: string;
  /** 0–100. */
  readonly Progress: number;
}

/** Reply to `GetTask` (spec imm §4.4). */
export interface GetTaskResult extends ImmTaskInfo {
  readonly RequestId: string;
  readonly ProjectName: string;
  readonly EventId: string;
}

/** Both ends of a span of time, either of them open. */
export interface ImmTimeRange {
  /** RFC 3339. */
  readonly Start?: string;
  readonly End?: string;
}

/** `ListTasks` (spec imm §4.4). */
export interface ListTasksRequest extends ImmProjectRequest {
  readonly TaskTypes?: readonly string[];
  readonly Status?: ImmTaskStatus;
  /** `key=value`. */
  readonly TagSelector?: string;
  readonly StartTimeRange?: ImmTimeRange;
  readonly EndTimeRange?: ImmTimeRange;
  /** Default `TaskId`. */
  readonly Sort?: 'TaskId' | 'StartTime' | 'EndTime';
  /** Default `ASC`; spelt as the service spells it. */
  readonly Order?: 'ASC' | 'DES';
  /** 1–100, which is the default. */
  readonly MaxResults?: number;
  readonly NextToken?: string;
  readonly RequestDefinition?: boolean;
}

/** Reply to `ListTasks` (spec imm §4.4). */
export interface ListTasksResult {
  readonly RequestId: string;
  readonly ProjectName: string;
  readonly Tasks: readonly ImmTaskInfo[];
  /** A text, although the request has a number. */
  readonly MaxResults: string;
  /** Present when there are more. */
  readonly NextToken?: string;
}

/** `Get…Result` (spec imm §4.4). */
export type GetTypedResultRequest = Omit<GetTaskRequest, 'RequestDefinition'>;

/** What every `Get…Result` replies beside the result (spec imm §4.4). */
export type TypedResultHead = Omit<GetTaskResult, 'Progress' | 'Tags' | 'TaskRequestDefinition'>;

/** What moderation has found (spec imm §3.3). */
export interface ModerationResult {
  readonly URI: string;
  /** For example `pass` or `block`. */
  readonly Suggestion: string;
  readonly Categories: readonly string[];
  readonly Frames: {
    readonly TotalCount: number;
    readonly BlockFrames: readonly { readonly Rate: number; readonly Offset: number; readonly Label: string }[];
  };
}

/** A label of a video (spec imm §3.3). */
export interface VideoLabelResult {
  readonly Language: string;
  readonly LabelName: string;
  readonly LabelLevel: number;
  /** 0–1. */
  readonly LabelConfidence: number;
  readonly ParentLabelName: string;
  /** 0–1. */
  readonly CentricScore: number;
}

/** Reply to `GetImageModerationResult` and `GetVideoModerationResult`. */
export type GetModerationResult = TypedResultHead & { readonly ModerationResult?: ModerationResult };

/** Reply to `GetVideoLabelClassificationResult`. */
export type GetVideoLabelsResult = TypedResultHead & { readonly Labels?: readonly VideoLabelResult[] };

/** Reply to `GetDecodeBlindWatermarkResult`. */
export type GetBlindWatermarkResult = TypedResultHead & { readonly Content?: string };
