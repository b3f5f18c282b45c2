import { md5Hex } from '../md5.js';

/** Members of a notification that are not as a topic writes them; one that is `undefined` is left out. */
export type OddMembers = Readonly<Record<string, unknown>>;

/** The members that a topic always writes beside `Message` (spec mns §5.3). */
export const MEMBERS_ALWAYS_THERE = [
  'TopicOwner',
  'TopicName',
  'Subscriber',
  'SubscriptionName',
  'MessageId',
  'MessageMD5',
  'PublishTime',
] as const;

/** A notification in JSON (spec mns §5.3). */
export function jsonNotification(message: string, odd: OddMembers = {}): string {
  return JSON.stringify({ ...membersAround(message), ...odd });
}

/** A notification in XML (spec mns §5.4). */
export function xmlNotification(message: string, odd: OddMembers = {}): string {
  const elements = Object.entries({ ...membersAround(message), ...odd })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  <${name}>${escapeXml(String(value))}</${name}>\n`);
  return `<?xml version="1.0" encoding="utf-8"?>\n<Notification xmlns="http://mns.aliyuncs.com/doc/v1/">\n${elements.join('')}</Notification>`;
}

function membersAround(message: string): object {
  return {
    TopicOwner: '1000000000000001',
    Message: message,
    Subscriber: '1000000000000001',
    PublishTime: '1767225600000',
    SubscriptionName: 'sub-a',
    MessageMD5: md5Hex(message),
    TopicName: 'orders',
    MessageId: '0A00000133FD7FBB7FBD7DA3D58E0001',
  };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}
