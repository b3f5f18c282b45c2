import { z } from 'zod';
import type { EventDefinition } from '../event-definition.js';
import { taskEventWith, type TaskEvent } from './task-event.js';

/** An object in OSS, as payloads name it. */
export interface RawObjectUri {
  /** `oss://bucket/object`. */
  readonly URI: string;
}

/** What a media conversion adds to the payload; absent after a failure or a truncation (spec imm §3.3). */
export interface RawMediaConvert {
  readonly Sources?:
    | readonly (RawObjectUri & { readonly SubtitleSources?: readonly unknown[] | null | undefined })[]
    | undefined;
  readonly Targets?: readonly RawMediaTarget[] | undefined;
}

/** One output of a media conversion (spec imm §3.3). */
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

/** What a media conversion produced. Lists are empty when the payload has none. */
export interface MediaConvertData {
  readonly sources: readonly { readonly uri: string; readonly subtitleSources: readonly unknown[] }[];
  readonly targets: readonly MediaTarget[];
}

/** One output of a media conversion; every URI is `oss://bucket/object`. */
export interface MediaTarget {
  /** The empty string when the target has images or subtitles only. */
  readonly uri: string;
  /** The empty string when no subtitles were extracted. */
  readonly subtitleUri: string;
  readonly spriteUris: readonly string[];
  readonly snapshotUris: readonly string[];
  readonly animationUris: readonly string[];
}

const objectUri = z.looseObject({ URI: z.string() });
const images = z.array(objectUri).nullish();
const results: z.ZodType<RawMediaConvert> = z.looseObject({
  Sources: z.array(objectUri.extend({ SubtitleSources: z.array(z.unknown()).nullish() })).optional(),
  Targets: z
    .array(
      objectUri.extend({
        Subtitle: z.looseObject({ Extract: objectUri.nullish() }).nullish(),
        Image: z.looseObject({ Sprites: images, Snapshots: images, Animations: images }).nullish(),
      }),
    )
    .optional(),
});

/** How `imm:Task:MediaConvert` is read (spec imm §3.3). */
export const mediaConvert: EventDefinition<
  'imm:Task:MediaConvert',
  TaskEvent<'imm:Task:MediaConvert', RawMediaConvert, MediaConvertData>
> = taskEventWith('imm:Task:MediaConvert', results, ({ Sources, Targets }) => ({
  sources: (Sources ?? []).map(({ URI, SubtitleSources }) => ({ uri: URI, subtitleSources: SubtitleSources ?? [] })),
  targets: (Targets ?? []).map(mediaTarget),
}));

function mediaTarget({ URI, Subtitle, Image }: RawMediaTarget): MediaTarget {
  return {
    uri: URI,
    subtitleUri: Subtitle?.Extract?.URI ?? '',
    spriteUris: urisOf(Image?.Sprites),
    snapshotUris: urisOf(Image?.Snapshots),
    animationUris: urisOf(Image?.Animations),
  };
}

function urisOf(objects: readonly RawObjectUri[] | null | undefined): readonly string[] {
  return (objects ?? []).map(({ URI }) => URI);
}
