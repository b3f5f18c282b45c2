import type { IncomingMessage, ServerResponse } from 'node:http';
import { SeededRandom, SystemClock, freshSeed, type Clock } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { inRange, oneOf, required } from '../options/checks.js';
import { tell } from '../status/tell.js';
import { Warnings } from '../status/warnings.js';
import {
  SERVICE_CERTIFICATE,
  SERVICE_CERTIFICATES,
  checkCertificateUrls,
  checkPrefixes,
} from './certificate-prefixes.js';
import { CertificateStore, type FetchCertificate } from './certificate-store.js';
import { fetchOverNetwork } from './fetch-certificate.js';
import { nodeDoor, type AnswerRequest } from './node-door.js';
import { PushReceiver } from './push-receiver.js';
import { PushRefused, type PushRefusal } from './push-refusal.js';
import type { PushSink } from './push-sink.js';
import { boundedBody } from './request-body.js';
import type { NotifyStrategy } from './topic-retries.js';

/** What a push handler needs to know. */
export interface PushHandlerOptions {
  /** The account, or accounts, whose topics may push here. Every customer of the service can push anywhere: this is what keeps the others out. */
  readonly topicOwner: string | readonly string[];
  /** Topics that may push here. Default every topic of those accounts. */
  readonly topicNames?: readonly string[] | undefined;
  /**
   * The `NotifyStrategy` of the subscriptions. Default `BACKOFF_RETRY`, as the service does.
   *
   * It says when a topic may have tried for the last time: a message whose listener fails then goes to the dead-letter queue, if
   * there is one, however many failures `maxDeliveries` allows. That is 29 s after publishing with the default, and a day with
   * `EXPONENTIAL_DECAY_RETRY`.
   */
  readonly strategy?: NotifyStrategy | undefined;
  /** Prefixes of the certificates that may be fetched: https, and http on this machine for an emulator. Default the service's own place (spec mns §5.5). */
  readonly certificatePrefixes?: readonly string[] | undefined;
  /** Farthest that a request's `Date` may lie from our clock, in milliseconds, 1000–86,400,000. Default 300,000. */
  readonly maxAgeMs?: number | undefined;
  /** Largest body in bytes, from 1. Default 512 KiB: 64 KiB of message, escaped. */
  readonly maxBodyBytes?: number | undefined;
  /** Longest time for a body to come, in milliseconds from 1. Default 5000. */
  readonly bodyTimeoutMs?: number | undefined;
  /**
   * Longest time from a request to its answer that is left to the listeners, in milliseconds from 1. Default 4500: the topic itself
   * waits for 5 s (spec mns §5.5). Then it is told to try again; listeners that still run go on, and the next attempt joins them.
   */
  readonly deadlineMs?: number | undefined;
  /** How certificates are fetched. */
  readonly certificate?: CertificateOptions | undefined;
  /** Fetches certificates. Default over the network, without following redirections. */
  readonly fetchCertificate?: FetchCertificate | undefined;
  /**
   * Hears of every refused request. What it throws or rejects with is a warning of the process. Without it each reason is one, once
   * a minute at most.
   */
  readonly onRefused?: ((refusal: PushRefusal) => void) | undefined;
  /** Source of time. Default the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Seed of the draws among certificates that are asked for too often. Default a fresh one. */
  readonly seed?: string | number | undefined;
}

/** How certificates are fetched. */
export interface CertificateOptions {
  /**
   * Certificates that are expected: allowed beside the prefixes, and fetched whatever else is asked for. Default the one that the
   * service's pushes name (spec mns §5.5), if its place is among the prefixes. One that becomes known otherwise has its place as soon
   * as a genuine push has named it, but until then has to share four fetches a second with all that forged requests ask for.
   */
  readonly urls?: readonly string[] | undefined;
  /** Longest time for fetching one, in milliseconds, 1–3,600,000. Default 3000. */
  readonly timeoutMs?: number | undefined;
  /** Largest, in bytes, 1–1,048,576. Default 16,384. */
  readonly maxBytes?: number | undefined;
  /**
   * How long one is used before it is fetched again, in milliseconds from 0. Default a day. When that fails it is used for as long
   * again; when a signature does not fit, it is fetched again at once, but every 10 s at most.
   */
  readonly cacheMs?: number | undefined;
}

/** An HTTP endpoint for the pushes of topics, for both kinds of servers. It must be mounted before any parser of bodies. */
export interface PushHandler {
  /** For servers that speak `fetch`. The request's URL must keep path and query as they came: both are signed. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** For `node:http`, for example `createServer(push.node)`, and for routers on top of it. */
  readonly node: (request: IncomingMessage, response: ServerResponse) => void;
  /** Refuses everything from now on (503: the topic tries again), and gives up open fetches of certificates. */
  readonly close: () => void;
}

