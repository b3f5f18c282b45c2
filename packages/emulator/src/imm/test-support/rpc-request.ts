import type { WireRequest } from '@mnsbus/core';
import { rpcEncode, rpcSignature } from '../rpc/signature-v1.js';

/** The key that test requests are signed with. */
export const TEST_KEY = {
  accessKeyId: 'testid',
  accessKeySecret: 'testsecret',
  accountId: '1000000000000001',
} as const;

/** Where the parameters of a test request go (spec imm §10.1). */
export type Placement = 'query' | 'form' | 'split';

/** How a test request differs from an ordinary one. */
export interface RpcRequestOptions {
  readonly method?: string;
  /** Default: the query of a GET, the form of a POST. */
  readonly placement?: Placement;
  readonly headers?: readonly (readonly [string, string])[];
  /** Path of the target. Default `/`. */
  readonly path?: string;
  /** Default the secret of {@link TEST_KEY}. */
  readonly accessKeySecret?: string;
}

/** Parameters by name; `undefined` takes one of the common ones away. */
export type TestParameters = Readonly<Record<string, string | undefined>>;

let nonces = 0;

/** The common parameters of a test request at `nowMs`, with a nonce of its own. */
export function commonParameters(nowMs: number): Record<string, string> {
  nonces += 1;
  return {
    AccessKeyId: TEST_KEY.accessKeyId,
    Format: 'JSON',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: `nonce-${nonces}`,
    SignatureVersion: '1.0',
    Timestamp: `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    Version: '2017-09-06',
  };
}

/** Signs parameters, unless they bring a `Signature` of their own (or `undefined` for none). */
export function signParameters(
  method: string,
  parameters: TestParameters,
  accessKeySecret: string = TEST_KEY.accessKeySecret,
): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) given.set(name, value);
  if (!('Signature' in parameters)) {
    given.set('Signature', rpcSignature({ method, parameters: given, accessKeySecret }));
  }
  return given;
}

/** A signed request as it stands on the wire. */
export function rpcRequest(parameters: TestParameters, nowMs: number, options: RpcRequestOptions = {}): WireRequest {
  const { method = 'GET', path = '/', headers = [], accessKeySecret } = options;
  const placement = options.placement ?? (method === 'POST' ? 'form' : 'query');
  const all = signParameters(method, { ...commonParameters(nowMs), ...parameters }, accessKeySecret);
  const inQuery = [...all].filter(([name]) => placement === 'query' || (placement === 'split' && isCommon(name)));
  const inForm = [...all].filter((pair) => !inQuery.includes(pair));
  return wireRequest({
    method,
    target: inQuery.length === 0 ? path : `${path}?${formText(inQuery)}`,
    headers: inForm.length === 0 ? headers : [['Content-Type', 'application/x-www-form-urlencoded'], ...headers],
    body: formText(inForm),
  });
}

/** A request with `Host: 127.0.0.1:9324`, unless the headers name another. */
export function wireRequest(request: {
  readonly method: string;
  readonly target: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
}): WireRequest {
  const { method, target, headers = [], body = '' } = request;
  return { method, target, headers: [...headers, ['Host', '127.0.0.1:9324']], body: Buffer.from(body, 'latin1') };
}

/** Pairs as form text. */
export function formText(pairs: Iterable<readonly [string, string]>): string {
  return [...pairs].map(([name, value]) => `${rpcEncode(name)}=${rpcEncode(value)}`).join('&');
}

function isCommon(name: string): boolean {
  return /^(?:Signature.*|AccessKeyId|Action|Format|Timestamp|Version)$/.test(name);
}
