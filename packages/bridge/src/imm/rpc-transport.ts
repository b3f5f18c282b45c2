import { createHmac } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import RPCClient from '@alicloud/pop-core';
import type { Clock, SeededRandom, WireHandler } from '@mnsbus/core';
import { wholeReply } from '@mnsbus/core/internal';
import type { CredentialsSource } from '../credentials/credentials-source.js';
import type { AccessKeys } from '../credentials/credentials.js';
import { ImmServiceError, immUnreachable } from './imm-error.js';

/** Parameters as they travel: texts (spec imm §1.6). */
export type RpcParameters = Readonly<Record<string, string>>;

/** A reply, as JSON has it. */
export type RpcReply = Readonly<Record<string, unknown>>;

/** The way to IMM. */
export interface RpcTransport {
  /** Rejects with `IMM_ERROR`, `IMM_UNREACHABLE` or `CREDENTIALS_UNAVAILABLE`. */
  call(action: string, parameters: RpcParameters): Promise<RpcReply>;
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
}

/** Refusals that other keys may cure (spec imm §1.8). */
const REFUSED_KEYS = /^(?:InvalidAccessKeyId|InvalidSecurityToken)\b/;

/** Calls IMM through `@alicloud/pop-core`, with an agent of our own, so that `close` leaves nothing open. */
export function socketRpc(parts: RpcParts): RpcTransport {
  const { endpoint, apiVersion, readTimeoutMs } = parts;
  const agent = endpoint.startsWith('https:')
    ? new HttpsAgent({ keepAlive: true })
    : new HttpAgent({ keepAlive: true });
  // POST, because the URL of a GET carries the signature into the SDK's error texts.
  const opts = { method: 'POST', timeout: readTimeoutMs, agent };
  return {
    call: (action, parameters) =>
      signed(parts, async ({ accessKeyId, accessKeySecret, securityToken }) => {
        const token = securityToken === undefined ? {} : { securityToken };
        const client = new RPCClient({ endpoint, apiVersion, accessKeyId, accessKeySecret, ...token });
        try {
          return await client.request<RpcReply>(action, { ...stampOf(parts), ...parameters }, opts);
        } catch (error) {
          // The SDK throws for any reply with a code, that of a failed task included (spec imm §4.4).
          throw isSdkError(error) ? new RefusedReply(error.data) : immUnreachable(error);
        }
      }),
    close: () => agent.destroy(),
  };
}

/** Calls a function instead of a server, signing as the SDK does (spec imm §1.4), so that a virtual clock governs all. */
export function directRpc(parts: RpcParts, handler: WireHandler): RpcTransport {
  const { host } = new URL(parts.endpoint);
  return {
    call: (action, parameters) =>
      signed(parts, async (keys) => {
        const body = Buffer.from(signedForm({ Action: action, ...commonOf(parts, keys), ...parameters }, keys));
        const headers = [
          ['host', host],
          ['content-type', 'application/x-www-form-urlencoded'],
        ] as const;
        const reply: unknown = await handler({ method: 'POST', target: '/', headers, body })
          .then((response) => JSON.parse(Buffer.from(wholeReply(response).body).toString('utf8')))
          .catch((error: unknown) => Promise.reject(immUnreachable(error)));
        if (!isReply(reply)) throw immUnreachable('the answer is no JSON object');
        if ('Code' in reply) throw new RefusedReply(reply);
        return reply;
      }),
    close: () => {},
  };
}

/** A reply with a code at its top: a refusal, unless it is the record of a failed task. */
class RefusedReply extends Error {
  readonly reply: RpcReply;

  constructor(reply: RpcReply) {
    super('refused');
    this.reply = reply;
  }
}

async function signed(
  { credentials }: Pick<RpcParts, 'credentials'>,
  call: (keys: AccessKeys) => Promise<RpcReply>,
  isRepeat = false,
): Promise<RpcReply> {
  const keys = await credentials.current();
  try {
    return await call(keys);
  } catch (error) {
    if (!(error instanceof RefusedReply)) throw error;
    const { reply } = error;
    if ('TaskId' in reply && 'Status' in reply) return reply;
    const immCode = String(reply['Code']);
    if (!isRepeat && REFUSED_KEYS.test(immCode) && credentials.refused(keys))
      return signed({ credentials }, call, true);
    const requestId = reply['RequestId'];
    throw new ImmServiceError({
      immCode,
      message: String(reply['Message']),
      requestId: typeof requestId === 'string' ? requestId : undefined,
    });
  }
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

function isSdkError(error: unknown): error is Error & { readonly data: RpcReply } {
  return error instanceof Error && 'data' in error && isReply(error.data);
}

function isReply(value: unknown): value is RpcReply {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
