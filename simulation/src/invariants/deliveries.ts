import type { EntryOf } from '@mnsbus/emulator';
import { messageLives, type MessageLife } from '../message-life.js';
import { firstDueMs } from './first-due.js';
import type { InvariantCheck, RunRecord } from '../run-record.js';
import type { ReceivedMessage } from '../wire-tap.js';
import { groupBy } from './group-by.js';

/** I6: every delivery, and every change of visibility, has a handle of its own. */
export const handlesAreNew: InvariantCheck = function* ({ wire }, seen) {
  const handles = wire.flatMap((entry) => {
    if (entry.kind === 'received') return entry.messages.map(({ receiptHandle }) => receiptHandle);
    return entry.kind === 'change-visibility' && entry.newHandle !== undefined ? [entry.newHandle] : [];
  });
  for (const [handle, { length }] of groupBy(handles, (one) => one)) {
    seen();
    if (length > 1)
      yield { subject: handle, message: `expected the receipt handle ${handle} once, found it ${length} times` };
  }
};

/** I7: a handle of an earlier delivery deletes nothing. */
export const oldHandlesDoNothing: InvariantCheck = function* (record, seen) {
  const lives = messageLives(record.journal);
  const owners = ownersOf(record);
  for (const entry of record.wire) {
    if (entry.kind !== 'delete' || entry.refused === undefined) continue;
    for (const handle of entry.receiptHandles) {
      const owner = owners.get(handle);
      const life = owner === undefined ? undefined : lives.get(owner.messageId);
      if (owner === undefined || life === undefined) continue;
      seen();
      if (entry.refused.includes(handle)) continue;
      const newer = deliveriesOf(life).find(
        ({ dequeueCount, atMs }) => dequeueCount > owner.dequeueCount && atMs < entry.sentAtMs,
      );
      if (newer === undefined) continue;
      yield {
        subject: life.messageId,
        message: `expected a handle of delivery ${owner.dequeueCount} of ${life.messageId} to be refused after delivery ${newer.dequeueCount}, found it accepted`,
      };
    }
  }
};

/** I9: deliveries are counted one by one, and the first of them has its time once and for all. */
export const deliveriesAreCounted: InvariantCheck = function* ({ journal, wire }, seen) {
  for (const life of messageLives(journal).values()) {
    const counts = deliveriesOf(life).map(({ dequeueCount }) => dequeueCount);
    if (counts.length > 0) seen();
    if (counts.every((count, index) => count === index + 1)) continue;
    yield {
      subject: life.messageId,
      message: `expected the deliveries of ${life.messageId} to be counted from 1, found ${counts.join(', ')}`,
    };
  }
  for (const [messageId, messages] of groupBy(receivedIn(wire), (message) => message.messageId)) {
    if (new Set(messages.map(({ firstDequeuedAtMs }) => firstDequeuedAtMs)).size <= 1) continue;
    yield { subject: messageId, message: `expected one FirstDequeueTime of ${messageId}, found several` };
  }
};

/** I10: nothing is delivered before its delay is over. */
export const delaysAreKept: InvariantCheck = function* (record, seen) {
  for (const life of messageLives(record.journal).values()) {
    const [first] = deliveriesOf(life);
    const dueMs = firstDueMs(life, record);
    if (first === undefined || dueMs === undefined) continue;
    seen();
    if (first.atMs >= dueMs) continue;
    yield {
      subject: life.messageId,
      message: `expected ${life.messageId} not before ${dueMs}, found it delivered at ${first.atMs}`,
    };
  }
};

/** I11: at any instant a message belongs to one receiver at most. */
export const leasesAreExclusive: InvariantCheck = function* ({ journal, disturbed }, seen) {
  for (const life of messageLives(journal).values()) {
    if (disturbed('early-visibility', life.messageId)) continue;
    seen();
    let leasedUntilMs = 0;
    for (const entry of life.entries) {
      if (entry.kind === 'received' && entry.atMs < leasedUntilMs) {
        yield {
          subject: life.messageId,
          message: `expected ${life.messageId} to be leased until ${leasedUntilMs}, found it delivered at ${entry.atMs}`,
        };
        break;
      }
      if ('nextVisibleAtMs' in entry) leasedUntilMs = entry.nextVisibleAtMs;
    }
  }
};

