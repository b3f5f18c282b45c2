import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describeValue, invalidArgument } from '../errors.js';
import type { EventForm, JsonObject } from './event.js';
import { EventShapeError, type FieldIssue } from './event-shape-error.js';
import { jsonIn } from './json-object.js';
import type { LocatedEvent } from './located-event.js';
import { toldTime } from './told-time.js';

/** An event type of your own. */
export interface CustomEventDefinition<Name extends string, Schema extends StandardSchemaV1> {
  /**
   * The name to subscribe to, and the word that names it where it is sent: `eventName` in `{"events":[…]}`, `type` in
   * IMM messages and CloudEvents. Not empty, not `unknown`, not a pattern, not the name of a built-in event.
   */
  readonly name: Name;
  /**
   * Validates at once (no promise) what was sent: the member of `{"events":[…]}`, the parsed `content` of an IMM
   * message, the `data` of a CloudEvent, or the whole object of any other JSON. Its output becomes `data`.
   */
  readonly schema: Schema;
  /** Tells the event among JSON of other shapes, such as `{"EventType":…}`. Default: by `eventName` or `type` alone. */
  readonly matches?: (raw: JsonObject) => boolean;
  /** When it happened. Default: what `eventTime` or `time` tells. */
  readonly occurredAt?: (data: StandardSchemaV1.InferOutput<Schema>) => Date;
}

/** An event of a type of your own. */
export interface CustomEvent<Name extends string, Data> {
  readonly name: Name;
  /** The producing service; the empty string when it is not named. */
  readonly source: string;
  /** When it happened, if its definition or the producer told so. */
  readonly occurredAt: Date | undefined;
  /** The output of its schema. */
  readonly data: Data;
  /** How it was written down. */
  readonly form: EventForm;
  /** The event exactly as it was sent. */
  readonly raw: JsonObject;
}

/** A definition, ready to read. */
export interface CustomEventType<Name extends string, Schema extends StandardSchemaV1> {
  readonly name: Name;
  readonly schema: Schema;
  /** Whether something that no built-in type fits is this event. */
  readonly fits: (located: LocatedEvent) => boolean;
  /** Throws `EVENT_SHAPE_INVALID`, or `INVALID_ARGUMENT` for a schema that answers with a promise. */
  readonly read: (located: LocatedEvent) => CustomEvent<Name, StandardSchemaV1.InferOutput<Schema>>;
}

/** The event that a custom type reads. */
export type CustomEventOf<Type> =
  Type extends CustomEventType<infer Name, infer Schema>
    ? CustomEvent<Name, StandardSchemaV1.InferOutput<Schema>>
    : never;

/** Defines an event type of your own, for `createEventRegistry`. */
export function defineEvent<const Name extends string, Schema extends StandardSchemaV1>(
  definition: CustomEventDefinition<Name, Schema>,
): CustomEventType<Name, Schema> {
  const { name, schema, matches, occurredAt } = definition;
  return {
    name,
    schema,
    fits: ({ form, sentAs, raw }) =>
      (form !== 'bare' && sentAs === name) || (form === 'foreign' && matches?.(raw) === true),
    read: (located) => {
      const data = validated(name, schema, payloadOf(located));
      const { source, form, raw } = located;
      return { name, source, occurredAt: occurredAt?.(data) ?? toldTime(located), data, form, raw };
    },
  };
}

function payloadOf({ form, raw }: LocatedEvent): unknown {
  if (form === 'cloudevents') return raw['data'];
  if (form !== 'imm') return raw;
  return typeof raw['content'] === 'string' ? jsonIn(raw['content']) : undefined;
}

function validated<Schema extends StandardSchemaV1>(
  name: string,
  schema: Schema,
  value: unknown,
): StandardSchemaV1.InferOutput<Schema> {
  const result = schema['~standard'].validate(value);
  if ('then' in result) {
    // Its outcome is nobody's any more; it must not end the process.
    result.then(undefined, () => undefined);
    throw invalidArgument(`schema of ${name}`, 'one that validates at once, without a promise', result);
  }
  if (result.issues === undefined) return result.value;
  throw new EventShapeError(
    name,
    result.issues.map((issue) => fieldIssue(issue, value)),
  );
}

function fieldIssue({ message, path = [] }: StandardSchemaV1.Issue, value: unknown): FieldIssue {
  const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const received = keys.reduce<unknown>(
    (parent, key) => (typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined),
    value,
  );
  return { path: keys.map(String).join('.'), expected: message, received: describeValue(received) };
}
