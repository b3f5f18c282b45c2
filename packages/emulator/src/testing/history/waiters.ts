import { finding, type Finding } from './finding.js';
import type { HistoryView, SeenDelivery } from './history-view.js';
import type { ReceiveCall } from './history.js';

/**
 * I17: of the receives that wait, the first gets what comes. Only where the service's end is seen: on the way to it, calls
 * overtake each other.
 */
export function findOvertakings({ history, messages, receives }: HistoryView): readonly Finding[] {
  if (!history.isExact) return [];
  return messages.flatMap(({ id, sends: [send], deliveries: [first] }) => {
    const sent = send?.call.arrived?.order;
    if (sent === undefined || first === undefined || send?.delaySeconds !== 0) return [];
    const passed = receives.find((waiter) => wasPassedOver(waiter, first, sent));
    if (passed === undefined) return [];
    return [finding('I17', `${id} went to ${first.call.client}, although ${passed.client} had waited longer`)];
  });
}

/** Whether a receive waited before another, and when the message came, and was answered after it. */
function wasPassedOver(waiter: ReceiveCall, { call, delivery }: SeenDelivery, sent: number): boolean {
  const { arrived, answered, isCancelled = false } = waiter;
  if (waiter === call || isCancelled || waiter.waitSeconds === 0 || delivery.dequeueCount !== 1) return false;
  if (arrived === undefined || answered === undefined || call.arrived === undefined || call.answered === undefined)
    return false;
  return arrived.order < call.arrived.order && call.arrived.order < sent && answered.order > call.answered.order;
}