/** I12: a message is sent, first received, and visible again, in this order. */
export const timesAreInOrder: InvariantCheck = function* ({ wire }, seen) {
  for (const { messageId, enqueuedAtMs, firstDequeuedAtMs, nextVisibleAtMs } of receivedIn(wire)) {
    seen();
    if (enqueuedAtMs <= firstDequeuedAtMs && firstDequeuedAtMs <= nextVisibleAtMs) continue;
    yield {
      subject: messageId,
      message: `expected the times of ${messageId} in order, found ${enqueuedAtMs}, ${firstDequeuedAtMs}, ${nextVisibleAtMs}`,
    };
  }
};

/** I13: retention ends a message at its deadline: nothing is delivered from then on. */
export const retentionIsKept: InvariantCheck = function* ({ journal, scenario }, seen) {
  const retentionMs = new Map(scenario.queues.map(({ name, retentionSeconds }) => [name, retentionSeconds * 1000]));
  for (const { messageId, queueName, sent, entries } of messageLives(journal).values()) {
    const limitMs = retentionMs.get(queueName);
    if (limitMs === undefined) continue;
    seen();
    const endMs = sent.atMs + limitMs;
    for (const entry of entries) {
      const isWrong =
        entry.kind === 'received' ? entry.atMs >= endMs : entry.kind === 'expired' && entry.expiredAtMs !== endMs;
      if (!isWrong) continue;
      yield {
        subject: messageId,
        message: `expected ${messageId} to expire at ${endMs}, found ${entry.kind} at ${entry.atMs}`,
      };
      break;
    }
  }
};

/** I19: a batch delete deletes what it does not name as refused. */
export const deletesAreExact: InvariantCheck = function* (record, seen) {
  const lives = messageLives(record.journal);
  const owners = ownersOf(record);
  for (const entry of record.wire) {
    if (entry.kind !== 'delete' || entry.refused === undefined) continue;
    for (const handle of entry.receiptHandles) {
      const life = lives.get(owners.get(handle)?.messageId ?? '');
      if (life === undefined) continue;
      seen();
      const isDeleted = life.entries.some(
        ({ kind, atMs }) => kind === 'deleted' && atMs >= entry.sentAtMs && atMs <= entry.atMs,
      );
      // One that is refused may have been deleted by somebody else meanwhile.
      if (entry.refused.includes(handle) || isDeleted) continue;
      yield {
        subject: life.messageId,
        message: `expected ${life.messageId} to be deleted by ${entry.process} between ${entry.sentAtMs} and ${entry.atMs}, as it was told, found it was not`,
      };
    }
  }
};

function deliveriesOf({ entries }: MessageLife): readonly EntryOf<'received'>[] {
  return entries.flatMap((entry) => (entry.kind === 'received' ? [entry] : []));
}

function receivedIn(wire: RunRecord['wire']): readonly ReceivedMessage[] {
  return wire.flatMap((entry) => (entry.kind === 'received' ? entry.messages : []));
}

/** Which delivery of which message each handle belongs to; the handles of extensions belong to the same. */
function ownersOf({
  wire,
}: RunRecord): ReadonlyMap<string, { readonly messageId: string; readonly dequeueCount: number }> {
  const owners = new Map<string, { readonly messageId: string; readonly dequeueCount: number }>();
  for (const entry of wire) {
    if (entry.kind === 'received') {
      for (const { receiptHandle, messageId, dequeueCount } of entry.messages)
        owners.set(receiptHandle, { messageId, dequeueCount });
    } else if (entry.kind === 'change-visibility' && entry.newHandle !== undefined) {
      const owner = owners.get(entry.receiptHandle);
      if (owner !== undefined) owners.set(entry.newHandle, owner);
    }
  }
  return owners;
}
