import type { MessageLife } from '../message-life.js';
import type { RunRecord } from '../run-record.js';

/**
 * When a message could first be received: by what its sender asked for, if that is known, else by its queue; `undefined` where
 * neither is.
 */
export function firstDueMs(
  { queueName, messageId, sent }: MessageLife,
  { scenario, plans }: RunRecord,
): number | undefined {
  const asked = plans.get(messageId)?.delaySeconds ?? 0;
  if (asked > 0) return sent.atMs + asked * 1000;
  if (sent.isDelayed !== true) return sent.atMs;
  const queue = scenario.queues.find(({ name }) => name === queueName);
  return queue === undefined ? undefined : sent.atMs + queue.delaySeconds * 1000;
}
