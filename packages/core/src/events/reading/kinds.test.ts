import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH } from '../../json/json-text.js';
import {
  anything,
  derived,
  epochDigits,
  epochMs,
  flag,
  instant,
  jsonObject,
  jsonText,
  list,
  listWithGaps,
  md5Digits,
  number,
  objectOf,
  objectText,
  oneOf,
  someText,
  text,
  texts,
  wholeNumber,
  type Kind,
} from './kinds.js';
import { Problems, type FieldIssue } from './problems.js';
import { itself, sourcesIn } from './sources.js';

function readAs<Value>(kind: Kind<Value>, value: unknown): { meant: Value | undefined; list: readonly FieldIssue[] } {
  const problems = new Problems();
  const meant = kind.read(value, 'm', problems);
  return { meant, list: problems.list };
}

const MD5 = '5D41402ABC4B2A76B9719D911017C592';
const anyLevels = (count: number): string => `${'{"a":'.repeat(count)}1${'}'.repeat(count)}`;

describe('A kind', () => {
  it.each<[string, Kind<unknown>, readonly (readonly [value: unknown, meant: unknown])[]]>([
    [
      'text',
      text,
      [
        ['', ''],
        ['a', 'a'],
      ],
    ],
    ['someText', someText, [['a', 'a']]],
    [
      'wholeNumber',
      wholeNumber,
      [
        ['0', 0],
        ['999999999', 999_999_999],
        [7, 7],
      ],
    ],
    [
      'number',
      number,
      [
        [1.5, 1.5],
        [-2, -2],
        ['-12', -12],
        ['123456789012345', 123_456_789_012_345],
      ],
    ],
    [
      'flag',
      flag,
      [
        [true, true],
        ['true', true],
        [false, false],
        ['false', false],
      ],
    ],
    ['instant', instant, [['2024-08-20T07:03:08Z', new Date('2024-08-20T07:03:08Z')]]],
    [
      'epochMs',
      epochMs,
      [
        ['5', new Date(5)],
        [5, new Date(5)],
        ['2024-08-20T07:03:08Z', new Date('2024-08-20T07:03:08Z')],
      ],
    ],
    [
      'epochDigits',
      epochDigits,
      [
        ['5', new Date(5)],
        [5, new Date(5)],
        ['999999999999999', new Date(999_999_999_999_999)],
      ],
    ],
    ['md5Digits', md5Digits, [MD5, MD5.toLowerCase()].map((value) => [value, value])],
    [
      'jsonText',
      jsonText,
      [
        ['{"a":1}', { a: 1 }],
        ['7', 7],
      ],
    ],
    [
      'objectText',
      objectText,
      [
        ['{"a":1}', { a: 1 }],
        [{ a: 1 }, { a: 1 }],
      ],
    ],
    ['jsonObject', jsonObject, [[{ a: 1 }, { a: 1 }]]],
    [
      'oneOf',
      oneOf('A', 'B'),
      [
        ['A', 'A'],
        ['B', 'B'],
      ],
    ],
    [
      'texts',
      texts,
      [
        [
          { a: 'x', b: '' },
          { a: 'x', b: '' },
        ],
        [{}, {}],
      ],
    ],
    ['objectOf', objectOf(itself(jsonObject)), [[{ a: 1 }, { a: 1 }]]],
    [
      'list',
      list(number),
      [
        [[], []],
        [
          [1, 2],
          [1, 2],
        ],
      ],
    ],
    ['derived', derived(number, (value) => value * 2), [[4, 8]]],
    [
      'anything',
      anything,
      [
        [null, null],
        [undefined, undefined],
        ['x', 'x'],
      ],
    ],
  ])('%s reads what it documents, and what means the same', (_, kind, cases) => {
    for (const [value, meant] of cases) expect(readAs(kind, value)).toEqual({ meant, list: [] });
  });

  it.each<[string, Kind<unknown>, string, readonly unknown[]]>([
    ['text', text, 'text', [1, null, undefined, {}]],
    ['someText', someText, 'text that is not empty', ['', 1]],
    ['wholeNumber', wholeNumber, 'a whole number as text', ['', '1234567890', '1a', 'a1', '-1', 1.5, ['1'], null]],
    ['number', number, 'a number', ['', '1.5', '1a', 'a1', '--1', '1234567890123456', Number.NaN, Infinity, [1], null]],
    ['flag', flag, 'true or false', ['', 'yes', 0, 1, null]],
    ['instant', instant, 'an ISO 8601 time with a zone', ['5', '2024-08-20T07:03:08', null]],
    ['epochMs', epochMs, 'milliseconds since 1970 as text', ['', '-5', null]],
    [
      'epochDigits',
      epochDigits,
      'milliseconds since 1970',
      ['', '-5', -5, 0.5, 1e15, 1e21, 'x5', '5x', '5.5', '2024-08-20T07:03:08Z', ['5'], null],
    ],
    [
      'md5Digits',
      md5Digits,
      'the 32 hexadecimal digits of an MD5',
      ['', `${MD5}0`, `0${MD5}`, MD5.replace('5', 'G'), [MD5], 5, null],
    ],
    ['jsonText', jsonText, 'JSON text', ['{', '', 7, {}, null, undefined]],
    [
      'objectText',
      objectText,
      `JSON text of an object, whole (a message carries 64 KB) and at most ${MAX_JSON_DEPTH} levels deep`,
      ['7', '[]', '{', 7, [], null],
    ],
    ['jsonObject', jsonObject, 'an object', ['{}', [], null, 1]],
    ['oneOf', oneOf('A', 'B'), '"A" or "B"', ['a', '', 'AB', null]],
    ['texts', texts, 'an object', ['{}', [], null]],
    ['objectOf', objectOf(itself(anything)), 'an object', ['{}', [], null]],
    ['list', list(number), 'a list', [{}, '[]', null]],
    ['listWithGaps', listWithGaps(number), 'a list', [{}, '[]', null]],
    ['derived', derived(number, () => 1), 'a number', ['x']],
  ])('%s names what does not fit, by what it expects', (_, kind, expected, values) => {
    for (const value of values) {
      expect(readAs(kind, value)).toMatchObject({
        meant: undefined,
        list: [{ path: 'm', expected: `expected ${expected}` }],
      });
    }
  });

  it('of JSON text reads no deeper than it may be', () => {
    expect(readAs(jsonText, anyLevels(MAX_JSON_DEPTH)).list).toEqual([]);
    expect(readAs(jsonText, anyLevels(MAX_JSON_DEPTH + 1)).list).toHaveLength(1);
  });

  it('of several values leaves out what does not fit, or leaves a gap, and names it by its place', () => {
    const issues = (...paths: readonly string[]): unknown => paths.map((path) => expect.objectContaining({ path }));
    expect(readAs(list(number), [1, 'x', 3])).toEqual({ meant: [1, 3], list: issues('m.1') });
    expect(readAs(listWithGaps(number), [1, 'x', 3])).toEqual({ meant: [1, undefined, 3], list: issues('m.1') });
    expect(readAs(texts, { a: 'x', b: 1, c: 'y' })).toStrictEqual({
      meant: { a: 'x', c: 'y' },
      list: issues('m.b'),
    });
    const { expected } = sourcesIn<{ n: number }>();
    expect(readAs(objectOf(expected('n', number)), { n: 'x' })).toEqual({ meant: undefined, list: issues('m.n') });
    expect(readAs(objectOf(expected('n', number)), { n: 5 })).toEqual({ meant: 5, list: [] });
  });

  it.each<[string, Kind<unknown>, object]>([
    ['text', text, { type: 'string' }],
    ['someText', someText, { type: 'string', minLength: 1 }],
    ['wholeNumber', wholeNumber, { type: 'string', pattern: '^\\d{1,9}$' }],
    ['number', number, { type: 'number' }],
    ['flag', flag, { type: 'boolean' }],
    ['instant', instant, { type: 'string', format: 'date-time' }],
    ['epochMs', epochMs, { type: 'string', pattern: '^\\d{1,14}$' }],
    ['epochDigits', epochDigits, { type: 'string', pattern: '^\\d{1,15}$' }],
    ['md5Digits', md5Digits, { type: 'string', pattern: '^[0-9A-F]{32}$' }],
    ['jsonText', jsonText, { type: 'string', contentMediaType: 'application/json' }],
    ['objectText', objectText, { type: 'string' }],
    ['jsonObject', jsonObject, { type: 'object' }],
    ['oneOf', oneOf('A', 'B'), { enum: ['A', 'B'] }],
    ['texts', texts, { type: 'object', additionalProperties: { type: 'string' } }],
    ['list', list(number), { type: 'array', items: { type: 'number' } }],
    ['anything', anything, {}],
    [
      'objectOf',
      objectOf(sourcesIn<{ n: number }>().expected('n', number)),
      { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
    ],
  ])('%s says what a producer sends', (_, kind, documented) => {
    expect(kind.documented).toEqual(documented);
  });

  it('is called by what it expects also where nothing came', () => {
    expect([texts, objectOf(itself(anything)), list(number), anything].map(({ expected }) => expected)).toEqual([
      'an object of texts',
      'an object',
      'a list',
      'any value',
    ]);
  });
});
