import type { LegacyPageRequest, LegacyPageResult } from './task-status.js';

/** `PutProject` (spec imm §2.3). */
export interface PutProjectRequest {
  /** 1–50 letters, digits and hyphens, first a letter, not `ALL`. */
  readonly Project: string;
  /** Default: none, which replies show as the empty string. */
  readonly ServiceRole?: string;
  /** `DocStarter` (default), `PhotoStarter` or `VideoStarter`. */
  readonly Type?: string;
  /** Requests per second, 0–10. Default 1. */
  readonly CU?: number;
  /** `ByUsage` (default) or `ByCU`. */
  readonly BillingType?: string;
}

/** `GetProject`, `DeleteProject` and `ListProjectAPIs` (spec imm §2.3). */
export interface GetProjectRequest {
  readonly Project: string;
}

/** A project as lists show it (spec imm §2.3). */
export interface LegacyProject {
  readonly Project: string;
  readonly Type: string;
  readonly CU: number;
  readonly BillingType: string;
  readonly ServiceRole: string;
  /** Host name of the service in the project's region. */
  readonly Endpoint: string;
  readonly RegionId?: string;
  /** UTC to the second, for example `2018-11-15T02:40:35Z`. */
  readonly CreateTime: string;
  readonly ModifyTime: string;
}

/** Reply to `PutProject` and `GetProject` (spec imm §2.3). */
export interface ProjectResult extends LegacyProject {
  readonly RequestId: string;
}

/** `UpdateProject`: at least one of the two (spec imm §2.3). */
export interface UpdateProjectRequest {
  readonly Project: string;
  /** 0–10. */
  readonly NewCU?: number;
  readonly NewServiceRole?: string;
}

/** Reply to `UpdateProject`, which shows less than `GetProject` (spec imm §2.3). */
export type UpdateProjectResult = Omit<ProjectResult, 'Endpoint' | 'BillingType'>;

/** `ListProjects`, by name (spec imm §2.3). */
export type ListProjectsRequest = LegacyPageRequest;

/** Reply to `ListProjects` (spec imm §2.3). */
export interface ListProjectsResult extends LegacyPageResult {
  readonly Projects: readonly LegacyProject[];
}

/** Reply to `ListProjectAPIs` (spec imm §2.3). */
export interface ListProjectApisResult {
  readonly RequestId: string;
  readonly Project: string;
  /** Names of the actions that the project may call. */
  readonly APIs: readonly string[];
}

/** Reply to `DescribeRegions` (spec imm §2.3). */
export interface DescribeRegionsResult {
  readonly RequestId: string;
  readonly Regions: {
    readonly Region: readonly { readonly RegionId: string; readonly ProjectTypes: readonly string[] }[];
  };
}

/** `OpenImmService` (spec imm §2.3). */
export interface OpenImmServiceRequest {
  /** The account that opens the service. */
  readonly OwnerId?: number;
}

/** Reply to `OpenImmService` (spec imm §2.3). */
export interface OpenImmServiceResult {
  readonly RequestId: string;
  readonly OrderId: string;
}
