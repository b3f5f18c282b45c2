import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { readMembers } from './json-members.js';
import { readableText, rowText, shownText, textInBase64 } from './shown-text.js';
import { writeInstant, writeSpan, writeTime } from './times.js';

const encode = (text: string): string => Buffer.from(text).toString('base64');

describe('a text of somebody else', () => {
  it.each([
    ['abc\u202Efdp', 'abc⟨U+202E⟩fdp'],
    ['a\u0000b\u0007', 'a⟨U+0000⟩b⟨U+0007⟩'],
    ['\u200B\uFEFF', '⟨U+200B⟩⟨U+FEFF⟩'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['漢字 👍 é', '漢字 👍 é'],
  ])('%j is shown as %j', (text, shown) => {
    expect(shownText(text)).toBe(shown);
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 300 })])('hides nothing and turns nothing around', (text) => {
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(shownText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 1000 })])(
    'is one short line in a row, with whole characters',
    (text) => {
      const row = rowText(text);
      expect(row).not.toMatch(/[\n\r\t]/);
      expect(row.length).toBeLessThanOrEqual(201 * 8);
      expect(row.isWellFormed()).toBe(text.isWellFormed() || row.isWellFormed());
    },
  );

  test.prop([fc.string({ unit: 'grapheme', minLength: 6 })])('is found in base64', (text) => {
    expect(textInBase64(encode(text))).toBe(text);
  });

  it.each([
    '',
    'word',
    'plaintext!',
    encode('\u0000\u0001binary'),
    Buffer.from([255, 254, 253, 252, 251, 250]).toString('base64'),
  ])('is not looked for in %j', (text) => {
    expect(textInBase64(text)).toBeUndefined();
  });

  it.each([
    ['{"a":1}', '{\n  "a": 1\n}'],
    ['{broken', '{broken'],
    ['plain', 'plain'],
  ])('%j is read best as %j', (text, readable) => {
    expect(readableText(text)).toBe(readable);
  });
});

describe('typed members', () => {
  it('are those of an object, or none', () => {
    expect([readMembers('{"a":1}', 'no'), readMembers('  ', 'no')]).toEqual([{ a: 1 }, {}]);
  });

  it.each(['[1]', '5', 'null', '{', '"x"'])('%s are refused, with the words given', (text) => {
    expect(() => readMembers(text, 'expected an object')).toThrow('expected an object');
  });
});

describe('times', () => {
  it.each([
    [0, '0 ms'],
    [999.6, '1000 ms'],
    [1250, '1.25 s'],
    [30_000, '30 s'],
    [90_000, '1.5 min'],
    [345_600_000, '4 d'],
    [-1500, '-1.5 s'],
  ])('%d ms is written %s', (spanMs, text) => {
    expect(writeSpan(spanMs)).toBe(text);
  });

  it('are told in UTC, to the millisecond', () => {
    expect([writeInstant(1_767_225_600_005), writeTime(1_767_225_600_005)]).toEqual([
      '2026-01-01 00:00:00.005',
      '00:00:00.005',
    ]);
    expect(writeInstant(9e15)).toBe('9000000000000000');
  });
});
