import type { LedgerEntry } from '../ledger.js';
import { boundMs } from '../liveness-bound.js';
import { endOf, messageLives, type MessageLife } from '../message-life.js';
import type { InvariantCheck, RunRecord } from '../run-record.js';
import { groupBy } from './group-by.js';

/** I26: every message reaches its listeners, and again only where a lease was lost, or the end could not be told. */
export const everyMessageIsHandled: InvariantCheck = function* (record) {
  const { journal, ledger, statuses } = record;
  const handled = groupBy(
    ledger.filter(({ kind }) => kind === 'handled'),
    ({ messageId }) => messageId,
  );
  const excused = new Set(
    statuses.flatMap((status) => ('messageId' in status && ENDS.has(status.type) ? [status.messageId] : [])),
  );
  const copies = deadLetterCopies(record);
  for (const life of messageLives(journal).values()) {
    const { messageId, queueName, entries, sent } = life;
    if (!record.scenario.queues.some(({ name }) => name === queueName)) continue;
    const isExpired = entries.some(({ kind }) => kind === 'expired');
    const [first, second] = handled.get(messageId) ?? [];
    const wasDeleted = entries.some(({ kind }) => kind === 'deleted');
    const isLost = first === undefined && wasDeleted && !isExpired && !excused.has(messageId);
    if (isLost && !(isCopied(life, copies) && wasMovedUnknown(record, messageId))) {
      yield {
        subject: messageId,
        message: `expected ${messageId} of ${queueName} (#${sent.sequence}) to be handled, found it deleted without`,
      };
    }
    if (first === undefined || second === undefined) continue;
    if (couldNotTell(record, first, second)) continue;
    yield {
      subject: messageId,
      message: `expected ${messageId} of ${queueName} to be handled once, found it handled by ${first.process} at ${first.atMs} and by ${second.process} at ${second.atMs}`,
    };
  }
};

/** Statuses of messages that end without a listener that handled them. */
const ENDS = new Set(['dead-lettered', 'duplicate', 'rejected']);

/** Statuses after which a handled message comes again. */
const COMES_AGAIN = new Set(['lease-lost', 'settle-failed', 'abandoned']);

/**
 * Whether whoever had handled a message first could not delete it: its lease was lost, its delete failed, or had no answer yet
 * when the process was killed.
 */
function couldNotTell(record: RunRecord, first: LedgerEntry, second: LedgerEntry): boolean {
  const { statuses, disturbed } = record;
  const { messageId, process } = first;
  const told = statuses.some(
    (status) =>
      'messageId' in status &&
      status.messageId === messageId &&
      status.process === process &&
      COMES_AGAIN.has(status.type),
  );
  return told || diedUnanswered(record, first, second.atMs) || disturbed('early-visibility', messageId);
}

/**
 * Whether a message may have gone to the dead-letter queue without its bridge saying so: the answer to the delete of the
 * original was lost, and the bridge claims nothing, or was killed before it could.
 */
function wasMovedUnknown(record: RunRecord, messageId: string): boolean {
  const { statuses, wire } = record;
  const holder = wire.findLast(
    (entry) => entry.kind === 'received' && entry.messages.some((message) => message.messageId === messageId),
  );
  const isUnsure = statuses.some((status) => status.type === 'settle-failed' && status.messageId === messageId);
  return isUnsure || (holder !== undefined && diedUnanswered(record, { messageId, process: holder.process }));
}

/** Whether a process was killed before it had an answer, by `untilMs`, to a delete of a message. */
function diedUnanswered(
  { wire, deaths }: RunRecord,
  { messageId, process }: Pick<LedgerEntry, 'messageId' | 'process'>,
  untilMs = Infinity,
): boolean {
  const diedAtMs = deaths.get(process);
  if (diedAtMs === undefined) return false;
  const handles = new Set(
    wire.flatMap((entry) =>
      entry.kind === 'received' && entry.process === process
        ? entry.messages.filter((message) => message.messageId === messageId).map(({ receiptHandle }) => receiptHandle)
        : [],
    ),
  );
  // What comes back to a process that is dead is heard by nobody, nor need be what comes in the instant of its death.
  return !wire.some(
    (entry) =>
      entry.kind === 'delete' &&
      entry.process === process &&
      entry.refused !== undefined &&
      entry.atMs <= untilMs &&
      entry.atMs < diedAtMs &&
      entry.receiptHandles.some((handle) => handles.has(handle)),
  );
}

