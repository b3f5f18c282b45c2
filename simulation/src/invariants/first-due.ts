import type { MessageLife } from '../message-life.js';
import type { RunRecord } from '../run-record.js';
import type { MessagePlan } from '../scenario.js';

/** What its sender asked for, if that is known: that of a message which a fault has stored twice is that of the first. */
export function planOf({ messageId, sent }: MessageLife, { plans }: RunRecord): MessagePlan | undefined {
  return plans.get(sent.duplicateOf ?? messageId);
}

/**
 * When a message could first be received: by what its sender asked for, if that is known, else by its queue; `undefined` where
 * neither is.
 */
export function firstDueMs(life: MessageLife, record: RunRecord): number | undefined {
  const { queueName, sent } = life;
  const asked = planOf(life, record)?.delaySeconds ?? 0;
  if (asked > 0) return sent.atMs + asked * 1000;
  if (sent.isDelayed !== true) return sent.atMs;
  const queue = record.scenario.queues.find(({ name }) => name === queueName);
  return queue === undefined ? undefined : sent.atMs + queue.delaySeconds * 1000;
}
