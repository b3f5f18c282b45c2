import type { Failure } from '../failure.js';

/** What a name names. */
export type ResourceKind = 'queue' | 'topic' | 'subscription';

/** Most characters of each kind of name, by the newer pages (spec mns §3.4). */
export const NAME_LENGTHS: Readonly<Record<ResourceKind, number>> = { queue: 120, topic: 120, subscription: 255 };

const CODES = {
  queue: { length: 'QueueNameLengthError', characters: 'InvalidQueueName' },
  topic: { length: 'TopicNameLengthError', characters: 'TopicNameInvalid' },
  subscription: { length: 'SubscriptionNameLengthError', characters: 'SubscriptionNameInvalid' },
} as const;

/** What is wrong with a name; `undefined` when nothing is: letters, digits and hyphens, no hyphen first (spec mns §3.4). */
export function checkName(kind: ResourceKind, name: string): Failure | undefined {
  if (name.length < 1 || name.length > NAME_LENGTHS[kind]) return { code: CODES[kind].length };
  return /^[A-Za-z0-9][A-Za-z0-9-]*$/.test(name) ? undefined : { code: CODES[kind].characters };
}
