import { createHash } from 'node:crypto';
import type { WireRequest } from '@mnsbus/core';
import { formText } from '../../src/imm/test-support/rpc-request.js';
import { acs3StringToSign, sha256Hex, signAcs3 } from '../../src/imm/rpc/signature-acs3.js';
import { rpcSignature } from '../../src/imm/rpc/signature-v1.js';
import { mnsSignature } from '../../src/mns/rest/signature.js';
import { mnsSignatureV4 } from '../../src/mns/rest/signature-v4.js';
import type { Draft, ImmDraft, MnsDraft, Pairs, Proof } from './draft.js';

/** A key pair, and its token when it is a temporary one. */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** The keys that a session knows, by what they are. */
export type Keyring = Readonly<Record<Proof['key'], SigningKey>>;

/** What a request is signed with. */
export interface Signing {
  readonly keys: Keyring;
  /** By the emulator's clock, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Tells this request from all others of its session. */
  readonly nonce: string;
}

/** A draft as it goes over the wire. */
export function wireRequest(draft: Exclude<Draft, { readonly door: 'admin' }>, signing: Signing): WireRequest {
  if (draft.door === 'mns') return mnsRequest(draft, signing);
  if (draft.door === 'imm') return immRequest(draft, signing);
  const { method, target, headers, body } = draft;
  return { method, target, headers, body };
}

const FAR_OFF_MS = 16 * 60_000;

function mnsRequest(draft: MnsDraft, { keys, nowMs }: Signing): WireRequest {
  const { method, target, body, proof } = draft;
  const { way, flaw } = proof;
  const key = keys[proof.key];
  const dateMs = flaw === 'skew' ? nowMs + FAR_OFF_MS : nowMs;
  const date = flaw === 'date' ? `x${new Date(dateMs).toUTCString()}` : new Date(dateMs).toUTCString();
  const headers: (readonly [string, string])[] = [
    ...draft.headers,
    ['x-mns-date', date],
    ...(flaw === 'method' ? [] : [['x-mns-version', flaw === 'version' ? '2015-06-07' : '2015-06-06'] as const]),
    ...tokenPairs(key, flaw, 'security-token'),
  ];
  const request = { method, target, headers: flaw === 'nonce' ? headers.slice(0, -2) : headers, body };
  if (way === 'none' || flaw === 'unsigned') return request;
  const accessKeySecret = flaw === 'secret' ? 'wrong' : key.accessKeySecret;
  const resource = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  const input = { accessKeySecret, method, resource, headers: request.headers };
  const authorization =
    way === 'v4'
      ? `MNS4-HMAC-SHA256 Credential=${key.accessKeyId}/${day(dateMs)}/cn-beijing/mns/aliyun_v4_request,Signature=${signatureV4(input)}`
      : `MNS ${key.accessKeyId}:${mnsSignature(input)}`;
  const shown = flaw === 'shape' ? authorization.replace(/[: ]/, '') : authorization;
  return { ...request, headers: [...request.headers, ['Authorization', shown]] };
}

function day(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '');
}

/** A path that is no UTF-8 cannot be signed by anybody: such a request is sent all the same. */
function signatureV4(input: Parameters<typeof mnsSignature>[0]): string {
  try {
    return mnsSignatureV4({ ...input, region: 'cn-beijing' });
  } catch {
    return '0'.repeat(64);
  }
}

function tokenPairs(key: SigningKey, flaw: Proof['flaw'], name: string): Pairs {
  if (flaw === 'token') return key.securityToken === undefined ? [[name, 'CAISstray']] : [];
  return key.securityToken === undefined ? [] : [[name, key.securityToken]];
}

function immRequest(draft: ImmDraft, signing: Signing): WireRequest {
  return draft.proof.way === 'acs3' ? acs3Request(draft, signing) : v1Request(draft, signing);
}

function timestamp(nowMs: number, flaw: Proof['flaw']): string {
  const text = `${new Date(flaw === 'skew' ? nowMs - FAR_OFF_MS : nowMs).toISOString().slice(0, 19)}Z`;
  return flaw === 'date' ? text.replace('T', ' ') : text;
}

