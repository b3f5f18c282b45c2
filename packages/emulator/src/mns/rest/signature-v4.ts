import { createHmac } from 'node:crypto';
import { headerOf } from '@mnsbus/core/internal';
import { byText, wireEncoding, type SignatureInput } from './signature.js';

/** How the `Authorization` header of a version 4 signature begins. */
export const V4_ALGORITHM = 'MNS4-HMAC-SHA256';

/** What a version 4 signature is made from. */
export interface SignatureV4Input extends SignatureInput {
  /** The region of the credential's scope. */
  readonly region: string;
}

/**
 * The version 4 signature of a request: lower-case hex of HMAC-SHA256 with a key for one day and region (spec mns §1.5).
 *
 * The canonical request enters as it is, not hashed. The request has a date that is one.
 */
export function mnsSignatureV4(input: SignatureV4Input): string {
  const { accessKeySecret, region, headers } = input;
  const timestamp = signedTimestamp(headers);
  const scope = [timestamp.slice(0, 8), region, SERVICE, TERMINATOR];
  const text = [V4_ALGORITHM, timestamp, scope.join('/'), canonicalRequest(input)].join('\n');
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `aliyun_v4${accessKeySecret}`);
  return hmac(key, text).toString('hex');
}

/** The day, `yyyyMMdd`, that the scope of a request's credential has to name. */
export function signedDay(headers: SignatureInput['headers']): string {
  return signedTimestamp(headers).slice(0, 8);
}

const SERVICE = 'mns';
const TERMINATOR = 'aliyun_v4_request';

/** `yyyyMMddTHHmmssZ`, of the Date header or what stands in for it. */
function signedTimestamp(headers: SignatureInput['headers']): string {
  const date = headerOf({ headers }, 'date') ?? headerOf({ headers }, 'x-mns-date') ?? '';
  return `${new Date(Date.parse(date)).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** Each header line ends with a line feed, and an empty line closes (spec mns §11.13). */
function canonicalRequest({ method, resource, headers }: SignatureInput): string {
  const [path, query] = split(resource, '?');
  const lines = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name === 'content-md5' || name === 'content-type' || name.startsWith('x-mns-'))
    .toSorted(([a], [b]) => byText(a, b))
    .map(([name, value]) => `${name}:${value}\n`);
  const canonicalPath = path.split('/').map(encode).join('/');
  return `${method}\n${canonicalPath}\n${canonicalQuery(query)}\n${lines.join('')}\n`;
}

function canonicalQuery(query: string | undefined): string {
  if (query === undefined) return '';
  return query
    .split('&')
    .map((item) => split(item, '='))
    .map(([name, value]) => [encode(name).toLowerCase(), value === undefined ? '' : `=${encode(value)}`] as const)
    .toSorted(([a], [b]) => byText(a, b))
    .map(([name, value]) => `${name}${value}`)
    .join('&');
}

function split(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** Percent-encodes what is not unreserved in RFC 3986, however much of it was encoded on the way. */
function encode(text: string): string {
  return encodeURIComponent(decodeURIComponent(text).toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, wireEncoding(text)).digest();
}
