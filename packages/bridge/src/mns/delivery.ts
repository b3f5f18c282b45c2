/** One receive of one queue message. */
export interface Delivery {
  readonly queueName: string;
  readonly messageId: string;
  /** The message body exactly as stored. */
  readonly body: string;
  /** What the service says the body's MD5 is. */
  readonly bodyMD5: string;
  /** Whether the message carries user properties; its MD5 then cannot be verified (spec mns §7.4). */
  readonly hasUserProperties: boolean;
  /** What deletes or extends this delivery. */
  readonly receiptHandle: string;
  /** When the message was stored, by the service's clock. */
  readonly enqueuedAt: Date;
  /** When it was received for the first time, by the service's clock. */
  readonly firstReceivedAt: Date;
  /** When this delivery was received, by our own clock. */
  readonly receivedAt: Date;
  /** How long the message is ours, in milliseconds from `receivedAt`. */
  readonly leaseMs: number;
  /** How often the message has been received, this time included. */
  readonly deliveryCount: number;
  /** 1 (highest) to 16. */
  readonly priority: number;
}
