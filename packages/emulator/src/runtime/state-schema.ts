import { z } from 'zod';

/** What records of every part of the state are made of. */

/** The last instant that replies can write: the end of the year 9999, in milliseconds since 1970. */
export const LAST_INSTANT_MS = 253_402_300_799_999;

/** An instant that replies write, in milliseconds since 1970; a virtual clock may stand between two. */
export const writtenInstant: z.ZodType<number> = z.number().min(-LAST_INSTANT_MS).max(LAST_INSTANT_MS);

/** An instant that something is planned for, in milliseconds since 1970: it may never come. */
export const plannedInstant: z.ZodType<number> = z.number().min(-LAST_INSTANT_MS);

/** How far something is counted at most by what is taken up: whoever goes on counting never comes to the last safe integer. */
const MAX_COUNT = 999_999_999_999_999;

/** How many there are of something, or the number of the last one, from which counting goes on. */
export const count: z.ZodType<number> = z.int().min(0).max(MAX_COUNT);

/** The place of something in an order, as the key of a record: a whole number from 0. */
export const ordinal: z.ZodType<string, string> = z
  .string()
  .refine((text) => /^(?:0|[1-9]\d{0,14})$/.test(text), 'expected a whole number from 0');

/** Levels of nesting of JSON that a state may hold. */
const MAX_JSON_DEPTH = 1000;

/** Any value of JSON, as it is: nothing is left out, and however deep it is, the stack does not grow. */
export const jsonSchema: z.ZodType = z.custom<unknown>(isJson, `expected JSON of at most ${MAX_JSON_DEPTH} levels`);

/**
 * A record by names that clients choose.
 *
 * As `z.record`, but a member named `__proto__` is kept: that is the name of a project as any other.
 */
export function recordOf<V>(value: z.ZodType<V>): z.ZodType<Readonly<Record<string, V>>> {
  return z
    .unknown()
    .transform((input, context) => {
      if (isObject(input)) return new Map(Object.entries(input));
      context.addIssue({ code: 'custom', message: 'expected an object' });
      return z.NEVER;
    })
    .pipe(z.map(z.string(), value))
    .transform((members) => Object.fromEntries(members));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isJson(value: unknown): boolean {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: part, depth } = next;
    if (part === null || typeof part === 'string' || typeof part === 'boolean') continue;
    if (typeof part === 'number') {
      if (!Number.isFinite(part)) return false;
    } else if (typeof part !== 'object' || depth === MAX_JSON_DEPTH) return false;
    else for (const member of Object.values(part)) open.push({ value: member, depth: depth + 1 });
  }
  return true;
}
