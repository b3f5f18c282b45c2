import type { ImmNotification, ImmProjectRequest } from './common.js';

/** `CreateTrigger` and `CreateBatch` (spec imm §4.2). */
export interface CreateAutomationRequest extends ImmProjectRequest {
  /** Which objects, as they come (trigger) or as they are (batch). */
  readonly Input: {
    readonly OSS?: {
      readonly Bucket: string;
      readonly Prefix?: string;
      readonly MatchExpressions?: readonly string[];
    };
  };
  readonly Actions: readonly {
    /** For example `doc/convert`. */
    readonly Name: string;
    readonly Parameters?: readonly string[];
    readonly FastFailPolicy?: { readonly Action?: string };
  }[];
  readonly ServiceRole: string;
  readonly Notification?: ImmNotification;
  readonly Tags?: Readonly<Record<string, string>>;
}

/** Reply to `CreateTrigger` and `CreateBatch` (spec imm §4.2). */
export interface CreateAutomationResult {
  readonly RequestId: string;
  /** `trigger-{UUID}` or `batch-{UUID}`. */
  readonly Id: string;
}

/** `GetTrigger`, `DeleteTrigger`, `GetBatch`, `DeleteBatch`. */
export interface AutomationRequest extends ImmProjectRequest {
  readonly Id: string;
}

/** A trigger or batch; beyond what created it, its members are uncertain. */
export interface Automation extends Omit<CreateAutomationRequest, 'ProjectName'> {
  readonly Id: string;
  /** `Running`, `Succeeded` or `Failed`. */
  readonly State: string;
  /** RFC 3339. */
  readonly CreateTime: string;
  readonly UpdateTime: string;
}

/** `ListTriggers` and `ListBatches`. */
export interface ListAutomationsRequest extends ImmProjectRequest {
  /** 1–100, which is the default. */
  readonly MaxResults?: number;
  readonly NextToken?: string;
}
