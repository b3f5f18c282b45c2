import { describe, expect, it } from 'vitest';
import { FieldReader } from './field-reader.js';
import { RpcFault } from './rpc-fault.js';

const reader = (value: string | undefined): FieldReader =>
  new FieldReader(new Map(value === undefined ? [] : [['X', value]]));

/** What reading gives: the value, or the code of the error. */
const outcome = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    if (error instanceof RpcFault) return error.code;
    throw error;
  }
};

const EMPTY = 'InvalidParameter.X.Empty';
const FORMAT = 'InvalidParameter.X.WrongFormat';
const VALUE = 'InvalidParameter.X';

describe('FieldReader', () => {
  it.each([
    [undefined, 'MissingX'],
    ['', EMPTY],
    ['a', 'a'],
    [' ', ' '],
    ['\0', FORMAT],
  ])('reads the required text %j', (value, expected) => {
    expect(outcome(() => reader(value).text('X'))).toBe(expected);
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['undefined', 'undefined'],
    ['a\uFFFE', FORMAT],
  ])('reads the optional text %j', (value, expected) => {
    expect(outcome(() => reader(value).optionalText('X'))).toBe(expected);
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['1', 1],
    ['10', 10],
    ['007', 7],
    ['0', VALUE],
    ['-0', VALUE],
    ['11', VALUE],
    ['-1', -1],
    ['-2', VALUE],
    ['99999999999999999999', VALUE],
    ['1.0', FORMAT],
    ['1e1', FORMAT],
    ['+1', FORMAT],
    [' 1', FORMAT],
    ['one', FORMAT],
    ['undefined', FORMAT],
    ['0x1', FORMAT],
  ])('reads the number %j of 1–10 or −1', (value, expected) => {
    expect(outcome(() => reader(value).optionalInteger('X', { min: 1, max: 10, or: -1 }))).toBe(expected);
  });

  it('reads minus zero as zero', () => {
    expect(outcome(() => reader('-0').optionalInteger('X', { min: 0 }))).toBe(0);
  });

  it('takes every safe integer when no upper bound is given', () => {
    expect(outcome(() => reader('9007199254740991').optionalInteger('X', { min: 1 }))).toBe(Number.MAX_SAFE_INTEGER);
    expect(outcome(() => reader('9007199254740992').optionalInteger('X', { min: 1 }))).toBe(VALUE);
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['true', true],
    ['True', true],
    ['FALSE', false],
    ['1', FORMAT],
    ['yes', FORMAT],
  ])('reads the truth value %j', (value, expected) => {
    expect(outcome(() => reader(value).optionalBoolean('X'))).toBe(expected);
  });

  it.each([
    [undefined, undefined],
    ['a', 'a'],
    ['A', VALUE],
    ['c', VALUE],
  ])('reads the word %j of a and b', (value, expected) => {
    expect(outcome(() => reader(value).optionalWord('X', ['a', 'b']))).toBe(expected);
  });

  it('reports absent parameters before empty ones', () => {
    expect(outcome(() => reader('').require('X', 'Y'))).toBe('MissingY');
    expect(outcome(() => reader('').require('X'))).toBe(EMPTY);
  });
});
