import { detachedText } from './detached-text.js';
import type { JournalFact } from './journal-fact.js';

/** Most characters of a name, id, code or reason in the journal; the names that are valid are shorter. */
export const MAX_NOTED_NAME_LENGTH = 1024;

/** Most characters of a mail's or SMS's body in the journal; no topic takes a longer one. */
export const MAX_NOTED_BODY_LENGTH: number = 64 * 1024;

/** Roughly what an entry takes beside its texts. */
const ENTRY_BYTES = 400;

/** A fact as the journal keeps it, and about how much memory it takes. */
export interface BoundedFact {
  readonly fact: JournalFact;
  readonly bytes: number;
}

/**
 * A fact of which nothing is longer than the journal keeps; the same one when it is so already.
 *
 * Anybody may send an unsigned request that names an action of megabytes. What is cut says how much of it was.
 */
export function boundedFact(fact: JournalFact): BoundedFact {
  let length = 0;
  let fits = true;
  for (const value of Object.values(fact)) {
    if (typeof value === 'string') {
      length += value.length;
      if (value.length > MAX_NOTED_NAME_LENGTH) fits = false;
    } else if (typeof value === 'object' && value !== null) {
      fits = false;
    }
  }
  return fits ? { fact, bytes: bytesOf(length) } : cut(fact);
}

function cut(fact: JournalFact): BoundedFact {
  let length = 0;
  const members = Object.entries(fact).map(([name, value]: [string, unknown]) => {
    const kept = typeof value === 'string' ? cutText(value, mostOf(name)) : cutValue(value);
    length += typeof kept === 'string' ? kept.length : (JSON.stringify(kept)?.length ?? 0);
    return [name, kept] as const;
  });
  return { fact: Object.assign({}, fact, Object.fromEntries(members)), bytes: bytesOf(length) };
}

function mostOf(name: string): number {
  return name === 'body' ? MAX_NOTED_BODY_LENGTH : MAX_NOTED_NAME_LENGTH;
}

function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const piece = detachedText(text.slice(0, most));
  return `${piece}… (${text.length - most} more characters were cut)`;
}

/** Lists of ids are bounded by who notes them; what a publisher says to mail and SMS is not. */
function cutValue(value: unknown): unknown {
  const length = JSON.stringify(value)?.length ?? 0;
  return Array.isArray(value) || length <= MAX_NOTED_BODY_LENGTH
    ? value
    : { cut: `${length} characters of JSON were cut` };
}

/** Two bytes for each character: more than most texts take, and never less. */
function bytesOf(length: number): number {
  return ENTRY_BYTES + 2 * length;
}
