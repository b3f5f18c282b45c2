import type { IncomingMessage, ServerResponse } from 'node:http';
import { SystemClock, type Clock } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { inRange, required } from '../options/checks.js';
import { SERVICE_CERTIFICATES, checkPrefixes } from './certificate-prefixes.js';
import { CertificateStore, type FetchCertificate } from './certificate-store.js';
import { fetchOverNetwork } from './fetch-certificate.js';
import type { PushRequest } from './incoming-push.js';
import { PushReceiver, type ReadBody } from './push-receiver.js';
import { PushRefused, type PushRefusal } from './push-refusal.js';
import type { PushSink } from './push-sink.js';
import { readBounded } from './read-bounded.js';

/** What a push handler needs to know. */
export interface PushHandlerOptions {
  /** The account, or accounts, whose topics may push here. Every customer of the service can push anywhere: this is what keeps the others out. */
  readonly topicOwner: string | readonly string[];
  /** Topics that may push here. Default every topic of those accounts. */
  readonly topicNames?: readonly string[] | undefined;
  /** Prefixes of the certificates that may be fetched: https, and http on this machine for an emulator. Default the service's own place (spec mns §5.5). */
  readonly certificatePrefixes?: readonly string[] | undefined;
  /** Farthest that a request's `Date` may lie from our clock, in milliseconds, 1000–86,400,000. Default 300,000. */
  readonly maxAgeMs?: number | undefined;
  /** Largest body in bytes, from 1. Default 512 KiB: 64 KiB of message, escaped. */
  readonly maxBodyBytes?: number | undefined;
  /** Longest time for a body to come, in milliseconds from 1. Default 5000. */
  readonly bodyTimeoutMs?: number | undefined;
  /** Longest time for the listeners, in milliseconds from 1. Default 4500: the topic itself waits for 5 s (spec mns §5.5). */
  readonly deadlineMs?: number | undefined;
  /** How a certificate is fetched: within `timeoutMs` (default 3000), of at most `maxBytes` (default 16,384), kept for `cacheMs` (default a day). */
  readonly certificate?:
    | {
        readonly timeoutMs?: number | undefined;
        readonly maxBytes?: number | undefined;
        readonly cacheMs?: number | undefined;
      }
    | undefined;
  /** Fetches certificates. Default over the network, without following redirections. */
  readonly fetchCertificate?: FetchCertificate | undefined;
  /** Hears of every refused request. */
  readonly onRefused?: ((refusal: PushRefusal) => void) | undefined;
  /** Source of time. Default the machine's clock. */
  readonly clock?: Clock | undefined;
}

