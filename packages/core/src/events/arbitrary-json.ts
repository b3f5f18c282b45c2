import * as fc from 'fast-check';
import { isJsonObject } from './json-object.js';
import type { JsonSchema } from './reading/documented.js';

const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', 'oss://bucket/a b~*+(1).docx', '__proto__', '中文', '\u0000', '\ud800', '\uffff', '{"a":1}'),
);

const anyTime: fc.Arbitrary<string> = fc
  .tuple(
    fc.date({ min: new Date('1971-01-01'), max: new Date('2999-01-01'), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999_999_999 }),
    fc.constantFrom('Z', '+08:00', '-05:30', 'PRC', 'Asia/Shanghai'),
  )
  .map(([date, nanoseconds, zone]) => {
    const fraction = String(nanoseconds)
      .padStart(9, '0')
      .replace(/(?<=[1-9])0{1,8}$|^0{9}$/, '');
    return `${date.toISOString().slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}${zone}`;
  });

/** JSON values that fit a schema, with hostile text and members the schema does not know. */
export function arbitraryJson(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  if (Array.isArray(schema['anyOf'])) return fc.oneof(...schemasIn(schema['anyOf']).map(arbitraryJson));
  switch (schema['type']) {
    case 'string':
      return fittingText(schema);
    case 'number':
      return fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -1, 9e16, 1e308));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(arbitraryJson(isJsonObject(schema['items']) ? schema['items'] : {}), { maxLength: 4 });
    case 'object':
      return fittingObject(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function fittingText({ format, pattern, minLength, contentMediaType }: JsonSchema): fc.Arbitrary<string> {
  if (contentMediaType === 'application/json') return fc.json({ maxDepth: 2 });
  if (format === 'date-time') return anyTime;
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  return typeof minLength === 'number' ? anyText.map((text) => text.padEnd(minLength, 'x')) : anyText;
}

function fittingObject(schema: JsonSchema): fc.Arbitrary<object> {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const names = Object.keys(properties);
  const known = fc.record(
    Object.fromEntries(
      entriesOf(properties).map(([name, value]) => [name, arbitraryJson(isJsonObject(value) ? value : {})]),
    ),
    { requiredKeys: names.filter((name) => required.includes(name)), noNullPrototype: true },
  );
  const further = isJsonObject(schema['additionalProperties'])
    ? arbitraryJson(schema['additionalProperties'])
    : fc.jsonValue({ maxDepth: 1 });
  // The prefix keeps further members apart from those the schema leaves out.
  const others = fc.dictionary(
    anyText.map((text) => `x:${text}`),
    further,
    { maxKeys: 2, noNullPrototype: true },
  );
  return fc.tuple(known, others).map(([members, more]) => ({ ...members, ...more }));
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function schemasIn(list: readonly unknown[]): readonly JsonSchema[] {
  return list.filter(isJsonObject);
}
