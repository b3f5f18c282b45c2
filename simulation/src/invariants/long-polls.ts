import { PROFILES, type EntryOf } from '@mnsbus/emulator';
import { activeSpans, messageLives, type ActiveSpan, type MessageLife } from '../message-life.js';
import type { InvariantCheck, RunRecord } from '../run-record.js';
import { firstDueMs, isFromTopic, planOf } from './first-due.js';
import { groupBy } from './group-by.js';

/** A receive that waited: from when to when, and whether it brought something. */
interface Wait {
  readonly queueName: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly isEmpty: boolean;
  readonly sequence: number;
}

/** I16: a receive that waits ends at the first instant at which something is deliverable. */
export const waitsEndAtOnce: InvariantCheck = function* (record, seen) {
  const spans = spansByQueue(record);
  for (const { queueName, fromMs, toMs, sequence } of waitsIn(record)) {
    seen();
    const missed = spans.get(queueName)?.find((span) => Math.max(span.fromMs, fromMs) < Math.min(span.toMs, toMs));
    if (missed === undefined) continue;
    yield {
      subject: queueName,
      message: `expected the receive that ended as #${sequence} to end at ${Math.max(missed.fromMs, fromMs)}, when something was deliverable in ${queueName}, found it waiting until ${toMs}`,
    };
  }
};

/** I17: those who wait are served in the order in which they came. */
export const waitersAreServedInOrder: InvariantCheck = function* (record, seen) {
  for (const [queueName, waits] of groupBy(waitsIn(record), (wait) => wait.queueName)) {
    for (const served of waits) {
      if (served.isEmpty) continue;
      seen();
      const passedOver = waits.find(({ fromMs, toMs }) => fromMs < served.fromMs && toMs > served.toMs);
      if (passedOver === undefined) continue;
      yield {
        subject: queueName,
        message: `expected #${passedOver.sequence} of ${queueName}, which waited from ${passedOver.fromMs}, to be served before #${served.sequence}, which waited from ${served.fromMs}`,
      };
    }
  }
};

/** I18: a receive that finds something does not wait for more: whatever waited began with an empty queue. */
export const whatIsThereIsNotWaitedFor: InvariantCheck = function* (record, seen) {
  const spans = spansByQueue(record);
  for (const { queueName, fromMs, isEmpty, sequence } of waitsIn(record)) {
    seen();
    const there = spans.get(queueName)?.find((span) => span.fromMs < fromMs && span.toMs > fromMs);
    if (isEmpty || there === undefined) continue;
    yield {
      subject: queueName,
      message: `expected #${sequence} of ${queueName} to be answered at ${fromMs}, when something was there, found that it waited`,
    };
  }
};

/**
 * I15: nothing is delivered while something of a higher priority could be, on the same storage node: a receive has messages of one
 * only (spec mns §4.5), and which node a message is on, its place among all that were sent says.
 */
export const prioritiesAreKept: InvariantCheck = function* (record, seen) {
  const { journal, disturbed } = record;
  const nodes = nodesOf(record);
  const lives = [...messageLives(journal).values()].flatMap((life) => {
    // What topics deliver has the default (spec mns §3.3); where nobody knows the sender, nobody knows what was asked for.
    const priority = planOf(life, record)?.priority ?? (isFromTopic(life, record) ? 8 : undefined);
    return priority === undefined ? [] : [{ life, priority, spans: spansOf(life, record) }];
  });
  for (const [queueName, inQueue] of groupBy(lives, ({ life }) => life.queueName)) {
    if (!record.scenario.queues.some(({ name }) => name === queueName)) continue;
    for (const { life, priority } of inQueue) {
      if (disturbed('reorder', life.messageId)) continue;
      for (const { kind, atMs, sequence } of life.entries) {
        if (kind !== 'received') continue;
        seen();
        const higher = inQueue.find(
          (other) =>
            other.priority < priority &&
            nodes.get(other.life.messageId) === nodes.get(life.messageId) &&
            other.spans.some((span) => span.fromMs <= atMs && span.toMs > atMs && span.fromSequence < sequence),
        );
        if (higher === undefined) continue;
        yield {
          subject: life.messageId,
          message: `expected ${higher.life.messageId} of priority ${higher.priority} before ${life.messageId} of priority ${priority} in ${queueName} at ${atMs}`,
        };
      }
    }
  }
};

/** On which storage node of its queue each message is: they are dealt out in the order of sending. */
function nodesOf({ journal, scenario }: RunRecord): ReadonlyMap<string, number> {
  const { stripes } = PROFILES[scenario.profile];
  const sent = journal.flatMap((entry) => (entry.kind === 'sent' ? [entry] : []));
  return new Map(
    [...groupBy(sent, ({ queueName }) => queueName).values()].flatMap((inQueue) =>
      inQueue.map(({ messageId }, index) => [messageId, index % stripes] as const),
    ),
  );
}

function waitsIn({ journal }: RunRecord): readonly Wait[] {
  // A request that a fault has delayed did not wait for messages all the time.
  const delays = journal.filter((entry) => entry.kind === 'fault' && entry.fault === 'delay');
  const isDelayed = ({ queueName, fromMs, toMs }: Wait): boolean =>
    delays.some(
      (entry) => 'queueName' in entry && entry.queueName === queueName && entry.atMs >= fromMs && entry.atMs <= toMs,
    );
  // One that asks a single storage node, by the service's own account, may miss what the others have (spec mns §4.5).
  const narrow = new Set(
    journal.flatMap((entry) => (entry.kind === 'narrow-receive' ? [`${entry.queueName} ${entry.atMs}`] : [])),
  );
  return journal
    .flatMap((entry) => (isWait(entry) ? [waitOf(entry)] : []))
    .filter((wait) => wait.toMs > wait.fromMs && !isDelayed(wait) && !narrow.has(`${wait.queueName} ${wait.fromMs}`));
}

function isWait(
  entry: RunRecord['journal'][number],
): entry is EntryOf<'request'> & { readonly queueName: string; readonly tookMs: number } {
  return (
    entry.kind === 'request' &&
    (entry.operation === 'ReceiveMessage' || entry.operation === 'BatchReceiveMessage') &&
    entry.queueName !== undefined &&
    entry.tookMs !== undefined
  );
}

function waitOf({
  queueName,
  atMs,
  tookMs,
  heldMs = 0,
  code,
  sequence,
}: EntryOf<'request'> & { readonly queueName: string; readonly tookMs: number }): Wait {
  // What the service has taken before it looked is no wait.
  return { queueName, fromMs: atMs - tookMs + heldMs, toMs: atMs, isEmpty: code !== undefined, sequence };
}

function spansByQueue(record: RunRecord): ReadonlyMap<string, readonly ActiveSpan[]> {
  const lives = groupBy(messageLives(record.journal).values(), ({ queueName }) => queueName);
  return new Map([...lives].map(([queueName, some]) => [queueName, some.flatMap((life) => spansOf(life, record))]));
}

function spansOf(life: MessageLife, record: RunRecord): readonly ActiveSpan[] {
  const { scenario, endMs, disturbed } = record;
  // Moved in time by a fault: nobody but the emulator knows since when it could be received.
  if (disturbed('active-time', life.messageId)) return [];
  const fromMs = firstDueMs(life, record);
  if (fromMs === undefined) return [];
  const retentionMs =
    (scenario.queues.find(({ name }) => name === life.queueName)?.retentionSeconds ?? Infinity) * 1000;
  // What has expired cannot be received, also while nobody has looked.
  return activeSpans(life, fromMs, Math.min(endMs, life.sent.atMs + retentionMs));
}
