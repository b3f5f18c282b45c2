import { z } from 'zod';
import type { EventDefinition } from '../event-definition.js';
import type { JsonObject } from '../event.js';
import { taskEventWith, type TaskEvent } from './task-event.js';

/** What a search for faces adds to the payload; the outer members are not documented (spec imm §3.3). */
export interface RawFacesSearching {
  readonly SimilarFaces?:
    | readonly ({ readonly SimilarFaces?: readonly (RawSimilarFace & JsonObject)[] | null | undefined } & JsonObject)[]
    | null
    | undefined;
}

/** A face that was found. */
export interface RawSimilarFace {
  /** The image, `oss://bucket/object`. */
  readonly URI: string;
  /** 0–1. */
  readonly Similarity: number;
}

/** The faces found, one list for each face that was looked for. */
export interface FacesSearchingData {
  readonly similarFaces: readonly (readonly SimilarFace[])[];
}

/** A face that was found. */
export interface SimilarFace {
  /** The image, `oss://bucket/object`. */
  readonly uri: string;
  /** 0–1. */
  readonly similarity: number;
}

const similarFace = z.looseObject({ URI: z.string(), Similarity: z.number() });
const results: z.ZodType<RawFacesSearching> = z.looseObject({
  SimilarFaces: z.array(z.looseObject({ SimilarFaces: z.array(similarFace).nullish() })).nullish(),
});

/** How `imm:Task:FacesSearching` is read (spec imm §3.3). */
export const facesSearching: EventDefinition<
  'imm:Task:FacesSearching',
  TaskEvent<'imm:Task:FacesSearching', RawFacesSearching, FacesSearchingData>
> = taskEventWith('imm:Task:FacesSearching', results, ({ SimilarFaces }) => ({
  similarFaces: (SimilarFaces ?? []).map(({ SimilarFaces: found }) =>
    (found ?? []).map(({ URI, Similarity }) => ({ uri: URI, similarity: Similarity })),
  ),
}));
