import type { LegacyPageRequest, LegacyPageResult, LegacyTaskStatus } from './task-status.js';

/** Why a document conversion failed, or `NoError`; the documented list goes on beyond what is known (spec imm §2.4). */
export type OfficeFailCode =
  | 'NoError'
  | 'FailedToDownloadSrcFile'
  | 'UnsupportedSrcFile'
  | 'ConvertTimeout'
  | 'WriteTgtUriFailed'
  | 'InvokeOSSFailed'
  | 'OpenFileError'
  | (string & {});

/** `CreateOfficeConversionTask` (spec imm §2.4). */
export interface CreateOfficeConversionTaskRequest {
  readonly Project: string;
  /** The document, `oss://bucket/object`. */
  readonly SrcUri: string;
  /** Where the pages go: a prefix, not an object. */
  readonly TgtUri: string;
  readonly TgtType: 'vector' | 'png' | 'jpg' | 'pdf' | 'text';
  /** The source's suffix when the object has none. */
  readonly SrcType?: string;
  /** MNS topic that gets the event; needs `NotifyEndpoint` as well. */
  readonly NotifyTopicName?: string;
  /** MNS endpoint, `http://{accountId}.mns.{region}.aliyuncs.com`, same region as the project. */
  readonly NotifyEndpoint?: string;
  /** Default 1. */
  readonly StartPage?: number;
  /** Default 200; −1 for all. */
  readonly EndPage?: number;
  /** Default 1000; −1 for all. */
  readonly MaxSheetRow?: number;
  /** Default 100; −1 for all. */
  readonly MaxSheetCol?: number;
  /** −1 for all. */
  readonly MaxSheetCount?: number;
  readonly SheetOnePage?: boolean;
  readonly FitToPagesTall?: boolean;
  readonly FitToPagesWide?: boolean;
  readonly PdfVector?: boolean;
  /** Spelt as the service spells it. */
  readonly Hidecomments?: boolean;
  /** 96–2048. */
  readonly DisplayDpi?: number;
  readonly Password?: string;
  /** At most 256 letters, digits, hyphens and underscores. */
  readonly TgtFilePrefix?: string;
  /** As the prefix, and dots; `def` for the default extension. */
  readonly TgtFileSuffix?: string;
  /** JSON list of at most 100 page numbers, as text. */
  readonly TgtFilePages?: string;
  readonly UserData?: string;
  /** The same token with the same request returns the same task for 43,200 s. */
  readonly IdempotentToken?: string;
}

/** Reply to `CreateOfficeConversionTask` (spec imm §2.4). */
export interface CreateOfficeConversionTaskResult {
  readonly RequestId: string;
  readonly TaskId: string;
  /** Where the pages go. */
  readonly TgtLoc: string;
  readonly Status: LegacyTaskStatus;
  readonly CreateTime: string;
  /** 0 at first. */
  readonly Percent: number;
}

/** `GetOfficeConversionTask` and `DeleteOfficeConversionTask` (spec imm §2.4). */
export interface GetOfficeConversionTaskRequest {
  readonly Project: string;
  readonly TaskId: string;
}

/** Reply to `GetOfficeConversionTask` (spec imm §2.4). */
export interface GetOfficeConversionTaskResult {
  readonly RequestId: string;
  readonly TaskId: string;
  readonly Status: LegacyTaskStatus;
  /** 100 only when finished, else 0. */
  readonly Percent: number;
  /** Pages converted. */
  readonly PageCount: number;
  readonly SrcUri: string;
  readonly TgtUri: string;
  readonly TgtType: string;
  readonly CreateTime: string;
  /** The empty string unless finished. */
  readonly FinishTime: string;
  readonly FailDetail: { readonly Code: OfficeFailCode };
  readonly NotifyEndpoint: string;
  readonly NotifyTopicName: string;
  readonly ExternalID: string;
  readonly ImageSpec: string;
}

/** `ListOfficeConversionTask`, by id (spec imm §2.4). */
export interface ListOfficeConversionTaskRequest extends LegacyPageRequest {
  readonly Project: string;
}

/** Reply to `ListOfficeConversionTask`: all but why a task failed (spec imm §2.4). */
export interface ListOfficeConversionTaskResult extends LegacyPageResult {
  readonly Tasks: readonly Omit<GetOfficeConversionTaskResult, 'FailDetail' | 'RequestId'>[];
}

/** `ConvertOfficeFormat`: converts at once what takes no more than 5 s (spec imm §2.4). */
export type ConvertOfficeFormatRequest = Omit<
  CreateOfficeConversionTaskRequest,
  'NotifyEndpoint' | 'NotifyTopicName' | 'UserData' | 'IdempotentToken' | 'DisplayDpi'
>;

/** Reply to `ConvertOfficeFormat` (spec imm §2.4). */
export interface ConvertOfficeFormatResult {
  readonly RequestId: string;
  /** Pages converted. */
  readonly PageCount: number;
}
