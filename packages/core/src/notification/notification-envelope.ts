import type { JsonObject } from '../events/event.js';
import { isJsonObject } from '../events/json-object.js';
import { epochDigits, md5Digits, someText, text } from '../events/reading/kinds.js';
import type { Problems } from '../events/reading/problems.js';
import { members, sourcesIn, type Source } from '../events/reading/sources.js';
import type { XmlElement } from '../xml/xml-reader.js';
import type { NotificationEnvelope } from './topic-notification.js';

/** The members of an envelope, in JSON as in XML (spec mns §5.3, §5.4). */
interface RawNotification {
  readonly TopicOwner: string;
  readonly TopicName: string;
  readonly Subscriber: string;
  readonly SubscriptionName: string;
  readonly MessageId: string;
  readonly MessageMD5: string;
  /** Milliseconds since 1970. */
  readonly PublishTime: string;
  readonly MessageTag?: string;
}

const raw = sourcesIn<RawNotification>();
const envelope: Source<Omit<NotificationEnvelope, 'problems'>> = members<Omit<NotificationEnvelope, 'problems'>>({
  topicOwner: raw.expected('TopicOwner', someText),
  topicName: raw.expected('TopicName', someText),
  subscriber: raw.expected('Subscriber', someText),
  subscriptionName: raw.expected('SubscriptionName', someText),
  messageId: raw.expected('MessageId', someText),
  messageMD5: raw.expected('MessageMD5', md5Digits),
  messageTag: raw.optional('MessageTag', text),
  publishedAt: raw.expected('PublishTime', epochDigits),
});

const names = envelope.leaves.flatMap(({ path }) => path);
const namesAlwaysThere = envelope.leaves.flatMap(({ path, presence }) => (presence === 'required' ? path : []));

/** How many of the members that a topic always writes beside `Message` tell its envelope. */
const TELLING = 3;

/**
 * Whether a JSON value is the envelope of a topic: `Message`, and three at least of the seven members that are always
 * beside it, whatever they hold (spec mns §5.3).
 *
 * So four of the seven may be missing. No event of IMM, OSS or EventBridge has any of them (spec imm §3, §7), though some have a
 * `Message`; an app's own JSON may well have that and one or two of the others, `MessageId` say.
 */
export function isEnvelope(value: unknown): value is JsonObject {
  return (
    isJsonObject(value) &&
    Object.hasOwn(value, 'Message') &&
    namesAlwaysThere.filter((name) => Object.hasOwn(value, name)).length >= TELLING
  );
}

/** The members of an envelope in XML, those that are there: text, or the names of the elements that stand in its place. */
export function envelopeMembers(root: XmlElement): JsonObject {
  return Object.fromEntries(['Message', ...names].map((name) => [name, memberOf(root, name)]));
}

// The text around elements is not what was sent: nobody must take it for that.
function memberOf(root: XmlElement, name: string): string | readonly string[] | undefined {
  const found = root.children.find((child) => child.name === name);
  if (found === undefined || found.children.length === 0) return found?.text;
  return found.children.map((child) => child.name);
}

/** Reads what is around the message; names what is missing or odd. */
export function readEnvelope(value: JsonObject, problems: Problems): Omit<NotificationEnvelope, 'problems'> {
  return envelope.read({ value, path: '' }, problems);
}
