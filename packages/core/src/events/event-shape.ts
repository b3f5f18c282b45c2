import { z } from 'zod';
import { describeValue } from '../errors.js';
import { EventShapeError, type FieldIssue } from './event-shape-error.js';

/** Text that is an ISO 8601 time with a zone, of any precision. */
export const isoTime: z.ZodType<string> = z.iso.datetime({ offset: true, error: 'expected an ISO 8601 time' });

/** Text of 1–9 decimal digits. */
export const decimalText: z.ZodType<string> = z.string().regex(/^\d{1,9}$/, 'expected a whole number as text');

/** Text of 1–14 decimal digits: milliseconds since 1970, up to the year 5138. */
export const epochMsText: z.ZodType<string> = z
  .string()
  .regex(/^\d{1,14}$/, 'expected milliseconds since 1970 as text');

/** Text that is not empty. */
export const someText: z.ZodType<string> = z.string().min(1, 'expected text that is not empty');

/** The value itself, when it has the shape of a schema that transforms nothing. Throws {@link EventShapeError}. */
export function checkShape<Shape>(eventName: string, schema: z.ZodType<Shape>, value: unknown, path = ''): Shape {
  if (hasShape(schema, value)) return value;
  const { error } = schema.safeParse(value);
  throw new EventShapeError(
    eventName,
    (error?.issues ?? []).map((issue) => fieldIssue(issue, value, path)),
  );
}

/** The date that a checked time tells; `undefined` for none. */
export function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

function hasShape<Shape>(schema: z.ZodType<Shape>, value: unknown): value is Shape {
  return accepts(schema, value);
}

// Both sides are asked by themselves, because zod would merge what they return, deeply, and nobody needs that.
function accepts(schema: z.core.$ZodType, value: unknown): boolean {
  return schema instanceof z.ZodIntersection
    ? accepts(schema.def.left, value) && accepts(schema.def.right, value)
    : z.safeParse(schema, value).success;
}

function fieldIssue(issue: z.core.$ZodIssue, value: unknown, prefix: string): FieldIssue {
  const received = issue.path.reduce<unknown>(
    (parent, key) => (typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined),
    value,
  );
  const expected = issue.code === 'invalid_type' ? `expected ${issue.expected}` : issue.message;
  return {
    path: [prefix, ...issue.path].filter((part) => part !== '').join('.'),
    expected,
    received: describeValue(received),
  };
}
