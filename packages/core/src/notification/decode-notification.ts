import { MnsbusError, describeValue } from '../errors.js';
import type { JsonObject } from '../events/event.js';
import { isJsonObject } from '../events/json-object.js';
import { Problems } from '../events/reading/problems.js';
import { readJson } from '../json/json-text.js';
import { md5Hex } from '../md5.js';
import { readXml } from '../xml/xml-reader.js';
import { decodeBase64Text, looksStructured } from './base64-text.js';
import { envelopeMembers, isEnvelope, readEnvelope } from './notification-envelope.js';
import type { NotificationFormat, TopicNotification } from './topic-notification.js';

/** What the caller knows about a queue message before decoding it. */
export interface DecodeNotificationOptions {
  /** The subscription's format. Default: found out from the body. */
  readonly format?: NotificationFormat;
  /** Whether the queue message carries user properties, which make its MD5 unverifiable (spec mns §7.4). Default `false`. */
  readonly hasUserProperties?: boolean;
}

interface Found {
  readonly format: 'JSON' | 'XML';
  readonly members: JsonObject;
}

const XML_ROOT = /^\s*(?:<\?xml[^>]*>\s*)?<(?:\w+:)?Notification[\s>/]/;

/**
 * Decodes the body of a queue message that a topic delivered, in any of the three formats, plain or base64 (spec mns §5–6).
 *
 * In JSON an envelope is told by `Message` and any three of the seven members that a topic writes beside it, in XML by the name
 * of its root. Any of the seven that is missing or odd is named in its `problems`. So is, in JSON, a `Message` that is no
 * text: the whole body stands for it then. One that is an object is accepted when its compact JSON has the reported MD5.
 *
 * Throws `NOTIFICATION_MALFORMED` for a truncated or too deep envelope, or XML without a `Message` that is text, and
 * `NOTIFICATION_CORRUPT` when `MessageMD5` does not match.
 */
export function decodeNotification(body: string, options: DecodeNotificationOptions = {}): TopicNotification {
  const found = findEnvelope(body, options.format);
  if (found === undefined) {
    return { format: 'SIMPLIFIED', envelope: undefined, message: body, text: plainText(body), integrity: 'absent' };
  }
  const { format, members } = found;
  const problems = new Problems();
  const around = readEnvelope(members, problems);
  const { messageMD5 } = around;
  const published = messageOf(members, messageMD5);
  if (published === undefined) problems.add('Message', 'text', members['Message']);
  const message = published ?? body;
  const envelope = { ...around, problems: problems.list };
  if (published === undefined || messageMD5 === undefined) {
    return { format, envelope, message, text: plainText(message), integrity: 'absent' };
  }
  const integrity = options.hasUserProperties === true ? 'unverifiable' : 'verified';
  if (integrity === 'verified') verify(message, members['Message'] !== message, messageMD5);
  return { format, envelope, message, text: plainText(message), integrity };
}

function findEnvelope(body: string, format: NotificationFormat | undefined): Found | undefined {
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

function detectEnvelope(text: string, format: 'JSON' | 'XML' | undefined): Found | undefined {
  if (format !== 'JSON' && XML_ROOT.test(text)) return { format: 'XML', members: membersInXml(text) };
  if (format === 'XML') return undefined;
  const value = valueInJson(text);
  return isEnvelope(value) ? { format: 'JSON', members: value } : undefined;
}

function valueInJson(text: string): unknown {
  const reading = readJson(text);
  if (reading.refusal === undefined) return reading.value;
  // The start of an envelope that cannot be read is damage, not a SIMPLIFIED message.
  if (/^\s*\{\s*"TopicOwner"/.test(text))
    throw malformed(`cut off or damaged: ${reading.refusal}; received ${describeValue(text)}`, reading.cause);
  return undefined;
}

// Of JSON without a message there may still be an event that nobody knows; XML is no event.
function membersInXml(text: string): JsonObject {
  const members = envelopeMembers(rootOf(text));
  const { Message: message } = members;
  if (typeof message !== 'string') throw malformed(`Message: expected text, received ${describeValue(message)}`);
  return members;
}

function rootOf(text: string): ReturnType<typeof readXml> {
  try {
    return readXml(text);
  } catch (cause) {
    throw malformed(`the XML is cut off or damaged: ${cause instanceof Error ? cause.message : ''}`, cause);
  }
}

// Only an MD5 can tell whether an object is what was published.
function messageOf({ Message: message }: JsonObject, messageMD5: string | undefined): string | undefined {
  if (typeof message === 'string') return message;
  return isJsonObject(message) && messageMD5 !== undefined ? JSON.stringify(message) : undefined;
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

function malformed(reason: string, cause?: unknown): MnsbusError<'NOTIFICATION_MALFORMED'> {
  return new MnsbusError({ code: 'NOTIFICATION_MALFORMED', message: `malformed notification: ${reason}`, cause });
}
