import type { MessageLife } from '../message-life.js';
import type { RunRecord } from '../run-record.js';
import type { MessagePlan } from '../scenario-plan.js';

/**
 * What its sender asked for, if that is known: that of a message which a fault has stored twice is that of the first.
 *
 * It is not where the answer to the send was damaged, and no listener was called with the message.
 */
export function planOf({ messageId, sent }: MessageLife, { plans }: RunRecord): MessagePlan | undefined {
  return plans.get(sent.duplicateOf ?? messageId) ?? plans.get(messageId);
}

/** Whether it came from the topic, which gives no delay and no priority of its own. */
export function isFromTopic({ messageId, sent }: MessageLife, { fromTopic }: RunRecord): boolean {
  return fromTopic.has(sent.duplicateOf ?? messageId);
}

/** When a message could first be received, by what its sender and its queue asked for; `undefined` where nobody knows the sender. */
export function firstDueMs(life: MessageLife, record: RunRecord): number | undefined {
  const { queueName, sent } = life;
  const plan = planOf(life, record);
  const asked = plan?.delaySeconds ?? 0;
  if (asked > 0) return sent.atMs + asked * 1000;
  if (sent.isDelayed !== true) return sent.atMs;
  const queue = record.scenario.queues.find(({ name }) => name === queueName);
  if (queue === undefined || (plan === undefined && !isFromTopic(life, record))) return undefined;
  return sent.atMs + queue.delaySeconds * 1000;
}
