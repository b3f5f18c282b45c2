import type { EventDefinition } from '../event-definition.js';
import { list, number, objectOf, text } from '../reading/kinds.js';
import { members, sourcesIn } from '../reading/sources.js';
import { taskEventWith, type TaskEvent } from './task-event.js';

/** What a moderation adds to the payload: uncertain, taken from the reply of its get action (spec imm §3.3). */
export interface RawModeration {
  readonly ModerationResult?: RawModerationResult | null | undefined;
}

/** The verdict of a moderation, as its get action has it. */
export interface RawModerationResult {
  readonly URI?: string | undefined;
  readonly Suggestion?: string | undefined;
  readonly Categories?: readonly string[] | null | undefined;
  readonly Frames?:
    | {
        readonly TotalCount?: number | undefined;
        readonly BlockFrames?: readonly RawBlockFrame[] | null | undefined;
      }
    | null
    | undefined;
}

/** A frame that should be blocked. */
export interface RawBlockFrame {
  readonly Rate: number;
  readonly Offset: number;
  readonly Label: string;
}

/** The verdict of a moderation; `undefined` when the payload has none. */
export interface ModerationData {
  readonly moderation: Moderation | undefined;
}

/** The verdict of a moderation; what could not be read is `undefined`. */
export interface Moderation {
  readonly uri: string | undefined;
  /** `block`, `review` or `pass`. */
  readonly suggestion: string | undefined;
  readonly categories: readonly string[] | undefined;
  readonly totalFrames: number | undefined;
  readonly blockFrames: readonly BlockFrame[] | undefined;
}

/** A frame that should be blocked. */
export interface BlockFrame {
  /** A percentage. */
  readonly rate: number | undefined;
  /** The place in the video. */
  readonly offsetMs: number | undefined;
  readonly label: string | undefined;
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
  readonly labels: readonly VideoLabel[] | undefined;
}

/** One label of a video; what the payload does not have is `undefined`. */
export interface VideoLabel {
  readonly language: string | undefined;
  readonly name: string | undefined;
  readonly level: number | undefined;
  readonly confidence: number | undefined;
  readonly parentName: string | undefined;
  readonly centricScore: number | undefined;
}

/** What decoding a blind watermark adds to the payload: uncertain, taken from the reply of its get action (spec imm §3.3). */
export interface RawBlindWatermark {
  readonly Content?: string | undefined;
}

/** The watermark; `undefined` when the payload has none. */
export interface BlindWatermarkData {
  readonly content: string | undefined;
}

const inFrame = sourcesIn<RawBlockFrame>();
const blockFrame = members<BlockFrame>({
  rate: inFrame.expected('Rate', number),
  offsetMs: inFrame.expected('Offset', number),
  label: inFrame.expected('Label', text),
});

const inResult = sourcesIn<RawModerationResult>();
const moderation = members<Moderation>({
  uri: inResult.optional('URI', text),
  suggestion: inResult.optional('Suggestion', text),
  categories: inResult.nullable('Categories', list(text), []),
  totalFrames: inResult.nullable('Frames.TotalCount', number),
  blockFrames: inResult.nullable('Frames.BlockFrames', list(objectOf(blockFrame)), []),
});

const inLabel = sourcesIn<RawVideoLabel>();
const label = members<VideoLabel>({
  language: inLabel.optional('Language', text),
  name: inLabel.optional('LabelName', text),
  level: inLabel.optional('LabelLevel', number),
  confidence: inLabel.optional('LabelConfidence', number),
  parentName: inLabel.optional('ParentLabelName', text),
  centricScore: inLabel.optional('CentricScore', number),
});

/** Defines the event of a moderation. */
export function moderationEvent<Name extends string>(
  name: Name,
): EventDefinition<Name, TaskEvent<Name, RawModeration, ModerationData>> {
  return taskEventWith(
    name,
    members<ModerationData>({
      moderation: sourcesIn<RawModeration>().nullable('ModerationResult', objectOf(moderation)),
    }),
  );
}

/** How `imm:Task:VideoLabelClassification` is read (spec imm §3.3). */
export const videoLabelClassification: EventDefinition<
  'imm:Task:VideoLabelClassification',
  TaskEvent<'imm:Task:VideoLabelClassification', RawVideoLabels, VideoLabelsData>
> = taskEventWith(
  'imm:Task:VideoLabelClassification',
  members<VideoLabelsData>({ labels: sourcesIn<RawVideoLabels>().nullable('Labels', list(objectOf(label)), []) }),
);

/** How `imm:Task:DecodeBlindWatermark` is read (spec imm §3.3). */
export const decodeBlindWatermark: EventDefinition<
  'imm:Task:DecodeBlindWatermark',
  TaskEvent<'imm:Task:DecodeBlindWatermark', RawBlindWatermark, BlindWatermarkData>
> = taskEventWith(
  'imm:Task:DecodeBlindWatermark',
  members<BlindWatermarkData>({ content: sourcesIn<RawBlindWatermark>().optional('Content', text) }),
);
