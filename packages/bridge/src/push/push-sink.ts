import type { MnsbusError } from '@mnsbus/core';
import type { UserProperty } from '../mns/delivery.js';
import type { NotifyStrategy } from './topic-retries.js';

/** A notification that came by HTTP: its signature is verified, its body not yet decoded. */
export interface PushedMessage {
  /** The account of the topic. */
  readonly topicOwner?: string | undefined;
  readonly topicName: string;
  readonly subscriptionName: string;
  /** The same in each attempt of the topic. */
  readonly messageId: string;
  /** The request's body exactly as sent. */
  readonly body: string;
  readonly userProperties: readonly UserProperty[];
  /** When it was published, by the service's clock. With `sentAt` it says how long the topic has been trying. */
  readonly publishedAt?: Date | undefined;
  /** When the topic sent it, by the service's clock, in whole seconds. */
  readonly sentAt: Date;
  /** When it came, by our own clock. */
  readonly receivedAt: Date;
  /** How the topic tries again. Default `BACKOFF_RETRY`, as the service does. */
  readonly strategy?: NotifyStrategy | undefined;
}

/** Whether the topic may forget a message. */
export type PushVerdict =
  | { readonly type: 'ack' }
  /** The topic is to try again; `error` says why, if anything failed. */
  | { readonly type: 'retry'; readonly error?: MnsbusError };

/** Where pushed messages go: a {@link Bridge} is one. */
export interface PushSink {
  /**
   * Handles one attempt of the topic to deliver a message; never rejects. `signal` aborts when nobody waits for the answer of this
   * attempt any more: then it is answered `retry`, and what was begun may go on, for a later attempt to join.
   */
  deliver(message: PushedMessage, signal: AbortSignal): Promise<PushVerdict>;
}
