import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  LAST_INSTANT_MS,
  count,
  jsonSchema,
  ordinal,
  plannedInstant,
  recordOf,
  writtenInstant,
} from './state-schema.js';

const takes = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

describe('a record by names that clients choose', () => {
  it('keeps every member under its own name', () => {
    const text = '{"__proto__":1,"constructor":2,"":3}';
    const record = recordOf(z.number()).parse(JSON.parse(text));
    expect(JSON.stringify(record)).toBe(text);
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
  });

  it('says where it is wrong', () => {
    const { error } = recordOf(z.object({ a: z.number() })).safeParse({ x: { a: 1 }, y: { a: '1' } });
    expect(error?.issues[0]?.path).toEqual(['y', 'a']);
  });

  it.each([[[]], [null], ['x'], [1]])('is no %j', (value) => {
    expect(takes(recordOf(z.unknown()), value)).toBe(false);
  });
});

describe('JSON in a state', () => {
  const nested = (levels: number, [open, close]: readonly [string, string]): unknown =>
    JSON.parse(open.repeat(levels) + '1' + close.repeat(levels));

  it.each([[['[', ']']], [['{"a":', '}']]] as const)('is of bounded depth: %j', (brackets) => {
    expect(takes(jsonSchema, nested(1000, brackets))).toBe(true);
    expect(takes(jsonSchema, nested(1001, brackets))).toBe(false);
    expect(takes(jsonSchema, nested(200_000, brackets))).toBe(false);
  });

  it('stays as it is', () => {
    const value = JSON.parse('{"__proto__":{"a":[null,true,"x",-0.5]},"b":{}}') as object;
    expect(jsonSchema.parse(value)).toBe(value);
  });

  it.each([[undefined], [Number.NaN], [Infinity], [() => 1], [1n], [{ a: [Symbol('x')] }]])('is no %s', (value) => {
    expect(takes(jsonSchema, value)).toBe(false);
  });
});

describe('numbers of a state', () => {
  it('are instants that can be written', () => {
    expect(takes(writtenInstant, LAST_INSTANT_MS)).toBe(true);
    expect(new Date(LAST_INSTANT_MS).toISOString()).toBe('9999-12-31T23:59:59.999Z');
    expect(takes(writtenInstant, LAST_INSTANT_MS + 1)).toBe(false);
    expect(takes(writtenInstant, -LAST_INSTANT_MS - 1)).toBe(false);
  });

  it('are instants that may never come, but none before all times', () => {
    expect(takes(plannedInstant, 1e300)).toBe(true);
    expect(takes(plannedInstant, -1e300)).toBe(false);
  });

  it('leave room to go on counting', () => {
    expect(takes(count, 999_999_999_999_999)).toBe(true);
    expect(takes(count, 1e15)).toBe(false);
    expect(takes(ordinal, '999999999999999')).toBe(true);
    expect(takes(ordinal, '1000000000000000')).toBe(false);
  });
});
