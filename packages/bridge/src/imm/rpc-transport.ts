import { createHmac } from 'node:crypto';
import RPCClient from '@alicloud/pop-core';
import { MnsbusError, type Clock, type SeededRandom, type WireHandler } from '@mnsbus/core';
import { joinSignals, wholeReply } from '@mnsbus/core/internal';
import type { CredentialsSource } from '../credentials/credentials-source.js';
import type { AccessKeys } from '../credentials/credentials.js';
import { textOf } from '../dispatch/listener-call.js';
import { boundedAgent } from '../http/bounded-agent.js';
import { endsWithCall } from '../http/ends-with-call.js';
import { MAX_REPLY_BYTES, boundedReply } from '../http/reply-limit.js';
import { ImmServiceError, NoReplyError, immUnreachable } from './imm-error.js';
import { readReply, type RpcReply } from './rpc-reply.js';

/** Parameters as they travel: texts (spec imm §1.6). */
export type RpcParameters = Readonly<Record<string, string>>;

/** The way to IMM. */
export interface RpcTransport {
  /**
   * Sends one request, and a second one when IMM does not know the keys of the first and there may be others.
   *
   * Rejects with `IMM_ERROR`, `IMM_UNREACHABLE`, `CREDENTIALS_UNAVAILABLE`, or `ABORTED` when `signal` aborts.
   */
  call(action: string, parameters: RpcParameters, signal?: AbortSignal): Promise<RpcReply>;
  /** Ends every connection. */
  close(): void;
}

/** What a transport works with. */
export interface RpcParts {
  readonly endpoint: string;
  readonly apiVersion: string;
  readonly credentials: CredentialsSource;
  readonly clock: Clock;
  /** Draws nonces. */
  readonly random: SeededRandom;
  /** Longest wait for a reply, in milliseconds. */
  readonly readTimeoutMs: number;
  /** Most bytes of a reply, unpacked, from 1. Default 16 MiB. */
  readonly maxReplyBytes?: number | undefined;
}

/** Refusals that other keys may cure (spec imm §1.8). */
const REFUSED_KEYS = /^(?:InvalidAccessKeyId|InvalidSecurityToken)\b/;

/** Calls IMM through `@alicloud/pop-core`, with an agent of our own, so that `close` leaves nothing open, and no reply is endless. */
export function socketRpc(parts: RpcParts): RpcTransport {
  const { endpoint, apiVersion, readTimeoutMs, maxReplyBytes = MAX_REPLY_BYTES } = parts;
  const agent = boundedAgent(endpoint.startsWith('https:'), maxReplyBytes);
  // POST, because the URL of a GET carries the signature into the SDK's error texts.
  const opts = { method: 'POST', timeout: readTimeoutMs, agent };
  return {
    call: (action, parameters, signal) =>
      signed(parts, signal, async ({ accessKeyId, accessKeySecret, securityToken }) => {
        const token = securityToken === undefined ? {} : { securityToken };
        // Sends each request once: neither it nor the agent repeats anything by itself.
        const client = new RPCClient({ endpoint, apiVersion, accessKeyId, accessKeySecret, ...token });
        try {
          const reply = endsWithCall(signal, (ended) => {
            const beforeRequest = (request: object): object => ({ ...request, signal: ended });
            return client.request<unknown>(action, { ...stampOf(parts), ...parameters }, { ...opts, beforeRequest });
          });
          return readReply(await unlessAborted(reply, signal), undefined);
        } catch (error) {
          // The SDK throws for any reply with a code, that of a failed task included (spec imm §4.4).
          if (isSdkError(error)) return readReply(error.data, error.entry?.response?.statusCode);
          throw failureOf(error, signal, false);
        }
      }),
    close: () => agent.destroy(),
  };
}

