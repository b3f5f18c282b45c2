import {
  MnsbusError,
  decodeNotification,
  eventTiming,
  md5Hex,
  type Clock,
  type SeededRandom,
  type TopicNotification,
} from '@mnsbus/core';
import { describeValue } from '@mnsbus/core/internal';
import type { DecodedEvent } from './decoded-event.js';
import { Lease } from '../lease/lease.js';
import type { Delivery } from '../mns/delivery.js';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
import type { Slots } from '../poll/slots.js';
import type { Settler } from '../settle/settler.js';
import type { BridgeStatus } from '../status/bridge-status.js';
import type { RecentEvents } from '../wait/recent-events.js';
import type { Waiters } from '../wait/waiters.js';
import type { Handler, Listeners } from './listeners.js';

/** What becomes of messages that no listener finished. */
export interface RetryPolicy {
  /** Delay until the next delivery, in seconds: full jitter, doubling with each delivery. */
  readonly delaySeconds: BackoffRange;
  /** Deliveries after which a message goes to the dead-letter queue, as the service counts them. */
  readonly maxDeliveries: number;
  /** Without one, messages are retried until the queue's retention ends them. */
  readonly deadLetterQueue: string | undefined;
  /** What to do with events that nobody listens to. */
  readonly unhandled: 'release' | 'delete';
}

/** What a dispatcher works with. */
export interface DispatcherParts {
  /** Turns the text of a message into its events; throws an `MnsbusError`. */
  readonly decode: (text: string) => readonly DecodedEvent[];
  readonly listeners: Pick<Listeners, 'of'>;
  readonly waiters: Waiters;
  readonly recent: RecentEvents;
  readonly settler: Settler;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly policy: RetryPolicy;
  readonly report: (status: BridgeStatus) => void;
}

interface Decoded {
  readonly notification: TopicNotification;
  readonly events: readonly DecodedEvent[];
}

