import type { MnsbusError } from '@mnsbus/core';
import type { QueueDelivery, UserProperty } from '../mns/delivery.js';

/** What a property may hold (spec mns §2.18); the code comes first, so that cutting never takes it. */
const LONGEST_VALUE = 4096;

/**
 * Properties that tell, beside an untouched body, why a message was dead-lettered, and where it came from.
 *
 * Only characters that any XML reader takes, because what failed may have failed for its text.
 */
export function reasonProperties(
  { queueName, messageId }: Pick<QueueDelivery, 'queueName' | 'messageId'>,
  error: MnsbusError,
): readonly UserProperty[] {
  return [
    text('mnsbus.reason', `${error.code}: ${error.message}`),
    text('mnsbus.source', queueName),
    text('mnsbus.message-id', messageId),
  ];
}

function text(name: string, value: string): UserProperty {
  const readable = value.toWellFormed().replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, ' ');
  return { name, value: readable.slice(0, LONGEST_VALUE).toWellFormed(), type: 'STRING' };
}
