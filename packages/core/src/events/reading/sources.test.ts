import { describe, expect, it } from 'vitest';
import { documentedBy } from './documented.js';
import { number, someText, text } from './kinds.js';
import { Problems, type FieldIssue } from './problems.js';
import { beside, both, itself, members, sourcesIn, within, type Source } from './sources.js';

interface Documented {
  readonly a: string;
  readonly b: { readonly c: string; readonly d: { readonly e: number } };
  readonly n: number | null;
}

const { essential, expected, optional, nullable } = sourcesIn<Documented>();

function readFrom<Value>(
  source: Source<Value>,
  value: unknown,
): { readonly meant: Value; readonly list: readonly FieldIssue[]; readonly isIdentified: boolean } {
  const problems = new Problems();
  const meant = source.read({ value, path: '' }, problems);
  return { meant, list: problems.list, isIdentified: problems.isIdentified };
}

const good = (meant: unknown): object => ({ meant, list: [], isIdentified: true });
const bad = (path: string, what: string, received: string, meant?: unknown): object => ({
  meant,
  list: [{ path, expected: `expected ${what}`, received }],
  isIdentified: true,
});

describe('A source', () => {
  it('of an essential member says when the event is not identified', () => {
    expect(readFrom(essential('b.c'), { b: { c: 'x' } })).toEqual(good('x'));
    for (const value of [{ b: { c: '' } }, { b: {} }, {}, 7])
      expect(readFrom(essential('b.c'), value)).toMatchObject({ meant: '', isIdentified: false, list: [{}] });
  });

  it('of an expected member names what is missing by where the way ends', () => {
    const source = expected('b.d.e', number);
    expect(readFrom(source, { b: { d: { e: 5 } } })).toEqual(good(5));
    expect(readFrom(source, { b: { d: { e: 'x' } } })).toEqual(bad('b.d.e', 'a number', 'the text "x"'));
    expect(readFrom(source, { b: { d: {} } })).toEqual(bad('b.d.e', 'a number', 'nothing'));
    expect(readFrom(source, { b: {} })).toEqual(bad('b.d', 'an object', 'nothing'));
    expect(readFrom(source, { b: { d: null } })).toEqual(bad('b.d', 'an object', 'null'));
    expect(readFrom(source, 7)).toEqual(bad('', 'an object', 'the number 7'));
  });

  it('knows no members that an object has not itself', () => {
    const { optional: ofAny } = sourcesIn<{ toString: { name: string } }>();
    expect(readFrom(ofAny('toString.name', text), {})).toEqual(good(undefined));
  });

  it('of an optional member means its default where nothing is there, and of several takes the first that is', () => {
    const source = optional(['a', 'b.c'], text, 'none');
    expect(readFrom(source, { a: 'x', b: { c: 'y' } })).toEqual(good('x'));
    expect(readFrom(source, { b: { c: 'y' } })).toEqual(good('y'));
    expect(readFrom(source, {})).toEqual(good('none'));
    expect(readFrom(source, { b: {} })).toEqual(good('none'));
    expect(readFrom(source, { a: null, b: { c: 'y' } })).toEqual(bad('a', 'text', 'null'));
    expect(readFrom(source, { b: 7 })).toEqual(bad('b', 'an object', 'the number 7'));
    expect(readFrom(optional('a', text), {})).toEqual(good(undefined));
  });

  it('of a nullable member takes null for nothing', () => {
    for (const value of [{ n: null }, {}]) {
      expect(readFrom(nullable('n', number, 0), value)).toEqual(good(0));
      expect(readFrom(nullable('n', number), value)).toEqual(good(undefined));
    }
    expect(readFrom(nullable('n', number), { n: 5 })).toEqual(good(5));
    expect(readFrom(nullable('n', number), { n: 'x' })).toMatchObject({ meant: undefined, list: [{ path: 'n' }] });
    expect(readFrom(nullable('b.c', text), { b: null })).toEqual(good(undefined));
    expect(readFrom(optional('b.c', text), { b: null })).toEqual(bad('b', 'an object', 'null'));
  });

  it('reads the members of a view each for itself, from where they are', () => {
    const view = members({ one: expected('a', text), other: expected('n', number) });
    expect(readFrom(view, { a: 'x', n: 'y' })).toMatchObject({
      meant: { one: 'x', other: undefined },
      list: [{ path: 'n' }],
    });
    expect(readFrom(within('in', view), { in: { a: 'x', n: 5 } })).toEqual(good({ one: 'x', other: 5 }));
    expect(readFrom(within('in', view), {})).toMatchObject({ list: [{ path: 'in' }] });
    expect(readFrom(itself(text), 'x')).toEqual(good('x'));
  });

  it('may be two as one, or have another beside it of which only the problems are seen', () => {
    const [one, other] = [members({ a: expected('a', text) }), members({ n: expected('n', number) })];
    expect(readFrom(both(one, other), { a: 'x', n: 5 })).toEqual(good({ a: 'x', n: 5 }));
    expect(readFrom(beside(one, other), { a: 'x', n: 'y' })).toMatchObject({
      meant: { a: 'x' },
      list: [{ path: 'n' }],
    });
  });
});

describe('Problems', () => {
  it('keep the first of each place, in order', () => {
    const problems = new Problems();
    problems.add('b', 'one', 1);
    problems.add('a', 'two', 2);
    problems.note({ path: 'b', expected: 'later', received: '' });
    expect(problems.list).toEqual([
      { path: 'b', expected: 'expected one', received: 'the number 1' },
      { path: 'a', expected: 'expected two', received: 'the number 2' },
    ]);
  });
});

describe('documentedBy', () => {
  it('is the shape of what keeps to the documents of all sources', () => {
    const view = both(
      members({ one: essential('a'), two: expected('b.d.e', number) }),
      beside(members({ three: optional(['b.c', 'n'], text) }), nullable('b.d.f' as 'b.c', number)),
    );
    expect(documentedBy(within('in', view), within('in', members({ four: nullable('n', number) })))).toEqual({
      type: 'object',
      properties: {
        in: {
          type: 'object',
          properties: {
            a: someText.documented,
            b: {
              type: 'object',
              properties: {
                d: {
                  type: 'object',
                  properties: { e: number.documented, f: { anyOf: [number.documented, { type: 'null' }] } },
                  required: ['e'],
                },
                c: text.documented,
              },
              required: ['d'],
            },
            n: text.documented,
          },
          required: ['a', 'b'],
        },
      },
      required: ['in'],
    });
  });

  it('is told of every member where it is, and whether it may be absent', () => {
    const [documented, path] = [text.documented, ['a']];
    expect(expected('a', text).leaves).toEqual([{ path, documented, presence: 'required' }]);
    expect(optional('a', text).leaves).toEqual([{ path, documented, presence: 'optional' }]);
    expect(nullable('a', text).leaves).toEqual([{ path, documented, presence: 'nullable' }]);
    expect(within('a', itself(text)).leaves).toEqual([{ path, documented, presence: 'required' }]);
  });

  it('lets be null what is nullable throughout', () => {
    expect(documentedBy(nullable('n', number))).toEqual({
      type: 'object',
      properties: { n: { anyOf: [number.documented, { type: 'null' }] } },
      required: [],
    });
    expect(documentedBy(itself(text), nullable('n', number))).toEqual(text.documented);
  });
});
