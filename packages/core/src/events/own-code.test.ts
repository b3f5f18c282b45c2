import { describe, expect, it } from 'vitest';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';
import { createEventRegistry } from './create-registry.js';
import { defineEvent, type CustomEventDefinition } from './custom-event.js';

// Vitest fails the run when a rejection is left unhandled.
const rejection = (): never => Promise.reject(new Error('later')) as never;
const thrower = (): never => {
  throw new Error('now');
};
const unreadable = new Proxy({}, { has: thrower });

const decode = (
  changes: Partial<CustomEventDefinition<'Own', StandardSchemaV1>>,
  message: object = { type: 'Own' },
) => {
  const own = defineEvent({ name: 'Own', schema: z.unknown(), ...changes });
  return createEventRegistry({ events: [own] }).decode(JSON.stringify(message))[0];
};
const schemaOf = (validate: () => unknown) =>
  ({ '~standard': { version: 1, vendor: 'mnsbus', validate } }) as unknown as StandardSchemaV1;

describe('a schema of the app', () => {
  it.each<[string, StandardSchemaV1, string]>([
    ['throws', schemaOf(thrower), 'the error "now"'],
    ['throws something that cannot be read', schemaOf(() => Promise.reject(new Error('x'))), 'a promise'],
    ['answers with a promise, as zod does', z.object({}).refine(() => Promise.resolve(true)), 'a promise'],
    ['answers with a promise that rejects', schemaOf(rejection), 'a promise'],
    ['answers with a promise that cannot be looked at', schemaOf(() => unreadable), 'the error "now"'],
    ['answers nothing', schemaOf(() => undefined), 'nothing'],
    ['answers null', schemaOf(() => null), 'null'],
    ['answers neither value nor issues', schemaOf(() => ({})), 'a value of type object'],
    ['answers issues that are no list', schemaOf(() => ({ issues: 'all' })), 'a value of type object'],
    ['refuses without a reason', schemaOf(() => ({ issues: [] })), 'a refusal without a reason'],
  ])('that %s makes the event unknown', async (_, schema, received) => {
    expect(decode({ schema })).toMatchObject({ name: 'unknown', eventName: 'Own', problems: [{ path: '', received }] });
    await Promise.resolve();
  });

  it('whose issues are none makes the event unknown', () => {
    expect(decode({ schema: schemaOf(() => ({ issues: [null] })) })).toMatchObject({
      name: 'unknown',
      problems: [{ path: '', received: expect.stringContaining('the error') }],
    });
  });

  it('may give undefined', () => {
    expect(decode({ schema: schemaOf(() => ({ value: undefined })) })).toMatchObject({ name: 'Own', data: undefined });
  });
});

describe('matches of the app', () => {
  it.each([
    ['throws', thrower],
    ['answers with a promise that rejects', rejection],
    ['answers with what only looks like yes', () => 'yes' as never],
  ])('that %s has said no', async (_, matches) => {
    expect(decode({ matches }, { other: 1 })).toMatchObject({ name: 'unknown', eventName: '', problems: [] });
    await Promise.resolve();
  });
});

describe('occurredAt of the app', () => {
  it.each<[string, () => Date, string]>([
    ['throws', thrower, 'the error "now"'],
    ['answers with a promise that rejects', rejection, 'a promise'],
    ['gives an invalid date', () => new Date(Number.NaN), 'a value of type object'],
    ['gives a text', () => '2026-01-01T00:00:00Z' as never, 'the text "2026-01-01T00:00:00Z"'],
    ['gives nothing', () => undefined as never, 'nothing'],
  ])('that %s leaves the time unknown, and is named', async (_, occurredAt, received) => {
    expect(decode({ occurredAt }, { type: 'Own', time: '2026-01-01T00:00:00Z' })).toMatchObject({
      name: 'Own',
      occurredAt: undefined,
      problems: [{ path: 'occurredAt', expected: 'expected a valid Date from occurredAt of its definition', received }],
    });
    await Promise.resolve();
  });
});
