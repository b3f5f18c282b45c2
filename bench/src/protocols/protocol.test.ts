import { describe, expect, it } from 'vitest';
import { accepted, between } from './protocol.js';

describe('between', () => {
  it.each([
    ['<a>1</a><a>2</a>', ['1', '2']],
    ['<a></a>', ['']],
    ['<a>cut off', []],
    ['<a>1</a><a>cut off', ['1']],
    ['nothing', []],
  ])('finds in %j %j', (text, expected) => {
    expect(between(text, '<a>', '</a>')).toEqual(expected);
  });
});

describe('accepted', () => {
  const body = Buffer.from('because');

  it.each([200, 201, 204, 299])('takes %i', (status) => {
    expect(() => accepted({ status, body })).not.toThrow();
  });

  it.each([199, 300, 404, 500])('throws for %i, with what the server said', (status) => {
    expect(() => accepted({ status, body })).toThrow(`refused with ${status}: because`);
  });
});
