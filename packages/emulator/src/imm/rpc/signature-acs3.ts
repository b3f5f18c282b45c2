import { createHash, createHmac } from 'node:crypto';
import type { WireRequest } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import { decodeFormText, pathOf } from './parameters.js';
import { rpcEncode } from './signature-v1.js';

/** The one algorithm of the newer signatures that is spoken here. */
export const ACS3_ALGORITHM = 'ACS3-HMAC-SHA256';

/** What the `Authorization` header of a newer signature says; a member that it lacks is `undefined`. */
export interface Acs3Authorization {
  /** For example `ACS3-HMAC-SHA256`. */
  readonly algorithm: string;
  readonly accessKeyId: string | undefined;
  /** Lower case, as sent. */
  readonly signedHeaders: readonly string[] | undefined;
  readonly signature: string | undefined;
}

/** The parts of a request that a newer signature covers. */
export type Acs3Request = Pick<WireRequest, 'method' | 'target' | 'headers' | 'body'>;

/** Reads an `Authorization` header; blanks after commas are taken. `undefined` when it is of another scheme. */
export function readAcs3Authorization(text: string): Acs3Authorization | undefined {
  const [algorithm] = /^ACS3-[A-Z0-9-]+(?=\s|$)/.exec(text) ?? [];
  if (algorithm === undefined) return undefined;
  const rest = text.slice(algorithm.length).trimStart();
  const members = new Map(
    rest.split(',').map((member) => {
      const equals = member.indexOf('=');
      return [member.slice(0, equals).trim(), member.slice(equals + 1).trim()] as const;
    }),
  );
  const valueOf = (name: string): string | undefined => {
    const value = members.get(name);
    return value === '' ? undefined : value;
  };
  return {
    algorithm,
    accessKeyId: valueOf('Credential'),
    signedHeaders: valueOf('SignedHeaders')?.toLowerCase().split(';'),
    signature: valueOf('Signature'),
  };
}

/** The text that a client signs and the service compares (spec imm §1.5). */
export function acs3StringToSign(request: Acs3Request, signedHeaders: readonly string[]): string {
  const canonicalRequest = [
    request.method,
    pathOf(request.target),
    canonicalQuery(request.target),
    canonicalHeaders(request, signedHeaders),
    signedHeaders.join(';'),
    sha256Hex(request.body),
  ].join('\n');
  return `${ACS3_ALGORITHM}\n${sha256Hex(canonicalRequest)}`;
}

/** Signs a string to sign: HMAC-SHA256, lower-case hex (spec imm §1.5). */
export function signAcs3(stringToSign: string, accessKeySecret: string): string {
  return createHmac('sha256', accessKeySecret).update(stringToSign).digest('hex');
}

/** SHA-256 in lower-case hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

// Sorted by the decoded names, names and values encoded anew: what a proxy escapes in another way stays the same request.
function canonicalQuery(target: string): string {
  const start = target.indexOf('?');
  if (start < 0) return '';
  return target
    .slice(start + 1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = decodeFormText(equals < 0 ? pair : pair.slice(0, equals)) ?? '';
      return [name, decodeFormText(equals < 0 ? '' : pair.slice(equals + 1)) ?? ''] as const;
    })
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => `${rpcEncode(name)}=${rpcEncode(value)}`)
    .join('&');
}

/** One line per signed header; several headers of one name are sorted and joined. */
function canonicalHeaders({ headers }: Acs3Request, signedHeaders: readonly string[]): string {
  const valuesByName = new Map<string, string[]>();
  for (const [key, value] of headers) {
    const name = key.toLowerCase();
    const values = valuesByName.get(name);
    if (values === undefined) valuesByName.set(name, [value.trim()]);
    else values.push(value.trim());
  }
  // A name that is repeated would repeat its values: the signed text must not grow with the product of the two.
  return [...new Set(signedHeaders)]
    .map((name) => `${name}:${(valuesByName.get(name) ?? []).toSorted().join(',')}\n`)
    .join('');
}

/** Names of the headers that a newer signature has to cover, of those that a request has (spec imm §1.5). */
export function headersToSign({ headers }: Pick<WireRequest, 'headers'>): readonly string[] {
  const names = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    // A content type decides how the body is read; an empty one is none.
    .filter(
      ([name, value]) => name === 'host' || name.startsWith('x-acs-') || (name === 'content-type' && value !== ''),
    )
    .map(([name]) => name);
  return [...new Set(names)].toSorted();
}

/** Whether a request is signed in the newer way. */
export function isAcs3(request: Pick<WireRequest, 'headers'>): boolean {
  return headerOf(request, 'authorization')?.startsWith('ACS3-') === true;
}
