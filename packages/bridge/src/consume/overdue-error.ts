import { MnsbusError } from '@mnsbus/core';
import type { QueueDelivery } from '../mns/delivery.js';

/** Why a message is given up that comes again and again although no listener has failed on it. */
export function overdueError({ messageId, deliveryCount }: QueueDelivery): MnsbusError<'LISTENER_FAILED'> {
  const message =
    `message ${messageId} was delivered ${deliveryCount} times and never finished: ` +
    'its listener hangs, takes longer than its lease may last, or ends its process';
  return new MnsbusError({ code: 'LISTENER_FAILED', message });
}
