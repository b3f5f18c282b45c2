import { MnsbusError } from '@mnsbus/core';
import type { SdkReply } from './sdk-client.js';

/** One signed call of MNS. */
export interface MnsCall {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Path and query, exactly as they are to be signed and sent. */
  readonly resource: string;
  /** The root element of a good reply. */
  readonly rootName: string;
  /** The statuses that mean that the call was carried out; anything else is an error, whatever the body. */
  readonly expected: readonly number[];
  /** Headers of this call, for example `x-mns-prefix`; signed like the rest. */
  readonly headers?: Readonly<Record<string, string>>;
  /** XML; empty without a body. */
  readonly body: string;
  /** Aborts when nobody waits for the reply any more. */
  readonly signal?: AbortSignal;
  /** Aborts when nothing is to be sent any more, not with newer keys either; what was sent is still waited for. */
  readonly sendUntil?: AbortSignal;
  /** Longest time to the end of the reply, in milliseconds. */
  readonly timeoutMs: number;
}

/** The one way out of the bridge: signs a call, sends it, and returns the parsed reply. */
export interface MnsTransport {
  /** Rejects with `MNS_ERROR`, `MNS_UNREACHABLE` or `CREDENTIALS_UNAVAILABLE`. */
  call(call: MnsCall): Promise<SdkReply>;
  /** Ends every connection; calls that are open, and later ones, reject. */
  close(): void;
}

/** The header that every reply of MNS has (spec mns §1.6). */
const REQUEST_ID = 'x-mns-request-id';

/** Reply headers that the bridge looks at. */
export const REPLY_HEADERS: readonly string[] = ['date', REQUEST_ID];

/**
 * The reply, if it is one of MNS itself, and says that the call was carried out.
 *
 * Throws `MNS_UNREACHABLE` for anything that a proxy, a gateway or a captive portal may have answered instead, whatever its
 * status: HTML and empty bodies pass the SDK as successes. It may pass, because only MNS itself can refuse for good.
 */
export function ownReply(reply: SdkReply, { method, resource, expected }: MnsCall): SdkReply {
  const { code: status, headers, body = {} } = reply;
  // What is only read shows by its content what it is; a change that a stranger has confirmed must not count as made.
  const isOwn = Boolean(headers[REQUEST_ID]) || (status === 200 && Object.keys(body).length > 0);
  if (isOwn && expected.includes(status)) return reply;
  throw new MnsbusError({
    code: 'MNS_UNREACHABLE',
    message:
      `${method} ${resource} was answered with status ${status}, expected ${expected.join(' or ')}, ` +
      'and not in the way of MNS. Look for a proxy or gateway between here and the service',
    retryable: true,
  });
}
