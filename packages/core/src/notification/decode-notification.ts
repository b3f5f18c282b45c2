import { MnsbusError, describeValue } from '../errors.js';
import { readJson } from '../json/json-text.js';
import { md5Hex } from '../md5.js';
import { childText, readXml } from '../xml/xml-reader.js';
import { decodeBase64Text, looksStructured } from './base64-text.js';
import type { NotificationEnvelope, NotificationFormat, TopicNotification } from './topic-notification.js';

/** What the caller knows about a queue message before decoding it. */
export interface DecodeNotificationOptions {
  /** The subscription's format. Default: found out from the body. */
  readonly format?: NotificationFormat;
  /** Whether the queue message carries user properties, which make its MD5 unverifiable (spec mns §7.4). Default `false`. */
  readonly hasUserProperties?: boolean;
}

interface Members {
  readonly format: 'JSON' | 'XML';
  readonly fields: Readonly<Record<string, unknown>>;
}

const REQUIRED_MEMBERS = [
  'TopicOwner',
  'TopicName',
  'Subscriber',
  'SubscriptionName',
  'MessageId',
  'MessageMD5',
  'PublishTime',
] as const;
const TELLTALE_MEMBERS = ['TopicOwner', 'TopicName', 'SubscriptionName', 'MessageId'] as const;
const XML_ROOT = /^\s*(?:<\?xml[^>]*>\s*)?<(?:\w+:)?Notification[\s>/]/;

/**
 * Decodes the body of a queue message that a topic delivered, in any of the three formats, plain or base64 (spec mns §5–6).
 *
 * A `Message` that is an object instead of a string is accepted when its compact JSON has the reported MD5.
 *
 * Throws `NOTIFICATION_MALFORMED` for a truncated, incomplete or too deep envelope and `NOTIFICATION_CORRUPT` when
 * `MessageMD5` does not match.
 */
export function decodeNotification(body: string, options: DecodeNotificationOptions = {}): TopicNotification {
  const members = readEnvelope(body, options.format);
  if (members === undefined) {
    return { format: 'SIMPLIFIED', envelope: undefined, message: body, text: plainText(body), integrity: 'absent' };
  }
  const { message, wasObject } = messageOf(members);
  const envelope = envelopeOf(members);
  const integrity = options.hasUserProperties === true ? 'unverifiable' : 'verified';
  if (integrity === 'verified') verify(message, wasObject, envelope.messageMD5);
  return { format: members.format, envelope, message, text: plainText(message), integrity };
}

function readEnvelope(body: string, format: NotificationFormat | undefined): Members | undefined {
  if (format === 'SIMPLIFIED') return undefined;
  const found = detectEnvelope(body, format);
  if (found !== undefined) return found;
  const decoded = decodeBase64Text(body);
  const inner = decoded === undefined ? undefined : detectEnvelope(decoded, format);
  if (inner === undefined && format !== undefined) {
    throw malformed(
      `expected a ${format} notification, received ${describeValue(body)}: check the subscription's NotifyContentFormat`,
    );
  }
  return inner;
}

function detectEnvelope(text: string, format: NotificationFormat | undefined): Members | undefined {
  if (format !== 'JSON' && XML_ROOT.test(text)) return readXmlMembers(text);
  if (format !== 'XML') return readJsonMembers(text);
  return undefined;
}

function readJsonMembers(text: string): Members | undefined {
  const reading = readJson(text);
  if (reading.refusal !== undefined) {
    // The start of an envelope that cannot be read is damage, not a SIMPLIFIED message.
    if (/^\s*\{\s*"TopicOwner"/.test(text))
      throw malformed(`cut off or damaged: ${reading.refusal}; received ${describeValue(text)}`, reading.cause);
    return undefined;
  }
  return isEnvelope(reading.value) ? { format: 'JSON', fields: reading.value } : undefined;
}

function isEnvelope(value: unknown): value is Members['fields'] {
  return (
    isRecord(value) &&
    TELLTALE_MEMBERS.every((name) => typeof value[name] === 'string') &&
    Object.hasOwn(value, 'Message')
  );
}

function readXmlMembers(text: string): Members {
  try {
    const root = readXml(text);
    const names = [...REQUIRED_MEMBERS, 'Message', 'MessageTag'];
    return { format: 'XML', fields: Object.fromEntries(names.map((name) => [name, childText(root, name)])) };
  } catch (cause) {
    throw malformed(`the XML is cut off or damaged: ${cause instanceof Error ? cause.message : ''}`, cause);
  }
}

function messageOf({ fields }: Members): { message: string; wasObject: boolean } {
  const message = fields['Message'];
  if (typeof message === 'string') return { message, wasObject: false };
  if (isRecord(message)) return { message: JSON.stringify(message), wasObject: true };
  throw malformed(`Message: expected a string, received ${describeValue(message)}`);
}

function envelopeOf({ fields }: Members): NotificationEnvelope {
  const wrong = REQUIRED_MEMBERS.filter((name) => typeof fields[name] !== 'string');
  if (wrong.length > 0) {
    throw malformed(
      wrong.map((name) => `${name}: expected a string, received ${describeValue(fields[name])}`).join('; '),
    );
  }
  const member = (name: (typeof REQUIRED_MEMBERS)[number]): string => String(fields[name]);
  const publishTime = member('PublishTime');
  if (!/^\d{1,15}$/.test(publishTime)) {
    throw malformed(`PublishTime: expected milliseconds since 1970, received ${describeValue(publishTime)}`);
  }
  const tag = fields['MessageTag'];
  return {
    topicOwner: member('TopicOwner'),
    topicName: member('TopicName'),
    subscriber: member('Subscriber'),
    subscriptionName: member('SubscriptionName'),
    messageId: member('MessageId'),
    messageMD5: member('MessageMD5'),
    messageTag: typeof tag === 'string' ? tag : undefined,
    publishedAt: new Date(Number(publishTime)),
  };
}

function verify(message: string, wasObject: boolean, reported: string): void {
  const actual = md5Hex(message);
  if (actual === reported.toUpperCase()) return;
  const what = wasObject
    ? 'Message is an object whose keys or values differ from what was published (for example by added spaces): its compact JSON has'
    : 'Message was changed on its way: it has';
  throw new MnsbusError({
    code: 'NOTIFICATION_CORRUPT',
    message: `corrupt notification: expected MessageMD5 ${reported}. ${what} MD5 ${actual}. Do not use it; the original is with the publisher`,
  });
}

function plainText(message: string): string {
  const decoded = decodeBase64Text(message);
  return decoded !== undefined && looksStructured(decoded) ? decoded : message;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(reason: string, cause?: unknown): MnsbusError<'NOTIFICATION_MALFORMED'> {
  return new MnsbusError({ code: 'NOTIFICATION_MALFORMED', message: `malformed notification: ${reason}`, cause });
}
