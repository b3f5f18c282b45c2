import type { EventDefinition } from '../event-definition.js';
import { anything, list, objectOf, text } from '../reading/kinds.js';
import { members, sourcesIn } from '../reading/sources.js';
import { taskEventWith, type TaskEvent } from './task-event.js';

/** An object in OSS, as payloads name it by their documents. */
export interface RawObjectUri {
  /** `oss://bucket/object`. */
  readonly URI: string;
}

/** What a media conversion adds to the payload, as documented; absent after a failure or a truncation (spec imm §3.3). */
export interface RawMediaConvert {
  readonly Sources?: readonly RawMediaSource[] | undefined;
  readonly Targets?: readonly RawMediaTarget[] | undefined;
}

/** One input of a media conversion, as documented. */
export interface RawMediaSource extends RawObjectUri {
  readonly SubtitleSources?: readonly unknown[] | null | undefined;
}

/** One output of a media conversion, as documented (spec imm §3.3). */
export interface RawMediaTarget {
  /** The empty string when the target has images or subtitles only. */
  readonly URI: string;
  readonly Subtitle?: { readonly Extract?: RawObjectUri | null | undefined } | null | undefined;
  readonly Image?:
    | {
        readonly Sprites?: readonly RawObjectUri[] | null | undefined;
        readonly Snapshots?: readonly RawObjectUri[] | null | undefined;
        readonly Animations?: readonly RawObjectUri[] | null | undefined;
      }
    | null
    | undefined;
}

/** What a media conversion produced. Lists are empty when the payload has none; what could not be read is `undefined`. */
export interface MediaConvertData {
  readonly sources: readonly MediaSource[] | undefined;
  readonly targets: readonly MediaTarget[] | undefined;
}

/** One input of a media conversion. */
export interface MediaSource {
  /** `oss://bucket/object`. */
  readonly uri: string | undefined;
  readonly subtitleSources: readonly unknown[] | undefined;
}

/** One output of a media conversion; every URI is `oss://bucket/object`. */
export interface MediaTarget {
  /** The empty string when the target has images or subtitles only. */
  readonly uri: string | undefined;
  /** The empty string when no subtitles were extracted. */
  readonly subtitleUri: string | undefined;
  readonly spriteUris: readonly string[] | undefined;
  readonly snapshotUris: readonly string[] | undefined;
  readonly animationUris: readonly string[] | undefined;
}

const inSource = sourcesIn<RawMediaSource>();
const source = members<MediaSource>({
  uri: inSource.expected('URI', text),
  subtitleSources: inSource.nullable('SubtitleSources', list(anything), []),
});

const uris = list(objectOf(sourcesIn<RawObjectUri>().expected('URI', text)));
const inTarget = sourcesIn<RawMediaTarget>();
const target = members<MediaTarget>({
  uri: inTarget.expected('URI', text),
  subtitleUri: inTarget.nullable('Subtitle.Extract.URI', text, ''),
  spriteUris: inTarget.nullable('Image.Sprites', uris, []),
  snapshotUris: inTarget.nullable('Image.Snapshots', uris, []),
  animationUris: inTarget.nullable('Image.Animations', uris, []),
});

const sent = sourcesIn<RawMediaConvert>();

/** How `imm:Task:MediaConvert` is read (spec imm §3.3). */
export const mediaConvert: EventDefinition<
  'imm:Task:MediaConvert',
  TaskEvent<'imm:Task:MediaConvert', RawMediaConvert, MediaConvertData>
> = taskEventWith(
  'imm:Task:MediaConvert',
  members<MediaConvertData>({
    sources: sent.optional('Sources', list(objectOf(source)), []),
    targets: sent.optional('Targets', list(objectOf(target)), []),
  }),
);
