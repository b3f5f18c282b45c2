import type { WireRequest, WireResponse } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';

import type { RpcParameters } from './parameters.js';
import type { RpcFault } from './rpc-fault.js';
import { isAcs3 } from './signature-acs3.js';
import { writeXml } from './xml-writer.js';

/** How a reply is written. */
export type RpcFormat = 'JSON' | 'XML';

/** What an error reply tells beside the error. */
export interface ErrorOrigin {
  readonly requestId: string;
  /** The host that was called. */
  readonly hostId: string;
}

// One SDK recognises XML errors by exactly this text (spec imm §1.7).
const CONTENT_TYPES: Readonly<Record<RpcFormat, string>> = {
  JSON: 'application/json;charset=utf-8',
  XML: 'text/xml;charset=utf-8',
};

/** The format a request asks for: `Format`, else what goes without saying for its kind, else XML (spec imm §1.7). */
export function replyFormat(request: Pick<WireRequest, 'headers'>, parameters: RpcParameters): RpcFormat {
  const asked = parameters.get('Format')?.toUpperCase();
  if (asked === 'JSON' || asked === 'XML') return asked;
  const accepted = (headerOf(request, 'accept') ?? '')
    .split(',')
    .map((range) => range.split(';', 1)[0]?.trim().toLowerCase());
  return isAcs3(request) || accepted.includes('application/json') ? 'JSON' : 'XML';
}

/** The reply to an action that was carried out. */
export function successReply(format: RpcFormat, action: string, requestId: string, result: object): WireResponse {
  return reply(format, 200, requestId, `${action}Response`, result);
}

/** The reply to a request that was refused (spec imm §1.8). */
export function errorReply(format: RpcFormat, fault: RpcFault, { requestId, hostId }: ErrorOrigin): WireResponse {
  const { status, code, message, retryAfterMs } = fault;
  const written = reply(format, status, requestId, 'Error', {
    RequestId: requestId,
    HostId: hostId,
    Code: code,
    Message: message,
  });
  if (retryAfterMs === undefined) return written;
  return { ...written, headers: [...written.headers, ['x-acs-retry-after', String(retryAfterMs)]] };
}

function reply(format: RpcFormat, status: number, requestId: string, xmlRoot: string, value: object): WireResponse {
  const body = Buffer.from(format === 'JSON' ? JSON.stringify(value) : writeXml(xmlRoot, value));
  return {
    status,
    headers: [
      ['Content-Type', CONTENT_TYPES[format]],
      ['Content-Length', String(body.byteLength)],
      ['x-acs-request-id', requestId],
    ],
    body,
  };
}
