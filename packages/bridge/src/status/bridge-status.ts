import type { MnsbusError } from '@mnsbus/core';

/** An operational fact: never an event of the domain, never thrown. */
export type BridgeStatus =
  /** Polling began. */
  | { readonly type: 'started'; readonly queueName: string }
  /** The bridge is closed; the last status of all. */
  | { readonly type: 'closed' }
  /** A receive failed; the next comes after `retryInMs`. */
  | { readonly type: 'receive-failed'; readonly error: MnsbusError; readonly retryInMs: number }
  /** An empty answer came long before the wait was over, as the service does under load; the next receive comes after `retryInMs`. */
  | { readonly type: 'empty-early'; readonly waitedMs: number; readonly retryInMs: number }
  /** A listener threw or rejected; the message will be retried, or dead-lettered. */
  | {
      readonly type: 'listener-failed';
      readonly messageId: string;
      readonly eventName: string;
      readonly error: MnsbusError<'LISTENER_FAILED'>;
    }
  /** Nobody listens to an event of this message; it was given back, or deleted if the options say so. */
  | { readonly type: 'unhandled'; readonly messageId: string; readonly eventName: string; readonly deleted: boolean }
  /** A message is corrupt or cannot be decoded; no listener saw it. */
  | { readonly type: 'rejected'; readonly messageId: string; readonly error: MnsbusError }
  /** A message was given back, to be delivered again in `visibleInSeconds`. */
  | { readonly type: 'released'; readonly messageId: string; readonly visibleInSeconds: number }
  /** A message went to the dead-letter queue, and was deleted from its own. */
  | {
      readonly type: 'dead-lettered';
      readonly messageId: string;
      readonly deadLetterQueue: string;
      readonly error: MnsbusError;
    }
  /** A message is no longer ours: its visibility timeout ended before its listeners did. It will be delivered again, or has been. */
  | { readonly type: 'lease-lost'; readonly messageId: string }
  /** A delete, release or dead-letter send failed; the message will be delivered again when its lease ends. */
  | { readonly type: 'settle-failed'; readonly messageId: string; readonly error: MnsbusError }
  /** Closing could not wait any longer for a listener; the message will be delivered again when its lease ends. */
  | { readonly type: 'abandoned'; readonly messageId: string };

/** One sentence for a log line; `undefined` for statuses that are part of normal life. */
export function warningOf(status: BridgeStatus): string | undefined {
  switch (status.type) {
    case 'receive-failed':
      return `receive failed, next in ${status.retryInMs} ms: ${status.error.message}`;
    case 'listener-failed':
      return `a listener of ${status.eventName} failed on message ${status.messageId}: ${status.error.message}`;
    case 'unhandled':
      return `nobody listens to ${status.eventName} (message ${status.messageId}); it was ${status.deleted ? 'deleted' : 'given back'}`;
    case 'rejected':
      return `message ${status.messageId} was rejected: ${status.error.message}`;
    case 'dead-lettered':
      return `message ${status.messageId} went to ${status.deadLetterQueue}: ${status.error.message}`;
    case 'lease-lost':
      return `message ${status.messageId} took longer than its visibility timeout and will be delivered again`;
    case 'settle-failed':
      return `message ${status.messageId} could not be settled and will be delivered again: ${status.error.message}`;
    case 'abandoned':
      return `a listener of message ${status.messageId} was still running at the deadline of close()`;
    case 'started':
    case 'closed':
    case 'empty-early':
    case 'released':
      return undefined;
  }
}
