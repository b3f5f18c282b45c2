import { decodeNotification, md5Hex, type NotificationEnvelope } from '@mnsbus/core';
import { PushRefused } from './push-refusal.js';

/** A request as it came, whatever brought it. */
export interface PushRequest {
  readonly method: string;
  /** Path and query as on the request line: both are signed. */
  readonly target: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
}

/** The headers of a push, read and checked for their form. */
export interface PushHead {
  readonly certificateUrl: string;
  readonly signature: Buffer;
  readonly sentAt: Date;
  readonly topicOwner: string;
  readonly topicName: string;
  readonly subscriptionName: string;
  /** The documents promise it with SIMPLIFIED only (spec mns §5.5); the envelope of the other formats has it as well. */
  readonly messageId: string | undefined;
  /** When the message was published, by the service's clock. */
  readonly publishedAt: Date | undefined;
  readonly contentMd5: string;
}

/** Reads the headers of a push (spec mns §5.5). Throws `PushRefused`. */
export function readHead({ headers }: PushRequest): PushHead {
  const required = (name: string): string => {
    const value = headers.get(name);
    if (value === undefined || value === '') throw new PushRefused('header', `expected a header ${name}`);
    return value;
  };
  const base64 = (name: string): Buffer => {
    const value = required(name);
    const bytes = Buffer.from(value, 'base64');
    // Only the one spelling that encoding gives: the last character of another may differ in bits that decoding drops.
    if (bytes.toString('base64') !== value) throw new PushRefused('header', `expected base64 in ${name}`);
    return bytes;
  };
  const sentAt = new Date(Date.parse(required('date')));
  if (Number.isNaN(sentAt.getTime())) throw new PushRefused('header', 'expected a time in date');
  return {
    certificateUrl: base64('x-mns-signing-cert-url').toString('utf8'),
    signature: base64('authorization'),
    sentAt,
    topicOwner: required('x-mns-topic-owner'),
    topicName: required('x-mns-topic-name'),
    subscriptionName: required('x-mns-subscription-name'),
    messageId: headers.get('x-mns-message-id') || undefined,
    publishedAt: instantOf(headers.get('x-mns-publish-time')),
    contentMd5: required('content-md5'),
  };
}

/** The id that publishing returned, as the envelope in a push's body tells it. Throws `PushRefused` when it does not. */
export function messageIdIn(body: string): string {
  const messageId = envelopeIn(body)?.messageId;
  if (messageId !== undefined) return messageId;
  throw new PushRefused('header', 'expected a header x-mns-message-id, or a MessageId in the body');
}

function envelopeIn(body: string): NotificationEnvelope | undefined {
  try {
    return decodeNotification(body, { hasUserProperties: true }).envelope;
  } catch {
    return undefined;
  }
}

/** What the topic has signed, one byte per character (spec mns §5.5). */
export function stringToSign({ method, target, headers }: PushRequest): string {
  const mnsHeaders = [...headers].filter(([name]) => name.startsWith('x-mns-'));
  return [
    method,
    headers.get('content-md5') ?? '',
    headers.get('content-type') ?? '',
    headers.get('date') ?? '',
    ...mnsHeaders.map(([name, value]) => `${name}:${value}`).toSorted(byCodeUnit),
    target,
  ].join('\n');
}

/**
 * Whether the digest is that of the body: in hexadecimal as in the observed push, or in base64 of the digest or of its
 * hexadecimal form, as receivers of the official SDKs expect (spec mns §5.5).
 */
export function fitsDigest(contentMd5: string, body: Uint8Array): boolean {
  const hex = md5Hex(body);
  if (/^[0-9A-Fa-f]{32}$/.test(contentMd5)) return contentMd5.toUpperCase() === hex;
  const decoded = Buffer.from(contentMd5, 'base64');
  return decoded.equals(Buffer.from(hex, 'hex')) || decoded.toString('latin1').toUpperCase() === hex;
}

function instantOf(milliseconds: string | undefined): Date | undefined {
  return /^\d{1,15}$/.test(milliseconds ?? '') ? new Date(Number(milliseconds)) : undefined;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
