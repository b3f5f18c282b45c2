import type { MnsbusError } from '@mnsbus/core';
import type { UserProperty } from '../mns/delivery.js';

/** A notification that came by HTTP, verified, not yet decoded. */
export interface PushedMessage {
  readonly topicName: string;
  readonly subscriptionName: string;
  readonly messageId: string;
  readonly body: string;
  readonly userProperties: readonly UserProperty[];
  readonly sentAt: Date;
  readonly receivedAt: Date;
}

export type PushVerdict = { readonly type: 'ack' } | { readonly type: 'retry'; readonly error?: MnsbusError };

export interface PushSink {
  deliver(message: PushedMessage, signal: AbortSignal): Promise<PushVerdict>;
}
