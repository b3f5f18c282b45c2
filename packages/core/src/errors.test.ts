import { describe, expect, it } from 'vitest';
import { MnsbusError, describeValue, invalidArgument } from './errors.js';

describe('MnsbusError', () => {
  it('carries code, retryable, request id and cause', () => {
    const cause = new Error('underneath');
    const error = new MnsbusError({ code: 'MNS_ERROR', message: 'm', retryable: true, requestId: 'r', cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'MnsbusError',
      code: 'MNS_ERROR',
      message: 'm',
      retryable: true,
      requestId: 'r',
      cause,
    });
  });

  it('is not retryable and has neither request id nor cause unless told', () => {
    const error = new MnsbusError({ code: 'ABORTED', message: 'm' });
    expect(error.retryable).toBe(false);
    expect(error.requestId).toBeUndefined();
    expect('cause' in error).toBe(false);
  });
});

describe('invalidArgument', () => {
  it('names the argument, what was expected and what came', () => {
    expect(invalidArgument('port', 'a number', 'x').message).toBe('port: expected a number, received the text "x"');
  });
});

describe('describeValue', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    ['a"b', 'the text "a\\"b"'],
    ['x'.repeat(61), `the text "${'x'.repeat(57)}..."`],
    [5, 'the number 5'],
    [true, 'the boolean true'],
    [[1, 2], 'a list of 2'],
    [{}, 'a value of type object'],
  ])('describes %j', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });
});
