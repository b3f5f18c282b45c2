import { tokenFault, type AccessKey, type Accounts, type TokenFault } from '../../runtime/accounts.js';
import { proofAcs3 } from './proof-acs3.js';
import { proofV1 } from './proof-v1.js';
import type { RpcClaims } from './proof.js';
import {
  accessKeyInactive,
  accessKeyNotFound,
  nonceUsed,
  securityTokenExpired,
  securityTokenMalformed,
  securityTokenMismatch,
  securityTokenMissing,
  timestampExpired,
  timestampMalformed,
  type RpcFault,
} from './rpc-fault.js';
import { isAcs3 } from './signature-acs3.js';
import { TIMESTAMP_WINDOW_MS, parseTimestamp } from './timestamp.js';
import { UsedNonces } from './used-nonces.js';

const TOKEN_FAULTS: Readonly<Record<TokenFault, () => RpcFault>> = {
  missing: securityTokenMissing,
  mismatch: securityTokenMismatch,
  expired: securityTokenExpired,
};

// Base64 of either alphabet, and the marks of tokens that are written in parts.
const WELL_FORMED_TOKEN = /^[\w+/=.-]+$/;

/** Finds out who has signed a request, in either way, in the order of spec imm §1.9. */
export class Authentication {
  readonly #accounts: Accounts;
  /** Which nonces cannot be used again. */
  readonly nonces: UsedNonces;

  constructor(accounts: Accounts, nonces: UsedNonces = new UsedNonces()) {
    this.#accounts = accounts;
    this.nonces = nonces;
  }

  /** How many nonces are remembered: those of the last half hour at most, once the next request has come. */
  get rememberedNonces(): number {
    return this.nonces.size;
  }

  /**
   * The key that has signed the request. Throws an `RpcFault` that says what is wrong with it. Timestamps are judged by
   * `nowMs`, the time that everybody knows, and the life of tokens and nonces by `lineMs`, which nobody can set.
   */
  authenticate(claims: RpcClaims, nowMs: number, lineMs: number = nowMs): AccessKey {
    const proof = isAcs3(claims.request) ? proofAcs3(claims) : proofV1(claims);
    const { accessKeyId, securityToken, nonce } = proof;

    const key = this.#accounts.findKey(accessKeyId);
    if (key === undefined) throw accessKeyNotFound();
    if (key.isInactive === true) throw accessKeyInactive();
    if (securityToken !== undefined && !WELL_FORMED_TOKEN.test(securityToken)) throw securityTokenMalformed();
    const fault = tokenFault(key, securityToken, lineMs);
    if (fault !== undefined) throw TOKEN_FAULTS[fault]();
    proof.checkMethod();
    const timestampMs = checkTimestamp(proof.timestamp, nowMs);
    proof.checkSignature(key.accessKeySecret);

    const untilMs = lineMs + Math.max(0, timestampMs - nowMs) + TIMESTAMP_WINDOW_MS;
    if (!this.nonces.take(accessKeyId, nonce, lineMs, untilMs)) throw nonceUsed();
    return key;
  }
}

function checkTimestamp(text: string, nowMs: number): number {
  const timestampMs = parseTimestamp(text);
  if (timestampMs === undefined) throw timestampMalformed();
  if (Math.abs(nowMs - timestampMs) > TIMESTAMP_WINDOW_MS) throw timestampExpired();
  return timestampMs;
}