/** An HTTP endpoint for the pushes of topics, for both kinds of servers. */
export interface PushHandler {
  /** For servers that speak `fetch`. The request's URL must keep path and query as they came: both are signed. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** For `node:http`, for example `createServer(push.node)`. */
  readonly node: (request: IncomingMessage, response: ServerResponse) => void;
  /** Refuses everything from now on (503: the topic tries again), and gives up open fetches of certificates. */
  readonly close: () => void;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Creates an HTTP endpoint that feeds pushes of a topic into a bus: verified, handled, and only then answered with 204.
 *
 * Nothing is fetched but certificates under the allowed prefixes, and nothing but a genuine push of these topics reaches a
 * listener. Throws `INVALID_ARGUMENT` for an option out of range.
 */
export function createPushHandler(sink: PushSink, options: PushHandlerOptions): PushHandler {
  const { onRefused, certificate, topicNames, fetchCertificate = fetchOverNetwork } = options;
  const clock = options.clock ?? new SystemClock();
  const maxBodyBytes = inRange('maxBodyBytes', options.maxBodyBytes ?? 524_288, 1, 1_073_741_824);
  const bodyTimeoutMs = inRange('bodyTimeoutMs', options.bodyTimeoutMs ?? 5000, 1, 3_600_000);
  const certificates = new CertificateStore(clock, fetchCertificate, {
    timeoutMs: inRange('certificate.timeoutMs', certificate?.timeoutMs ?? 3000, 1, 3_600_000),
    maxBytes: inRange('certificate.maxBytes', certificate?.maxBytes ?? 16_384, 1, 1_048_576),
    cacheMs: inRange('certificate.cacheMs', certificate?.cacheMs ?? 86_400_000, 0, Number.MAX_SAFE_INTEGER),
  });
  const receiver = new PushReceiver(
    sink,
    clock,
    {
      topicOwners: checkOwners(options.topicOwner),
      topicNames,
      certificatePrefixes: checkPrefixes(options.certificatePrefixes ?? [SERVICE_CERTIFICATES]),
      maxAgeMs: inRange('maxAgeMs', options.maxAgeMs ?? 300_000, 1000, 86_400_000),
      deadlineMs: inRange('deadlineMs', options.deadlineMs ?? 4500, 1, 3_600_000),
    },
    certificates,
  );

  const bodyOf =
    (stream: AsyncIterable<Uint8Array> | null, announced: string | null | undefined): ReadBody =>
    async () => {
      const tooLarge = new PushRefused('too-large', `expected at most ${maxBodyBytes} bytes`);
      if (Number(announced ?? 0) > maxBodyBytes) throw tooLarge;
      const late = new AbortController();
      const timer = clock.after(bodyTimeoutMs, () => late.abort());
      try {
        const body = stream === null ? Buffer.alloc(0) : await readBounded(stream, maxBodyBytes, late.signal);
        if (body === undefined) throw tooLarge;
        return body;
      } catch (cause) {
        throw cause instanceof PushRefused ? cause : new PushRefused('incomplete', 'the body did not come whole');
      } finally {
        timer.cancel();
      }
    };

  const answer = async (request: PushRequest, readBody: ReadBody, sender: AbortSignal): Promise<Answer> => {
    try {
      const verdict = await receiver.receive(request, readBody, sender);
      return verdict.type === 'ack' ? { status: 204, text: '' } : { status: 500, text: 'not handled, try again' };
    } catch (error) {
      if (!(error instanceof PushRefused)) return { status: 500, text: 'not handled, try again' };
      const { reason, status, message } = error;
      onRefused?.({ reason, status, message });
      return { status, text: `refused: ${reason}` };
    }
  };

  return {
    close: () => receiver.close(),
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      const { body } = request;
      const readBody = bodyOf(body, request.headers.get('content-length'));
      const push = { method: request.method, target: `${pathname}${search}`, headers: new Map(request.headers) };
      const { status, text } = await answer(push, readBody, request.signal);
      return new Response(text === '' ? null : text, { status, headers: { 'content-type': 'text/plain' } });
    },
    node: (request, response) => {
      const gone = new AbortController();
      response.once('close', () => {
        if (!response.writableFinished) gone.abort(new Error('the sender has gone'));
      });
      const readBody = bodyOf(request.iterator({ destroyOnReturn: false }), request.headers['content-length']);
      const { method = '', url = '' } = request;
      void answer({ method, target: url, headers: headersOf(request) }, readBody, gone.signal).then(
        ({ status, text }) => {
          response.statusCode = status;
          response.setHeader('content-type', 'text/plain');
          // What was not read is not worth reading: the connection ends with the answer.
          if (!request.complete) response.setHeader('connection', 'close');
          return response.end(text);
        },
      );
    },
  };
}

function headersOf({ rawHeaders }: IncomingMessage): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const known = headers.get(name);
    // Joined as `fetch` does it: one that comes twice is never taken for one of its values.
    headers.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  return headers;
}

function checkOwners(given: string | readonly string[]): readonly string[] {
  const owners = typeof given === 'string' ? [given] : given;
  if (owners.length === 0) throw invalidArgument('topicOwner', 'an account id', undefined);
  return owners.map((owner) => required('topicOwner', owner));
}
