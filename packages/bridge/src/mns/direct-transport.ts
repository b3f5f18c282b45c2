import { extract, parseXML } from '#alicloud-mns/helper';
import type { Clock, WireHandler, WireResponse } from '@mnsbus/core';
import { abortable, headerOf, joinSignals, wholeReply } from '@mnsbus/core/internal';
import type { CredentialsSource } from '../credentials/credentials-source.js';
import { MAX_REPLY_BYTES, boundedReply } from '../http/reply-limit.js';
import type { MnsPlace, SdkReply } from './sdk-client.js';
import { SignedCalls } from './signed-calls.js';
import { dateHeaders } from './socket-transport.js';
import { REPLY_HEADERS, ownReply, type MnsTransport } from './transport.js';

/**
 * Calls a function instead of a server: the SDK still signs each request and its parser still reads
 * each reply, but no socket or timer of the machine takes part, so that a virtual clock governs all.
 */
export function directTransport(
  place: MnsPlace,
  credentials: CredentialsSource,
  clock: Clock,
  handler: WireHandler,
  maxReplyBytes: number = MAX_REPLY_BYTES,
): MnsTransport {
  const signed = new SignedCalls(place, credentials);
  return {
    call: (call) =>
      signed.run(call, async (client, signal) => {
        const { method, resource, rootName, timeoutMs } = call;
        const body = Buffer.from(call.body, 'utf8');
        const own = { ...dateHeaders(clock), ...call.headers };
        const headers = Object.entries(client.buildHeaders(method, body, resource, own)).map(
          ([name, value]) => [name, String(value)] as const,
        );
        const response = await inTime({ clock, timeoutMs, signal }, (gone) =>
          handler({ method, target: resource, headers, body, signal: gone }),
        );
        const bounded = boundedReply(wholeReply(response), maxReplyBytes);
        return ownReply(await readReply(`${method} ${resource}`, rootName, bounded), call);
      }),
    close: () => signed.close(),
  };
}

// Does with a reply what the SDK does, error texts included, so that both transports fail alike.
async function readReply(what: string, rootName: string, response: WireResponse): Promise<SdkReply> {
  const text = Buffer.from(response.body).toString('utf8');
  const headers = Object.fromEntries(REPLY_HEADERS.map((name) => [name, headerOf(response, name)]));
  const isXml = /^(?:text|application)\/xml/.test(headerOf(response, 'content-type') ?? '');
  if (text === '' || !isXml) return { code: response.status, headers };
  const document = await parseXML(text);
  const error = document['Error'];
  if (error !== undefined) {
    const failure = new Error(
      `${what} failed with ${response.status}. requestid: ${member(error, 'RequestId')}, ` +
        `hostid: ${member(error, 'HostId')}, message: ${member(error, 'Message')}`,
    );
    failure.name = `MNS${member(error, 'Code')}Error`;
    throw failure;
  }
  const root = document[rootName];
  if (root === undefined) throw new Error(`an answer without ${rootName}`);
  const children = Object.entries(root).filter(([name]) => name !== '$');
  return {
    code: response.status,
    headers,
    body: Object.fromEntries(children.map(([name, list]) => [name, extract(list)])),
  };
}

function member(error: Record<string, unknown>, name: string): string {
  return String(extract(error[name]));
}

/** What `send` resolves with, unless `signal` aborts or it takes too long: then the call rejects like one of the SDK, and the handler is told. */
async function inTime<T>(
  { clock, timeoutMs, signal }: { clock: Clock; timeoutMs: number; signal: AbortSignal },
  send: (gone: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = clock.after(timeoutMs, () => late.abort(new Error(`ReadTimeout(${timeoutMs})`)), {
    isBackground: true,
  });
  const joined = joinSignals(signal, late.signal);
  try {
    return await abortable(send(joined.signal), joined.signal);
  } finally {
    timer.cancel();
    joined.release();
  }
}
