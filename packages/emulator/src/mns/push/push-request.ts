import { md5Hex } from '@mnsbus/core';
import type { NotifyContentFormat } from '../model/subscription.js';
import type { Notification } from '../notification-body.js';

/** One POST to a subscriber, ready to be sent. */
export interface PushRequest {
  /** Absolute; path and query go onto the request line as they stand here. */
  readonly url: string;
  /** In order and spelling of the wire; one character per byte. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** What a push is made from. */
export interface PushInput {
  readonly url: string;
  readonly format: NotifyContentFormat;
  readonly notification: Notification;
  /** The text of the notification in that format. */
  readonly text: string;
  /** 24 hexadecimal digits, new for each attempt. */
  readonly requestId: string;
  /** Where the receiver finds the certificate. */
  readonly certificateUrl: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Base64 of the RSA-SHA1 signature of bytes. */
  readonly sign: (data: Uint8Array) => string;
}

/** The `Content-Type` of a push, by format (spec mns §5.5). */
export const PUSH_CONTENT_TYPES: Readonly<Record<NotifyContentFormat, string>> = {
  SIMPLIFIED: 'text/plain;charset=utf-8',
  XML: 'text/xml;charset=utf-8',
  JSON: 'application/json;charset=utf-8',
};

/** The version of the protocol that a push names. */
const PUSH_VERSION = '2015-06-06';

/** The POST of a notification, with the headers of the genuine service in its spelling, signed (spec mns §5.5). */
export function pushRequest(input: PushInput): PushRequest {
  const { url, sign, nowMs } = input;
  const body = Buffer.from(input.text, 'utf8');
  const mnsHeaders = mnsHeadersOf(input);
  const contentType = PUSH_CONTENT_TYPES[input.format];
  const contentMd5 = md5Hex(body);
  const date = new Date(nowMs).toUTCString();
  const { host, pathname, search } = new URL(url);
  const stringToSign = [
    'POST',
    contentMd5,
    contentType,
    date,
    ...mnsHeaders.map(([name, value]) => `${name}:${value}`).toSorted(byCodeUnit),
    `${pathname}${search}`,
  ].join('\n');
  return {
    url,
    headers: [
      ['Host', host],
      ['Authorization', sign(Buffer.from(stringToSign, 'latin1'))],
      ...mnsHeaders,
      ['Content-Type', contentType],
      ['Content-md5', contentMd5],
      ['Content-Length', String(body.length)],
      ['Date', date],
      ['Connection', 'keep-alive'],
      ['Accept', '*/*'],
      ['User-Agent', 'Aliyun Notification Service Agent'],
    ],
    body,
  };
}

function mnsHeadersOf({ notification, requestId, certificateUrl }: PushInput): readonly (readonly [string, string])[] {
  const { messageTag } = notification;
  const tag = messageTag === undefined ? undefined : headerText(messageTag);
  return [
    ['x-mns-signing-cert-url', Buffer.from(certificateUrl, 'utf8').toString('base64')],
    ['x-mns-version', PUSH_VERSION],
    ['x-mns-request-id', requestId],
    ['x-mns-message-id', notification.messageId],
    ...(tag === undefined ? [] : [['x-mns-message-tag', tag] as const]),
    ['x-mns-publish-time', String(notification.publishedAtMs)],
    ['x-mns-topic-owner', notification.topicOwner],
    ['x-mns-topic-name', notification.topicName],
    ['x-mns-subscriber', notification.subscriber],
    ['x-mns-subscription-name', notification.subscriptionName],
  ];
}

/** A text as the bytes of a header, one character for each; `undefined` when it has characters that would break the line. */
function headerText(text: string): string | undefined {
  return /\p{Cc}/u.test(text) ? undefined : Buffer.from(text, 'utf8').toString('latin1');
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
