import { headerOf, type WireRequest } from '@mnsbus/core';
import { tokenFault, type AccessKey, type Accounts, type TokenFault } from '../../runtime/accounts.js';
import type { RpcParameters } from './parameters.js';
import {
  accessKeyNotFound,
  invalid,
  missing,
  nonceUsed,
  securityTokenExpired,
  securityTokenMismatch,
  securityTokenMissing,
  signatureIncomplete,
  signatureMethodNotSupported,
  signatureMismatch,
  timestampExpired,
  timestampMalformed,
  type RpcFault,
} from './rpc-fault.js';
import { rpcStringToSign, signString } from './signature-v1.js';
import { TIMESTAMP_WINDOW_MS, parseTimestamp } from './timestamp.js';
import { UsedNonces } from './used-nonces.js';

/** What a request says about itself before anybody believes it. */
export interface RpcClaims {
  readonly request: Pick<WireRequest, 'method' | 'headers'>;
  readonly parameters: RpcParameters;
  /** From the parameters, or else from the headers; `undefined` when nowhere. */
  readonly action: string | undefined;
  /** From the parameters, or else from the headers; `undefined` when nowhere. */
  readonly version: string | undefined;
}

/** Common parameters that must be there and not be empty, beside those that headers can replace (spec imm §1.3). */
const REQUIRED = ['SignatureMethod', 'SignatureVersion', 'SignatureNonce', 'Timestamp', 'Signature'] as const;

const TOKEN_FAULTS: Readonly<Record<TokenFault, () => RpcFault>> = {
  missing: securityTokenMissing,
  mismatch: securityTokenMismatch,
  expired: securityTokenExpired,
};

// 20 bytes of SHA-1 in base64.
const WELL_FORMED_SIGNATURE = /^[A-Za-z0-9+/]{27}=$/;

/** Finds out who has signed a request, in the order of spec imm §1.9. */
export class Authentication {
  readonly #accounts: Accounts;
  readonly #nonces = new UsedNonces();

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** How many nonces are remembered: those of the last half hour at most, once the next request has come. */
  get rememberedNonces(): number {
    return this.#nonces.size;
  }

  /** The key that has signed the request. Throws an `RpcFault` that says what is wrong with it. */
  authenticate(claims: RpcClaims, nowMs: number): AccessKey {
    const { request, parameters } = claims;
    const accessKeyId = valueOf(parameters, 'AccessKeyId');
    if (accessKeyId === undefined) {
      // The later way of signing has no AccessKeyId parameter, and is not a mistake of the client.
      throw isAcs3(request) ? signatureMethodNotSupported() : missing('AccessKeyId');
    }
    if (claims.action === undefined) throw missing('Action');
    if (claims.version === undefined) throw missing('Version');
    for (const name of REQUIRED) {
      if (valueOf(parameters, name) === undefined) throw missing(name);
    }

    const key = this.#accounts.findKey(accessKeyId);
    if (key === undefined) throw accessKeyNotFound();
    const fault = tokenFault(key, valueOf(parameters, 'SecurityToken'), nowMs);
    if (fault !== undefined) throw TOKEN_FAULTS[fault]();
    checkMethod(parameters);
    const timestampMs = checkTimestamp(parameters.get('Timestamp') ?? '', nowMs);
    checkSignature(claims, key.accessKeySecret);

    const untilMs = Math.max(nowMs, timestampMs) + TIMESTAMP_WINDOW_MS;
    const nonce = parameters.get('SignatureNonce') ?? '';
    if (!this.#nonces.take(accessKeyId, nonce, nowMs, untilMs)) throw nonceUsed();
    return key;
  }
}

/** Whether the request is signed in the way that came after version 1.0 (spec imm §1.5). */
export function isAcs3(request: Pick<WireRequest, 'headers'>): boolean {
  return headerOf(request, 'authorization')?.startsWith('ACS3-') === true;
}

/** A common parameter; the empty string counts as absent. */
function valueOf(parameters: RpcParameters, name: string): string | undefined {
  const value = parameters.get(name);
  return value === '' ? undefined : value;
}

function checkMethod(parameters: RpcParameters): void {
  const plain = valueOf(parameters, 'SignatureType') === undefined;
  if (parameters.get('SignatureMethod') !== 'HMAC-SHA1' || !plain) throw signatureMethodNotSupported();
  if (parameters.get('SignatureVersion') !== '1.0') throw invalid('SignatureVersion');
}

function checkTimestamp(text: string, nowMs: number): number {
  const timestampMs = parseTimestamp(text);
  if (timestampMs === undefined) throw timestampMalformed();
  if (Math.abs(nowMs - timestampMs) > TIMESTAMP_WINDOW_MS) throw timestampExpired();
  return timestampMs;
}

function checkSignature({ request, parameters }: RpcClaims, accessKeySecret: string): void {
  const stringToSign = rpcStringToSign({ method: request.method, parameters });
  const signature = parameters.get('Signature') ?? '';
  if (!WELL_FORMED_SIGNATURE.test(signature)) throw signatureIncomplete(stringToSign);
  if (signature !== signString(stringToSign, accessKeySecret)) throw signatureMismatch(stringToSign);
}
