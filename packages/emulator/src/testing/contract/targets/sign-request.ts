import { createHmac } from 'node:crypto';
import type { WireRequest } from '@mnsbus/core';
import type { ContractRequest } from '../contract-target.js';

/** Whose requests they are. */
export interface ContractKeys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of a temporary key. */
  readonly securityToken?: string | undefined;
}

/** Signs as the service's documentation says (spec mns §1.3), and not as the emulator checks: two hands, so that they can differ. */
export function signRequest(request: ContractRequest, keys: ContractKeys, nowMs: number): WireRequest {
  const { method, resource, body, tamper, signal } = request;
  const date = new Date(nowMs).toUTCString();
  const type = 'text/xml;charset=utf-8';
  const signed = { 'x-mns-date': date, 'x-mns-version': '2015-06-06' };
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}`);
  const stringToSign = [
    tamper === 'method' ? 'GET' : method,
    '',
    type,
    tamper === 'date' ? new Date(nowMs - 1000).toUTCString() : date,
    ...lines,
    tamper === 'resource' ? `${resource}/` : resource,
  ].join('\n');
  const signature = createHmac('sha1', keys.accessKeySecret).update(stringToSign).digest('base64');
  // The first of its characters counts with all of its six bits.
  const sent = tamper === 'signature' ? (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1) : signature;
  return {
    method,
    target: resource,
    headers: [
      ['Content-Type', type],
      ...Object.entries(signed),
      ...(tamper === 'header' ? ([['x-mns-user-request-id', 'unsigned']] as const) : []),
      ...(keys.securityToken === undefined ? [] : ([['security-token', keys.securityToken]] as const)),
      ['Authorization', `MNS ${keys.accessKeyId}:${sent}`],
    ],
    body: Buffer.from(body, 'utf8'),
    ...(signal === undefined ? {} : { signal }),
  };
}
