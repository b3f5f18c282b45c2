import { badElement, checkRange, type Failure } from '../failure.js';
import { characterCount } from './character-count.js';
import type { DeliveryTarget } from './delivery-target.js';
import { TAG_LENGTH } from './limits.js';

/** When a topic tries again (spec mns §5.6). */
export type NotifyStrategy = 'BACKOFF_RETRY' | 'EXPONENTIAL_DECAY_RETRY';

/** How a topic wraps what it delivers (spec mns §5.2). */
export type NotifyContentFormat = 'JSON' | 'XML' | 'SIMPLIFIED';

/** What a subscriber says. */
export interface SubscriptionSettings {
  /** As it was written; see {@link parseEndpoint}. */
  readonly endpoint: string;
  /** Absent: every message. */
  readonly filterTag?: string;
  readonly notifyStrategy: NotifyStrategy;
  readonly notifyContentFormat: NotifyContentFormat;
}

/** A subscription of a topic. */
export interface Subscription extends SubscriptionSettings {
  readonly name: string;
  readonly target: DeliveryTarget;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  /** Milliseconds since 1970. */
  readonly modifiedAtMs: number;
}

/** The strategy of a subscription that names none (spec mns §2.16). */
export const DEFAULT_NOTIFY_STRATEGY: NotifyStrategy = 'BACKOFF_RETRY';

/** The format of a subscription that names none (spec mns §2.16). */
export const DEFAULT_NOTIFY_CONTENT_FORMAT: NotifyContentFormat = 'XML';

/** What is wrong with a tag; `undefined` when nothing is, or there is none. */
export function checkTag(element: 'MessageTag' | 'FilterTag', tag: string | undefined): Failure | undefined {
  return tag === undefined ? undefined : checkRange(element, characterCount(tag), TAG_LENGTH);
}

/** What is wrong with a subscription, given the size limits of topic and queue; `undefined` when nothing is. */
export function checkSubscription(
  { filterTag }: SubscriptionSettings,
  topicMaximumBytes: number,
  queueMaximumBytes: number | undefined,
): Failure | undefined {
  // A queue that does not exist yet may be made large enough.
  const isTooSmall = queueMaximumBytes !== undefined && queueMaximumBytes < topicMaximumBytes;
  return isTooSmall ? badElement('Endpoint') : checkTag('FilterTag', filterTag);
}

/** Whether a repeated Subscribe asks for what is there already. */
export function sameSubscription(a: SubscriptionSettings, b: SubscriptionSettings): boolean {
  return (
    a.endpoint === b.endpoint &&
    a.filterTag === b.filterTag &&
    a.notifyStrategy === b.notifyStrategy &&
    a.notifyContentFormat === b.notifyContentFormat
  );
}

/** Whether a message with this tag goes to the subscription (spec mns §5.1). */
export function matches({ filterTag }: Subscription, messageTag: string | undefined): boolean {
  return filterTag === undefined || filterTag === messageTag;
}
