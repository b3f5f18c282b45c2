import type { ImmSource, ImmTaskRequest } from './common.js';

/** `CreateOfficeConversionTask` of 2020-09-30 (spec imm §4.2). */
export interface CreateImmOfficeConversionTaskRequest extends ImmTaskRequest {
  /** The document; required unless `Sources` names some. At most 200 MB. */
  readonly SourceURI?: string;
  readonly Sources?: readonly ImmSource[];
  readonly TargetType: 'png' | 'jpg' | 'pdf' | 'txt';
  /** A template such as `oss://{bucket}/{dirname}/{barename}.{autoext}`; this or `TargetURIPrefix`. */
  readonly TargetURI?: string;
  readonly TargetURIPrefix?: string;
  /** The source's suffix when the object has none. */
  readonly SourceType?: string;
  /** From 1, which is the default. */
  readonly StartPage?: number;
  /** From 1; −1, the default, for all. */
  readonly EndPage?: number;
  /** For example `1,2-4,7`; counts before `StartPage` and `EndPage`. */
  readonly Pages?: string;
  readonly Password?: string;
  /** 20–200; default 100. */
  readonly ScalePercentage?: number;
  /** 0–100. */
  readonly Quality?: number;
  /** 96–600; default 96. */
  readonly ImageDPI?: number;
  /** From 1, which is the default. */
  readonly SheetIndex?: number;
  /** From 1; default all. */
  readonly SheetCount?: number;
  /** From 1; only with `LongPicture`. */
  readonly MaxSheetRow?: number;
  readonly MaxSheetColumn?: number;
  readonly FitToWidth?: boolean;
  readonly FitToHeight?: boolean;
  /** Default `A4`. */
  readonly PaperSize?: 'A0' | 'A2' | 'A4';
  readonly PaperHorizontal?: boolean;
  readonly ShowComments?: boolean;
  /** At most 20 pages. */
  readonly LongPicture?: boolean;
  readonly LongText?: boolean;
  readonly HoldLineFeed?: boolean;
  /** Only with `LongPicture`. */
  readonly FirstPage?: boolean;
  /** Slims empty rows and columns of sheets; its members are uncertain. */
  readonly TrimPolicy?: Readonly<Record<string, unknown>>;
}