/** Calls a function instead of a server, signing as the SDK does (spec imm §1.4), so that a virtual clock governs all. */
export function directRpc(parts: RpcParts, handler: WireHandler): RpcTransport {
  const { host } = new URL(parts.endpoint);
  const { clock, readTimeoutMs, maxReplyBytes = MAX_REPLY_BYTES } = parts;
  return {
    call: (action, parameters, signal) =>
      signed(parts, signal, async (keys) => {
        const body = Buffer.from(signedForm({ Action: action, ...commonOf(parts, keys), ...parameters }, keys));
        const headers = [
          ['host', host],
          ['content-type', 'application/x-www-form-urlencoded'],
        ] as const;
        const late = new AbortController();
        const timer = clock.after(readTimeoutMs, () => late.abort(new Error(`ReadTimeout(${readTimeoutMs})`)), {
          isBackground: true,
        });
        const joined = joinSignals(signal, late.signal);
        try {
          const reply = handler({ method: 'POST', target: '/', headers, body, signal: joined.signal });
          const whole = wholeReply(await unlessAborted(reply, joined.signal));
          const { status, body: bytes } = boundedReply(whole, maxReplyBytes);
          return readReply(JSON.parse(Buffer.from(bytes).toString('utf8')), status);
        } catch (error) {
          throw failureOf(error, signal, false);
        } finally {
          timer.cancel();
          joined.release();
        }
      }),
    close: () => {},
  };
}

/**
 * Calls with the keys of the moment, once more if IMM does not know them.
 *
 * That is safe for every action: IMM looks at the signature before anything else (spec imm §1.9), so what it refuses for the keys
 * has had no effect.
 */
async function signed(
  { credentials }: Pick<RpcParts, 'credentials'>,
  signal: AbortSignal | undefined,
  call: (keys: AccessKeys) => Promise<RpcReply>,
  isRepeat = false,
): Promise<RpcReply> {
  // A call that was given up while there were no keys must not be sent when they come.
  const keys = await unlessAborted(Promise.resolve(credentials.current()), signal).catch((error: unknown) => {
    throw failureOf(error, signal, true);
  });
  try {
    return await call(keys);
  } catch (error) {
    const areRefused = error instanceof ImmServiceError && error.hadNoEffect && REFUSED_KEYS.test(error.immCode);
    if (isRepeat || !areRefused || !credentials.refused(keys)) throw error;
    return signed({ credentials }, signal, call, true);
  }
}

/** The outcome of `work`, unless `signal` aborts before: then rejects with its reason. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function failureOf(error: unknown, signal: AbortSignal | undefined, hadNoEffect: boolean): MnsbusError {
  if (signal?.aborted === true) return new NoReplyError('ABORTED', textOf(signal.reason), hadNoEffect);
  return error instanceof MnsbusError ? error : immUnreachable(error);
}

/** What makes each request another, by our own clock and seed. */
function stampOf({ clock, random }: RpcParts): RpcParameters {
  const now = new Date(clock.now()).toISOString();
  return { Timestamp: now.replace(/\.\d{3}Z$/, 'Z'), SignatureNonce: random.uuid() };
}

function commonOf(parts: RpcParts, { accessKeyId, securityToken }: AccessKeys): RpcParameters {
  return {
    Version: parts.apiVersion,
    Format: 'JSON',
    AccessKeyId: accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    ...(securityToken === undefined ? {} : { SecurityToken: securityToken }),
    ...stampOf(parts),
  };
}

function signedForm(parameters: RpcParameters, { accessKeySecret }: AccessKeys): string {
  const form = Object.entries(parameters)
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  const signature = createHmac('sha1', `${accessKeySecret}&`)
    .update(`POST&%2F&${encode(form)}`)
    .digest('base64');
  return `${form}&Signature=${encode(signature)}`;
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What `@alicloud/pop-core` throws for a reply with a code. */
interface SdkError {
  readonly data: unknown;
  readonly entry?: { readonly response?: { readonly statusCode?: number } };
}

function isSdkError(error: unknown): error is Error & SdkError {
  return error instanceof Error && 'data' in error;
}
