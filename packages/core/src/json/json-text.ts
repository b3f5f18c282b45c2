/** Most levels of objects and lists in a JSON text that is read: of what is deeper, `JSON.stringify` or a schema may overflow the stack. */
export const MAX_JSON_DEPTH = 100;

/** Most characters of a JSON text that is read; MNS itself carries 64 KB. */
export const MAX_JSON_LENGTH = 4_194_304;

/** What a text holds, or why it is not read. */
export type JsonReading =
  | { readonly value: unknown; readonly refusal: undefined }
  | { readonly refusal: string; readonly cause?: unknown };

/** What a text may be like that is read. */
export interface JsonLimits {
  /** Most levels of objects and lists. Default {@link MAX_JSON_DEPTH}. */
  readonly maxDepth?: number;
  /** Most characters. Default {@link MAX_JSON_LENGTH}. */
  readonly maxLength?: number;
}

/**
 * Reads the JSON that a text holds, after a byte-order mark if there is one; never throws.
 *
 * Refuses what is no JSON, longer or deeper than the limits; both are looked at before anything is parsed.
 */
export function readJson(text: string, limits: JsonLimits = {}): JsonReading {
  const { maxDepth = MAX_JSON_DEPTH, maxLength = MAX_JSON_LENGTH } = limits;
  if (text.length > maxLength) return { refusal: `it is longer than ${maxLength} characters` };
  if (structureOf(text).depth > maxDepth) return { refusal: `it is nested deeper than ${maxDepth} levels` };
  try {
    const value: unknown = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
    return { value, refusal: undefined };
  } catch (cause) {
    return { refusal: 'it is not JSON', cause };
  }
}

/** The JSON value that a text holds; `undefined` when {@link readJson} refuses it. */
export function jsonIn(text: string, limits: JsonLimits = {}): unknown {
  const reading = readJson(text, limits);
  return reading.refusal === undefined ? reading.value : undefined;
}

/** The text of a JSON object that was cut off, closed after the last member that came whole. */
export function wholeMembers(text: string): string {
  const { lastMemberEnd } = structureOf(text);
  return lastMemberEnd === -1 ? '{}' : `${text.slice(0, lastMemberEnd)}}`;
}

/** Whether objects and lists in a value are nested deeper than a text may be. */
export function isTooDeep(value: unknown, levels: number = MAX_JSON_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isTooDeep(member, levels - 1));
}

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;
/** The bit that tells a brace from the bracket of the same side. */
const BRACE_BIT = 32;

/** How deep the brackets of a text are nested, and where the last comma between members of its outermost object stands. */
function structureOf(text: string): { readonly depth: number; readonly lastMemberEnd: number } {
  let depth = 0;
  let level = 0;
  let lastMemberEnd = -1;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (isInText) {
      if (character === BACKSLASH) at += 1;
      else if (character === QUOTE) isInText = false;
    } else if (character === QUOTE) {
      isInText = true;
    } else if ((character | BRACE_BIT) === OPENING_BRACE) {
      level += 1;
      depth = Math.max(depth, level);
    } else if ((character | BRACE_BIT) === CLOSING_BRACE) {
      level -= 1;
    } else if (character === COMMA && level === 1) {
      lastMemberEnd = at;
    }
  }
  return { depth, lastMemberEnd };
}