/**
 * Brings one delivery to its listeners and decides what becomes of the message.
 *
 * It is deleted only when every listener of every event in it has finished without an error, and
 * only while it is still ours.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #running = new Map<Lease, Delivery>();
  /** Messages whose lease was lost while a listener of ours still works on them. */
  readonly #overdue = new Set<string>();

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Takes a slot and handles the delivery; never throws. */
  dispatch(delivery: Delivery): void {
    const { slots, clock, report } = this.#parts;
    const lease = new Lease(delivery, clock);
    slots.take();
    this.#running.set(lease, delivery);
    this.#handle(delivery, lease)
      .catch((cause: unknown) => {
        // Nothing of ours should throw here; if it does, the message comes again and the process lives on.
        const error = new MnsbusError({ code: 'LISTENER_FAILED', message: `not handled: ${textOf(cause)}`, cause });
        report({ type: 'settle-failed', messageId: delivery.messageId, error });
      })
      .finally(() => {
        lease.end();
        if (this.#running.delete(lease)) slots.giveBack();
      });
  }

  /** Aborts every listener that is still running, and forgets about it. */
  abandonAll(): void {
    for (const [lease, { messageId }] of this.#running) {
      this.#running.delete(lease);
      lease.abandon();
      this.#parts.slots.giveBack();
      this.#parts.report({ type: 'abandoned', messageId });
    }
  }

  async #handle(delivery: Delivery, lease: Lease): Promise<void> {
    const { report, settler, policy, listeners, waiters, recent } = this.#parts;
    const { messageId } = delivery;
    if (this.#overdue.has(messageId)) {
      // A second listener beside the one that hangs would make two of them, then three.
      this.#retry(delivery, overdueError(delivery));
      return;
    }
    const decoded = this.#decode(delivery);
    if (decoded instanceof MnsbusError) {
      report({ type: 'rejected', messageId, error: decoded });
      // What was damaged on its way may be whole in the queue; what cannot be read will never be readable.
      if (decoded.code === 'MESSAGE_CORRUPT' || delivery.userProperties.length > 0) this.#retry(delivery, decoded);
      else this.#giveUpOn(delivery, decoded);
      return;
    }

    const found = decoded.events.map((event, index) => {
      const known = recent.note(`${messageId}/${index}`, event);
      return { event, known, handlers: listeners.of(event) };
    });
    const isExhausted = policy.deadLetterQueue !== undefined && delivery.deliveryCount > policy.maxDeliveries;
    if (isExhausted && found.some(({ handlers }) => handlers.length > 0)) {
      // Whoever had it before has hung or died on it, or it would be settled by now.
      this.#giveUpOn(delivery, overdueError(delivery));
      return;
    }
    const unhandled: DecodedEvent[] = [];
    const calls = found.flatMap(({ event, known, handlers }) => {
      const isAwaited = waiters.offer(known);
      if (handlers.length === 0 && !isAwaited) unhandled.push(event);
      return handlers.map((handler) => this.#call(handler, event, decoded.notification, delivery, lease));
    });
    const outcome = Promise.all(calls);
    if ((await Promise.race([outcome, lease.ended])) === 'ended') {
      this.#loseTrackOf(delivery, lease, outcome);
      return;
    }

    const failure = (await outcome).find((one) => one !== undefined);
    if (failure !== undefined) {
      this.#retry(delivery, failure);
      return;
    }
    for (const { known, handlers } of found) if (handlers.length > 0) known.handled = true;
    const deleted = policy.unhandled === 'delete';
    for (const event of unhandled) report({ type: 'unhandled', messageId, eventName: nameOf(event), deleted });
    if (unhandled.length > 0 && !deleted) settler.release(delivery, this.#delaySeconds(delivery));
    else settler.delete(delivery);
  }

  /** The message is no longer ours: its slot is free again, whatever its listeners still do. */
  #loseTrackOf({ messageId }: Delivery, lease: Lease, outcome: Promise<unknown>): void {
    if (!this.#running.has(lease)) return; // given up by close()
    this.#parts.report({ type: 'lease-lost', messageId });
    this.#overdue.add(messageId);
    void outcome.finally(() => this.#overdue.delete(messageId));
  }

  #decode(delivery: Delivery): Decoded | MnsbusError {
    try {
      verifyBody(delivery);
      const hasUserProperties = delivery.userProperties.length > 0;
      const notification = decodeNotification(delivery.body, { hasUserProperties });
      return { notification, events: this.#parts.decode(notification.text) };
    } catch (error) {
      return error instanceof MnsbusError
        ? error
        : new MnsbusError({ code: 'EVENT_MALFORMED', message: `cannot be decoded: ${textOf(error)}`, cause: error });
    }
  }

  /** Runs one handler in isolation; resolves with its failure, if any. */
  async #call(
    handler: Handler,
    event: DecodedEvent,
    notification: TopicNotification,
    delivery: Delivery,
    lease: Lease,
  ): Promise<MnsbusError<'LISTENER_FAILED'> | undefined> {
    const timing = eventTiming({
      occurredAt: event.occurredAt,
      publishedAt: notification.envelope?.publishedAt,
      enqueuedAt: delivery.enqueuedAt,
      firstReceivedAt: delivery.firstReceivedAt,
      receivedAt: delivery.receivedAt,
    });
    try {
      await handler(event, { signal: lease.signal, delivery, notification, timing });
      return undefined;
    } catch (cause) {
      const eventName = nameOf(event);
      const message = `listener of ${eventName}: ${textOf(cause)}`;
      const error = new MnsbusError({ code: 'LISTENER_FAILED', message, cause });
      // Once the lease is lost or given up, that has been reported; what a listener then throws is its answer to the signal.
      if (lease.held) this.#parts.report({ type: 'listener-failed', messageId: delivery.messageId, eventName, error });
      return error;
    }
  }

  #retry(delivery: Delivery, failure: MnsbusError): void {
    if (delivery.deliveryCount >= this.#parts.policy.maxDeliveries) this.#giveUpOn(delivery, failure);
    else this.#parts.settler.release(delivery, this.#delaySeconds(delivery));
  }

  // Without a dead-letter queue the message stays where it is: late, but never lost.
  #giveUpOn(delivery: Delivery, error: MnsbusError): void {
    const { policy, settler } = this.#parts;
    const { deadLetterQueue } = policy;
    const retryInSeconds = this.#delaySeconds(delivery);
    if (deadLetterQueue === undefined) settler.release(delivery, retryInSeconds);
    else settler.deadLetter(delivery, { deadLetterQueue, error, retryInSeconds });
  }

  #delaySeconds({ deliveryCount }: Delivery): number {
    return fullJitter(this.#parts.policy.delaySeconds, deliveryCount, this.#parts.random);
  }
}

function verifyBody({ body, bodyMD5, userProperties }: Delivery): void {
  if (userProperties.length > 0) return;
  const actual = md5Hex(body);
  if (actual === bodyMD5.toUpperCase()) return;
  throw new MnsbusError({
    code: 'MESSAGE_CORRUPT',
    message: `corrupt message: expected MessageBodyMD5 ${bodyMD5}, but the body that came has ${actual}. Look for a proxy that changes replies`,
  });
}

function overdueError({ messageId, deliveryCount }: Delivery): MnsbusError<'LISTENER_FAILED'> {
  const message =
    `message ${messageId} was delivered ${deliveryCount} times and never finished: ` +
    'its listener hangs, takes longer than the visibility timeout of the queue, or ends its process';
  return new MnsbusError({ code: 'LISTENER_FAILED', message });
}

/** The text of whatever was thrown, which may be anything, also something that cannot be turned into text. */
function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return describeValue(thrown);
  }
}

function nameOf(event: DecodedEvent): string {
  return 'eventName' in event ? event.eventName : event.name;
}
