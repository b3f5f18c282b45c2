import type { FieldReader } from '../../field-reader.js';
import { isJsonObject, optionalListText, parseJson, type JsonMembers } from './json-text.js';
import { isTargetUri } from './oss-uri.js';

/** One thing that a video or image task writes (spec imm §2.5). */
export interface MediaTarget {
  /** Where to: may hold a pattern such as `pre{002}suf.jpg`. */
  readonly targetUri: string;
  /** How frames are chosen; the empty string when nothing says. */
  readonly grabType: string;
  /** How many frames. Default 1. */
  readonly grabNumber: number;
}

// Numbers in these texts come with and without quotation marks.
const GRAB_NUMBER = /^[1-9]\d{0,6}$/;

/** Reads a `TargetList`: a JSON list with a `TargetUri` in each element (spec imm §2.5). */
export function optionalTargetList(fields: FieldReader): string | undefined {
  return optionalListText(fields, 'TargetList', isTarget);
}

/** The targets of a `TargetList` that has been read; none of no text. */
export function mediaTargets(text: string): readonly MediaTarget[] {
  const list = parseJson(text);
  return Array.isArray(list) ? list.filter(isJsonObject).map(targetOf) : [];
}

function isTarget(element: unknown): boolean {
  if (!isJsonObject(element)) return false;
  const { TargetUri: uri, GrabNumber: number = 1 } = element;
  const isNumber = typeof number === 'string' || typeof number === 'number';
  return typeof uri === 'string' && isTargetUri(uri) && isNumber && GRAB_NUMBER.test(String(number));
}

function targetOf(element: JsonMembers): MediaTarget {
  const { TargetUri, GrabType, GrabNumber = 1 } = element;
  return {
    targetUri: String(TargetUri),
    grabType: typeof GrabType === 'string' ? GrabType : '',
    grabNumber: Number(GrabNumber),
  };
}
