import type { NotifyContentFormat } from './model/subscription.js';
import { element, writeXml, type XmlFrame } from './xml-writer.js';

/** What a topic tells a subscriber about a message. */
export interface Notification {
  /** Account id. */
  readonly topicOwner: string;
  readonly topicName: string;
  /** Account id. */
  readonly subscriber: string;
  readonly subscriptionName: string;
  /** The id that publishing returned. */
  readonly messageId: string;
  /** The message as it was published. */
  readonly message: string;
  readonly messageMd5: string;
  readonly messageTag?: string;
  /** Milliseconds since 1970. */
  readonly publishedAtMs: number;
}

/** The frame of the XML envelope, by the docs (spec mns §5.4). */
export const NOTIFICATION_FRAME: XmlFrame = {
  declaration: '<?xml version="1.0" encoding="utf-8"?>',
  xmlns: 'http://mns.aliyuncs.com/doc/v1/',
};

const WRITERS: Readonly<Record<NotifyContentFormat, (notification: Notification) => string>> = {
  SIMPLIFIED: ({ message }) => message,
  JSON: writeJson,
  XML: writeXmlNotification,
};

/** The body of a topic delivery (spec mns §5.2). */
export function notificationBody(format: NotifyContentFormat, notification: Notification): string {
  return WRITERS[format](notification);
}

/** Compact, every value a string, keys in the order observed: that of the real service's hash table (spec mns §5.3). */
function writeJson(notification: Notification): string {
  return JSON.stringify({
    TopicOwner: notification.topicOwner,
    Message: notification.message,
    Subscriber: notification.subscriber,
    MessageTag: notification.messageTag,
    PublishTime: String(notification.publishedAtMs),
    SubscriptionName: notification.subscriptionName,
    MessageMD5: notification.messageMd5,
    TopicName: notification.topicName,
    MessageId: notification.messageId,
  });
}

function writeXmlNotification(notification: Notification): string {
  const { messageTag } = notification;
  const root = element('Notification', [
    element('TopicOwner', notification.topicOwner),
    element('TopicName', notification.topicName),
    element('Subscriber', notification.subscriber),
    element('SubscriptionName', notification.subscriptionName),
    element('MessageId', notification.messageId),
    element('Message', notification.message),
    element('MessageMD5', notification.messageMd5),
    ...(messageTag === undefined ? [] : [element('MessageTag', messageTag)]),
    element('PublishTime', notification.publishedAtMs),
  ]);
  return writeXml(root, NOTIFICATION_FRAME);
}
