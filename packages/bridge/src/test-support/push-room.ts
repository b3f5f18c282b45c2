import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VirtualClock, md5Hex } from '@mnsbus/core';
import { onTestFinished } from 'vitest';
import { notificationBody } from '../../../emulator/src/mns/notification-body.js';
import { pushRequest } from '../../../emulator/src/mns/push/push-request.js';
import { PushSigner } from '../../../emulator/src/mns/push/push-signer.js';
import { SERVICE_CERTIFICATE } from '../push/certificate-prefixes.js';
import { stringToSign } from '../push/incoming-push.js';
import { createPushHandler, type PushHandler, type PushHandlerOptions } from '../push/push-handler.js';
import type { PushRefusal } from '../push/push-refusal.js';
import type { PushSink, PushVerdict, PushedMessage } from '../push/push-sink.js';

/** The account whose topics push in these tests. */
export const OWNER = '1000000000000001';

/** When these tests begin. */
export const START_MS = 1_767_225_600_000;

/** A push as it stands on the wire. */
export interface Captured {
  readonly target: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a push is to be about. */
export interface PushSubject {
  readonly messageId?: string;
  readonly text?: string;
  readonly format?: 'JSON' | 'XML' | 'SIMPLIFIED';
  /** What the service says of the message; with user properties it is no MD5 of the text (spec mns §7.4). */
  readonly messageMd5?: string;
  readonly certificateUrl?: string;
  readonly sentAtMs?: number;
  readonly publishedAtMs?: number;
  /** A header that the signer leaves out. */
  readonly without?: string;
}

/** Somebody who signs pushes: the service, or one that pretends to be it. */
export interface Signer {
  readonly pem: string;
  readonly push: (subject?: PushSubject) => Captured;
}

/** Makes a signer with a key of its own. */
export async function createSigner(): Promise<Signer> {
  const signer = new PushSigner(() => START_MS);
  let requests = 0;
  return {
    pem: await signer.certificate(),
    push: ({
      messageId = 'M1',
      text = 'hello',
      format = 'JSON',
      messageMd5 = md5Hex(text),
      certificateUrl = SERVICE_CERTIFICATE,
      sentAtMs = START_MS,
      publishedAtMs = sentAtMs,
      without,
    } = {}) => {
      const about = { topicOwner: OWNER, topicName: 't', subscriber: OWNER, subscriptionName: 's', messageId };
      const notification = { ...about, message: text, messageMd5, publishedAtMs };
      requests += 1;
      const { headers, body } = pushRequest({
        url: 'http://127.0.0.1/hook?a=b',
        format,
        notification,
        text: notificationBody(format, notification),
        requestId: requests.toString(16).toUpperCase().padStart(24, '0'),
        certificateUrl,
        nowMs: sentAtMs,
        sign: signer.sign,
      });
      const target = '/hook?a=b';
      const sent = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
      if (without !== undefined && sent.delete(without)) {
        const signed = stringToSign({ method: 'POST', target, headers: sent });
        sent.set('authorization', signer.sign(Buffer.from(signed, 'latin1')));
      }
      return { target, headers: Object.fromEntries(sent), body: Buffer.from(body).toString('utf8') };
    },
  };
}

/** The service's own signer: one for all tests, because making a key takes long. */
export const service: Promise<Signer> = createSigner();

/** What is changed in a push before it is sent; a header that is `undefined` is left out. */
export interface PushChanges {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly method?: string;
  readonly target?: string;
}

/** A push as a request to a server that speaks `fetch`. */
export function toRequest(push: Captured, { headers, body, method = 'POST', target }: PushChanges = {}): Request {
  const all = Object.entries({ ...push.headers, ...headers }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(?:connection|content-length)$/.test(entry[0]),
  );
  // Added as it is: `fetch` takes none of its own.
  const announced = headers?.['content-length'];
  if (announced !== undefined) all.push(['content-length', announced]);
  const init = { method, headers: all, ...(method === 'GET' ? {} : { body: body ?? push.body }) };
  return new Request(`http://127.0.0.1${target ?? push.target}`, init);
}

/** A push handler on a clock of its own, and what it has seen. */
export interface PushRoom {
  readonly clock: VirtualClock;
  readonly handler: PushHandler;
  /** What {@link send} sends by default. Every other push of the same signer has another request id. */
  readonly genuine: Captured;
  readonly delivered: PushedMessage[];
  readonly refusals: PushRefusal[];
  readonly fetched: string[];
  /** Sends a push, by default always the same; gives the status. */
  readonly send: (changes?: PushChanges, push?: Captured) => Promise<number>;
  /** What the sink answers. */
  verdict: PushVerdict | Promise<PushVerdict>;
}

/** Sets up a handler for the pushes of `service`. */
export async function pushRoom(options: Partial<PushHandlerOptions> = {}): Promise<PushRoom> {
  const { pem, push } = await service;
  const clock = new VirtualClock(START_MS);
  const genuine = push();
  const sink: PushSink = {
    deliver: async (message) => {
      made.delivered.push(message);
      return made.verdict;
    },
  };
  const made: PushRoom = {
    clock,
    genuine,
    delivered: [],
    refusals: [],
    fetched: [],
    verdict: { type: 'ack' },
    handler: createPushHandler(sink, {
      topicOwner: OWNER,
      clock,
      seed: 'pushes',
      onRefused: (refusal) => made.refusals.push(refusal),
      ...options,
      fetchCertificate: async (...args) => {
        made.fetched.push(args[0]);
        return (options.fetchCertificate ?? (async () => pem))(...args);
      },
    }),
    send: async (changes, sent = genuine) => (await made.handler.fetch(toRequest(sent, changes))).status,
  };
  return made;
}

/** Why requests were refused, in order. */
export const reasonsIn = ({ refusals }: PushRoom): string[] => refusals.map(({ reason }) => reason);

/** Serves until the test is over; gives the URL, with a slash at its end. */
export async function serve(
  handler: Parameters<typeof createServer>[1],
  prepare: (server: Server) => unknown = () => {},
): Promise<string> {
  const server = createServer(handler);
  prepare(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/`;
}
