import { z } from 'zod';
import type { EventDefinition } from '../event-definition.js';
import { dateOf, isoTime } from '../event-shape.js';
import { immEvent, type ImmEvent } from './imm-message.js';

/** The payload of an indexing of files (spec imm §3.3). */
export interface RawFileMetaIndex {
  readonly ProjectName: string;
  readonly DatasetName?: string | undefined;
  readonly RequestId?: string | undefined;
  /** RFC 3339, nanoseconds, offset +08:00. */
  readonly StartTime?: string | undefined;
  readonly EndTime?: string | undefined;
  /** Stays `true` although a file failed: each file's `Error` decides. */
  readonly Success: boolean;
  readonly Message?: string | undefined;
  readonly Files: readonly {
    /** `oss://bucket/object`. */
    readonly URI: string;
    /** The empty string, or `[Code] text`. */
    readonly Error: string;
  }[];
}

/** How the indexing of files ended. There is no task: look at the error of each file. */
export interface FileMetaIndexData {
  readonly projectName: string;
  readonly datasetName: string;
  readonly requestId: string | undefined;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** Whether the indexing as a whole took place; `true` although a file failed. */
  readonly success: boolean;
  readonly message: string;
  readonly files: readonly IndexedFile[];
}

/** One file of an indexing. */
export interface IndexedFile {
  /** `oss://bucket/object`. */
  readonly uri: string;
  /** Why it failed; `undefined` after success. `code` is the empty string when the text names none. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** The event of an indexing of files (spec imm §3.3). */
export type FileMetaIndexEvent<Name extends string> = ImmEvent<Name, RawFileMetaIndex, FileMetaIndexData>;

const payload: z.ZodType<RawFileMetaIndex> = z.looseObject({
  ProjectName: z.string(),
  DatasetName: z.string().optional(),
  RequestId: z.string().optional(),
  StartTime: isoTime.optional(),
  EndTime: isoTime.optional(),
  Success: z.boolean(),
  Message: z.string().optional(),
  Files: z.array(z.looseObject({ URI: z.string(), Error: z.string() })),
});

/** Defines the event of an indexing of files. */
export function fileMetaIndexEvent<Name extends string>(name: Name): EventDefinition<Name, FileMetaIndexEvent<Name>> {
  return immEvent(name, payload, indexData, [name]);
}

function indexData(raw: RawFileMetaIndex): FileMetaIndexData {
  return {
    projectName: raw.ProjectName,
    datasetName: raw.DatasetName ?? '',
    requestId: raw.RequestId,
    startedAt: dateOf(raw.StartTime),
    endedAt: dateOf(raw.EndTime),
    success: raw.Success,
    message: raw.Message ?? '',
    files: raw.Files.map(({ URI, Error: error }) => ({ uri: URI, error: fileError(error) })),
  };
}

function fileError(text: string): IndexedFile['error'] {
  if (text === '') return undefined;
  const [, code = '', message = text] = /^\[([^\]]*)\]\s*(.*)$/s.exec(text) ?? [];
  return { code, message };
}
