import type { MnsbusError } from '@mnsbus/core';
import type { UserProperty } from '../mns/delivery.js';

/** A notification that came by HTTP: its signature is verified, its body not yet decoded. */
export interface PushedMessage {
  readonly topicName: string;
  readonly subscriptionName: string;
  readonly messageId: string;
  /** The request's body exactly as sent. */
  readonly body: string;
  readonly userProperties: readonly UserProperty[];
  /** When the topic sent it, by the service's clock, in whole seconds. */
  readonly sentAt: Date;
  /** When it came, by our own clock. */
  readonly receivedAt: Date;
}

/** Whether the topic may forget a message. */
export type PushVerdict =
  | { readonly type: 'ack' }
  /** The topic is to try again; `error` says why, if anything failed. */
  | { readonly type: 'retry'; readonly error?: MnsbusError };

/** Where pushed messages go: a {@link Bridge} is one. */
export interface PushSink {
  /** Handles a message; never rejects. `signal` aborts when nobody waits for the answer any more. */
  deliver(message: PushedMessage, signal: AbortSignal): Promise<PushVerdict>;
}
