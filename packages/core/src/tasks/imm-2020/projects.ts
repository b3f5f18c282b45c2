import type { ImmProjectRequest } from './common.js';

/** A project tag in a request (spec imm §4.5). */
export interface ImmTag {
  readonly Key: string;
  readonly Value: string;
}

/** What a project may be given; numbers are limits (spec imm §4.5). */
export interface ImmProjectSettings {
  /** 1–256 characters. */
  readonly Description?: string;
  /** Default `AliyunIMMDefaultRole`. */
  readonly ServiceRole?: string;
  /** For example `Official:ImageManagement`; default the empty string. */
  readonly TemplateId?: string;
  /** 1–1,000,000,000, which is the default. */
  readonly ProjectMaxDatasetCount?: number;
  /** 1–10, which is the default. */
  readonly DatasetMaxBindCount?: number;
  /** From 1; default 10,000,000,000, although the documented range ends before it. */
  readonly DatasetMaxFileCount?: number;
  /** From 1; default 10,000,000,000. */
  readonly DatasetMaxEntityCount?: number;
  /** From 1; default 100,000,000,000. */
  readonly DatasetMaxRelationCount?: number;
  /** Bytes, from 1; default 90,000,000,000,000,000, above what a double counts exactly. */
  readonly DatasetMaxTotalFileSize?: number;
  readonly Tag?: readonly ImmTag[];
}

/** `CreateProject` and `UpdateProject` (spec imm §4.5). */
export type CreateProjectRequest = ImmProjectRequest & ImmProjectSettings;

/** `GetProject` of 2020-09-30 (spec imm §4.5). */
export interface GetImmProjectRequest extends ImmProjectRequest {
  /** Whether the counts are to be real. Default `false`. */
  readonly WithStatistics?: boolean;
}

/** `ListProjects` of 2020-09-30 (spec imm §4.5). */
export interface ListImmProjectsRequest {
  /** 0–200; 0 is 100, the default. */
  readonly MaxResults?: number;
  readonly NextToken?: string;
  /** At most 128 characters. */
  readonly Prefix?: string;
  readonly Tag?: readonly ImmTag[];
}

/** A project of 2020-09-30 (spec imm §4.5). */
export interface ImmProject {
  readonly ProjectName: string;
  readonly ServiceRole: string;
  readonly TemplateId: string;
  /** RFC 3339. */
  readonly CreateTime: string;
  readonly UpdateTime: string;
  readonly Description: string;
  readonly ProjectQueriesPerSecond: number;
  readonly EngineConcurrency: number;
  readonly ProjectMaxDatasetCount: number;
  readonly DatasetMaxBindCount: number;
  readonly DatasetMaxFileCount: number;
  readonly DatasetMaxEntityCount: number;
  readonly DatasetMaxRelationCount: number;
  readonly DatasetMaxTotalFileSize: number;
  readonly DatasetCount: number;
  readonly FileCount: number;
  readonly TotalFileSize: number;
  readonly Tags: readonly { readonly TagKey: string; readonly TagValue: string }[];
}

/** Reply to `CreateProject`, `GetProject` and `UpdateProject` (spec imm §4.5). */
export interface ImmProjectResult {
  readonly RequestId: string;
  readonly Project: ImmProject;
}

/** Reply to `ListProjects` (spec imm §4.5). */
export interface ListImmProjectsResult {
  readonly RequestId: string;
  readonly Projects: readonly ImmProject[];
  /** Present when there are more. */
  readonly NextToken?: string;
}

/** Reply to `ListRegions` (spec imm §4.1; the member's shape is uncertain). */
export interface ListRegionsResult {
  readonly RequestId: string;
  readonly Regions: readonly { readonly RegionId: string }[];
}
