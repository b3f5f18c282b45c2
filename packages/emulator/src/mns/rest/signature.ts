import { headerOf } from '@mnsbus/core/internal';
import { hmacSha1 } from './hmac-sha1.js';

/** What a signature is made from. */
export interface SignatureInput {
  readonly accessKeySecret: string;
  readonly method: string;
  /** Path and query exactly as on the request line. */
  readonly resource: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * The signature of a request: base64 of HMAC-SHA1 (spec mns §1.3).
 *
 * Covers method, Content-MD5, Content-Type, date, all `x-mns-` headers and the resource; not the security token.
 */
export function mnsSignature({ accessKeySecret, method, resource, headers }: SignatureInput): string {
  const header = (name: string): string => headerOf({ headers }, name) ?? '';
  const stringToSign = [
    method,
    header('content-md5'),
    header('content-type'),
    headerOf({ headers }, 'date') ?? header('x-mns-date'),
    ...canonicalHeaders(headers),
    resource,
  ].join('\n');
  return hmacSha1(accessKeySecret, Buffer.from(stringToSign, wireEncoding(stringToSign)));
}

function canonicalHeaders(headers: SignatureInput['headers']): readonly string[] {
  const signed: (readonly [name: string, value: string])[] = [];
  for (const [name, value] of headers) {
    const lowerCased = name.toLowerCase();
    if (lowerCased.startsWith('x-mns-')) signed.push([lowerCased, value]);
  }
  if (signed.length > 1) signed.sort(([a], [b]) => byText(a, b));
  return signed.map(([name, value]) => `${name}:${value}`);
}

/** Orders texts by their characters' numbers, as `toSorted` wants it. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** How to get back the bytes that text of a request line or header came from: HTTP libraries give one character per byte. */
export function wireEncoding(text: string): 'latin1' | 'utf8' {
  return /[\u0100-\uFFFF]/.test(text) ? 'utf8' : 'latin1';
}
