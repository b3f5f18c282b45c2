import type { QueueDelivery } from '../mns/delivery.js';
import type { ReceivedMessage } from '../mns/queue-client.js';

/** A delivery as a receive brings it, on a clock whose monotonic reading is its time. */
export function receivedMessage(delivery: QueueDelivery): ReceivedMessage {
  const { leaseMs, receivedAt } = delivery;
  return { delivery, endsAtMs: receivedAt.getTime() + leaseMs, visibilityMs: leaseMs };
}
