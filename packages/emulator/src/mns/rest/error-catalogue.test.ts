import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../failure.js';
import { ERROR_CATALOGUE, describeFailure } from './error-catalogue.js';

describe('the error catalogue', () => {
  it.each([
    ['InternalError', 500, 'Interal error.'],
    ['TimeExpired', 408, 'The http request you sent is expired.'],
    ['QueueAlreadyExist', 409, 'The queue you want to create is already exist.'],
    ['MessageNotExist', 404, 'Message not exist.'],
    ['AccessDenied', 403, 'The OwnerId that your Access Key Id associated to is forbidden for this operation.'],
  ] as const)('has %s as the service has it', (code, status, message) => {
    expect(describeFailure({ code })).toEqual({ status, message });
  });

  it.each(Object.entries(ERROR_CATALOGUE))('%s has an error status and a text', (code, { status, message }) => {
    expect(status).toBeGreaterThanOrEqual(400);
    // The one text that the service writes without a full stop.
    if (code !== 'QpsLimitExceeded') expect(message).toMatch(/\.$/);
    const byName: Partial<Record<FailureCode, number>> = {
      InternalError: 500,
      InternalServerError: 500,
      TimeExpired: 408,
      TooManyRequests: 429,
    };
    if (code.endsWith('NotExist')) expect(status).toBe(404);
    else if (code.endsWith('AlreadyExist')) expect(status).toBe(409);
    else if (status !== 403) expect(status).toBe(byName[code as FailureCode] ?? 400);
  });

  it.each([
    [{ element: 'Priority', range: { low: 1, high: 16 } }, 'The value of Priority should between 1 and 16'],
    [
      { element: 'DelaySeconds', range: { low: 0, high: 604_800, unit: 'seconds' } },
      'The value of DelaySeconds should between 0 and 604800 seconds',
    ],
    [
      { element: 'MessageBody', range: { low: 1, high: 1024, unit: 'bytes' } },
      'The value of MessageBody should between 1 and 1024 bytes',
    ],
    [{ element: 'Endpoint' }, 'The XML you provided did not validate against our published schema, cause by Endpoint.'],
  ] as const)('says what is wrong with an argument: %j', (argument, message) => {
    expect(describeFailure({ code: 'InvalidArgument', ...argument })).toEqual({ status: 400, message });
  });

  it.each([
    ['WaitSeconds', 'WaitSeconds'],
    ['a\u0000\uD800é', 'a???'],
  ])('names the item of a query that is wrong, as far as a reply can carry it: %j', (item, shown) => {
    const message = `Http request URL contains invalid querystring item “${shown}”.`;
    expect(describeFailure({ code: 'InvalidQueryString', item })).toEqual({ status: 400, message });
  });
});
