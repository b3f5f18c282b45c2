import { finding, type Finding } from './finding.js';
import { isBefore, mayPrecede, type HistoryView, type MessageView } from './history-view.js';

/**
 * I9: deliveries of a message are counted one by one. A receive without an answer may have been one of them; a receive
 * that was cancelled may not (I17).
 */
export function findMiscounts(view: HistoryView): readonly Finding[] {
  return view.messages.flatMap((message) => [...judgeOrder(message), ...judgeGaps(view, message)]);
}

function judgeOrder({ id, deliveries }: MessageView): readonly Finding[] {
  return deliveries.flatMap(({ call, delivery }, index) => {
    const earlier = deliveries[index - 1];
    if (earlier === undefined) return [];
    const { dequeueCount, firstDequeuedAtMs } = earlier.delivery;
    if (dequeueCount === delivery.dequeueCount) {
      return [finding('I9', `two deliveries of ${id} have the DequeueCount ${dequeueCount}`)];
    }
    if (firstDequeuedAtMs !== delivery.firstDequeuedAtMs) {
      return [
        finding('I9', `FirstDequeueTime of ${id} went from ${firstDequeuedAtMs} to ${delivery.firstDequeuedAtMs}`),
      ];
    }
    if (!isBefore(call, earlier.call)) return [];
    return [finding('I9', `DequeueCount of ${id} fell from ${delivery.dequeueCount} to ${dequeueCount}`)];
  });
}

function judgeGaps({ receives }: HistoryView, { id, deliveries }: MessageView): readonly Finding[] {
  const last = deliveries.at(-1);
  if (last === undefined) return [];
  const gap = last.delivery.dequeueCount - deliveries.length;
  const open = receives.filter((call) => call.deliveries === undefined && mayPrecede(call, last.call));
  const lost = open.filter(({ isCancelled = false }) => !isCancelled).length;
  if (gap < 0)
    return [finding('I9', `${id} was delivered ${deliveries.length} times, and counts ${last.delivery.dequeueCount}`)];
  if (gap <= lost) return [];
  const text = `${id} counts ${last.delivery.dequeueCount} deliveries, ${deliveries.length} came, ${lost} answers were lost`;
  return [finding(gap <= open.length ? 'I17' : 'I9', text)];
}
