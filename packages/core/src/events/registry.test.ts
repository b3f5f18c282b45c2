import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { realNotifications } from '../test-support/real-notifications.js';
import { EventShapeError } from './event-shape-error.js';
import { decodeEvents, eventDefinitions, knownEventNames } from './registry.js';

const raw = {
  eventName: 'FormatConvertJob:JobFinished',
  eventSource: 'acs:imm',
  eventTime: '2018-11-14T09:51:20.342Z',
  eventVersion: '1.0',
  imm: { code: 'NoError', pageCount: '5', percent: '100', taskId: '723f6489-2e91-4475-93a2-41bbedf76d1f' },
};

const textOf = (...events: unknown[]): string => JSON.stringify({ events });

const refusal = (text: string): unknown => {
  try {
    return decodeEvents(text);
  } catch (error) {
    return error;
  }
};

describe('decodeEvents', () => {
  it('types a finished conversion: numbers are numbers, times are dates, the raw form stays', () => {
    expect(decodeEvents(textOf(raw))).toEqual([
      {
        name: 'FormatConvertJob:JobFinished',
        source: 'acs:imm',
        version: '1.0',
        occurredAt: new Date('2018-11-14T09:51:20.342Z'),
        data: { taskId: '723f6489-2e91-4475-93a2-41bbedf76d1f', code: 'NoError', pageCount: 5, percent: 100 },
        form: 'acs',
        raw,
      },
    ]);
  });

  it.each(realNotifications)('reads the real message of task $taskId', ({ message, taskId, eventTime }) => {
    expect(decodeEvents(message)).toMatchObject([
      { name: 'FormatConvertJob:JobFinished', occurredAt: new Date(eventTime), data: { taskId, pageCount: 5 } },
    ]);
  });

  it('reads a failure', () => {
    const failed = { ...raw, imm: { ...raw.imm, code: 'ConvertTimeout', pageCount: '0', percent: '0' } };
    expect(decodeEvents(textOf(failed))).toMatchObject([
      { data: { code: 'ConvertTimeout', pageCount: 0, percent: 0 } },
    ]);
  });

  it('keeps further members of a known event in its raw form, whatever they are', () => {
    const richer = { ...raw, region: 'cn-beijing', imm: { ...raw.imm, userData: 'x', retries: 5 } };
    expect(decodeEvents(textOf(richer))).toMatchObject([
      { raw: { region: 'cn-beijing', imm: { userData: 'x', retries: 5 } } },
    ]);
  });

  it('gives several events of one message in their order', () => {
    const names = decodeEvents(textOf(raw, { ...raw, eventName: 'Other' }, raw)).map(({ name }) => name);
    expect(names).toEqual(['FormatConvertJob:JobFinished', 'unknown', 'FormatConvertJob:JobFinished']);
  });

  it.each([
    ['an event with a new name', { ...raw, eventName: 'NewTask' }, 'NewTask', 'acs:imm', new Date(raw.eventTime)],
    ['an event without a name', { imm: {} }, '', '', undefined],
    ['an event whose name is no text', { eventName: 5 }, '', '', undefined],
    ['an event whose time is no time', { eventName: 'X', eventTime: 'noon' }, 'X', '', undefined],
    ['an event named like a member of every object', { eventName: 'toString' }, 'toString', '', undefined],
  ])('delivers %s as unknown', (_, event, eventName, source, occurredAt) => {
    expect(decodeEvents(textOf(event))).toEqual([
      { name: 'unknown', eventName, source, occurredAt, form: 'acs', raw: event },
    ]);
  });

  it('delivers an object that is no list of events as unknown, under its type', () => {
    const message = { id: '1', source: 'acs.imm', type: 'imm:Task:New', time: '2026-01-01T00:00:00Z', content: '{}' };
    expect(decodeEvents(JSON.stringify(message))).toEqual([
      {
        name: 'unknown',
        eventName: 'imm:Task:New',
        source: 'acs.imm',
        occurredAt: new Date('2026-01-01T00:00:00Z'),
        form: 'imm',
        raw: message,
      },
    ]);
  });

  it.each([
    ['nothing', '', 'not JSON'],
    ['text', 'hello', 'not JSON'],
    ['JSON that is cut off', textOf(raw).slice(0, -5), 'not JSON'],
    ['a number', '5', 'no object'],
    ['null', 'null', 'no object'],
    ['a list', '[]', 'no object'],
    ['an empty list of events', '{"events":[]}', 'empty'],
    ['an event that is a text', '{"events":["x"]}', 'events.0: expected an object'],
    ['an event that is null', '{"events":[null]}', 'events.0'],
  ])('refuses %s', (_, text, reason) => {
    expect(refusal(text)).toMatchObject({ code: 'EVENT_MALFORMED', message: expect.stringContaining(reason) });
  });

  it.each([
    ['imm.pageCount', { imm: { ...raw.imm, pageCount: 'five' } }],
    ['imm.pageCount', { imm: { ...raw.imm, pageCount: '-1' } }],
    ['imm.pageCount', { imm: { ...raw.imm, pageCount: 5 } }],
    ['imm.percent', { imm: { ...raw.imm, percent: '' } }],
    ['imm.taskId', { imm: { ...raw.imm, taskId: undefined } }],
    ['imm.taskId', { imm: { ...raw.imm, taskId: '' } }],
    ['imm.code', { imm: { ...raw.imm, code: null } }],
    ['imm', { imm: 'text' }],
    ['eventTime', { eventTime: 'noon' }],
    ['eventTime', { eventTime: '2018-11-14' }],
    ['eventVersion', { eventVersion: 1 }],
    ['eventSource', { eventSource: undefined }],
  ])('names the wrong field %s of a known event', (path, change) => {
    const error = refusal(textOf({ ...raw, ...change }));
    expect(error).toBeInstanceOf(EventShapeError);
    expect(error).toMatchObject({ code: 'EVENT_SHAPE_INVALID', eventName: raw.eventName });
    expect(error instanceof EventShapeError && error.issues.map((issue) => issue.path)).toContain(path);
    expect(error).toMatchObject({ message: expect.stringContaining(`${path}: `) });
  });

  it('says of a wrong type what was expected and what came, once', () => {
    const error = refusal(textOf({ ...raw, imm: { ...raw.imm, pageCount: 5 } }));
    expect(error).toMatchObject({
      issues: [{ path: 'imm.pageCount', expected: 'expected string', received: 'the number 5' }],
      message:
        'FormatConvertJob:JobFinished has the wrong shape: imm.pageCount: expected string, received the number 5',
    });
  });

  it('names all wrong fields at once, with what was expected and what came', () => {
    const error = refusal(textOf({ ...raw, eventTime: 'noon', imm: { ...raw.imm, pageCount: 'five', percent: 'x' } }));
    expect(error).toMatchObject({
      issues: [
        { path: 'eventTime', expected: 'expected an ISO 8601 time', received: 'the text "noon"' },
        { path: 'imm.pageCount', expected: 'expected a whole number as text', received: 'the text "five"' },
        { path: 'imm.percent', expected: 'expected a whole number as text', received: 'the text "x"' },
      ],
    });
  });

  prop.prop([fc.jsonValue()])('reads or refuses any JSON, and throws nothing else', (value) => {
    const outcome = refusal(JSON.stringify(value));
    if (outcome instanceof Error) expect(outcome).toMatchObject({ code: expect.stringMatching(/^EVENT_/) });
    else expect(outcome).not.toHaveLength(0);
  });

  const fields = fc.record({
    taskId: fc.string({ minLength: 1 }),
    code: fc.string({ minLength: 1 }),
    pageCount: fc.nat(999_999_999),
    percent: fc.constantFrom(0, 100),
    at: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
  });

  prop.prop([fields])('reads back any well-formed event', ({ taskId, code, pageCount, percent, at }) => {
    const imm = { taskId, code, pageCount: String(pageCount), percent: String(percent) };
    const [event] = decodeEvents(textOf({ ...raw, eventTime: at.toISOString(), imm }));
    expect(event).toMatchObject({ occurredAt: at, data: { taskId, code, pageCount, percent } });
  });
});

describe('knownEventNames', () => {
  it('lists 75 names that have a type, each once', () => {
    expect(knownEventNames).toHaveLength(75);
    expect(new Set(knownEventNames).size).toBe(75);
    expect(knownEventNames).toEqual(Object.values(eventDefinitions).map(({ name }) => name));
  });
});
