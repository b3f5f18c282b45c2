import { MAX_JSON_DEPTH, jsonIn } from '../../json/json-text.js';
import { isJsonObject } from '../json-object.js';
import type { JsonObject } from '../event.js';
import { documentedBy, type JsonSchema } from './documented.js';
import { instantOf } from './instant.js';
import type { Problems } from './problems.js';
import type { Source } from './sources.js';

/** What a member may hold, and what that means. */
export interface Kind<Value> {
  /** What is expected, in words. */
  readonly expected: string;
  /** What a producer sends that keeps to its documents. More may be read, wherever its meaning is certain. */
  readonly documented: JsonSchema;
  /** What a value means; `undefined`, with a problem named, when it does not fit. */
  readonly read: (value: unknown, path: string, problems: Problems) => Value | undefined;
}

function scalar<Value>(
  expected: string,
  documented: JsonSchema,
  meaning: (value: unknown) => Value | undefined,
): Kind<Value> {
  return {
    expected,
    documented,
    read: (value, path, problems) => {
      const meant = meaning(value);
      if (meant === undefined) problems.add(path, expected, value);
      return meant;
    },
  };
}

/** Any text. */
export const text: Kind<string> = scalar('text', { type: 'string' }, (value) =>
  typeof value === 'string' ? value : undefined,
);

/** Text that is not empty. */
export const someText: Kind<string> = scalar('text that is not empty', { type: 'string', minLength: 1 }, (value) =>
  typeof value === 'string' && value !== '' ? value : undefined,
);

/** A whole number of up to nine digits as text; read as a number as well. */
export const wholeNumber: Kind<number> = scalar(
  'a whole number as text',
  { type: 'string', pattern: '^\\d{1,9}$' },
  (value) =>
    (typeof value === 'string' || typeof value === 'number') && /^\d{1,9}$/.test(String(value))
      ? Number(value)
      : undefined,
);

/** A number; read as the text of a whole number as well. */
export const number: Kind<number> = scalar('a number', { type: 'number' }, (value) => {
  if (typeof value === 'string') return /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
});

/** `true` or `false`; read as text as well. */
export const flag: Kind<boolean> = scalar('true or false', { type: 'boolean' }, (value) => {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
});

/** A time with a zone; `instantOf` says what else is read. */
export const instant: Kind<Date> = scalar(
  'an ISO 8601 time with a zone',
  { type: 'string', format: 'date-time' },
  (value) => instantOf(value),
);

/** Milliseconds since 1970 as text of up to 14 digits; read as a number and as an ISO 8601 time as well. */
export const epochMs: Kind<Date> = scalar(
  'milliseconds since 1970 as text',
  { type: 'string', pattern: '^\\d{1,14}$' },
  (value) => instantOf(value, 1),
);

/** Milliseconds since 1970 as text of up to 15 digits; read as a number as well. */
export const epochDigits: Kind<Date> = scalar(
  'milliseconds since 1970',
  { type: 'string', pattern: '^\\d{1,15}$' },
  (value) =>
    (typeof value === 'string' || typeof value === 'number') && /^\d{1,15}$/.test(String(value))
      ? new Date(Number(value))
      : undefined,
);

/** An MD5 as MNS prints it (spec mns §7.4); read in small letters as well. */
export const md5Digits: Kind<string> = scalar(
  'the 32 hexadecimal digits of an MD5',
  { type: 'string', pattern: '^[0-9A-F]{32}$' },
  (value) => (typeof value === 'string' && /^[0-9A-F]{32}$/i.test(value) ? value : undefined),
);

/** Any JSON value. */
export const anything: Kind<unknown> = { expected: 'any value', documented: {}, read: (value) => value };

/** Text that holds JSON: its value. */
export const jsonText: Kind<unknown> = scalar(
  'JSON text',
  { type: 'string', contentMediaType: 'application/json' },
  (value) => (typeof value === 'string' ? jsonIn(value) : undefined),
);

/** A JSON object inside text; read as an object as well. */
export const objectText: Kind<JsonObject> = scalar(
  `JSON text of an object, whole (a message carries 64 KB) and at most ${MAX_JSON_DEPTH} levels deep`,
  { type: 'string' },
  (value) => {
    const held = typeof value === 'string' ? jsonIn(value) : value;
    return isJsonObject(held) ? held : undefined;
  },
);

/** A JSON object, as it is. */
export const jsonObject: Kind<JsonObject> = scalar('an object', { type: 'object' }, (value) =>
  isJsonObject(value) ? value : undefined,
);

/** One of some words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  const expected = words.map((word) => `"${word}"`).join(' or ');
  return scalar(expected, { enum: words }, (value) => words.find((word) => word === value));
}

/** An object of texts; one that is none is left out and named. */
export const texts: Kind<Readonly<Record<string, string>>> = {
  expected: 'an object of texts',
  documented: { type: 'object', additionalProperties: { type: 'string' } },
  read: (value, path, problems) => {
    const object = jsonObject.read(value, path, problems);
    return (
      object &&
      Object.fromEntries(
        Object.entries(object).flatMap(([name, member]) => {
          const read = text.read(member, `${path}.${name}`, problems);
          return read === undefined ? [] : [[name, read]];
        }),
      )
    );
  },
};

/** An object whose members mean something together. */
export function objectOf<Value>(members: Source<Value | undefined>): Kind<Value> {
  return {
    expected: 'an object',
    documented: documentedBy(members),
    read: (value, path, problems) => jsonObject.read(value, path, problems) && members.read({ value, path }, problems),
  };
}

/** A list; an element that does not fit is left out and named. */
export function list<Value>(element: Kind<Value>): Kind<readonly Value[]> {
  const whole = listWithGaps(element);
  return { ...whole, read: (...where) => whole.read(...where)?.filter((value) => value !== undefined) };
}

/** A list whose places mean something; an element that does not fit is `undefined` there, and named. */
export function listWithGaps<Value>(element: Kind<Value>): Kind<readonly (Value | undefined)[]> {
  return {
    expected: 'a list',
    documented: { type: 'array', items: element.documented },
    read: (value, path, problems) => {
      if (Array.isArray(value)) return value.map((one, index) => element.read(one, `${path}.${index}`, problems));
      problems.add(path, 'a list', value);
      return undefined;
    },
  };
}

/** What a kind reads, and what follows from it. */
export function derived<From, Value>(from: Kind<From>, follow: (value: From) => Value): Kind<Value> {
  return {
    ...from,
    read: (...where) => {
      const value = from.read(...where);
      return value === undefined ? undefined : follow(value);
    },
  };
}
