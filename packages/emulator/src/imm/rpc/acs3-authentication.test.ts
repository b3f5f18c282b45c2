import { fc, it as prop } from '@fast-check/vitest';
import type { WireRequest } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import { describe, expect, it } from 'vitest';
import { Accounts, type AccessKey } from '../../runtime/accounts.js';
import { acs3Request, type Acs3RequestOptions } from '../test-support/acs3-request.js';
import { TEST_KEY } from '../test-support/rpc-request.js';
import { Authentication } from './authentication.js';
import { RpcFault } from './rpc-fault.js';

const NOW_MS = 1_724_137_387_000;
const QUERY = { ProjectName: 'demo', SourceURI: 'oss://bkt/a b~*+(1).docx', Notification: '{"MNS":{"TopicName":"t"}}' };
const TEMPORARY: AccessKey = {
  accountId: TEST_KEY.accountId,
  accessKeyId: 'STS.1',
  accessKeySecret: 'secret1',
  session: { securityToken: 'CAIS1', expiresAtMs: NOW_MS + 1000 },
};
const SWITCHED_OFF: AccessKey = { ...TEST_KEY, accessKeyId: 'off', isInactive: true };

const newAuthentication = (): Authentication =>
  new Authentication(
    new Accounts({ accountId: TEST_KEY.accountId, region: 'cn-beijing' }, [TEST_KEY, TEMPORARY, SWITCHED_OFF]),
  );

function authenticate(request: WireRequest, nowMs: number = NOW_MS, authentication = newAuthentication()): AccessKey {
  const claim = (name: string): string | undefined => {
    const value = headerOf(request, name);
    return value === '' ? undefined : value;
  };
  const claims = {
    request,
    parameters: new Map<string, string>(),
    action: claim('x-acs-action'),
    version: claim('x-acs-version'),
  };
  return authentication.authenticate(claims, nowMs);
}

/** The code that a request is refused with; `undefined` when it is taken. */
function refusal(request: WireRequest, nowMs: number = NOW_MS): string | undefined {
  try {
    authenticate(request, nowMs);
    return undefined;
  } catch (error) {
    if (error instanceof RpcFault) return error.code;
    throw error;
  }
}

const signed = (options: Acs3RequestOptions = {}): WireRequest => acs3Request('GetTask', QUERY, NOW_MS, options);

const replaced = (request: WireRequest, name: string, change: (value: string) => string): WireRequest => ({
  ...request,
  headers: request.headers.map(([key, value]) => [key, key === name ? change(value) : value] as const),
});

const withHeader = (request: WireRequest, name: string, value: string): WireRequest => ({
  ...request,
  headers: [...request.headers, [name, value]],
});

