import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decodeBase64Text, looksStructured } from './base64-text.js';

describe('decodeBase64Text', () => {
  prop.prop([fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed())])(
    'reads back any encoded text',
    (text) => {
      expect(decodeBase64Text(Buffer.from(text, 'utf8').toString('base64'))).toBe(text);
    },
  );

  it.each([
    ['YQ==', 'a'],
    ['YWI=', 'ab'],
    ['YWJj', 'abc'],
    ['77u/YQ==', '\uFEFFa'],
    ['YW\r\nJj\n', 'abc'],
    ['  YW\n\t Jj\n  ', 'abc'],
    ['YW \r\n\r\nJj', 'abc'],
    ['\uFEFFYWJj\r\n', 'abc'],
    [' \uFEFF77u/YQ== ', '\uFEFFa'],
  ])('reads %j, down to one byte, with its byte-order mark, and in lines', (text, decoded) => {
    expect(decodeBase64Text(text)).toBe(decoded);
  });

  it.each([
    ['nothing', ''],
    ['a text with other characters', '{"a":1}'],
    ['another character in front', '!YWJj'],
    ['four other characters in front', '!!!!YWJj'],
    ['a wrong length', 'YWI'],
    ['a space inside', 'YW Jj'],
    ['a byte-order mark inside', 'YW\uFEFFJj'],
    ['nothing but a line end', '\r\n'],
    ['padding alone', '===='],
    ['three signs of padding', 'Y==='],
    ['padding in the middle', 'YQ==YQ=='],
    ['bytes that are no UTF-8', '//79'],
  ])('refuses %s', (_, text) => {
    expect(decodeBase64Text(text)).toBeUndefined();
  });
});

describe('looksStructured', () => {
  it.each([
    ['{"a":1}', true],
    ['  [1]', true],
    ['\n<a/>', true],
    ['hello', false],
    ['a {"b":1}', false],
    ['', false],
  ])('judges %j', (text, structured) => {
    expect(looksStructured(text)).toBe(structured);
  });
});
