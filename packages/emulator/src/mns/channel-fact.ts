import type { JournalFact } from '../runtime/journal-fact.js';
import type { AppTarget, MailTarget, SmsTarget } from './model/delivery-target.js';
import {
  APP_ATTRIBUTES,
  MAIL_ATTRIBUTES,
  SMS_ATTRIBUTES,
  type ChannelAttributes,
  type MessageAttributes,
} from './model/message-attributes.js';

/** Which message of which subscription a fact is about. */
export interface DeliveryIdentity {
  readonly topicName: string;
  readonly subscriptionName: string;
  /** The id that publishing returned. */
  readonly messageId: string;
}

/** The fact that stands for a mail, an SMS or a push to an app: nothing is sent, and it always arrives (spec mns §5.7). */
export function channelFact(
  identity: DeliveryIdentity,
  target: MailTarget | SmsTarget | AppTarget,
  body: string,
  attributes: MessageAttributes | undefined,
): JournalFact {
  switch (target.kind) {
    case 'mail':
      return { kind: 'mailed', ...identity, address: target.address, body, ...chosen(attributes, MAIL_ATTRIBUTES) };
    case 'sms': {
      const names = SMS_ATTRIBUTES[target.service];
      return { kind: 'texted', ...identity, phone: target.phone, body, ...chosen(attributes, names) };
    }
    case 'app':
      return { kind: 'app-notified', ...identity, appKey: target.appKey, body, ...chosen(attributes, APP_ATTRIBUTES) };
  }
}

interface Chosen {
  readonly attributes?: ChannelAttributes;
  readonly note?: string;
}

function chosen(attributes: MessageAttributes | undefined, names: readonly string[]): Chosen {
  for (const name of names) {
    const found = attributes?.get(name);
    if (found !== undefined) return { attributes: found };
  }
  return { note: `the message carries no ${names.join(' or ')}, which the service sends by` };
}
