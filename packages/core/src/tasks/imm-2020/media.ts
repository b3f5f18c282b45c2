import type { ImmSource, ImmTaskRequest } from './common.js';

/** A source of `CreateMediaConvertTask` (spec imm §4.2). */
export interface MediaSource extends ImmSource {
  /** Seconds. */
  readonly StartTime?: number;
  /** Seconds. */
  readonly Duration?: number;
  readonly Subtitles?: readonly {
    readonly URI: string;
    readonly TimeOffset?: number;
    readonly Language?: string;
  }[];
  readonly Attached?: boolean;
  readonly AlignMode?: string;
  readonly DisableVideo?: boolean;
  readonly DisableAudio?: boolean;
}

/** A target of `CreateMediaConvertTask`; what its groups hold is uncertain (spec imm §4.2). */
export interface MediaTargetRequest {
  readonly URI?: string;
  readonly Container?: string;
  readonly Speed?: number;
  readonly Segment?: { readonly Format?: string; readonly Duration?: number; readonly StartNumber?: number };
  readonly Video?: Readonly<Record<string, unknown>>;
  readonly Audio?: Readonly<Record<string, unknown>>;
  readonly Subtitle?: Readonly<Record<string, unknown>>;
  readonly Image?: Readonly<Record<string, unknown>>;
  readonly StripMetadata?: boolean;
}

/** `CreateMediaConvertTask` (spec imm §4.2). */
export interface CreateMediaConvertTaskRequest extends ImmTaskRequest {
  /** 1–11. */
  readonly Sources: readonly MediaSource[];
  readonly Targets?: readonly MediaTargetRequest[];
  readonly TargetGroups?: readonly Readonly<Record<string, unknown>>[];
  readonly AlignmentIndex?: number;
}

/** Requests about one source alone: `CreateVideoLabelClassificationTask` (spec imm §4.2). */
export interface ImmSourceTaskRequest extends ImmTaskRequest {
  readonly SourceURI: string;
}

/** `CreateImageModerationTask` and `CreateVideoModerationTask` (spec imm §4.2). */
export interface CreateModerationTaskRequest extends ImmSourceTaskRequest {
  /** For example `porn`. */
  readonly Scenes?: readonly string[];
  /** From 1. */
  readonly Interval?: number;
  /** From 1. */
  readonly MaxFrames?: number;
}

/** `CreateDecodeBlindWatermarkTask` (spec imm §4.2). */
export interface CreateDecodeBlindWatermarkTaskRequest extends ImmSourceTaskRequest {
  readonly TargetURI?: string;
  readonly OriginalImageURI?: string;
  readonly ImageQuality?: number;
  readonly Model?: string;
  readonly StrengthLevel?: string;
  readonly WatermarkType?: string;
}

/** `CreateHighlightTask`; what its groups hold is uncertain (spec imm §4.2). */
export interface CreateHighlightTaskRequest extends ImmTaskRequest {
  readonly Sources: readonly ImmSource[];
  readonly Type: string;
  readonly Output: string;
  readonly Mode?: string;
  readonly Highlight?: string;
  readonly Edit?: string;
}
