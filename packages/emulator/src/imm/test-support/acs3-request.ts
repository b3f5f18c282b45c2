import type { WireRequest } from '@mnsbus/core';
import { ACS3_ALGORITHM, acs3StringToSign, sha256Hex, signAcs3 } from '../rpc/signature-acs3.js';
import { TEST_KEY, formText } from './rpc-request.js';

/** How a test request differs from an ordinary one. */
export interface Acs3RequestOptions {
  readonly method?: string;
  /** Default `2020-09-30`. */
  readonly version?: string;
  /** Sent as a form body instead of in the query. */
  readonly form?: Readonly<Record<string, string>>;
  readonly key?: { readonly accessKeyId: string; readonly accessKeySecret: string; readonly securityToken?: string };
  /** Changes the headers before they are signed; `undefined` takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Which headers are signed. Default as clients do it: host, content-type and all of `x-acs-*`. */
  readonly signs?: (name: string) => boolean;
}

let nonces = 0;

/** A request as clients of the newer generation sign it (spec imm §1.5). */
export function acs3Request(
  action: string,
  query: Readonly<Record<string, string>>,
  nowMs: number,
  options: Acs3RequestOptions = {},
): WireRequest {
  const { method = 'POST', version = '2020-09-30', form, key = TEST_KEY, headers: changes = {} } = options;
  const { signs = (name) => name === 'host' || name === 'content-type' || name.startsWith('x-acs-') } = options;
  nonces += 1;
  const body = Buffer.from(form === undefined ? '' : formText(Object.entries(form)));
  const headers = Object.entries({
    host: '127.0.0.1:9324',
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    'x-acs-action': action,
    'x-acs-version': version,
    'x-acs-date': `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': `acs3-nonce-${nonces}`,
    'x-acs-content-sha256': sha256Hex(body),
    ...('securityToken' in key
      ? { 'x-acs-accesskey-id': key.accessKeyId, 'x-acs-security-token': key.securityToken }
      : {}),
    ...changes,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const text = formText(Object.entries(query));
  const unsigned = { method, target: text === '' ? '/' : `/?${text}`, headers, body };
  const signedHeaders = headers
    .map(([name]) => name)
    .filter(signs)
    .toSorted();
  const signature = signAcs3(acs3StringToSign(unsigned, signedHeaders), key.accessKeySecret);
  const members = `Credential=${key.accessKeyId},SignedHeaders=${signedHeaders.join(';')},Signature=${signature}`;
  return { ...unsigned, headers: [...headers, ['authorization', `${ACS3_ALGORITHM} ${members}`]] };
}
