import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { realNotifications } from '../test-support/real-notifications.js';
import { fromCloudEvent, toCloudEvent } from './cloud-event.js';
import { encodeEvents } from './encode-events.js';
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
        problems: [],
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
      { name: 'unknown', eventName, source, occurredAt, form: 'acs', raw: event, problems: [] },
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
        problems: [],
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
    ['JSON of 101 levels', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'deeper than 100 levels'],
    ['JSON of four million characters', `{"a":"${'x'.repeat(4_194_304)}"}`, 'longer than 4194304 characters'],
  ])('refuses %s', (_, text, reason) => {
    expect(refusal(text)).toMatchObject({ code: 'EVENT_MALFORMED', message: expect.stringContaining(reason) });
  });

  it.each([
    ['a text', 'x', 'the text "x"'],
    ['null', null, 'null'],
    ['a list', [raw], 'a list of 1'],
  ])('delivers %s among the events as unknown, and its neighbours as ever', (_, odd, received) => {
    const text = textOf(raw, odd, raw);
    const events = decodeEvents(text);
    const problems = [{ path: 'events.1', expected: 'expected an object', received }];
    expect(events).toMatchObject([
      { name: raw.eventName, problems: [] },
      { name: 'unknown', eventName: '', occurredAt: undefined, form: 'acs', raw: odd, problems },
      { name: raw.eventName, problems: [] },
    ]);
    expect(encodeEvents(events)).toBe(text);
    expect(events.map((event) => fromCloudEvent(toCloudEvent(event)).raw)).toEqual(events.map((event) => event.raw));
  });

  it('delivers an empty list of events as unknown, and says so', () => {
    const problems = [{ path: 'events', expected: 'expected at least one event', received: 'a list of 0' }];
    expect(decodeEvents('{"events":[]}')).toMatchObject([
      { name: 'unknown', form: 'foreign', raw: { events: [] }, problems },
    ]);
  });

  it.each<[string, object, object, object?]>([
    ['imm.pageCount', { imm: { ...raw.imm, pageCount: 'five' } }, { pageCount: undefined, percent: 100 }],
    ['imm.pageCount', { imm: { ...raw.imm, pageCount: '-1' } }, { pageCount: undefined }],
    ['imm.pageCount', { imm: { ...raw.imm, pageCount: 5.5 } }, { pageCount: undefined }],
    ['imm.pageCount', { imm: { ...raw.imm, pageCount: undefined } }, { pageCount: undefined }],
    ['imm.percent', { imm: { ...raw.imm, percent: '' } }, { percent: undefined }],
    ['imm.code', { imm: { ...raw.imm, code: null } }, { code: undefined }],
    ['eventTime', { eventTime: 'noon' }, { pageCount: 5 }, { occurredAt: undefined }],
    ['eventTime', { eventTime: '2018-11-14' }, { pageCount: 5 }, { occurredAt: undefined }],
    ['eventTime', { eventTime: '2018-11-14 12:00:00' }, { pageCount: 5 }, { occurredAt: undefined }],
    ['eventVersion', { eventVersion: 1 }, { pageCount: 5 }, { version: '' }],
    ['eventSource', { eventSource: undefined }, { pageCount: 5 }, { source: '' }],
  ])('leaves %s out of the view when it does not fit, and names it', (path, change, data, rest = {}) => {
    const sent = { ...raw, ...change };
    expect(decodeEvents(textOf(sent))).toMatchObject([
      {
        name: raw.eventName,
        data: { taskId: raw.imm.taskId, ...data },
        raw: JSON.parse(JSON.stringify(sent)),
        problems: [{ path }],
        ...rest,
      },
    ]);
  });

  it.each([
    ['imm.taskId', { imm: { ...raw.imm, taskId: undefined } }],
    ['imm.taskId', { imm: { ...raw.imm, taskId: '' } }],
    ['imm.taskId', { imm: { ...raw.imm, taskId: 5 } }],
    ['imm', { imm: 'text' }],
    ['imm', { imm: undefined }],
  ])('delivers an event without a readable task as unknown, and names %s', (path, change) => {
    const [event] = decodeEvents(textOf({ ...raw, ...change }));
    expect(event).toMatchObject({ name: 'unknown', eventName: raw.eventName, source: 'acs:imm', form: 'acs' });
    expect(event?.problems.map((problem) => problem.path)).toContain(path);
    expect(event?.occurredAt).toEqual(new Date(raw.eventTime));
  });

  it('reads a number where text is sent, and text after a byte-order mark', () => {
    const imm = { ...raw.imm, pageCount: 5, percent: 100 };
    expect(decodeEvents(`\uFEFF${textOf({ ...raw, imm })}`)).toMatchObject([
      { data: { pageCount: 5, percent: 100 }, problems: [] },
    ]);
  });

  it('says of all that does not fit what was expected and what came', () => {
    const [event] = decodeEvents(
      textOf({ ...raw, eventTime: 'noon', imm: { ...raw.imm, pageCount: 'five', percent: undefined } }),
    );
    expect(event?.problems).toEqual([
      { path: 'eventTime', expected: 'expected an ISO 8601 time with a zone', received: 'the text "noon"' },
      { path: 'imm.pageCount', expected: 'expected a whole number as text', received: 'the text "five"' },
      { path: 'imm.percent', expected: 'expected a whole number as text', received: 'nothing' },
    ]);
  });

  prop.prop([fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })])(
    'decodes any JSON object',
    (value) => {
      expect(decodeEvents(JSON.stringify(value))).not.toHaveLength(0);
    },
  );

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
  it('lists 81 names that have a type, each once', () => {
    expect(knownEventNames).toHaveLength(81);
    expect(new Set(knownEventNames).size).toBe(81);
    expect(knownEventNames).toEqual(Object.values(eventDefinitions).map(({ name }) => name));
  });
});