/** I27: a message is deleted only after its listeners have finished, or a copy of it is in the dead-letter queue. */
export const nothingIsDeletedUnhandled: InvariantCheck = function* (record) {
  const { journal, ledger, statuses, scenario } = record;
  const handledAt = new Map<string, number>();
  for (const { kind, messageId, atMs } of ledger)
    if (kind === 'handled' && !handledAt.has(messageId)) handledAt.set(messageId, atMs);
  const duplicates = new Set(
    statuses.flatMap((status) => (status.type === 'duplicate' && !status.busy ? [status.messageId] : [])),
  );
  const copies = deadLetterCopies(record);
  for (const life of messageLives(journal).values()) {
    const end = endOf(life);
    if (end?.kind !== 'deleted' || !scenario.queues.some(({ name }) => name === life.queueName)) continue;
    const { messageId } = life;
    const atMs = handledAt.get(messageId);
    const isHandled = atMs !== undefined && atMs <= end.atMs;
    if (isHandled || isCopied(life, copies) || duplicates.has(messageId)) continue;
    yield {
      subject: messageId,
      message: `expected ${messageId} to be handled or dead-lettered before it was deleted as #${end.sequence}, found neither`,
    };
  }
};

/** When the first copy of each message came to the dead-letter queue, by the id of the original; as a number of the journal. */
function deadLetterCopies({ journal, deadLetters }: RunRecord): ReadonlyMap<string, number> {
  const originals = new Map(deadLetters.map(({ messageId, originalId }) => [messageId, originalId]));
  const copies = new Map<string, number>();
  for (const entry of journal) {
    const originalId = entry.kind === 'sent' ? originals.get(entry.messageId) : undefined;
    if (originalId !== undefined && !copies.has(originalId)) copies.set(originalId, entry.sequence);
  }
  return copies;
}

/** Whether a copy of a message was in the dead-letter queue before it ended. */
function isCopied(life: MessageLife, copies: ReadonlyMap<string, number>): boolean {
  const copied = copies.get(life.messageId);
  const end = endOf(life);
  return copied !== undefined && end !== undefined && copied < end.sequence;
}

/** I28: at most `concurrency` messages of a queue are at the listeners of a process at any instant. */
export const concurrencyIsKept: InvariantCheck = function* ({ ledger, scenario }) {
  const { concurrency } = scenario.bridge;
  for (const [where, entries] of groupBy(ledger, ({ process, queueName }) => `${process} ${queueName}`)) {
    const running = new Set<string>();
    for (const { kind, messageId, atMs, process } of entries) {
      if (kind === 'called') running.add(messageId);
      // A lost lease frees the place; the listener may go on.
      if (kind === 'ended' || kind === 'aborted') running.delete(messageId);
      if (running.size <= concurrency) continue;
      yield {
        subject: process,
        message: `expected at most ${concurrency} at once, found ${running.size} in ${where} at ${atMs}`,
      };
      break;
    }
  }
};

/** I29: a closed bridge leaves nothing open. */
export const nothingIsLeftOpen: InvariantCheck = function* ({ leftOpen }) {
  for (const { process, pendingTimers, openRequests } of leftOpen) {
    if (pendingTimers === 0 && openRequests === 0) continue;
    yield {
      subject: process,
      message: `expected nothing open, found ${pendingTimers} timers and ${openRequests} requests`,
    };
  }
};

/** I30: after the last fault the backlog reaches zero in time. */
export const backlogIsWorkedOff: InvariantCheck = function* ({ drainedMs, scenario }) {
  if (drainedMs !== undefined) return;
  yield { subject: 'backlog', message: `expected an empty backlog within ${boundMs(scenario)} ms of the last fault` };
};

/** I31: what was received is what was settled and what is in flight, at every instant. */
export const countersAddUp: InvariantCheck = function* ({ counters }) {
  for (const { process, queueName, atMs, counters: of } of counters) {
    const sum = of.acked + of.retried + of.deadLettered + of.released + of.inFlight;
    if (of.received === sum && Object.values(of).every((count) => count >= 0)) continue;
    yield {
      subject: process,
      message: `expected ${of.received} of ${queueName} to be the sum of ${JSON.stringify(of)} at ${atMs}`,
    };
  }
};
