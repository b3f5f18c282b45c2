import { md5Hex, sleep, type Clock, type WireResponse } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import type { FaultOf, Faults, FaultSubject } from './faults.js';

/** Faults that strike while it is found out who has sent a request. */
export interface ArrivalFaults {
  /** How far the server's clock is off, in milliseconds. */
  readonly skewMs: number;
  readonly isExpired: boolean;
}

const SOUND: ArrivalFaults = { skewMs: 0, isExpired: false };

type Refusal = FaultOf<'refuse' | 'throttle' | 'server-error'>;
type ReplyFault = FaultOf<'reset-after-effect' | 'truncate-reply' | 'corrupt-reply' | 'wrong-md5'>;

/** What is to go wrong with one request whose sender is known. */
export interface RequestPlan {
  readonly delayMs: number;
  readonly isReset: boolean;
  /** The first that refuses. */
  readonly refusal: Refusal | undefined;
  readonly onReply: readonly ReplyFault[];
}

/** The reply that stands for a connection that broke before anything was answered. */
export const NO_ANSWER: WireResponse = { status: 502, headers: [], body: new Uint8Array(), broken: 'no-answer' };

/** What strikes a request as it arrives. */
export function arrivalFaults(faults: Faults, subject: FaultSubject): ArrivalFaults {
  if (faults.isEmpty) return SOUND;
  const struck = faults.strike(['skew-clock', 'expire-credentials'], subject);
  return {
    skewMs: struck.reduce((sum, fault) => sum + (fault.kind === 'skew-clock' ? fault.skewMs : 0), 0),
    isExpired: struck.some(({ kind }) => kind === 'expire-credentials'),
  };
}

/** What strikes a request before and after it is carried out; `undefined` for nothing. `hasCode` says which codes its service has. */
export function requestPlan(
  faults: Faults,
  subject: FaultSubject,
  hasCode: (code: string) => boolean,
): RequestPlan | undefined {
  if (faults.isEmpty) return undefined;
  const delays = faults.strike(['delay'], subject);
  const before = faults.strike(
    ['reset-before-effect', 'refuse', 'throttle', 'server-error'],
    subject,
    (fault) => fault.kind !== 'refuse' || hasCode(fault.code),
  );
  const isReset = before.some(({ kind }) => kind === 'reset-before-effect');
  const refusal = before.find((fault): fault is Refusal => fault.kind !== 'reset-before-effect');
  // What has no effect has no answer of its own that could be lost.
  const onReply =
    before.length > 0
      ? []
      : faults.strike(
          ['reset-after-effect', 'truncate-reply', 'corrupt-reply', 'wrong-md5'],
          subject,
          ({ kind }) => kind !== 'wrong-md5' || subject['service'] === 'mns',
        );
  if (delays.length + before.length + onReply.length === 0) return undefined;
  return { delayMs: delays.reduce((sum, { delayMs }) => sum + delayMs, 0), isReset, refusal, onReply };
}

/** Waits, if the plan says so, while the time may move. A client that goes meanwhile changes nothing: its request has been sent. */
export async function waitForPlan({ delayMs }: RequestPlan, clock: Clock, faults: Faults): Promise<void> {
  if (delayMs === 0) return;
  const resume = clock.activity?.wait();
  await sleep(clock, delayMs, faults.closed);
  resume?.();
}

/** The page of a gateway that does not reach the service behind it. */
export function gatewayPage(status: 502 | 503): WireResponse {
  const title = status === 502 ? '502 Bad Gateway' : '503 Service Temporarily Unavailable';
  const body = Buffer.from(`<html>\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`);
  return {
    status,
    headers: [
      ['Content-Type', 'text/html'],
      ['Content-Length', String(body.length)],
    ],
    body,
  };
}

/** A reply as it arrives after its faults. */
export function spoiledReply(reply: WireResponse, onReply: readonly ReplyFault[], faults: Faults): WireResponse {
  return onReply.reduce((last, { kind }) => {
    switch (kind) {
      case 'reset-after-effect':
        return { ...last, broken: 'no-answer' };
      case 'truncate-reply':
        // A reply without a body has nothing to break off in.
        return last.body.length === 0 || last.broken !== undefined
          ? { ...last, broken: 'no-answer' }
          : { ...last, body: last.body.subarray(0, last.body.length >> 1), broken: 'cut-short' };
      case 'corrupt-reply':
        return { ...last, body: corrupt(last, faults) };
      case 'wrong-md5':
        return { ...last, body: Buffer.from(withWrongMd5(Buffer.from(last.body).toString('utf8'))) };
    }
  }, reply);
}

const CORRUPTED_BYTES = 8;

/** Bytes that neither XML nor JSON can have there, so that no parser takes the reply for a sound one. */
function corrupt(reply: WireResponse, faults: Faults): Uint8Array {
  const body = Uint8Array.from(reply.body);
  const isJson = headerOf(reply, 'content-type')?.startsWith('application/json') === true;
  const from = faults.chance.integer(0, Math.max(0, body.length - CORRUPTED_BYTES));
  return body.fill(isJson ? 0 : '<'.charCodeAt(0), from, from + CORRUPTED_BYTES);
}

function withWrongMd5(xml: string): string {
  return xml.replaceAll(
    /(<MessageBodyMD5>)([^<]*)/g,
    (_, tag: string, md5: string) => `${tag}${md5Hex(`not the digest ${md5}`)}`,
  );
}