describe('a request signed by ACS3-HMAC-SHA256', () => {
  it.each<[string, Acs3RequestOptions]>([
    ['without a body', {}],
    ['by GET', { method: 'GET' }],
    ['with a form', { form: { Sources: '[{"URI":"oss://bkt/ä"}]' } }],
    ['of the earlier version', { version: '2017-09-06' }],
    ['without a content type', { headers: { 'content-type': undefined } }],
    [
      'with an empty content type, unsigned',
      { headers: { 'content-type': '' }, signs: (name) => name !== 'content-type' },
    ],
    ['with a header more, which is signed', { headers: { 'x-acs-retry-attempts': '2' } }],
    ['with a signed header that nothing asks for', { signs: (name) => name !== 'x' }],
  ])('is its key’s: %s', (_, options) => {
    expect(authenticate(signed(options))).toBe(TEST_KEY);
  });

  it('is a temporary key’s with its token', () => {
    const key = { accessKeyId: 'STS.1', accessKeySecret: 'secret1', securityToken: 'CAIS1' };
    expect(authenticate(signed({ key }))).toBe(TEMPORARY);
  });

  it('may have blanks after the commas', () => {
    expect(authenticate(replaced(signed(), 'authorization', (text) => text.replaceAll(',', ', ')))).toBe(TEST_KEY);
  });

  it.each<[string, WireRequest]>([
    ['MissingAccessKeyId', replaced(signed(), 'authorization', (text) => text.replace('Credential=testid,', ''))],
    ['MissingAction', signed({ headers: { 'x-acs-action': undefined } })],
    ['MissingVersion', signed({ headers: { 'x-acs-version': undefined } })],
    ['MissingSignature', replaced(signed(), 'authorization', (text) => text.replace(/,Signature=.*/, ''))],
    ['MissingSignature', replaced(signed(), 'authorization', (text) => text.replace(/SignedHeaders=[^,]*,/, ''))],
    ['MissingSignatureNonce', signed({ headers: { 'x-acs-signature-nonce': undefined } })],
    ['MissingTimestamp', signed({ headers: { 'x-acs-date': '' } })],
    ['InvalidAccessKeyId.NotFound', signed({ key: { ...TEST_KEY, accessKeyId: 'nobody' } })],
    ['InvalidAccessKeyId.Inactive', signed({ key: SWITCHED_OFF })],
    ['MissingSecurityToken', signed({ key: { accessKeyId: 'STS.1', accessKeySecret: 'secret1' } })],
    [
      'InvalidSecurityToken.Malformed',
      signed({ key: { accessKeyId: 'STS.1', accessKeySecret: 'secret1', securityToken: 'no token' } }),
    ],
    [
      'InvalidSecurityToken.MismatchWithAccessKey',
      signed({ key: { accessKeyId: 'STS.1', accessKeySecret: 'secret1', securityToken: 'CAIS2' } }),
    ],
    ['InvalidSecurityToken.MismatchWithAccessKey', signed({ key: { ...TEST_KEY, securityToken: 'CAIS1' } })],
    [
      'InvalidSignatureMethod',
      replaced(signed(), 'authorization', (text) => text.replace('HMAC-SHA256', 'RSA-SHA256')),
    ],
    ['InvalidSignatureMethod', replaced(signed(), 'authorization', (text) => text.replace('HMAC-SHA256', 'HMAC-SM3'))],
    ['InvalidTimeStamp.Format', signed({ headers: { 'x-acs-date': '20240820T070307Z' } })],
    ['IncompleteSignature', replaced(signed(), 'authorization', (text) => text.replace(/\w{64}$/, 'A'.repeat(64)))],
    ['IncompleteSignature', signed({ signs: (name) => name !== 'host' })],
    ['IncompleteSignature', signed({ signs: (name) => name !== 'content-type' })],
    // A body signed as one type must not be read as another.
    [
      'IncompleteSignature',
      withHeader(signed({ headers: { 'content-type': undefined } }), 'Content-Type', 'text/plain'),
    ],
    ['IncompleteSignature', signed({ signs: (name) => name !== 'x-acs-version' })],
    ['SignatureDoesNotMatch', signed({ key: { ...TEST_KEY, accessKeySecret: 'wrong' } })],
    ['SignatureDoesNotMatch', signed({ headers: { 'x-acs-content-sha256': undefined } })],
    ['SignatureDoesNotMatch', signed({ headers: { 'x-acs-content-sha256': '0'.repeat(64) } })],
    ['SignatureDoesNotMatch', { ...signed(), body: Buffer.from('more') }],
  ])('is refused with %s', (code, request) => {
    expect(refusal(request)).toBe(code);
  });

  it('is refused once its token has expired', () => {
    const key = { accessKeyId: 'STS.1', accessKeySecret: 'secret1', securityToken: 'CAIS1' };
    expect([refusal(signed({ key }), NOW_MS + 999), refusal(signed({ key }), NOW_MS + 1000)]).toEqual([
      undefined,
      'InvalidSecurityToken.Expired',
    ]);
  });

  it.each([-1, 1])('may lie a quarter of an hour away, and no millisecond more: %i', (direction) => {
    const windowMs = 15 * 60_000;
    expect(refusal(signed(), NOW_MS + direction * windowMs)).toBeUndefined();
    expect(refusal(signed(), NOW_MS + direction * (windowMs + 1))).toBe('InvalidTimeStamp.Expired');
  });

  it('counts once, and shares its nonces with the other way of signing', () => {
    const authentication = newAuthentication();
    const request = signed({ headers: { 'x-acs-signature-nonce': 'only-once' } });
    authenticate(request, NOW_MS, authentication);
    expect(() => authenticate(request, NOW_MS + 1, authentication)).toThrow(
      expect.objectContaining({ code: 'SignatureNonceUsed' }),
    );
  });

  it('tells the client what was signed here', () => {
    const request = signed({ key: { ...TEST_KEY, accessKeySecret: 'wrong' } });
    expect(() => authenticate(request)).toThrow(
      /^Specified signature is not matched with our calculation\. server string to sign is:ACS3-HMAC-SHA256\n[\da-f]{64}$/,
    );
  });

  prop.prop([fc.nat(), fc.integer({ min: 1, max: 94 }), fc.constantFrom('target', 'body', 'method', 'header')])(
    'is refused when one character of a signed part is another (I21)',
    (position, shift, part) => {
      const request = signed({ form: { Sources: '[{"URI":"oss://bkt/a"}]', UserData: 'x' } });
      const changed = (text: string): string => {
        const at = position % text.length;
        const code = ((text.charCodeAt(at) - 33 + shift) % 95) + 33;
        return `${text.slice(0, at)}${String.fromCharCode(code)}${text.slice(at + 1)}`;
      };
      const names = request.headers
        .map(([name]) => name)
        .filter((name) => name === 'host' || name.startsWith('x-acs-'));
      const name = names[position % names.length] ?? '';
      const bodyText = Buffer.from(request.body).toString('latin1');
      const tampered: WireRequest = {
        target: { ...request, target: changed(request.target) },
        body: { ...request, body: Buffer.from(changed(bodyText), 'latin1') },
        method: { ...request, method: changed(request.method) },
        header: replaced(request, name, changed),
      }[part];
      // The path cannot be told from an escape of it, nor a + from an escaped blank: what means the same is the same.
      fc.pre(
        part !== 'target' || decodeURIComponentOrSelf(tampered.target) !== decodeURIComponentOrSelf(request.target),
      );
      expect(refusal(tampered)).toBeDefined();
    },
  );
});

function decodeURIComponentOrSelf(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
