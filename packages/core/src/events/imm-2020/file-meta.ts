import type { EventDefinition } from '../event-definition.js';
import { derived, flag, instant, list, objectOf, text } from '../reading/kinds.js';
import type { Received } from '../reading/received.js';
import { members, sourcesIn } from '../reading/sources.js';
import { immEvent, type ImmEvent } from './imm-message.js';

/** The payload of an indexing of files, as documented (spec imm §3.3). */
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
  readonly Files: readonly RawIndexedFile[];
}

/** One file of an indexing, as documented. */
export interface RawIndexedFile {
  /** `oss://bucket/object`. */
  readonly URI: string;
  /** The empty string, or `[Code] text`. */
  readonly Error: string;
}

/** How the indexing of files ended. There is no task: look at each file. What could not be read is `undefined`. */
export interface FileMetaIndexData {
  readonly projectName: string | undefined;
  readonly datasetName: string | undefined;
  readonly requestId: string | undefined;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** Whether the indexing as a whole took place; `true` although a file failed. */
  readonly success: boolean | undefined;
  readonly message: string | undefined;
  readonly files: readonly IndexedFile[] | undefined;
}

/** One file of an indexing. */
export interface IndexedFile {
  /** `oss://bucket/object`. */
  readonly uri: string | undefined;
  /** Whether it was indexed; `undefined` when the event does not tell. */
  readonly succeeded: boolean | undefined;
  /** Why it failed; `undefined` after success. `code` is the empty string when the text names none. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** The event of an indexing of files (spec imm §3.3). */
export type FileMetaIndexEvent<Name extends string> = ImmEvent<Name, Received<RawFileMetaIndex>, FileMetaIndexData>;

const inFile = sourcesIn<RawIndexedFile>();
const file = members<IndexedFile>({
  uri: inFile.expected('URI', text),
  succeeded: inFile.expected(
    'Error',
    derived(text, (error) => error === ''),
  ),
  error: inFile.expected('Error', derived(text, fileError)),
});

const sent = sourcesIn<RawFileMetaIndex>();
const payload = members<FileMetaIndexData>({
  projectName: sent.expected('ProjectName', text),
  datasetName: sent.optional('DatasetName', text, ''),
  requestId: sent.optional('RequestId', text),
  startedAt: sent.optional('StartTime', instant),
  endedAt: sent.optional('EndTime', instant),
  success: sent.expected('Success', flag),
  message: sent.optional('Message', text, ''),
  files: sent.expected('Files', list(objectOf(file))),
});

/** Defines the event of an indexing of files. */
export function fileMetaIndexEvent<Name extends string>(name: Name): EventDefinition<Name, FileMetaIndexEvent<Name>> {
  return immEvent(name, payload, [name]);
}

function fileError(told: string): IndexedFile['error'] {
  if (told === '') return undefined;
  const [head, code = ''] = /^\[([^\]]*)\]/.exec(told) ?? [];
  return { code, message: head === undefined ? told : told.slice(head.length).trimStart() };
}
