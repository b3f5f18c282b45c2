import { endOf, messageLives } from '../message-life.js';
import type { InvariantCheck } from '../run-record.js';
import { BODIES } from '../message-body.js';
import { groupBy } from './group-by.js';

/** I1: every message is in one state: what a queue says it has is what came in less what was deleted and what has expired. */
export const everyMessageIsSomewhere: InvariantCheck = function* ({ journal, stored }, seen) {
  const lives = [...messageLives(journal).values()];
  for (const { messageId, entries } of lives) {
    seen();
    const ends = entries.filter(({ kind }) => kind === 'deleted' || kind === 'expired');
    if (ends.length > 1)
      yield {
        subject: messageId,
        message: `expected ${messageId} to end once, found ${ends.map(({ sequence }) => `#${sequence}`).join(', ')}`,
      };
  }
  const left = groupBy(
    lives.filter((life) => endOf(life) === undefined),
    ({ queueName }) => queueName,
  );
  for (const [queueName, count] of stored) {
    const { length } = left.get(queueName) ?? [];
    if (length !== count)
      yield { subject: queueName, message: `expected ${length} messages in ${queueName}, found ${count}` };
  }
};

/** I2: a body is the same at every delivery, and what a producer sent is what is delivered. */
export const bodiesAreUnchanged: InvariantCheck = function* ({ ledger, plans }, seen) {
  const calls = ledger.flatMap((entry) => (entry.kind === 'called' ? [entry] : []));
  for (const [messageId, [first, ...others]] of groupBy(calls, (call) => call.messageId)) {
    if (first === undefined) continue;
    seen();
    const plan = plans.get(messageId);
    const isSent = plan === undefined || first.body === BODIES[plan.body].text(plan.taskId);
    if (isSent && others.every(({ body }) => body === first.body)) continue;
    yield { subject: messageId, message: `expected every delivery of ${messageId} to have the body that was sent` };
  }
};

/** I3: what was acknowledged was in a queue, and ended: deleted, expired, or – as a copy – in the dead-letter queue. */
export const nothingIsLost: InvariantCheck = function* (
  { journal, scenario, sends, drainedMs, plans, fromTopic },
  seen,
) {
  const lives = messageLives(journal);
  const planned = new Map(scenario.messages.map(({ taskId, queueName }) => [taskId, queueName]));
  for (const { messageId, taskId } of sends) {
    if (messageId === undefined) continue;
    seen();
    if (lives.get(messageId)?.queueName === planned.get(taskId)) continue;
    yield {
      subject: messageId,
      message: `expected the acknowledged message ${messageId} (${taskId}) in its queue, found no trace of it`,
    };
  }
  if (drainedMs === undefined) return;
  for (const life of lives.values()) {
    if (endOf(life) !== undefined || !scenario.queues.some(({ name }) => name === life.queueName)) continue;
    const original = life.sent.duplicateOf ?? life.messageId;
    const plan = plans.get(original);
    // Without a place for it, what nobody can read stays for as long as its retention.
    const mayStay = plan === undefined ? !fromTopic.has(original) : BODIES[plan.body].isReadable !== 'yes';
    if (mayStay && !scenario.bridge.hasDeadLetterQueue) continue;
    yield {
      subject: life.messageId,
      message: `expected ${life.messageId} of ${life.queueName} to have ended, found it there`,
    };
  }
};

/** I4: nothing happens to a message after it was deleted or has expired. */
export const theDeletedStayDeleted: InvariantCheck = function* ({ journal }, seen) {
  for (const life of messageLives(journal).values()) {
    const end = endOf(life);
    if (end !== undefined) seen();
    const later = end === undefined ? undefined : life.entries[life.entries.indexOf(end) + 1];
    if (later === undefined) continue;
    yield {
      subject: life.messageId,
      message: `expected nothing of ${life.messageId} after #${end?.sequence}, found ${later.kind} at #${later.sequence}`,
    };
  }
};

/** I5: no id is given twice. */
export const idsAreUnique: InvariantCheck = function* ({ journal }, seen) {
  const ids = journal.flatMap((entry) =>
    entry.kind === 'sent' ? [entry.messageId] : entry.kind === 'request' ? [entry.requestId] : [],
  );
  for (const [id, { length }] of groupBy(ids, (one) => one)) {
    seen();
    if (length > 1) yield { subject: id, message: `expected ${id} once, found it ${length} times` };
  }
};
