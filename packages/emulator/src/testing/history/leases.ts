import { finding, type Finding } from './finding.js';
import { isBefore, mayPrecede, type HistoryView, type MessageView, type SeenDelivery } from './history-view.js';
import type { ChangeCall } from './history.js';

/** I6: no handle is handed out twice. */
export function findReusedHandles({ handles }: HistoryView): readonly Finding[] {
  const seen = new Set<string>();
  return handles.flatMap(({ handle, messageId }) => {
    if (seen.has(handle)) return [finding('I6', `the handle ${handle} of ${messageId} was handed out before`)];
    seen.add(handle);
    return [];
  });
}

/** I7: a handle is worth nothing once its message was delivered again. */
export function findOldHandles({ messages }: HistoryView): readonly Finding[] {
  return messages.flatMap((message) => [
    ...message.deletes
      .filter(({ call, handle, outcome }) => outcome === 'done' && isSuperseded(message, handle, call))
      .map(({ handle }) => finding('I7', `${message.id} was deleted with ${handle}, an earlier delivery's handle`)),
    ...message.changes
      .filter((call) => typeof call.result === 'object' && isSuperseded(message, call.handle, call))
      .map(({ handle }) => finding('I7', `${message.id} was extended with ${handle}, an earlier delivery's handle`)),
  ]);
}

/** Whether the delivery that a handle belongs to was certainly followed by another before `call` began. */
export function isSuperseded(message: MessageView, handle: string, call: { invoked: { order: number } }): boolean {
  const own = message.deliveries.find(({ delivery }) => delivery.handle === handle);
  if (own === undefined) return false;
  return message.deliveries.some(
    ({ call: later, delivery }) =>
      delivery.dequeueCount > own.delivery.dequeueCount &&
      later.returned !== undefined &&
      later.returned.order < call.invoked.order,
  );
}

/** I10: a delayed message is not delivered before its delay is over. */
export function findEarlyDeliveries({ history, messages }: HistoryView): readonly Finding[] {
  return messages.flatMap(({ id, sends: [send], deliveries }) => {
    if (send === undefined) return [];
    const dueMs = send.call.invoked.atMs + send.delaySeconds * 1000 - (history.clockSkewMs ?? 0);
    return deliveries
      .filter(({ call }) => call.returned !== undefined && call.returned.atMs < dueMs)
      .map(({ call }) => finding('I10', `${id} is due at ${dueMs}, and was delivered by ${call.returned?.atMs}`));
  });
}

/** I11: while one delivery's lease runs, there is no other. What may have ended it early excuses the next. */
export function findDoubleLeases({ history, messages }: HistoryView): readonly Finding[] {
  return messages.flatMap((message) =>
    message.deliveries.flatMap((next, index) => {
      const earlier = message.deliveries[index - 1];
      if (earlier === undefined || next.call.returned === undefined) return [];
      const endMs = earliestEnd(message, earlier, next) - (history.clockSkewMs ?? 0);
      if (next.call.returned.atMs >= endMs) return [];
      const { id } = message;
      return [finding('I11', `${id} was leased until ${endMs}, and delivered again by ${next.call.returned.atMs}`)];
    }),
  );
}

/** The earliest instant at which the lease of one delivery may have ended before another. */
function earliestEnd(message: MessageView, { delivery }: SeenDelivery, next: SeenDelivery): number {
  const handles = handlesFrom(message, delivery.handle);
  const changes = message.changes.filter(
    (change) => handles.has(change.handle) && change.result !== 'refused' && mayPrecede(change, next.call),
  );
  // What was certainly replaced by a later change before the next delivery does not count any more.
  const replacing = changes.filter((change) => typeof change.result === 'object' && isBefore(change, next.call));
  const isReplaced = (call: ChangeCall | undefined): boolean =>
    replacing.some((change) => change !== call && (call === undefined || isBefore(call, change)));
  const ends = changes.filter((change) => !isReplaced(change)).map((change) => endOf(change));
  return Math.min(...ends, ...(isReplaced(undefined) ? [] : [delivery.nextVisibleAtMs]));
}

function endOf({ result, invoked, seconds }: ChangeCall): number {
  return typeof result === 'object' ? result.nextVisibleAtMs : invoked.atMs + seconds * 1000;
}

/** A delivery's handle, and those that changes of its visibility have made of it. */
export function handlesFrom({ changes }: MessageView, handle: string): ReadonlySet<string> {
  const known = new Set([handle]);
  for (const change of changes) {
    if (known.has(change.handle) && typeof change.result === 'object') known.add(change.result.handle);
  }
  return known;
}
