import { headerOf, type WireRequest } from '@mnsbus/core';
import type { Accounts, Tenant } from '../../runtime/accounts.js';
import { RequestRefused } from './request-refused.js';
import { mnsSignature } from './signature.js';

/** The only version of the API (spec mns §1.2). */
export const API_VERSION = '2015-06-06';

/** How far a request's date may be from the server's time, in milliseconds, both ways (spec mns §1.2). */
export const DATE_WINDOW_MS = 900_000;

/**
 * Checks who sent a request, when, and whether it arrived as it was sent.
 *
 * In this order: Authorization, date, version, security token, key, signature, owner (spec mns §1.8). Throws the first failure.
 */
export function authenticate(
  request: WireRequest,
  resource: string,
  tenant: Tenant,
  accounts: Accounts,
  nowMs: number,
): void {
  const { accessKeyId, signature } = readAuthorization(request);
  checkDate(request, nowMs);
  checkVersion(request);
  // A temporary key comes with a token; no temporary keys are handed out here.
  if ((headerOf(request, 'security-token') ?? '') !== '') throw new RequestRefused('InvalidSecurityToken');
  const key = accounts.findKey(accessKeyId);
  if (key === undefined) throw new RequestRefused('InvalidAccessKeyId');
  const { accessKeySecret, accountId } = key;
  const expected = mnsSignature({ accessKeySecret, method: request.method, resource, headers: request.headers });
  if (signature !== expected) throw new RequestRefused('SignatureDoesNotMatch');
  if (accountId !== tenant.accountId) throw new RequestRefused('AccessDenied');
}

function readAuthorization(request: WireRequest): { readonly accessKeyId: string; readonly signature: string } {
  const header = headerOf(request, 'authorization');
  if (header === undefined) throw new RequestRefused('MissingAuthorizationHeader');
  const [, accessKeyId, signature] = /^MNS ([^\s:]+):(\S+)$/.exec(header) ?? [];
  if (accessKeyId === undefined || signature === undefined) throw new RequestRefused('InvalidAuthorizationHeader');
  return { accessKeyId, signature };
}

function checkDate(request: WireRequest, nowMs: number): void {
  const text = headerOf(request, 'date') ?? headerOf(request, 'x-mns-date');
  if (text === undefined) throw new RequestRefused('MissingDateHeader');
  const dateMs = Date.parse(text);
  // Lenient parsers take many texts for dates; only the one form of RFC 1123 in GMT reads the same again.
  if (Number.isNaN(dateMs) || new Date(dateMs).toUTCString() !== text) throw new RequestRefused('InvalidDateHeader');
  if (Math.abs(nowMs - dateMs) > DATE_WINDOW_MS) throw new RequestRefused('TimeExpired');
}

function checkVersion(request: WireRequest): void {
  const version = headerOf(request, 'x-mns-version');
  if (version === undefined) throw new RequestRefused('MissingVersionHeader');
  if (version !== API_VERSION) throw new RequestRefused('InvalidVersionHeader');
}
