import { it as prop } from '@fast-check/vitest';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, isTooDeep, jsonIn, readJson, wholeMembers } from './json-text.js';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('readJson', () => {
  prop.prop([fc.json()])('reads what JSON.parse reads', (text) => {
    expect(readJson(text)).toEqual({ value: JSON.parse(text), refusal: undefined });
    expect(jsonIn(`\uFEFF${text}`)).toEqual(JSON.parse(text));
  });

  it('counts levels, and no bracket in a text', () => {
    expect(readJson(nested(MAX_JSON_DEPTH)).refusal).toBeUndefined();
    expect(readJson(nested(MAX_JSON_DEPTH + 1)).refusal).toBe('it is nested deeper than 100 levels');
    expect(jsonIn(`["${'['.repeat(500)}"]`)).toEqual(['['.repeat(500)]);
    expect(jsonIn(String.raw`["\"[[", "\\", {}]`)).toEqual(['"[[', '\\', {}]);
    expect(jsonIn(`[${'[],'.repeat(500)}[]]`)).toHaveLength(501);
    expect(readJson(`${'{"a":['.repeat(51)}${']}'.repeat(51)}`).refusal).toContain('deeper');
  });

  it.each(['', 'hello', '{"a":1', '[1,]', '\uFEFF\uFEFF{}'])('refuses %j', (text) => {
    expect(readJson(text)).toMatchObject({ refusal: 'it is not JSON' });
    expect(jsonIn(text)).toBeUndefined();
  });

  it('reads a megabyte of brackets in no time, and refuses it', () => {
    expect(readJson('['.repeat(2 ** 20)).refusal).toContain('deeper');
    expect(readJson('x'.repeat(2 ** 22 + 1)).refusal).toContain('longer than 4194304');
  });

  it('takes a member __proto__ for a member', () => {
    const value = jsonIn('{"__proto__":{"polluted":true}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(value).not.toHaveProperty('polluted');
  });
});

describe('wholeMembers', () => {
  prop.prop([fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true }), fc.nat()])(
    'has of an object that was cut off the members that came whole, and nothing else',
    (object, at) => {
      const text = JSON.stringify(object);
      const found = jsonIn(wholeMembers(text.slice(0, at % text.length)));
      const entries = Object.entries(JSON.parse(text));
      expect(Object.entries(found as object)).toEqual(entries.slice(0, Object.keys(found as object).length));
    },
  );
});

describe('isTooDeep', () => {
  prop.prop([fc.integer({ min: 1, max: 200 })])('finds what readJson refuses', (levels) => {
    expect(isTooDeep(JSON.parse(nested(levels)))).toBe(levels > MAX_JSON_DEPTH);
  });
});