function v1Request(draft: ImmDraft, { keys, nowMs, nonce }: Signing): WireRequest {
  const { method, path, proof } = draft;
  const { flaw } = proof;
  const key = keys[proof.key];
  const parameters = new Map<string, string>([
    ['AccessKeyId', key.accessKeyId],
    ['SignatureMethod', flaw === 'method' ? 'HMAC-MD5' : 'HMAC-SHA1'],
    ['SignatureNonce', flaw === 'nonce' ? 'again' : nonce],
    ['SignatureVersion', '1.0'],
    ['Timestamp', timestamp(nowMs, flaw)],
    ['Version', flaw === 'version' ? '2018-01-01' : draft.version],
    ...tokenPairs(key, flaw, 'SecurityToken'),
    ['Action', draft.operation],
    ...wellFormed(draft.parameters),
  ]);
  if (proof.way !== 'none' && flaw !== 'unsigned') {
    const accessKeySecret = flaw === 'secret' ? 'wrong' : key.accessKeySecret;
    const signature = rpcSignature({ method, parameters, accessKeySecret });
    parameters.set('Signature', flaw === 'shape' ? signature.slice(1) : signature);
  }
  const { query, form } = placed([...parameters], draft.placement);
  return {
    method,
    target: query === '' ? path : `${path}?${query}`,
    headers: form === '' ? draft.headers : [...draft.headers, ['Content-Type', 'application/x-www-form-urlencoded']],
    body: Buffer.from(form),
  };
}

function acs3Request(draft: ImmDraft, { keys, nowMs, nonce }: Signing): WireRequest {
  const { method, path, proof } = draft;
  const { flaw } = proof;
  const key = keys[proof.key];
  const { query, form } = placed(wellFormed(draft.parameters), draft.placement);
  const body = Buffer.from(form);
  const own: Pairs = [
    ['x-acs-action', draft.operation],
    ['x-acs-version', flaw === 'version' ? '2018-01-01' : draft.version],
    ['x-acs-date', timestamp(nowMs, flaw)],
    ['x-acs-signature-nonce', flaw === 'nonce' ? 'again' : nonce],
    ['x-acs-content-sha256', sha256Hex(body)],
    ...tokenPairs(key, flaw, 'x-acs-security-token'),
    ...(form === '' ? [] : [['content-type', 'application/x-www-form-urlencoded'] as const]),
  ];
  const headers = [...draft.headers, ...own];
  const unsigned = { method, target: query === '' ? path : `${path}?${query}`, headers, body };
  if (flaw === 'unsigned') return unsigned;
  const names = [...new Set(headers.map(([name]) => name.toLowerCase()))]
    .filter((name) => name === 'host' || name === 'content-type' || name.startsWith('x-acs-'))
    .toSorted()
    .slice(flaw === 'shape' ? 1 : 0);
  const signature = signAcs3(acs3StringToSign(unsigned, names), flaw === 'secret' ? 'wrong' : key.accessKeySecret);
  const algorithm = flaw === 'method' ? 'ACS3-RSA-SHA256' : 'ACS3-HMAC-SHA256';
  const members = `Credential=${key.accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { ...unsigned, headers: [...headers, ['authorization', `${algorithm} ${members}`]] };
}

/** No client can send half a character. */
function wellFormed(pairs: Pairs): Pairs {
  return pairs.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()] as const);
}

function placed(pairs: Pairs, placement: ImmDraft['placement']): { readonly query: string; readonly form: string } {
  const isInQuery = (index: number): boolean => placement === 'query' || (placement === 'split' && index % 2 === 0);
  return {
    query: formText(pairs.filter((_, index) => isInQuery(index))),
    form: formText(pairs.filter((_, index) => !isInQuery(index))),
  };
}

/** The right value of Content-MD5: base64 of the digest's bytes, or of its hexadecimal text, as some clients have it. */
export function contentMd5(body: Uint8Array, isOfHex: boolean): string {
  const digest = createHash('md5').update(body);
  return isOfHex ? Buffer.from(digest.digest('hex')).toString('base64') : digest.digest('base64');
}
