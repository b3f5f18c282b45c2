import { checkRange, type ArgumentFailure } from '../failure.js';
import {
  DELAY_SECONDS,
  MAXIMUM_MESSAGE_SIZE,
  MESSAGE_RETENTION_SECONDS,
  POLLING_WAIT_SECONDS,
  VISIBILITY_TIMEOUT_SECONDS,
} from './limits.js';

/** What a queue can be told (spec mns §3.1). */
export interface QueueAttributes {
  /** How long a message stays hidden that names no delay of its own. */
  readonly delaySeconds: number;
  /** Most UTF-8 bytes of a message body. */
  readonly maximumMessageBytes: number;
  /** How long a message is kept, counted from its sending. */
  readonly messageRetentionSeconds: number;
  /** How long a received message stays invisible. */
  readonly visibilityTimeoutSeconds: number;
  /** How long a receive waits that names no wait of its own. */
  readonly pollingWaitSeconds: number;
  readonly loggingEnabled: boolean;
}

/** The attributes of a queue that is told nothing (spec mns §3.1). */
export const DEFAULT_QUEUE_ATTRIBUTES: QueueAttributes = {
  delaySeconds: 0,
  maximumMessageBytes: 65_536,
  messageRetentionSeconds: 345_600,
  visibilityTimeoutSeconds: 30,
  pollingWaitSeconds: 0,
  loggingEnabled: false,
};

/** The first attribute out of its range; `undefined` when there is none. */
export function checkQueueAttributes(attributes: QueueAttributes): ArgumentFailure | undefined {
  return (
    checkRange('DelaySeconds', attributes.delaySeconds, DELAY_SECONDS) ??
    checkRange('MaximumMessageSize', attributes.maximumMessageBytes, MAXIMUM_MESSAGE_SIZE) ??
    checkRange('MessageRetentionPeriod', attributes.messageRetentionSeconds, MESSAGE_RETENTION_SECONDS) ??
    checkRange('VisibilityTimeout', attributes.visibilityTimeoutSeconds, VISIBILITY_TIMEOUT_SECONDS) ??
    checkRange('PollingWaitSeconds', attributes.pollingWaitSeconds, POLLING_WAIT_SECONDS)
  );
}

/** Whether all six attributes are equal. */
export function sameQueueAttributes(a: QueueAttributes, b: QueueAttributes): boolean {
  return (
    a.delaySeconds === b.delaySeconds &&
    a.maximumMessageBytes === b.maximumMessageBytes &&
    a.messageRetentionSeconds === b.messageRetentionSeconds &&
    a.visibilityTimeoutSeconds === b.visibilityTimeoutSeconds &&
    a.pollingWaitSeconds === b.pollingWaitSeconds &&
    a.loggingEnabled === b.loggingEnabled
  );
}
