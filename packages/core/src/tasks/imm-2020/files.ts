import type { ImmSource, ImmTaskRequest } from './common.js';
import type { ImmDatasetTaskRequest } from './images.js';

/** `CreateFileCompressionTask`; it has no `Tags` (spec imm §4.2). */
export interface CreateFileCompressionTaskRequest extends Omit<ImmTaskRequest, 'Tags'> {
  readonly TargetURI: string;
  readonly Sources?: readonly (ImmSource & { readonly Alias?: string; readonly Mode?: string })[];
  readonly SourceManifestURI?: string;
  /** Default `zip`. */
  readonly CompressedFormat?: 'zip';
}

/** `CreateFileUncompressionTask` (spec imm §4.2). */
export interface CreateFileUncompressionTaskRequest extends ImmTaskRequest {
  readonly SourceURI: string;
  readonly TargetURI?: string;
  readonly SelectedFiles?: readonly string[];
  readonly Password?: string;
}

/** `CreateArchiveFileInspectionTask` (spec imm §4.2). */
export interface CreateArchiveFileInspectionTaskRequest extends ImmTaskRequest {
  readonly SourceURI?: string;
  readonly Password?: string;
}

/** `CreateCompressPointCloudTask`; what its options hold is uncertain (spec imm §4.2). */
export interface CreateCompressPointCloudTaskRequest extends ImmTaskRequest {
  readonly SourceURI: string;
  readonly TargetURI: string;
  readonly CompressMethod: string;
  readonly PointCloudFields: readonly string[];
  readonly PointCloudFileFormat?: string;
  readonly KdtreeOption?: Readonly<Record<string, unknown>>;
  readonly OctreeOption?: Readonly<Record<string, unknown>>;
}

/** A file to index: `URI` and members that are uncertain (spec imm §4.2). */
export interface ImmInputFile extends ImmSource {
  readonly CustomId?: string;
  readonly CustomLabels?: Readonly<Record<string, unknown>>;
  readonly FileHash?: string;
  readonly OSSURI?: string;
  readonly MediaType?: string;
  readonly ContentType?: string;
  readonly Figures?: readonly Readonly<Record<string, unknown>>[];
  readonly LatLong?: string;
}

/** `IndexFileMeta` (spec imm §4.2). */
export interface IndexFileMetaRequest extends ImmDatasetTaskRequest {
  readonly File: ImmInputFile;
}

/** `BatchIndexFileMeta` (spec imm §4.2). */
export interface BatchIndexFileMetaRequest extends ImmDatasetTaskRequest {
  readonly Files: readonly ImmInputFile[];
}
