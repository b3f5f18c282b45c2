import type { LegacyNotifyRequest } from './task-status.js';

/** What is written beside an image or a video, and given back (spec imm §2.7). */
export interface IndexRemarks {
  readonly ExternalId?: string;
  readonly RemarksA?: string;
  readonly RemarksB?: string;
  readonly RemarksC?: string;
  readonly RemarksD?: string;
}

/** What is written beside an image only (spec imm §2.7). */
export interface ImageRemarks extends IndexRemarks {
  readonly RemarksArrayA?: string;
  readonly RemarksArrayB?: string;
  readonly SourceType?: string;
  readonly SourceUri?: string;
  readonly SourcePosition?: string;
}

/** `IndexImage`: takes an image into a set; its work goes on in the background, without a task id (spec imm §2.7). */
export interface IndexImageRequest extends ImageRemarks, LegacyNotifyRequest {
  readonly Project: string;
  readonly SetId: string;
  /** The image, `oss://bucket/object`. */
  readonly ImageUri: string;
}

/** Reply to `IndexImage` (spec imm §2.7). */
export interface IndexImageResult extends Required<ImageRemarks> {
  readonly RequestId: string;
  readonly SetId: string;
  readonly ImageUri: string;
  /** UTC to the millisecond, for example `2021-01-21T07:40:41.683Z`. */
  readonly CreateTime: string;
  readonly ModifyTime: string;
}

/** `IndexVideo`: takes a video into a set; its work goes on in the background, without a task id (spec imm §2.7). */
export interface IndexVideoRequest extends IndexRemarks, LegacyNotifyRequest {
  readonly Project: string;
  readonly SetId: string;
  /** The video, `oss://bucket/object`. */
  readonly VideoUri: string;
}

/** Reply to `IndexVideo` (spec imm §2.7). */
export interface IndexVideoResult extends Required<IndexRemarks> {
  readonly RequestId: string;
  readonly SetId: string;
  readonly VideoUri: string;
  /** UTC to the millisecond. */
  readonly CreateTime: string;
  readonly ModifyTime: string;
}
