import { describe, expect, it } from 'vitest';
import { MAX_VALUE_DEPTH, checkJsonValue } from './json-value.js';

function nested(depth: number): unknown {
  return depth === 0 ? 'core' : { in: nested(depth - 1) };
}

describe('a value that is to be kept', () => {
  it.each([null, 'text', 0, true, undefined, [1, [2]], { a: { b: [] } }, new Date(0), nested(MAX_VALUE_DEPTH)])(
    'may be %j',
    (value) => {
      expect(() => checkJsonValue('value', value)).not.toThrow();
    },
  );

  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;

  it.each([
    [10n, 'value'],
    [{ a: 10n }, 'value.a'],
    [{ a: { b: [Number.NaN] } }, 'value.a.b.0'],
    [{ a: Infinity }, 'value.a'],
    [{ a: () => 1 }, 'value.a'],
    [{ a: Symbol('s') }, 'value.a'],
    [nested(MAX_VALUE_DEPTH + 1), 'value.in.in.in'],
    [cyclic, 'value.self.self.self'],
  ])('may not be what JSON does not carry whole', (value, name) => {
    expect(() => checkJsonValue('value', value)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(`${name}: expected`) }),
    );
  });
});
