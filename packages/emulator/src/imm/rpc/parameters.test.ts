import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { formText, wireRequest } from '../test-support/rpc-request.js';
import { MAX_FIELDS, MAX_FIELD_BYTES, decodeFormText, pathOf, readParameters } from './parameters.js';

const FORM = [['Content-Type', 'application/x-www-form-urlencoded']] as const;

const read = (target: string, body: string = '', headers: readonly (readonly [string, string])[] = FORM): object => {
  const { parameters, complete } = readParameters(wireRequest({ method: 'POST', target, body, headers }));
  return { ...Object.fromEntries(parameters), complete };
};

describe('the parameters of a request', () => {
  it.each([
    ['/?A=1&B=2', '', { A: '1', B: '2' }],
    ['/', 'A=1&B=2', { A: '1', B: '2' }],
    ['/?A=1', 'B=2', { A: '1', B: '2' }],
    ['/?A=query', 'A=body', { A: 'body' }],
    ['/?A=first&A=last', '', { A: 'last' }],
    ['/?A=&B', '', { A: '', B: '' }],
    ['/?&&A=1&', '&', { A: '1' }],
    ['/?A=1=2', '', { A: '1=2' }],
    ['/?A=a+b%20c%2B', 'B=a+b', { A: 'a b c+', B: 'a b' }],
    ['/?%41=%e5%9B%be', '', { A: '图' }],
    ['http://imm.cn-beijing.aliyuncs.com/?A=1', '', { A: '1' }],
    ['/', '', {}],
  ])('of %s with body "%s" are merged and decoded', (target, body, members) => {
    expect(read(target, body)).toEqual({ ...members, complete: true });
  });

  it.each([
    ['/?A=1&B=%', ''],
    ['/?A=1&B=%4', ''],
    ['/?A=1&B=%zz', ''],
    ['/?A=1&B=%FF', ''],
    ['/?A=1&%FF=1', ''],
    ['/?A=1&B=%ED%A0%80', ''],
    ['/', 'A=1&B=\u00E9'],
  ])('of %s with body "%s" are incomplete, and the readable ones kept', (target, body) => {
    expect(read(target, body)).toEqual({ A: '1', complete: false });
  });

  it.each([
    ['application/x-www-form-urlencoded; charset=UTF-8', { A: '1' }],
    ['Application/X-WWW-Form-URLEncoded', { A: '1' }],
    ['application/json', {}],
    ['text/plain', {}],
  ])('in a body of type %s', (type, members) => {
    expect(read('/', 'A=1', [['content-type', type]])).toEqual({ ...members, complete: true });
  });

  it('in a body without a type are read', () => {
    expect(read('/', 'A=1', [])).toEqual({ A: '1', complete: true });
  });

  it('in a body may stand as bare UTF-8 bytes', () => {
    expect(read('/', `A=${Buffer.from('图').toString('latin1')}`)).toEqual({ A: '图', complete: true });
  });

  it('named like members of Object are only parameters', () => {
    const { parameters } = readParameters(wireRequest({ method: 'GET', target: '/?__proto__=1&constructor=2' }));
    expect([...parameters]).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  const text = fc.string({ unit: 'grapheme' });
  it.prop([fc.array(fc.tuple(text, text)), fc.array(fc.tuple(text, text))])(
    'survive being encoded into query and form',
    (query, form) => {
      const request = wireRequest({
        method: 'POST',
        target: `/?${formText(query)}`,
        body: formText(form),
        headers: FORM,
      });
      // A pair of two empty texts is a lone "=", which is a pair, too.
      expect(readParameters(request)).toEqual({ parameters: new Map([...query, ...form]), complete: true });
    },
  );

  it.prop([fc.string({ unit: 'binary-ascii' })])('never throw, whatever the target', (target) => {
    expect(typeof readParameters(wireRequest({ method: 'GET', target })).complete).toBe('boolean');
  });
});

describe('too many parameters', () => {
  const form = (body: string, target = '/'): ReturnType<typeof readParameters> =>
    readParameters(wireRequest({ method: 'POST', target, body, headers: FORM }));

  it('are not read, however many there are', () => {
    const excess = `more than ${MAX_FIELDS} parameters`;
    expect(form('a=1&'.repeat(MAX_FIELDS))).toMatchObject({ complete: true });
    expect(form('a=1&'.repeat(MAX_FIELDS)).excess).toBeUndefined();
    expect(form('a=1&'.repeat(MAX_FIELDS + 1)).excess).toBe(excess);
    expect(form('a=1&'.repeat(MAX_FIELDS - 1), '/?Action=A&B').excess).toBe(excess);
    const many = form(Array.from({ length: 2 * MAX_FIELDS }, (_, index) => `p${index}=1`).join('&'));
    expect([many.parameters.size, many.excess]).toEqual([MAX_FIELDS, excess]);
  });

  it('nor larger ones, however few there are', () => {
    const value = 'x'.repeat(MAX_FIELD_BYTES - 2);
    expect(form(`A=${value}`).excess).toBeUndefined();
    expect(form(`A=${value}x`)).toEqual({
      parameters: new Map(),
      complete: true,
      excess: `more than ${MAX_FIELD_BYTES} bytes of parameters`,
    });
    expect(form(`A=${value}`, '/?B').excess).toBe(`more than ${MAX_FIELD_BYTES} bytes of parameters`);
  });

  it('do not count what only separates', () => {
    expect(form('&'.repeat(MAX_FIELD_BYTES)).excess).toBeUndefined();
  });
});

describe('form text', () => {
  it('keeps a byte order mark, so that no two requests look the same', () => {
    expect(decodeFormText('%EF%BB%BFa')).toBe('\u{FEFF}a');
  });

  it('refuses characters that are no bytes', () => {
    expect(decodeFormText('\u{100}')).toBeUndefined();
  });

  it.prop([fc.uint8Array({ minLength: 1, maxLength: 6 }), fc.nat(), fc.integer({ min: 1, max: 255 })])(
    'never reads two different byte strings as the same text',
    (bytes, place, change) => {
      const other = Uint8Array.from(bytes, (byte, index) => (index === place % bytes.length ? byte ^ change : byte));
      const [a, b] = [bytes, other].map((each) =>
        decodeFormText(Array.from(each, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')),
      );
      expect(a === undefined || a !== b).toBe(true);
    },
  );
});

describe('the path of a target', () => {
  it.each([
    ['/', '/'],
    ['/?a=/b', '/'],
    ['', '/'],
    ['?a', '/'],
    ['/queues?x', '/queues'],
    ['http://host', '/'],
    ['http://host?a=1', '/'],
    ['https://host:1/x?y', '/x'],
    ['*', '*'],
  ])('%s is %s', (target, path) => {
    expect(pathOf(target)).toBe(path);
  });
});
