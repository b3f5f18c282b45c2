import {
  MnsbusError,
  decodeEvents,
  decodeNotification,
  eventTiming,
  md5Hex,
  type AnyEvent,
  type Clock,
  type SeededRandom,
  type TopicNotification,
} from '@mnsbus/core';
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
  /** Deliveries after which a message goes to the dead-letter queue. */
  readonly maxDeliveries: number;
  /** Without one, messages are retried until the queue's retention ends them. */
  readonly deadLetterQueue: string | undefined;
  /** What to do with events that nobody listens to. */
  readonly unhandled: 'release' | 'delete';
}

/** What a dispatcher works with. */
export interface DispatcherParts {
  readonly listeners: Listeners;
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
  readonly events: readonly AnyEvent[];
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

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Takes a slot and handles the delivery; never throws. */
  dispatch(delivery: Delivery): void {
    const { slots, clock } = this.#parts;
    const lease = new Lease(delivery, clock);
    slots.take();
    this.#running.set(lease, delivery);
    void this.#handle(delivery, lease).finally(() => {
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
    const { report, settler, policy } = this.#parts;
    const { messageId } = delivery;
    const decoded = this.#decode(delivery);
    if (decoded instanceof MnsbusError) {
      report({ type: 'rejected', messageId, error: decoded });
      this.#giveUpOn(delivery, decoded);
      return;
    }

    const unhandled: AnyEvent[] = [];
    const calls = decoded.events.flatMap((event, index) => {
      const recent = this.#parts.recent.note(`${messageId}/${index}`, event);
      const handlers = this.#parts.listeners.of(event);
      const awaited = this.#parts.waiters.offer(recent);
      if (handlers.length === 0 && !awaited) unhandled.push(event);
      return handlers.map((handler) => this.#call(handler, event, decoded.notification, delivery, lease));
    });
    const failure = (await Promise.all(calls)).find((outcome) => outcome !== undefined);

    if (!this.#running.has(lease)) return; // given up by close()
    if (!lease.held) {
      report({ type: 'lease-lost', messageId });
      return;
    }
    if (failure !== undefined) {
      this.#retry(delivery, failure);
      return;
    }
    const deleted = policy.unhandled === 'delete';
    for (const event of unhandled) report({ type: 'unhandled', messageId, eventName: nameOf(event), deleted });
    if (unhandled.length > 0 && !deleted) settler.release(delivery, this.#delaySeconds(delivery));
    else settler.delete(delivery);
  }

  #decode(delivery: Delivery): Decoded | MnsbusError {
    try {
      verifyBody(delivery);
      const notification = decodeNotification(delivery.body, { hasUserProperties: delivery.hasUserProperties });
      return { notification, events: decodeEvents(notification.text) };
    } catch (error) {
      return error instanceof MnsbusError
        ? error
        : new MnsbusError({ code: 'EVENT_MALFORMED', message: `cannot be decoded: ${String(error)}`, cause: error });
    }
  }

  /** Runs one handler in isolation; resolves with its failure, if any. */
  async #call(
    handler: Handler,
    event: AnyEvent,
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
      const text = cause instanceof Error ? cause.message : String(cause);
      const error = new MnsbusError({ code: 'LISTENER_FAILED', message: `listener of ${eventName}: ${text}`, cause });
      this.#parts.report({ type: 'listener-failed', messageId: delivery.messageId, eventName, error });
      return error;
    }
  }

  #retry(delivery: Delivery, failure: MnsbusError): void {
    if (delivery.deliveryCount >= this.#parts.policy.maxDeliveries) this.#giveUpOn(delivery, failure);
    else this.#parts.settler.release(delivery, this.#delaySeconds(delivery));
  }

  // Without a dead-letter queue the message stays where it is: late, but never lost.
  #giveUpOn(delivery: Delivery, reason: MnsbusError): void {
    const { policy, settler } = this.#parts;
    if (policy.deadLetterQueue === undefined) settler.release(delivery, this.#delaySeconds(delivery));
    else settler.deadLetter(delivery, policy.deadLetterQueue, reason);
  }

  #delaySeconds({ deliveryCount }: Delivery): number {
    return fullJitter(this.#parts.policy.delaySeconds, deliveryCount, this.#parts.random);
  }
}

function verifyBody({ body, bodyMD5, hasUserProperties }: Delivery): void {
  if (hasUserProperties) return;
  const actual = md5Hex(body);
  if (actual === bodyMD5.toUpperCase()) return;
  throw new MnsbusError({
    code: 'MESSAGE_CORRUPT',
    message: `corrupt message: expected MessageBodyMD5 ${bodyMD5}, but the body that came has ${actual}. Look for a proxy that changes replies`,
  });
}

function nameOf(event: AnyEvent): string {
  return event.name === 'unknown' ? event.eventName : event.name;
}
