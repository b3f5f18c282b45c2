/** A property that the sender has attached to a message (spec mns §2.18). */
export interface UserProperty {
  readonly name: string;
  /** The text as it travels: base64 for `BINARY`. */
  readonly value: string;
  /** `STRING`, `NUMBER`, `BOOLEAN` or `BINARY`. */
  readonly type: string;
}

/** One receive of one queue message. */
export interface QueueDelivery {
  readonly source: 'queue';
  readonly queueName: string;
  readonly messageId: string;
  /** The message body exactly as stored. */
  readonly body: string;
  /** What the service says the body's MD5 is. */
  readonly bodyMD5: string;
  /** With any, the message's MD5 cannot be verified (spec mns §7.4). */
  readonly userProperties: readonly UserProperty[];
  /** What deletes or extends the message, as received; each extension replaces it. */
  readonly receiptHandle: string;
  /** When the message was stored, by the service's clock. */
  readonly enqueuedAt: Date;
  /** When it was received for the first time, by the service's clock. */
  readonly firstReceivedAt: Date;
  /** When this delivery was received, by our own clock. */
  readonly receivedAt: Date;
  /**
   * How long the message is ours without being extended, in milliseconds from `receivedAt`: what the queue leases it for, less
   * the time that the answer was on its way, and up to a second short on later deliveries, where the service tells its time in
   * whole seconds.
   */
  readonly leaseMs: number;
  /** How often the message has been received, this time included. */
  readonly deliveryCount: number;
  /** 1 (highest) to 16. */
  readonly priority: number;
}

/** A message that a topic has pushed to an HTTP endpoint (spec mns §5.5). */
export interface PushDelivery {
  readonly source: 'push';
  readonly queueName: undefined;
  /** A topic does not tell how often it has tried. */
  readonly deliveryCount: undefined;
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

/** What carried an event: a queue message, or a push. */
export type Delivery = QueueDelivery | PushDelivery;
