import type { InvariantCheck } from '../run-record.js';
import { roleOf, type Call } from './calls.js';
import { evidenceOf, longestLeaseMs, type Evidence } from './evidence.js';
import { groupBy } from './group-by.js';
import { copiedBefore } from './pushing.js';
import { mostAtOnce } from './health.js';

/** I28: at most `concurrency` messages of a queue are at the listeners of a process at any instant. */
export const concurrencyIsKept: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  const inQueue = evidence.calls.filter(({ queueName }) => evidence.isRead(queueName));
  for (const [where, calls] of groupBy(inQueue, ({ process, queueName }) => `${process} ${queueName}`)) {
    const [{ process } = { process: '' }] = calls;
    const most = mostAtOnce(evidence, { process });
    for (const { startMs } of calls) {
      seen();
      const running = calls.filter((call) => call.startMs <= startMs && placeEndMs(evidence, call) > startMs);
      const count = new Set(running.map(({ messageId }) => messageId)).size;
      if (count <= most) continue;
      yield { subject: process, message: `expected at most ${most} at once, found ${count} in ${where} at ${startMs}` };
      break;
    }
  }
};

/** Until when a call has a place: a lost lease frees it, and for who has acknowledged early the end of the longest lease; the listener may go on. */
function placeEndMs(evidence: Evidence, call: Call): number {
  const { endedMs, abortedMs = Infinity, startMs, handledMs = 0, isEarly, process } = call;
  // Counted from its receive: it may have waited.
  const leaseEndMs = (evidence.deliveryOf(call)?.atMs ?? startMs) + longestLeaseMs(evidence, process);
  return Math.min(endedMs, abortedMs, isEarly ? Math.max(handledMs, leaseEndMs) : Infinity);
}

/** I29: a closed bridge leaves nothing open. */
export const nothingIsLeftOpen: InvariantCheck = function* ({ leftOpen }, seen) {
  for (const { process, pendingTimers, openRequests } of leftOpen) {
    seen();
    if (pendingTimers === 0 && openRequests === 0) continue;
    yield {
      subject: process,
      message: `expected nothing open, found ${pendingTimers} timers and ${openRequests} requests`,
    };
  }
};

/** I31: what was received is what was settled and what is in flight, at every instant. */
export const countersAddUp: InvariantCheck = function* ({ health }, seen) {
  for (const { process, atMs, queues } of health) {
    for (const { queueName, counters: of } of queues) {
      if (of.received > 0) seen();
      const sum = of.acked + of.retried + of.deadLettered + of.released + of.inFlight;
      if (of.received === sum && Object.values(of).every((count) => count >= 0)) continue;
      yield {
        subject: process,
        message: `expected ${of.received} of ${queueName} to be the sum of ${JSON.stringify(of)} at ${atMs}`,
      };
    }
  }
};

/** I42: queues of somebody else are there at the end, whatever their names look like. */
export const nothingOfOthersIsDeleted: InvariantCheck = function* ({ bystanders, lives }, seen) {
  const sweeps = lives.some(({ process, kind }) => process.startsWith('hearer-') && kind === 'started');
  for (const { path, isThere } of bystanders) {
    if (sweeps) seen();
    if (!isThere)
      yield { subject: path, message: `expected the queue ${path} of somebody else to be there, found it deleted` };
  }
};

/** I43: a call that creates something is not repeated when it may have been carried out. */
export const nothingIsCreatedTwice: InvariantCheck = function* ({ submissions }, seen) {
  for (const { source, mayBeDone } of submissions) {
    if (mayBeDone > 0) seen();
    if (mayBeDone > 1)
      yield {
        subject: source,
        message: `expected one request that creates the task of ${source}, found ${mayBeDone} that may have`,
      };
  }
};

/** I46: a listener that was registered once handles one event. */
export const onceIsOnce: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  const once = evidence.calls.filter(({ listener }) => roleOf(listener) === 'once');
  for (const [who, calls] of groupBy(once, ({ process, listener }) => `${listener} of ${process}`)) {
    const done = calls.find((call) => evidence.isDone(call));
    if (done === undefined) continue;
    seen();
    const later = calls.find(({ call, startMs }) => call !== done.call && startMs > (done.handledMs ?? 0));
    const beside = calls.find(
      ({ call, startMs, endedMs }) => call !== done.call && startMs < done.endedMs && endedMs > done.startMs,
    );
    const other = later ?? beside;
    if (other === undefined) continue;
    yield {
      subject: other.process,
      message: `expected ${who} to be called for ${done.taskId} alone, found it called for ${other.taskId} at ${other.startMs} too`,
    };
  }
};

/** I47: with a queue of its own each process hears of every event that comes to it, and a push is taken only when it was handled, or its copy is a dead letter. */
export const everyCompanionHears: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  const owners = new Map(
    record.heard.flatMap(({ kind, process, queueName }) =>
      kind === 'received' && (process.startsWith('hearer-') || process === 'app')
        ? [[queueName, process] as const]
        : [],
    ),
  );
  const tasks = new Map(
    record.journal.flatMap((entry) =>
      entry.kind === 'event-published' ? [[entry.messageId, entry.taskId] as const] : [],
    ),
  );
  const waited = new Map(record.waited.map(({ taskId, isHeard }) => [taskId, isHeard]));
  for (const entry of record.journal) {
    const isPush = entry.kind === 'pushed';
    if (entry.kind !== 'delivered' && !isPush) continue;
    const owner = isPush ? 'push-taker' : owners.get(entry.queueName);
    if (owner === undefined || record.deaths.has(owner)) continue;
    // Who has not been answered by its queue since cannot have heard.
    const hasAsked = (evidence.heard.get(owner) ?? []).some(
      ({ kind, outcome, sentAtMs }) => kind === 'received' && outcome === 'ok' && sentAtMs >= entry.atMs,
    );
    if (!isPush && !hasAsked) continue;
    const messageId = isPush ? entry.messageId : entry.queueMessageId;
    // The app hears only of the tasks that it waits for.
    const wait = waited.get(tasks.get(entry.messageId) ?? '');
    if (owner === 'app' && wait === undefined) continue;
    seen();
    const calls = evidence.callsByMessage.get(messageId) ?? [];
    if (wait === true && owner === 'app') continue;
    if (isPush && copiedBefore(evidence, messageId, entry.sequence)) continue;
    if (calls.some((call) => call.process === owner && call.handledMs !== undefined)) continue;
    yield {
      subject: messageId,
      message: `expected ${owner} to hear of ${messageId}, which came to it at ${entry.atMs}, found that it did not`,
    };
  }
};
