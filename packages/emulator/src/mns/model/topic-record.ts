import type { NotifyContentFormat, NotifyStrategy, Subscription } from './subscription.js';
import type { TopicAttributes, Topic } from './topic.js';

/** A subscription as data; its target is what its endpoint says. Times are milliseconds since 1970. */
export interface SubscriptionRecord {
  readonly name: string;
  readonly endpoint: string;
  readonly filterTag?: string;
  readonly notifyStrategy: NotifyStrategy;
  readonly notifyContentFormat: NotifyContentFormat;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Attributes, times and subscriptions of a topic, as data. */
export interface TopicSettingsRecord extends TopicAttributes {
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  /** In the order of subscribing, which is that of delivery. */
  readonly subscriptions: readonly SubscriptionRecord[];
}

/** A topic as data. */
export interface TopicRecord {
  readonly settings: TopicSettingsRecord;
  /** How many messages were published at which millisecond, of the last day. Absent: none. */
  readonly published?: Readonly<Record<string, number>>;
}

export function topicSettingsRecord({
  attributes,
  createdAtMs,
  modifiedAtMs,
  subscriptions,
}: Topic): TopicSettingsRecord {
  const { maximumMessageBytes, loggingEnabled } = attributes;
  return {
    maximumMessageBytes,
    loggingEnabled,
    createdAtMs,
    modifiedAtMs,
    subscriptions: [...subscriptions.values()].map(subscriptionRecord),
  };
}

export function subscriptionRecord(subscription: Subscription): SubscriptionRecord {
  const { name, endpoint, filterTag, notifyStrategy, notifyContentFormat, createdAtMs, modifiedAtMs } = subscription;
  return {
    name,
    endpoint,
    ...(filterTag === undefined ? {} : { filterTag }),
    notifyStrategy,
    notifyContentFormat,
    createdAtMs,
    modifiedAtMs,
  };
}
