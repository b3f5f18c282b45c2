import type { FieldIssue } from '../events/reading/problems.js';

/** How a topic wraps what it delivers (`NotifyContentFormat`, spec mns §5.2). */
export type NotificationFormat = 'JSON' | 'XML' | 'SIMPLIFIED';

/**
 * What a topic adds around a published message; absent with SIMPLIFIED (spec mns §5.3, §5.4).
 *
 * The message can do without: any member that was missing or could not be read is `undefined`, and named in `problems`.
 * As it was sent it is in the body of the delivery.
 */
export interface NotificationEnvelope {
  /** Account id of the topic's owner. */
  readonly topicOwner: string | undefined;
  readonly topicName: string | undefined;
  /** Account id of the subscription's owner. */
  readonly subscriber: string | undefined;
  readonly subscriptionName: string | undefined;
  /** The id that publishing the message returned; not the id of the queue message. */
  readonly messageId: string | undefined;
  /** MD5 of the message as published, 32 upper-case hex digits. */
  readonly messageMD5: string | undefined;
  /** The tag it was published with, if any. */
  readonly messageTag: string | undefined;
  /** When it was published, to the millisecond. */
  readonly publishedAt: Date | undefined;
  /** What was missing or could not be read, each member by the name it has in the envelope; empty when all is well. */
  readonly problems: readonly FieldIssue[];
}

/** One message of a topic, as found in the body of a queue message. */
export interface TopicNotification {
  readonly format: NotificationFormat;
  readonly envelope: NotificationEnvelope | undefined;
  /** The message exactly as it was published; the whole body when it is not in an envelope, or cannot be read from it. */
  readonly message: string;
  /** The message as text to work with: `message`, or its base64-decoded form when the publisher encoded it. */
  readonly text: string;
  /**
   * Whether `MessageMD5` was compared with the message: `absent` when there is none, as with SIMPLIFIED, or none that is an
   * MD5; `unverifiable` when the message carries user properties (spec mns §7.4).
   */
  readonly integrity: 'verified' | 'absent' | 'unverifiable';
}