const RETRY = { status: 500, text: 'not handled, try again' };

/**
 * Creates an HTTP endpoint that feeds pushes of a topic into a bus: verified, handled, and only then answered with 204.
 *
 * Nothing is fetched but certificates under the allowed prefixes, and nothing but a genuine push of these topics reaches a
 * listener. Throws `INVALID_ARGUMENT` for an option out of range.
 */
export function createPushHandler(sink: PushSink, options: PushHandlerOptions): PushHandler {
  const { topicNames } = options;
  const clock = options.clock ?? new SystemClock();
  const bodyLimits = {
    maxBytes: inRange('maxBodyBytes', options.maxBodyBytes ?? 524_288, 1, 1_073_741_824),
    timeoutMs: inRange('bodyTimeoutMs', options.bodyTimeoutMs ?? 5000, 1, 3_600_000),
  };
  const certificatePrefixes = checkPrefixes(options.certificatePrefixes ?? [SERVICE_CERTIFICATES]);
  const usual = certificatePrefixes.includes(SERVICE_CERTIFICATES) ? [SERVICE_CERTIFICATE] : [];
  const certificateUrls = checkCertificateUrls(options.certificate?.urls ?? usual);
  const rules = {
    topicOwners: checkOwners(options.topicOwner),
    topicNames,
    certificatePrefixes,
    certificateUrls,
    maxAgeMs: inRange('maxAgeMs', options.maxAgeMs ?? 300_000, 1000, 86_400_000),
    deadlineMs: inRange('deadlineMs', options.deadlineMs ?? 4500, 1, 3_600_000),
    strategy: oneOf('strategy', options.strategy ?? 'BACKOFF_RETRY', ['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY']),
  };
  const certificates = certificateStore(options, certificateUrls, clock);
  const receiver = new PushReceiver(sink, clock, rules, certificates);
  const warnings = new Warnings(clock);
  // An attacker may have written the message: quoted, it stays one line.
  const warn = ({ reason, message }: PushRefusal): void =>
    warnings.warn(`push-refused-${reason}`, `a push was refused (${reason}): ${JSON.stringify(message)}`);
  const { onRefused = warn } = options;

  const answer: AnswerRequest = async (request, body, sender) => {
    try {
      const verdict = await receiver.receive(request, boundedBody(body, bodyLimits, clock), sender);
      return verdict.type === 'ack' ? { status: 204, text: '' } : RETRY;
    } catch (error) {
      if (!(error instanceof PushRefused)) return RETRY;
      const { reason, status, message } = error;
      tell(onRefused, { reason, status, message }, (failure) =>
        warnings.warn('push-on-refused', `onRefused of a push handler failed: ${failure}`),
      );
      return { status, text: `refused: ${reason}` };
    }
  };

  return {
    close: () => receiver.close(),
    node: nodeDoor(answer),
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      const push = { method: request.method, target: `${pathname}${search}`, headers: new Map(request.headers) };
      const body = {
        announced: request.headers.get('content-length'),
        isConsumed: () => request.bodyUsed || request.body?.locked === true,
        stream: () => request.body,
      };
      const { status, text } = await answer(push, body, request.signal);
      return new Response(text === '' ? null : text, { status, headers: { 'content-type': 'text/plain' } });
    },
  };
}

function certificateStore(
  { certificate, fetchCertificate = fetchOverNetwork, seed = freshSeed() }: PushHandlerOptions,
  expected: readonly string[],
  clock: Clock,
): CertificateStore {
  const limits = {
    timeoutMs: inRange('certificate.timeoutMs', certificate?.timeoutMs ?? 3000, 1, 3_600_000),
    maxBytes: inRange('certificate.maxBytes', certificate?.maxBytes ?? 16_384, 1, 1_048_576),
    cacheMs: inRange('certificate.cacheMs', certificate?.cacheMs ?? 86_400_000, 0, Number.MAX_SAFE_INTEGER),
  };
  return new CertificateStore({ clock, random: new SeededRandom(seed), fetch: fetchCertificate, limits, expected });
}

function checkOwners(given: string | readonly string[]): readonly string[] {
  const owners = typeof given === 'string' ? [given] : given;
  if (owners.length === 0) throw invalidArgument('topicOwner', 'an account id', undefined);
  return owners.map((owner) => required('topicOwner', owner));
}
