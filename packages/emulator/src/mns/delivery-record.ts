import { z } from 'zod';
import type { Delivery, AttemptedDelivery } from './deliveries.js';
import { DEFAULT_PRIORITY } from './model/limits.js';
import { propertyRecord } from './model/message-record.js';
import type { MessageProperty } from './model/message-properties.js';
import { recordedSubscription } from './model/mns-state.js';
import { count, jsonSchema, recordOf } from '../runtime/state-schema.js';
import { instant, properties, resourceName, subscription, xmlText } from './model/mns-state-schema.js';
import { subscriptionRecord, type SubscriptionRecord } from './model/topic-record.js';
import { notificationBody, type Notification } from './notification-body.js';

/** A message on its way from a topic to a subscription, as data. */
export interface DeliveryRecord {
  /** As it was when the message was published. */
  readonly subscription: SubscriptionRecord;
  readonly notification: Notification;
  readonly userProperties: readonly MessageProperty[];
  readonly systemProperties: readonly MessageProperty[];
  readonly messageGroupId?: string;
  /** What the publisher said to mail and SMS, by the name of its element. */
  readonly attributes?: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
  /** Of the next attempt, or of the one under way: 1 for the first. */
  readonly attempt: number;
  /** When that attempt begins or has begun, in milliseconds since 1970. */
  readonly dueAtMs: number;
}

export function deliveryRecord({ delivery, attempt, dueAtMs }: AttemptedDelivery): DeliveryRecord {
  const { notification, message, attributes } = delivery;
  const { userProperties, systemProperties, messageGroupId } = message;
  const { topicOwner, topicName, subscriber, subscriptionName, messageId, messageMd5, messageTag } = notification;
  return {
    subscription: subscriptionRecord(delivery.subscription),
    notification: {
      topicOwner,
      topicName,
      subscriber,
      subscriptionName,
      messageId,
      message: notification.message,
      messageMd5,
      ...(messageTag === undefined ? {} : { messageTag }),
      publishedAtMs: notification.publishedAtMs,
    },
    userProperties: userProperties.map(propertyRecord),
    systemProperties: systemProperties.map(propertyRecord),
    ...(messageGroupId === undefined ? {} : { messageGroupId }),
    ...(attributes === undefined ? {} : { attributes: [...attributes] }),
    attempt,
    dueAtMs,
  };
}

/** The delivery that a record tells of; the record has been checked. */
export function recordedDelivery(record: DeliveryRecord): Delivery {
  const { notification, userProperties, systemProperties, messageGroupId, attributes } = record;
  const recorded = recordedSubscription(record.subscription);
  const body = notificationBody(recorded.notifyContentFormat, notification);
  const group = messageGroupId === undefined ? {} : { messageGroupId };
  return {
    subscription: recorded,
    notification,
    message: { body, priority: DEFAULT_PRIORITY, userProperties, systemProperties, ...group },
    ...(attributes === undefined ? {} : { attributes: new Map(attributes) }),
  };
}

const digits = z.string().regex(/^\d{1,32}$/, 'expected digits');

const notificationSchema: z.ZodType<Notification> = z.strictObject({
  topicOwner: digits,
  topicName: resourceName('topic'),
  subscriber: digits,
  subscriptionName: resourceName('subscription'),
  messageId: z.string(),
  message: xmlText,
  messageMd5: z.string(),
  messageTag: xmlText.exactOptional(),
  publishedAtMs: instant,
});

/** What a record of a delivery has to be like. */
export const deliverySchema: z.ZodType<DeliveryRecord> = z.strictObject({
  subscription,
  notification: notificationSchema,
  userProperties: properties,
  systemProperties: properties,
  messageGroupId: xmlText.exactOptional(),
  attributes: z.array(z.tuple([z.string(), recordOf(jsonSchema)])).exactOptional(),
  attempt: count.refine((attempt) => attempt >= 1, 'expected 1 or more'),
  dueAtMs: instant,
});
