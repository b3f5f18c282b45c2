import type { ModerationResult, SeededRandom, VideoLabelResult } from '@mnsbus/core';
import { numberMember, textMember } from '../../../request-members.js';
import type { TaskRequest } from '../../../task-kind.js';
import { urisIn } from './source-uris.js';

/** What a success brings, by the same words as its event and its result action (spec imm §3.3, §4.4). */
export type DeriveResult = (request: TaskRequest, random: SeededRandom) => Readonly<Record<string, unknown>>;

/** Most frames that a moderation looks at. */
const MAX_FRAMES = 20;

const CATEGORIES = ['porn', 'terrorism', 'ad', 'live'] as const;

const LABELS: readonly (readonly [child: string, parent: string])[] = [
  ['cat', 'animal'],
  ['dog', 'animal'],
  ['beach', 'scenery'],
  ['mountain', 'scenery'],
  ['car', 'vehicle'],
];

/** `Sources` and `Targets` as the message of a conversion has them, with what was not asked for as `null`. */
export const mediaConvertResult: DeriveResult = (request) => ({
  Sources: urisIn(request, 'Sources').map((uri) => ({ URI: uri, SubtitleSources: null })),
  Targets: targetsOf(request).map((target) => {
    const uri = textMember(target, 'URI');
    const image = membersOf(target['Image']);
    const pictures = (name: string): readonly { readonly URI: string }[] | null => {
      const asked = image[name];
      if (!Array.isArray(asked)) return null;
      return asked.map((one: unknown) => ({ URI: textMember(membersOf(one), 'URI') || uri }));
    };
    return {
      URI: Array.isArray(image['Snapshots']) ? '' : uri,
      Subtitle: { Extract: { URI: '' } },
      Image: { Sprites: pictures('Sprites'), Snapshots: pictures('Snapshots'), Animations: pictures('Animations') },
    };
  }),
});

/** Every third object or so is blocked. */
export const moderationResult: DeriveResult = (request, random) => {
  const frames = random.integer(1, MAX_FRAMES);
  const category = CATEGORIES[random.integer(0, CATEGORIES.length - 1)] ?? CATEGORIES[0];
  const isBlocked = random.integer(1, 3) === 1;
  const result: ModerationResult = {
    URI: textMember(request, 'SourceURI'),
    Suggestion: isBlocked ? 'block' : 'pass',
    Categories: isBlocked ? [category] : [],
    Frames: {
      TotalCount: frames,
      BlockFrames: isBlocked
        ? [{ Rate: random.integer(900, 1000) / 10, Offset: random.integer(0, frames - 1) * 1000, Label: category }]
        : [],
    },
  };
  return { ModerationResult: result };
};

/** One to three labels. */
export const videoLabelsResult: DeriveResult = (_, random) => {
  const first = random.integer(0, LABELS.length - 1);
  const count = random.integer(1, 3);
  const labels = Array.from({ length: count }, (_unused, index): VideoLabelResult => {
    const [child, parent] = LABELS[(first + index) % LABELS.length] ?? ['cat', 'animal'];
    return {
      Language: 'en-US',
      LabelName: child,
      LabelLevel: 2,
      LabelConfidence: random.integer(500, 1000) / 1000,
      ParentLabelName: parent,
      CentricScore: random.integer(500, 1000) / 1000,
    };
  });
  return { Labels: labels };
};

/** A text that differs from object to object. */
export const blindWatermarkResult: DeriveResult = (_, random) => ({ Content: `watermark-${random.hex(8)}` });

/** For each source up to three faces that resemble it, `MaxResult` at most. */
export const facesSearchingResult: DeriveResult = (request, random) => {
  const most = Math.min(numberMember(request, 'MaxResult') || 3, 3);
  return {
    SimilarFaces: urisIn(request, 'Sources').map((uri) => ({
      SimilarFaces: Array.from({ length: random.integer(0, most) }, (_, index) => ({
        URI: `${uri.slice(0, uri.lastIndexOf('/') + 1)}similar-${index + 1}.jpg`,
        Similarity: random.integer(500, 1000) / 1000,
      })),
    })),
  };
};

function targetsOf(request: TaskRequest): readonly Readonly<Record<string, unknown>>[] {
  const targets = request['Targets'];
  return Array.isArray(targets) ? targets.map(membersOf) : [];
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
