import type { WireRequest } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import { tokenFault, type Accounts, type Tenant } from '../../runtime/accounts.js';
import { isSameSecret } from '../../runtime/same-secret.js';
import type { HttpDate } from './http-date.js';
import { RequestRefused } from './request-refused.js';
import { mnsSignature } from './signature.js';
import { V4_ALGORITHM, mnsSignatureV4, signedDay } from './signature-v4.js';

/** The only version of the API (spec mns §1.2). */
export const API_VERSION = '2015-06-06';

/** How far a request's date may be from the server's time, in milliseconds, both ways (spec mns §1.2). */
export const DATE_WINDOW_MS = 900_000;

/**
 * Checks who sent a request, when, and whether it arrived as it was sent.
 *
 * In this order: Authorization, date, version, key, security token, signature, owner (spec mns §1.8). Throws the first failure.
 * Dates are judged by `nowMs`, the time that everybody knows, and the life of tokens by `lineMs`, which nobody can set.
 */
export function authenticate(
  request: WireRequest,
  resource: string,
  tenant: Tenant,
  accounts: Accounts,
  dates: HttpDate,
  nowMs: number,
  lineMs: number = nowMs,
): void {
  const { accessKeyId, isSignedWith } = readAuthorization(request, resource);
  checkDate(request, dates, nowMs);
  checkVersion(request);
  const key = accounts.findKey(accessKeyId);
  if (key === undefined || key.isInactive === true) throw new RequestRefused('InvalidAccessKeyId');
  const token = headerOf(request, 'security-token');
  if (tokenFault(key, token === '' ? undefined : token, lineMs) !== undefined)
    throw new RequestRefused('InvalidSecurityToken');
  if (!isSignedWith(key.accessKeySecret)) throw new RequestRefused('SignatureDoesNotMatch');
  if (key.accountId !== tenant.accountId) throw new RequestRefused('AccessDenied');
}

/** What an `Authorization` header claims. */
interface Claim {
  readonly accessKeyId: string;
  /** Whether the signature is the one that this secret gives; to be asked once the date is known to be one. */
  readonly isSignedWith: (accessKeySecret: string) => boolean;
}

const V1 = /^MNS ([^\s:]+):(\S+)$/;
const V4 = new RegExp(
  `^${V4_ALGORITHM} Credential=([^\\s,]+)/(\\d{8})/([^\\s,/]+)/mns/aliyun_v4_request,Signature=(\\S+)$`,
);

function readAuthorization({ method, headers }: WireRequest, resource: string): Claim {
  const header = headerOf({ headers }, 'authorization');
  if (header === undefined) throw new RequestRefused('MissingAuthorizationHeader');
  const [, id, signature] = V1.exec(header) ?? [];
  if (id !== undefined && signature !== undefined) {
    return {
      accessKeyId: id,
      isSignedWith: (accessKeySecret) =>
        isSameSecret(signature, mnsSignature({ accessKeySecret, method, resource, headers })),
    };
  }
  const [, idV4, day, region, signatureV4] = V4.exec(header) ?? [];
  if (idV4 === undefined || region === undefined || signatureV4 === undefined)
    throw new RequestRefused('InvalidAuthorizationHeader');
  return {
    accessKeyId: idV4,
    isSignedWith: (accessKeySecret) =>
      day === signedDay(headers) &&
      isSameSecret(signatureV4, mnsSignatureV4({ accessKeySecret, method, resource, headers, region })),
  };
}

function checkDate(request: WireRequest, dates: HttpDate, nowMs: number): void {
  const text = headerOf(request, 'date') ?? headerOf(request, 'x-mns-date');
  if (text === undefined) throw new RequestRefused('MissingDateHeader');
  const dateMs = dates.read(text);
  if (dateMs === undefined) throw new RequestRefused('InvalidDateHeader');
  if (Math.abs(nowMs - dateMs) > DATE_WINDOW_MS) throw new RequestRefused('TimeExpired');
}

function checkVersion(request: WireRequest): void {
  const version = headerOf(request, 'x-mns-version');
  if (version === undefined) throw new RequestRefused('MissingVersionHeader');
  if (version !== API_VERSION) throw new RequestRefused('InvalidVersionHeader');
}
