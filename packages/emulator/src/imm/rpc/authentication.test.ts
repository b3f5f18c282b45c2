import { describe, expect, it } from 'vitest';
import { Accounts } from '../../runtime/accounts.js';
import { TEST_TENANT } from '../test-support/imm-fixture.js';
import { TEST_KEY, commonParameters, signParameters, type TestParameters } from '../test-support/rpc-request.js';
import { Authentication } from './authentication.js';
import { isAcs3 } from './signature-acs3.js';

const newAuthentication = (): Authentication => new Authentication(new Accounts(TEST_TENANT, [TEST_KEY]));

const authenticate = (authentication: Authentication, nowMs: number, changes: TestParameters = {}): unknown =>
  authentication.authenticate(
    {
      request: { method: 'GET', target: '/', headers: [], body: new Uint8Array() },
      parameters: signParameters('GET', { ...commonParameters(nowMs), ...changes }),
      action: 'ListProjects',
      version: '2017-09-06',
    },
    nowMs,
  );

describe('Authentication', () => {
  it('gives the key that has signed', () => {
    expect(authenticate(newAuthentication(), 0)).toEqual(TEST_KEY);
  });

  it('remembers the nonces of the last quarter of an hour, and no more', () => {
    const authentication = newAuthentication();
    for (let nowMs = 0; nowMs < 3_600_000; nowMs += 1000) {
      authenticate(authentication, nowMs);
      expect(authentication.rememberedNonces).toBeLessThanOrEqual(901);
    }
    expect(authentication.rememberedNonces).toBe(901);
  });

  it('remembers a nonce of the future for as long as it could come again', () => {
    const authentication = newAuthentication();
    authenticate(authentication, 0, { Timestamp: '1970-01-01T00:15:00Z' });
    authenticate(authentication, 1_800_000);
    expect(authentication.rememberedNonces).toBe(2);
    authenticate(authentication, 1_800_001);
    expect(authentication.rememberedNonces).toBe(2);
  });

  it('remembers nothing of requests that it refuses', () => {
    const authentication = newAuthentication();
    expect(() => authenticate(authentication, 0, { Timestamp: 'x' })).toThrow('not well formatted');
    expect(() => authenticate(authentication, 0, { Signature: 'Z+GB1rF4DGUtJGfmz87tXzApakw=' })).toThrow('not matched');
    expect(authentication.rememberedNonces).toBe(0);
  });

  it.each([
    ['ACS3-HMAC-SHA256 Credential=a', true],
    ['ACS3-RSA-SHA256 Credential=a', true],
    ['MNS key:signature', false],
    ['', false],
  ])('takes Authorization "%s" for the newer way of signing: %s', (value, expected) => {
    expect(isAcs3({ headers: [['authorization', value]] })).toBe(expected);
  });
});
