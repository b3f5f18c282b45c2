import type { MnsbusError } from '@mnsbus/core';
import type { CredentialsFact } from '../credentials/credentials.js';

/**
 * Why a message went to the dead-letter queue: a `listener` failed, or took too long, once too often; a listener `answered` so; it was
 * `unreadable`; or it came again and again while no failure of it was seen here (`silent`, see `maxSilentDeliveries`).
 */
export type DeadLetterCause = 'listener' | 'answered' | 'unreadable' | 'silent';

/** An operational fact about one queue, or about the pushes. */
export type QueueFact =
  /** Receiving began. */
  | { readonly type: 'started' }
  /** The service refuses for good; it is asked again after `retryInMs`, and at once by {@link Bridge.resume}. */
  | { readonly type: 'stopped'; readonly error: MnsbusError; readonly retryInMs: number }
  | { readonly type: 'paused' }
  /** Receiving goes on, after a pause or after the service has refused. */
  | { readonly type: 'resumed' }
  /** A receive failed; the next comes after `retryInMs`. */
  | { readonly type: 'receive-failed'; readonly error: MnsbusError; readonly retryInMs: number }
  /** An empty answer came long before the wait was over, as the service does under load; the next receive comes after `retryInMs`. */
  | { readonly type: 'empty-early'; readonly waitedMs: number; readonly retryInMs: number }
  /** A listener threw or rejected; the message will be retried, or dead-lettered, unless the listener had acknowledged it. */
  | {
      readonly type: 'listener-failed';
      readonly messageId: string;
      readonly eventName: string;
      readonly error: MnsbusError<'LISTENER_FAILED'>;
    }
  /** Nobody listens to an event of this message; it was given back, or deleted if the settings say so. */
  | { readonly type: 'unhandled'; readonly messageId: string; readonly eventName: string; readonly deleted: boolean }
  /** An event has been handled before, or is being handled (`busy`); its listeners were not called. */
  | {
      readonly type: 'duplicate';
      readonly messageId: string;
      readonly eventName: string;
      readonly key: string;
      readonly busy: boolean;
    }
  /** The deduplicator threw, rejected, answered nonsense or not in time; the event is handled as if there were none. */
  | { readonly type: 'deduplicator-failed'; readonly messageId: string; readonly error: MnsbusError }
  /** A message is corrupt or cannot be decoded; no listener saw it. */
  | { readonly type: 'rejected'; readonly messageId: string; readonly error: MnsbusError }
  /** A message was given back, to be delivered again in `visibleInSeconds`. */
  | { readonly type: 'released'; readonly messageId: string; readonly visibleInSeconds: number }
  /** A message went to the dead-letter queue, and was deleted from its own. */
  | {
      readonly type: 'dead-lettered';
      readonly messageId: string;
      readonly deadLetterQueue: string;
      readonly cause: DeadLetterCause;
      readonly error: MnsbusError;
    }
  /** A lease could not be extended; it is tried again while the lease lasts. */
  | { readonly type: 'lease-extend-failed'; readonly messageId: string; readonly error: MnsbusError }
  /** A message is no longer ours before it was settled: with `overrun` because its listener took longer than `lease.maxSeconds`. It will be delivered again, or has been. */
  | { readonly type: 'lease-lost'; readonly messageId: string; readonly overrun: boolean }
  /** A delete, release or dead-letter send failed; the message will be delivered again when its lease ends. */
  | { readonly type: 'settle-failed'; readonly messageId: string; readonly error: MnsbusError }
  /** The queue of this replica, or its subscription, was gone, and has been created again; events of the time between are lost to it. */
  | { readonly type: 'replica-recreated'; readonly recreated: 'queue' | 'subscription' }
  /** The queue of a replica that is gone was removed, and its subscription. */
  | { readonly type: 'replica-removed'; readonly removedQueue: string }
  /** The queue of this replica could not be kept, swept or removed; tried again within a minute, or by another replica. */
  | { readonly type: 'replica-failed'; readonly error: MnsbusError }
  /** Closing could not wait any longer for a listener; the message will be delivered again when its lease ends. */
  | { readonly type: 'abandoned'; readonly messageId: string };

/** An operational fact: never an event of the domain, never thrown. `queueName` says of which queue; pushes have none. */
export type BridgeStatus =
  | (QueueFact & { readonly queueName: string | undefined })
  | CredentialsFact
  /** The bridge is closed; the last status of all. */
  | { readonly type: 'closed' };

/** One sentence for a log line; `undefined` for statuses that are part of normal life. */
export function warningOf(status: BridgeStatus): string | undefined {
  switch (status.type) {
    case 'stopped':
      return `no messages are received${from(status)}, next try in ${status.retryInMs} ms: ${status.error.message}`;
    case 'receive-failed':
      return `receive failed${from(status)}, next in ${status.retryInMs} ms: ${status.error.message}`;
    case 'listener-failed':
      return `a listener of ${status.eventName} failed on message ${status.messageId}: ${status.error.message}`;
    case 'unhandled':
      return `nobody listens to ${status.eventName} (message ${status.messageId}); it was ${status.deleted ? 'deleted' : 'given back'}`;
    case 'deduplicator-failed':
      return `the deduplicator failed on message ${status.messageId}: ${status.error.message}`;
    case 'rejected':
      return `message ${status.messageId} was rejected: ${status.error.message}`;
    case 'dead-lettered':
      return `message ${status.messageId} went to ${status.deadLetterQueue}: ${status.error.message}`;
    case 'lease-extend-failed':
      return `the lease of message ${status.messageId} could not be extended: ${status.error.message}`;
    case 'lease-lost':
      return `message ${status.messageId} is no longer ours and will be delivered again${status.overrun ? ': its listener took longer than lease.maxSeconds' : ''}`;
    case 'settle-failed':
      return `message ${status.messageId} could not be settled and will be delivered again: ${status.error.message}`;
    case 'abandoned':
      return `a listener of message ${status.messageId} was still running at the deadline of close()`;
    case 'credentials-failed':
      return `the credentials provider failed, next try in ${status.retryInMs} ms: ${status.error.message}`;
    case 'replica-recreated':
      return `the ${status.recreated} of this replica was gone and was created again; it has missed events`;
    case 'replica-failed':
      return `the queue of this replica could not be kept: ${status.error.message}`;
    case 'credentials-refreshed':
    case 'replica-removed':
    case 'started':
    case 'paused':
    case 'resumed':
    case 'closed':
    case 'duplicate':
    case 'empty-early':
    case 'released':
      return undefined;
  }
}

function from({ queueName }: { readonly queueName: string | undefined }): string {
  return queueName === undefined ? '' : ` from ${queueName}`;
}
