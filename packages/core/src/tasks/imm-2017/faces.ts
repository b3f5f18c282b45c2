import type { LegacyNotifyRequest, LegacyPageRequest, LegacyPageResult, LegacyTaskStatus } from './task-status.js';

/** The words for the face jobs, which are also the prefixes of their ids (spec imm §2.6). */
export type ImageJobType = 'GroupFacesJob' | 'MergeFaceGroupsJob';

/** `CreateGroupFacesJob`: sorts the faces of a set into groups (spec imm §2.6). */
export interface CreateGroupFacesJobRequest extends LegacyNotifyRequest {
  readonly Project: string;
  readonly SetId: string;
}

/** Reply to `CreateGroupFacesJob` (spec imm §2.6). */
export interface CreateGroupFacesJobResult {
  readonly RequestId: string;
  readonly JobId: string;
  readonly JobType: ImageJobType;
  readonly SetId: string;
}

/** `CreateMergeFaceGroupsJob`: makes two groups one (spec imm §2.6). */
export interface CreateMergeFaceGroupsJobRequest extends LegacyNotifyRequest {
  readonly Project: string;
  readonly SetId: string;
  readonly GroupIdFrom?: string;
  readonly GroupIdTo?: string;
  /** At most 1024 characters; echoed in the event. */
  readonly CustomMessage?: string;
}

/** Reply to `CreateMergeFaceGroupsJob` (spec imm §2.6). */
export interface CreateMergeFaceGroupsJobResult extends CreateGroupFacesJobResult {
  /** The empty string when none was named. */
  readonly GroupIdFrom: string;
  /** The empty string when none was named. */
  readonly GroupIdTo: string;
}

/** `GetImageJob` and `DeleteImageJob` (spec imm §2.6). */
export interface GetImageJobRequest {
  readonly Project: string;
  readonly JobType: ImageJobType;
  readonly JobId: string;
}

/** `ListImageJobs`, by id (spec imm §2.6). */
export interface ListImageJobsRequest extends LegacyPageRequest {
  readonly Project: string;
  readonly JobType: ImageJobType;
}

/** A face job as lists show it (spec imm §2.6). */
export interface ImageJob {
  readonly JobId: string;
  readonly JobType: ImageJobType;
  readonly Status: LegacyTaskStatus;
  /** 100 only when finished, else 0. */
  readonly Progress: number;
  /** JSON object as text, all values texts. */
  readonly Parameters: string;
  /** JSON object as text; the empty string unless finished. */
  readonly Result: string;
  /** UTC with microseconds. */
  readonly StartTime: string;
  /** The empty string unless finished. */
  readonly EndTime: string;
  /** The empty string unless failed. */
  readonly ErrorMessage: string;
  readonly NotifyEndpoint: string;
  readonly NotifyTopicName: string;
}

/** Reply to `GetImageJob` (spec imm §2.6). */
export interface GetImageJobResult extends ImageJob {
  readonly RequestId: string;
}

/** Reply to `ListImageJobs` (spec imm §2.6). */
export interface ListImageJobsResult extends LegacyPageResult {
  readonly Jobs: readonly ImageJob[];
}
