import { createHmac } from 'node:crypto';

/** What signature version 1.0 covers. */
export interface RpcSignatureInput {
  /** The HTTP method, upper case. */
  readonly method: string;
  /** Every parameter of query and form, decoded, empty ones too; `Signature` is left out by itself. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The text that a client signs and the service compares (spec imm §1.4). Throws `URIError` for a lone surrogate. */
export function rpcStringToSign({ method, parameters }: RpcSignatureInput): string {
  const canonical = [...parameters]
    .filter(([name]) => name !== 'Signature')
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => `${rpcEncode(name)}=${rpcEncode(value)}`)
    .join('&');
  return `${method}&${rpcEncode('/')}&${rpcEncode(canonical)}`;
}

/** The `Signature` parameter of a request: HMAC-SHA1, base64 (spec imm §1.4). Throws `URIError` for a lone surrogate. */
export function rpcSignature(input: RpcSignatureInput & { readonly accessKeySecret: string }): string {
  return signString(rpcStringToSign(input), input.accessKeySecret);
}

/** Signs a string to sign with a secret. */
export function signString(stringToSign: string, accessKeySecret: string): string {
  return createHmac('sha1', `${accessKeySecret}&`).update(stringToSign).digest('base64');
}

/** Percent-encodes UTF-8 as signatures want it: only `A–Z a–z 0–9 - _ . ~` stay (spec imm §1.4). */
export function rpcEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
