import type { InvariantCheck, RunRecord } from '../run-record.js';
import { DEAD_LETTERS } from '../scenario-plan.js';
import type { Call } from './calls.js';
import { evidenceOf, type Evidence } from './evidence.js';
import { groupBy } from './group-by.js';

/** The process that takes pushes. */
export const PUSH_TAKER = 'push-taker';

/**
 * Attempts that a topic makes in all, and when the last of them comes at the earliest, in milliseconds after publishing, by times
 * that are cut to the second (spec mns §5.6).
 */
const ATTEMPTS = 4;
const LAST_FROM_MS = 28_000;

/** How long a copy may take where nothing is in its way, in milliseconds. */
const COPY_MS = 10_000;

/**
 * I48: a pushed message is at its listener once at a time; it is dead-lettered when that has failed as often as it may, or for
 * the last time, and then certainly.
 */
export const pushesComeToRest: InvariantCheck = function* (record, seen) {
  if (!record.scenario.companions.hasPushWork) return;
  const evidence = evidenceOf(record);
  const byMessage = groupBy(
    evidence.calls.filter(({ process }) => process === PUSH_TAKER),
    ({ messageId }) => messageId,
  );
  for (const [messageId, calls] of byMessage) {
    seen();
    const beside = calls.find((call, index) => (calls[index - 1]?.endedMs ?? 0) > call.startMs);
    if (beside !== undefined)
      yield {
        subject: messageId,
        message: `expected one call at a time for the push of ${messageId}, found another at ${beside.startMs}`,
      };
    const copiedMs = copyAskedForMs(record, messageId);
    if (copiedMs !== undefined && !mayBeGivenUp(record, calls, copiedMs))
      yield {
        subject: messageId,
        message: `expected the push of ${messageId} to be dead-lettered after its listener failed for the last time, found it at ${copiedMs}`,
      };
    const droppedMs = givenUpByTopicMs(record, messageId);
    if (droppedMs === undefined || copiedBefore(evidence, messageId, Infinity)) continue;
    if (!isFailure(calls) || !couldBeCopied(evidence, calls, droppedMs)) continue;
    yield {
      subject: messageId,
      message: `expected a dead letter of the push of ${messageId}, whose listener failed and whose topic gave up at ${droppedMs}, found none`,
    };
  }
};

/** Whether a copy of a pushed message was in the dead-letter queue before an entry of the journal. */
export function copiedBefore({ record, lives }: Evidence, messageId: string, sequence: number): boolean {
  return record.deadLetters.some(
    (copy) => copy.originalId === messageId && (lives.get(copy.messageId)?.sent.sequence ?? Infinity) < sequence,
  );
}

function copyAskedForMs({ heard }: RunRecord, messageId: string): number | undefined {
  return heard.find(
    (entry) =>
      entry.kind === 'sent' &&
      entry.process === PUSH_TAKER &&
      entry.queueName === DEAD_LETTERS &&
      entry.originalId === messageId,
  )?.sentAtMs;
}

/** Whether a listener has asked for the dead letter, or has failed and another attempt was not allowed by the settings, or not certain to come. */
function mayBeGivenUp({ journal, scenario }: RunRecord, calls: readonly Call[], atMs: number): boolean {
  if (calls.some(({ condemnedMs = Infinity }) => condemnedMs <= atMs)) return true;
  if (!calls.some(({ failedMs = Infinity, abortedMs = Infinity }) => Math.min(failedMs, abortedMs) <= atMs))
    return false;
  const of = journal.filter(
    (entry) => 'messageId' in entry && entry.messageId === calls[0]?.messageId && entry.atMs <= atMs,
  );
  const attempts = of.filter(({ kind }) => kind === 'delivery-failed').length + 1;
  const publishedMs = of.find(({ kind }) => kind === 'event-published')?.atMs ?? Infinity;
  return attempts >= Math.min(ATTEMPTS, scenario.bridge.maxDeliveries) || atMs - publishedMs >= LAST_FROM_MS;
}

function givenUpByTopicMs({ journal }: RunRecord, messageId: string): number | undefined {
  return journal.find(
    (entry) =>
      entry.kind === 'delivery-dropped' && entry.messageId === messageId && entry.subscriptionName === 'pushes',
  )?.atMs;
}

/** Whether a listener has failed, or was told to stop, and none has done its part. */
function isFailure(calls: readonly Call[]): boolean {
  return (
    calls.some(({ failedMs, abortedMs }) => failedMs !== undefined || abortedMs !== undefined) &&
    calls.every(({ handledMs }) => handledMs === undefined)
  );
}

/** Whether nothing was in the way of a copy. */
function couldBeCopied(evidence: Evidence, calls: readonly Call[], droppedMs: number): boolean {
  const { record } = evidence;
  const [{ messageId, startMs }] = [calls[0] ?? { messageId: '', startMs: 0 }];
  const untilMs = Math.max(droppedMs, ...calls.map(({ endedMs }) => endedMs)) + COPY_MS;
  return (
    record.scenario.bridge.hasDeadLetterQueue &&
    !record.disturbed('delivery', messageId) &&
    !evidence.wasTroubled(PUSH_TAKER, DEAD_LETTERS, startMs, untilMs) &&
    !evidence.hasFact(PUSH_TAKER, 0, untilMs, ({ kind }) => kind === 'closing')
  );
}
