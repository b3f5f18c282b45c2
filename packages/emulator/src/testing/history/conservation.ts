import { md5Hex } from '@mnsbus/core';
import { finding, type Finding } from './finding.js';
import { isBefore, mayPrecede, type HistoryView, type MessageView } from './history-view.js';
import type { CountCall } from './history.js';

/** I2: what was delivered was sent, and as it was sent. A send without an answer explains one message with its body. */
export function findInventions({ messages, sends }: HistoryView): readonly Finding[] {
  const unexplained = new Map<string, number>();
  for (const { drafts, results } of sends) {
    if (results !== undefined) continue;
    for (const { body } of drafts) unexplained.set(body, (unexplained.get(body) ?? 0) + 1);
  }
  return messages.flatMap(({ id, sends: acknowledged, deliveries }) => {
    const first = deliveries[0]?.delivery;
    const sent = acknowledged[0]?.body ?? first?.body ?? '';
    if (acknowledged.length === 0) {
      const left = unexplained.get(sent) ?? 0;
      if (left === 0) return [finding('I2', `${id} was delivered, and no send can have brought it`)];
      unexplained.set(sent, left - 1);
    }
    const early =
      acknowledged[0] === undefined
        ? undefined
        : deliveries.find(({ call }) => !mayPrecede(acknowledged[0]?.call ?? call, call));
    if (early !== undefined) return [finding('I2', `${id} was delivered before it was sent`)];
    return deliveries
      .filter(({ delivery }) => delivery.body !== sent || delivery.bodyMd5 !== md5Hex(sent))
      .map(({ delivery }) =>
        finding('I2', `${id} was sent as ${JSON.stringify(sent)}, delivered as ${JSON.stringify(delivery)}`),
      );
  });
}

/** I3: a drained queue has given back everything that was acknowledged. */
export function findLosses({ history, messages }: HistoryView): readonly Finding[] {
  if (!history.isDrained) return [];
  const endMs = Math.max(0, ...history.calls.map(({ returned }) => returned?.atMs ?? 0));
  return messages
    .filter(({ sends }) => sends.length > 0)
    .filter(({ deletes }) => deletes.every(({ outcome }) => outcome === 'refused'))
    .filter(({ sends }) => sends.every(({ call }) => call.invoked.atMs + history.retentionMs > endMs))
    .map(({ id }) => finding('I3', `${id} was acknowledged, and neither deleted nor left in the drained queue`));
}

/** I4: nothing is delivered after its delete was acknowledged. */
export function findRevivals({ messages }: HistoryView): readonly Finding[] {
  return messages.flatMap(({ id, deletes, deliveries }) =>
    deliveries
      .filter(({ call }) => deletes.some((deleted) => deleted.outcome === 'done' && isBefore(deleted.call, call)))
      .map(({ delivery }) => finding('I4', `${id} was deleted, and came back as delivery ${delivery.dequeueCount}`)),
  );
}

/** I5: no two messages have one id. */
export function findSharedIds({ messages }: HistoryView): readonly Finding[] {
  return messages
    .filter(({ sends }) => sends.length > 1)
    .map(({ id, sends }) => finding('I5', `${sends.length} sends were acknowledged with the id ${id}`));
}

/** I1: a message is deleted once, and a count lies between what must be there and what can be. */
export function findDoubleStates(view: HistoryView): readonly Finding[] {
  if (!view.history.isExact) return [];
  const twice = view.messages.flatMap(({ id, deletes }) => {
    const done = deletes.filter(({ outcome }) => outcome === 'done');
    const again = done.some((a) => done.some((b) => isBefore(a.call, b.call)));
    return again ? [finding('I1', `${id} was deleted, and then deleted again`)] : [];
  });
  return [...twice, ...view.counts.flatMap((count) => judgeCount(view, count))];
}

function judgeCount({ history, messages, sends }: HistoryView, count: CountCall): readonly Finding[] {
  const { total } = count;
  if (total === undefined) return [];
  const mayHaveExpired = ({ sends: acknowledged }: MessageView): boolean =>
    acknowledged.some(
      ({ call }) => call.invoked.atMs + history.retentionMs <= (count.returned?.atMs ?? Number.POSITIVE_INFINITY),
    );
  const least = messages.filter(
    (message) =>
      message.sends.some(({ call }) => isBefore(call, count)) &&
      !message.deletes.some(({ call, outcome }) => outcome !== 'refused' && mayPrecede(call, count)) &&
      !mayHaveExpired(message),
  ).length;
  const known = messages.filter(
    (message) =>
      message.sends.some(({ call }) => mayPrecede(call, count)) &&
      !message.deletes.some(({ call, outcome }) => outcome === 'done' && isBefore(call, count)),
  ).length;
  const unknown = sends
    .filter((send) => send.results === undefined && mayPrecede(send, count))
    .reduce((sum, { drafts }) => sum + drafts.length, 0);
  const most = known + unknown;
  if (total >= least && total <= most) return [];
  return [finding('I1', `the queue counts ${total} messages, expected from ${least} to ${most}`)];
}
