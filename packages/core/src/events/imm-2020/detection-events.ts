import { z } from 'zod';
import type { EventDefinition } from '../event-definition.js';
import { taskEventWith, type TaskEvent } from './task-event.js';

/** What a moderation adds to the payload: uncertain, taken from the reply of its get action (spec imm §3.3). */
export interface RawModeration {
  readonly ModerationResult?: RawModerationResult | null | undefined;
}

/** The verdict of a moderation. */
export interface RawModerationResult {
  readonly URI?: string | undefined;
  readonly Suggestion?: string | undefined;
  readonly Categories?: readonly string[] | null | undefined;
  readonly Frames?:
    | {
        readonly TotalCount?: number | undefined;
        readonly BlockFrames?:
          | readonly { readonly Rate: number; readonly Offset: number; readonly Label: string }[]
          | null
          | undefined;
      }
    | null
    | undefined;
}

/** The verdict of a moderation; `undefined` when the payload has none. */
export interface ModerationData {
  readonly moderation:
    | {
        readonly uri: string | undefined;
        /** `block`, `review` or `pass`. */
        readonly suggestion: string | undefined;
        readonly categories: readonly string[];
        readonly totalFrames: number | undefined;
        /** `rate` is a percentage, `offsetMs` the place in the video. */
        readonly blockFrames: readonly { readonly rate: number; readonly offsetMs: number; readonly label: string }[];
      }
    | undefined;
}

/** What a video label classification adds to the payload: uncertain, taken from the reply of its get action (spec imm §3.3). */
export interface RawVideoLabels {
  readonly Labels?: readonly RawVideoLabel[] | null | undefined;
}

/** One label of a video. */
export interface RawVideoLabel {
  readonly Language?: string | undefined;
  readonly LabelName?: string | undefined;
  readonly LabelLevel?: number | undefined;
  readonly LabelConfidence?: number | undefined;
  readonly ParentLabelName?: string | undefined;
  readonly CentricScore?: number | undefined;
}

/** The labels of a video; empty when the payload has none. */
export interface VideoLabelsData {
  readonly labels: readonly {
    readonly language: string | undefined;
    readonly name: string | undefined;
    readonly level: number | undefined;
    readonly confidence: number | undefined;
    readonly parentName: string | undefined;
    readonly centricScore: number | undefined;
  }[];
}

/** What decoding a blind watermark adds to the payload: uncertain, taken from the reply of its get action (spec imm §3.3). */
export interface RawBlindWatermark {
  readonly Content?: string | undefined;
}

/** The watermark; `undefined` when the payload has none. */
export interface BlindWatermarkData {
  readonly content: string | undefined;
}

const blockFrame = z.looseObject({ Rate: z.number(), Offset: z.number(), Label: z.string() });
const moderationResults: z.ZodType<RawModeration> = z.looseObject({
  ModerationResult: z
    .looseObject({
      URI: z.string().optional(),
      Suggestion: z.string().optional(),
      Categories: z.array(z.string()).nullish(),
      Frames: z
        .looseObject({ TotalCount: z.number().optional(), BlockFrames: z.array(blockFrame).nullish() })
        .nullish(),
    })
    .nullish(),
});
const labelResults: z.ZodType<RawVideoLabels> = z.looseObject({
  Labels: z
    .array(
      z.looseObject({
        Language: z.string().optional(),
        LabelName: z.string().optional(),
        LabelLevel: z.number().optional(),
        LabelConfidence: z.number().optional(),
        ParentLabelName: z.string().optional(),
        CentricScore: z.number().optional(),
      }),
    )
    .nullish(),
});
const watermarkResults: z.ZodType<RawBlindWatermark> = z.looseObject({ Content: z.string().optional() });

/** Defines the event of a moderation. */
export function moderationEvent<Name extends string>(
  name: Name,
): EventDefinition<Name, TaskEvent<Name, RawModeration, ModerationData>> {
  return taskEventWith(name, moderationResults, ({ ModerationResult: result }) => ({
    moderation: result === null || result === undefined ? undefined : moderation(result),
  }));
}

function moderation({ URI, Suggestion, Categories, Frames }: RawModerationResult): ModerationData['moderation'] {
  const blocked = Frames?.BlockFrames ?? [];
  return {
    uri: URI,
    suggestion: Suggestion,
    categories: Categories ?? [],
    totalFrames: Frames?.TotalCount,
    blockFrames: blocked.map(({ Rate, Offset, Label }) => ({ rate: Rate, offsetMs: Offset, label: Label })),
  };
}

/** How `imm:Task:VideoLabelClassification` is read (spec imm §3.3). */
export const videoLabelClassification: EventDefinition<
  'imm:Task:VideoLabelClassification',
  TaskEvent<'imm:Task:VideoLabelClassification', RawVideoLabels, VideoLabelsData>
> = taskEventWith('imm:Task:VideoLabelClassification', labelResults, ({ Labels }) => ({
  labels: (Labels ?? []).map((label) => ({
    language: label.Language,
    name: label.LabelName,
    level: label.LabelLevel,
    confidence: label.LabelConfidence,
    parentName: label.ParentLabelName,
    centricScore: label.CentricScore,
  })),
}));

/** How `imm:Task:DecodeBlindWatermark` is read (spec imm §3.3). */
export const decodeBlindWatermark: EventDefinition<
  'imm:Task:DecodeBlindWatermark',
  TaskEvent<'imm:Task:DecodeBlindWatermark', RawBlindWatermark, BlindWatermarkData>
> = taskEventWith('imm:Task:DecodeBlindWatermark', watermarkResults, ({ Content }) => ({ content: Content }));
