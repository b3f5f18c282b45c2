/** How a topic wraps what it delivers (`NotifyContentFormat`, spec mns §5.2). */
export type NotificationFormat = 'JSON' | 'XML' | 'SIMPLIFIED';

/** What a topic adds around a published message; absent with SIMPLIFIED (spec mns §5.3). */
export interface NotificationEnvelope {
  /** Account id of the topic's owner. */
  readonly topicOwner: string;
  readonly topicName: string;
  /** Account id of the subscription's owner. */
  readonly subscriber: string;
  readonly subscriptionName: string;
  /** The id that publishing the message returned; not the id of the queue message. */
  readonly messageId: string;
  /** MD5 of the message as published, 32 upper-case hex digits. */
  readonly messageMD5: string;
  /** The tag it was published with, if any. */
  readonly messageTag: string | undefined;
  /** When it was published, to the millisecond. */
  readonly publishedAt: Date;
}

/** One message of a topic, as found in the body of a queue message. */
export interface TopicNotification {
  readonly format: NotificationFormat;
  readonly envelope: NotificationEnvelope | undefined;
  /** The message exactly as it was published. */
  readonly message: string;
  /** The message as text to work with: `message`, or its base64-decoded form when the publisher encoded it. */
  readonly text: string;
  /**
   * Whether `MessageMD5` was compared with the message: `absent` for SIMPLIFIED, `unverifiable`
   * when the message carries user properties (spec mns §7.4).
   */
  readonly integrity: 'verified' | 'absent' | 'unverifiable';
}
