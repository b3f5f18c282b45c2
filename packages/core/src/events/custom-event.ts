import { isDate } from 'node:util/types';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describeValue } from '../errors.js';
import { readJson } from '../json/json-text.js';
import type { EventForm, JsonObject } from './event.js';
import { toldTime, type LocatedEvent } from './located-event.js';
import { attempt, isPromise } from './own-code.js';
import type { FieldIssue, Problems } from './reading/problems.js';

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
  /**
   * Tells the event among JSON of other shapes, such as `{"EventType":…}`. Whatever it answers but `true` is a no, as it is
   * when it throws. Default: by `eventName` or `type` alone.
   */
  readonly matches?: (raw: JsonObject) => boolean;
  /** When it happened. Default: what `eventTime` or `time` tells. */
  readonly occurredAt?: (data: StandardSchemaV1.InferOutput<Schema>) => Date;
  /**
   * What tells the event from all others of this name, for `deduplicationKeyOf`: text that is not empty. Default: the `id` of
   * an IMM message or CloudEvent; other events are told apart by the messages that carry them.
   */
  readonly key?: (data: StandardSchemaV1.InferOutput<Schema>) => string;
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
  /** What its definition tells it from others by, if it does. */
  readonly key?: string | undefined;
  /** How it was written down. */
  readonly form: EventForm;
  /** What was sent, as `JSON.parse` reads it. */
  readonly raw: JsonObject;
  /** What `occurredAt` and `key` of its definition failed to tell; empty when all is well. */
  readonly problems: readonly FieldIssue[];
}

/** A definition, ready to read. */
export interface CustomEventType<Name extends string, Schema extends StandardSchemaV1> {
  readonly name: Name;
  readonly schema: Schema;
  /** Whether something that no built-in type fits is this event. Never throws. */
  readonly fits: (located: LocatedEvent) => boolean;
  /** Reads it; `undefined`, with the problems named, when its schema refuses it, throws, or answers with a promise. Never throws. */
  readonly read: (
    located: LocatedEvent,
    problems: Problems,
  ) => CustomEvent<Name, StandardSchemaV1.InferOutput<Schema>> | undefined;
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
  const { name, schema, matches, occurredAt, key } = definition;
  return {
    name,
    schema,
    fits: ({ form, sentAs, members }) =>
      (form !== 'bare' && sentAs === name) ||
      (form === 'foreign' && matches !== undefined && attempt(() => matches(members)).value === true),
    read: (located, problems) => {
      const payload = payloadOf(located, problems);
      const data = payload && validated(schema, payload.value, problems);
      if (data === undefined) return undefined;
      const { source, form, members: raw } = located;
      return {
        name,
        source,
        occurredAt:
          occurredAt === undefined
            ? toldTime(located)
            : told(problems, 'occurredAt', 'a valid Date', () => occurredAt(data.value), dateIn),
        data: data.value,
        key: key && told(problems, 'key', 'text that is not empty', () => key(data.value), someTextIn),
        form,
        raw,
        problems: problems.list,
      };
    },
  };
}

function payloadOf({ form, members }: LocatedEvent, problems: Problems): { readonly value: unknown } | undefined {
  if (form === 'cloudevents') return { value: members['data'] };
  if (form !== 'imm') return { value: members };
  const { content } = members;
  if (typeof content !== 'string') return { value: content };
  const reading = readJson(content);
  if (reading.refusal === undefined) return { value: reading.value };
  problems.add('content', `JSON text, but ${reading.refusal}`, content);
  return undefined;
}

type Validated<Schema extends StandardSchemaV1> = { readonly value: StandardSchemaV1.InferOutput<Schema> };

/** What the schema makes of a payload; `undefined`, with its issues named, when it refuses it or is none. */
function validated<Schema extends StandardSchemaV1>(
  schema: Schema,
  payload: unknown,
  problems: Problems,
): Validated<Schema> | undefined {
  const answer = attempt((): Validated<Schema> | readonly FieldIssue[] => {
    const result: unknown = schema['~standard'].validate(payload);
    if (isPromise(result)) return [noSchema('a promise')];
    if (!isResult<Schema>(result)) return [noSchema(describeValue(result))];
    if (result.issues === undefined) return { value: result.value };
    return result.issues.length === 0
      ? [noSchema('a refusal without a reason')]
      : result.issues.map((issue) => fieldIssue(issue, payload));
  });
  const outcome = answer.value ?? [noSchema(answer.failure ?? '')];
  if ('value' in outcome) return outcome;
  for (const issue of outcome) problems.note(issue);
  return undefined;
}

function noSchema(received: string): FieldIssue {
  return { path: '', expected: 'expected a schema that answers at once with a value or issues', received };
}

function isResult<Schema extends StandardSchemaV1>(
  result: unknown,
): result is StandardSchemaV1.Result<StandardSchemaV1.InferOutput<Schema>> {
  if (typeof result !== 'object' || result === null) return false;
  return 'issues' in result && result.issues !== undefined ? Array.isArray(result.issues) : 'value' in result;
}

function fieldIssue({ message, path = [] }: StandardSchemaV1.Issue, payload: unknown): FieldIssue {
  const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const received = keys.reduce<unknown>(
    (parent, key) => (typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined),
    payload,
  );
  return { path: keys.map(String).join('.'), expected: message, received: describeValue(received) };
}

/** What the definition tells of an event, if it fits; named when it does not. */
function told<Value>(
  problems: Problems,
  what: string,
  expected: string,
  tell: () => unknown,
  fit: (answer: unknown) => Value | undefined,
): Value | undefined {
  const { value, failure } = attempt(tell);
  const fitting = attempt(() => fit(value)).value;
  if (fitting === undefined) {
    const received = failure ?? describeValue(value);
    problems.note({ path: what, expected: `expected ${expected} from ${what} of its definition`, received });
  }
  return fitting;
}

function dateIn(answer: unknown): Date | undefined {
  return isDate(answer) && !Number.isNaN(answer.getTime()) ? new Date(answer.getTime()) : undefined;
}

function someTextIn(answer: unknown): string | undefined {
  return typeof answer === 'string' && answer !== '' ? answer : undefined;
}
