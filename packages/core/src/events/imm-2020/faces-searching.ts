import type { EventDefinition } from '../event-definition.js';
import { list, listWithGaps, number, objectOf, text } from '../reading/kinds.js';
import { members, sourcesIn } from '../reading/sources.js';
import { taskEventWith, type TaskEvent } from './task-event.js';

/** What a search for faces adds to the payload, as documented; the outer members are not (spec imm §3.3). */
export interface RawFacesSearching {
  readonly SimilarFaces?: readonly RawFaceMatches[] | null | undefined;
}

/** What was found for one face. */
export interface RawFaceMatches {
  readonly SimilarFaces?: readonly RawSimilarFace[] | null | undefined;
}

/** A face that was found, as documented. */
export interface RawSimilarFace {
  /** The image, `oss://bucket/object`. */
  readonly URI: string;
  /** 0–1. */
  readonly Similarity: number;
}

/** The faces found, one list for each face that was looked for; `undefined` where that could not be read. */
export interface FacesSearchingData {
  readonly similarFaces: readonly (readonly SimilarFace[] | undefined)[] | undefined;
}

/** A face that was found. */
export interface SimilarFace {
  /** The image, `oss://bucket/object`. */
  readonly uri: string | undefined;
  /** 0–1. */
  readonly similarity: number | undefined;
}

const inFace = sourcesIn<RawSimilarFace>();
const face = objectOf(
  members<SimilarFace>({ uri: inFace.expected('URI', text), similarity: inFace.expected('Similarity', number) }),
);
const matches = objectOf(sourcesIn<RawFaceMatches>().nullable('SimilarFaces', list(face), []));

/** How `imm:Task:FacesSearching` is read (spec imm §3.3). */
export const facesSearching: EventDefinition<
  'imm:Task:FacesSearching',
  TaskEvent<'imm:Task:FacesSearching', RawFacesSearching, FacesSearchingData>
> = taskEventWith(
  'imm:Task:FacesSearching',
  members<FacesSearchingData>({
    similarFaces: sourcesIn<RawFacesSearching>().nullable('SimilarFaces', listWithGaps(matches), []),
  }),
);
