import type { MessageRecord } from './message-record.js';
import type { QueueAttributes } from './queue-attributes.js';
import type { Queue } from './queue.js';

/** Attributes and times of a queue, as data. Times are milliseconds since 1970. */
export interface QueueSettingsRecord extends QueueAttributes {
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** A queue as data. */
export interface QueueRecord {
  readonly settings: QueueSettingsRecord;
  /** How many messages it has ever taken. Absent: none. */
  readonly sent?: number;
  /** By their places among all that it has ever taken. Absent: none. */
  readonly messages?: Readonly<Record<string, MessageRecord>>;
}

export function queueSettingsRecord({ attributes, createdAtMs, modifiedAtMs }: Queue): QueueSettingsRecord {
  return {
    delaySeconds: attributes.delaySeconds,
    maximumMessageBytes: attributes.maximumMessageBytes,
    messageRetentionSeconds: attributes.messageRetentionSeconds,
    visibilityTimeoutSeconds: attributes.visibilityTimeoutSeconds,
    pollingWaitSeconds: attributes.pollingWaitSeconds,
    loggingEnabled: attributes.loggingEnabled,
    createdAtMs,
    modifiedAtMs,
  };
}
