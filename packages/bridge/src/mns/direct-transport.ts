import { setMaxListeners } from 'node:events';
import { extract, parseXML } from '@alicloud/mns/lib/helper.js';
import type { Clock, WireHandler, WireResponse } from '@mnsbus/core';
import { headerOf, joinSignals, wholeReply } from '@mnsbus/core/internal';
import type { CredentialsSource } from '../credentials/credentials-source.js';
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
): MnsTransport {
  const signed = new SignedCalls(place, credentials);
  const closed = new AbortController();
  // One for each open call.
  setMaxListeners(0, closed.signal);
  return {
    call: (call) =>
      signed.run(async (client) => {
        const { method, resource, rootName, body, timeoutMs } = call;
        const { signal, release } = joinSignals(call.signal, closed.signal);
        try {
          signal.throwIfAborted();
          const bytes = Buffer.from(body, 'utf8');
          const own = { ...dateHeaders(clock), ...call.headers };
          const headers = Object.entries(client.buildHeaders(method, bytes, resource, own));
          const reply = handler({
            method,
            target: resource,
            headers: headers.map(([name, value]) => [name, String(value)]),
            body: bytes,
            signal,
          });
          const response = wholeReply(await inTime(reply, signal, { clock, timeoutMs }));
          return ownReply(await readReply(`${method} ${resource}`, rootName, response), call);
        } finally {
          release();
        }
      }),
    close: () => closed.abort(new Error('the connection was closed')),
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

/** The reply, unless `signal` aborts or it does not come in time: then the call rejects like one of the SDK. */
function inTime<T>(
  reply: Promise<T>,
  signal: AbortSignal,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      timer.cancel();
      signal.removeEventListener('abort', abort);
      reject(error);
    };
    const abort = (): void => fail(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    const late = (): void => fail(new Error(`ReadTimeout(${timeoutMs})`));
    const timer = clock.after(timeoutMs, late, { isBackground: true });
    signal.addEventListener('abort', abort, { once: true });
    reply.then((value) => {
      timer.cancel();
      signal.removeEventListener('abort', abort);
      return resolve(value);
    }, fail);
  });
}
