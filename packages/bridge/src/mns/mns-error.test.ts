import { describe, expect, it } from 'vitest';
import { MnsServiceError, isEmptyQueue, isLostHandle, toMnsError } from './mns-error.js';

const sdkError = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const refusal = (code: string, status: number): MnsServiceError => {
  const text = `GET http://h/queues/q failed with ${status}. requestid: 6AB5, hostid: http://h, message: Some text, with commas.`;
  const error = toMnsError(sdkError(`MNS${code}Error`, text));
  if (!(error instanceof MnsServiceError)) throw error;
  return error;
};

describe('toMnsError', () => {
  it('reads code, status, request id and message out of the SDK’s text, and keeps the original', () => {
    const error = refusal('QueueNotExist', 404);
    expect(error).toMatchObject({
      code: 'MNS_ERROR',
      mnsCode: 'QueueNotExist',
      status: 404,
      requestId: '6AB5',
      retryable: false,
    });
    expect(error.message).toBe(
      'MNS answered QueueNotExist (404): Some text, with commas. Create the queue, or check its name, the account and the region',
    );
    expect(error.cause).toBeInstanceOf(Error);
  });

  it.each([
    ['SignatureDoesNotMatch', 403, 'Check the access key secret'],
    ['InvalidAccessKeyId', 403, 'Check the access key id'],
    ['TimeExpired', 408, 'Set the clock'],
  ])('says what to do about %s', (code, status, advice) => {
    expect(refusal(code, status).message).toContain(advice);
  });

  it.each([
    ['TooManyRequests', 429, true],
    ['QpsLimitExceeded', 400, true],
    ['TimeExpired', 408, true],
    ['InternalError', 500, true],
    ['InternalServerError', 503, true],
    ['InvalidArgument', 400, false],
    ['AccessDenied', 403, false],
  ])('knows whether %s (%s) may pass: %s', (code, status, retryable) => {
    expect(refusal(code, status).retryable).toBe(retryable);
  });

  it.each([
    ['a refused connection', new Error('connect ECONNREFUSED 127.0.0.1:1')],
    ['a time-out of the SDK', sdkError('RequestTimeoutError', 'ReadTimeout: 30000. GET /x failed.')],
    ['an answer that is no XML', new Error('Non-whitespace before first tag.')],
    ['an error with an unknown text', sdkError('MNSQueueNotExistError', 'something else')],
    ['something that is no error', 'boom'],
  ])('takes %s for a service out of reach', (_, cause) => {
    expect(toMnsError(cause)).toMatchObject({ code: 'MNS_UNREACHABLE', retryable: true, cause });
  });
});

describe('isEmptyQueue', () => {
  it('knows the normal end of a receive', () => {
    expect(isEmptyQueue(refusal('MessageNotExist', 404))).toBe(true);
    expect(isEmptyQueue(refusal('QueueNotExist', 404))).toBe(false);
    expect(isEmptyQueue(new Error('MessageNotExist'))).toBe(false);
  });
});

describe('isLostHandle', () => {
  it.each([
    ['ReceiptHandleError', true],
    ['MessageNotExist', true],
    ['QueueNotExist', false],
  ])('judges %s: %s', (code, lost) => {
    expect(isLostHandle(code)).toBe(lost);
  });
});
