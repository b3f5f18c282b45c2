import type { z } from 'zod';
import { EventShapeError, type FieldIssue } from './event-shape-error.js';
import { describeValue } from '../errors.js';

/** One entry of the registry: how the raw form of one event becomes its typed view. */
export interface EventDefinition<Name extends string, Event> {
  readonly name: Name;
  /** Throws {@link EventShapeError} (code `EVENT_SHAPE_INVALID`) naming each wrong field. */
  readonly read: (raw: unknown) => Event;
}

/** Builds a definition from a schema of the raw form and a function that types it. */
export function defineEvent<Name extends string, Raw, Event>(
  name: Name,
  schema: z.ZodType<Raw>,
  view: (raw: Raw) => Event,
): EventDefinition<Name, Event> {
  return {
    name,
    read: (raw) => {
      const parsed = schema.safeParse(raw);
      if (parsed.success) return view(parsed.data);
      throw new EventShapeError(
        name,
        parsed.error.issues.map((issue) => fieldIssue(issue, raw)),
      );
    },
  };
}

function fieldIssue(issue: z.core.$ZodIssue, raw: unknown): FieldIssue {
  const received = issue.path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    raw,
  );
  const expected = issue.code === 'invalid_type' ? `expected ${issue.expected}` : issue.message;
  return { path: issue.path.join('.'), expected, received: describeValue(received) };
}
