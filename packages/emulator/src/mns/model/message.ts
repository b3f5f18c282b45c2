import { checkRange, type Failure } from '../failure.js';
import { DELAY_SECONDS, PRIORITY } from './limits.js';
import { checkProperties, type MessageProperties } from './message-properties.js';

/** What a sender says about a message. */
export interface MessageDraft extends MessageProperties {
  readonly body: string;
  /** 1 (first) to 16. */
  readonly priority: number;
  /** Absent: the queue's own delay. */
  readonly delaySeconds?: number;
  /** Echoed, and without any meaning on a standard queue (spec mns §2.19). */
  readonly messageGroupId?: string;
}

/** What a sender learns. */
export interface SentMessage {
  readonly messageId: string;
  readonly bodyMd5: string;
  /** Only for a message that is delayed: deletes it while it is (spec mns §2.6). */
  readonly receiptHandle?: string;
}

/** What a peek shows. All times are milliseconds since 1970. */
export interface PeekedMessage extends MessageProperties {
  readonly messageId: string;
  readonly bodyMd5: string;
  readonly body: string;
  readonly enqueuedAtMs: number;
  /** Equal to `enqueuedAtMs` until the message is received. */
  readonly firstDequeuedAtMs: number;
  readonly dequeueCount: number;
  readonly priority: number;
  readonly messageGroupId?: string;
}

/** What a receive delivers. */
export interface ReceivedMessage extends PeekedMessage {
  readonly receiptHandle: string;
  /** When it becomes active again unless it is deleted, in milliseconds since 1970. */
  readonly nextVisibleAtMs: number;
}

/** What a change of visibility answers. */
export interface ChangedVisibility {
  /** The newest handle; the one that was handed in keeps working for its own time (spec mns §2.13). */
  readonly receiptHandle: string;
  readonly nextVisibleAtMs: number;
}

/** The size that limits look at: the UTF-8 bytes of the body, properties not counted. */
export function bodyBytes(body: string): number {
  return Buffer.byteLength(body, 'utf8');
}

/** What is wrong with a draft for a queue that takes `maximumBytes`; `undefined` when nothing is. */
export function checkDraft(draft: MessageDraft, maximumBytes: number): Failure | undefined {
  return (
    checkBody(draft.body, maximumBytes) ??
    (draft.delaySeconds === undefined ? undefined : checkRange('DelaySeconds', draft.delaySeconds, DELAY_SECONDS)) ??
    checkRange('Priority', draft.priority, PRIORITY) ??
    checkProperties(draft)
  );
}

/** What is wrong with a body; `undefined` when it has 1 to `maximumBytes` bytes. */
export function checkBody(body: string, maximumBytes: number): Failure | undefined {
  return checkRange('MessageBody', bodyBytes(body), { low: 1, high: maximumBytes, unit: 'bytes' });
}
