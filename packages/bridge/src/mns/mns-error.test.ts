import { describe, expect, it } from 'vitest';
import { MnsServiceError, isEmptyQueue, isKeyRefusal, isLostHandle, toMnsError } from './mns-error.js';

const sdkError = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const refusalText = (status: number, hostId: string): string =>
  `GET http://h/queues/q failed with ${status}. requestid: 6AB5, hostid: ${hostId}, message: Some text, with commas.`;

const refusal = (code: string, status: number, hostId = 'http://h:9324'): MnsServiceError => {
  const error = toMnsError(sdkError(`MNS${code}Error`, refusalText(status, hostId)));
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
    'http://1000000000000001.mns.cn-hangzhou.aliyuncs.com',
    'http://127.0.0.1:9324',
    'https://mns.test',
    '1.mns.cn-beijing-internal.aliyuncs.com',
  ])('knows MNS by its host %s', (hostId) => {
    expect(refusal('QueueNotExist', 404, hostId)).toMatchObject({ mnsCode: 'QueueNotExist', requestId: '6AB5' });
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
    ['a refusal with a good status', sdkError('MNSAccessDeniedError', refusalText(200, 'http://1.mns.test'))],
    ['an object store’s refusal', sdkError('MNSAccessDeniedError', refusalText(403, 'b.oss-cn-hangzhou.aliyuncs.com'))],
    ['a refusal of nobody', sdkError('MNSAccessDeniedError', refusalText(403, ''))],
    ['a code that is none', sdkError('MNS[object Object]Error', refusalText(403, 'http://1.mns.test'))],
  ])('takes %s for a service out of reach', (_, cause) => {
    expect(toMnsError(cause)).toMatchObject({ code: 'MNS_UNREACHABLE', retryable: true, cause });
  });
});

it('leaves out the call that the SDK appends to the text of an error', () => {
  const { message } = toMnsError(new Error('read ECONNRESETGET http://127.0.0.1:9324/queues/q/messages?w=1 failed.'));
  expect(message).toBe('no answer from MNS that could be read: read ECONNRESET. Check endpoint, network and proxy');
});

describe('isKeyRefusal', () => {
  it.each([
    ['InvalidAccessKeyId', 403, true],
    ['SignatureDoesNotMatch', 403, true],
    ['InvalidSecurityToken.Expired', 400, true],
    ['AnythingNew', 403, true],
    ['AccessDenied', 403, false],
    ['AccessDeniedByRamPolicy', 403, false],
    ['QueueNotExist', 404, false],
  ])('judges %s (%s): %s', (code, status, isRefusal) => {
    expect(isKeyRefusal(refusal(code, status))).toBe(isRefusal);
  });

  it('is not said of a service out of reach', () => {
    expect(isKeyRefusal(toMnsError(new Error('socket hang up')))).toBe(false);
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
