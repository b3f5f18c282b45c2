import type { Clock, SeededRandom, Timer } from '@mnsbus/core';
import type { Journal } from '../runtime/journal.js';
import type { JournalFact } from '../runtime/journal-fact.js';
import type { FaultOf } from '../faults/faults.js';
import { channelFact, type DeliveryIdentity } from './channel-fact.js';
import type { Result } from './failure.js';
import type { HttpTarget } from './model/delivery-target.js';
import type { MessageAttributes } from './model/message-attributes.js';
import type { MessageDraft } from './model/message.js';
import type { Subscription } from './model/subscription.js';
import type { Notification } from './notification-body.js';
import type { Push, PushOutcome } from './push/pushes.js';
import { retryDelayMs } from './retry-schedule.js';

/** A message on its way from a topic to one subscription. */
export interface Delivery {
  readonly subscription: Subscription;
  readonly notification: Notification;
  /** What arrives; its body is the text of the notification. */
  readonly message: MessageDraft;
  /** What the publisher says to mail and SMS. */
  readonly attributes?: MessageAttributes;
}

/** A delivery that has not come to its end. */
export interface PendingDelivery {
  readonly topicName: string;
  readonly subscriptionName: string;
  readonly messageId: string;
  /** The text that is to arrive. */
  readonly body: string;
  /** The attempt that comes next or is being made, 1 for the first. */
  readonly attempt: number;
  /** When it is made, in milliseconds since 1970; `undefined` while it is being made. */
  readonly dueAtMs?: number | undefined;
}

/** What deliveries need around them. */
export interface DeliveriesOptions {
  readonly clock: Clock;
  /** Draws the waits of `BACKOFF_RETRY`. */
  readonly random: SeededRandom;
  readonly journal: Journal;
  /** Puts a message into a queue, and gives its id there. */
  readonly deliver: (queueName: string, message: MessageDraft) => Result<string>;
  /** Sends a message to a web server, once; never rejects. */
  readonly push: (push: Push) => Promise<PushOutcome>;
  /** The faults that strike a delivery, each time it is asked. */
  readonly strike: (
    identity: DeliveryIdentity,
  ) => readonly FaultOf<'drop-delivery' | 'late-delivery' | 'repeat-delivery'>[];
  /** Whether the topic still has the subscription. */
  readonly isSubscribed: (topicName: string, subscriptionName: string) => boolean;
}

/** Carries messages from topics to their subscribers: at once, then again and again by the subscription's strategy (spec mns §5.6). */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #timers = new Set<Timer>();
  readonly #pending = new Map<Delivery, Pick<PendingDelivery, 'attempt' | 'dueAtMs'>>();
  #isClosed = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** Makes the first attempt: before it returns, but for a push, which begins at this instant and is not waited for. */
  start(delivery: Delivery): void {
    const struck = this.#options.strike(identityOf(delivery));
    if (struck.some(({ kind }) => kind === 'drop-delivery')) {
      this.#drop(delivery, 0, 'lost on purpose (a fault)');
      return;
    }
    const lateMs = struck.reduce((sum, fault) => sum + (fault.kind === 'late-delivery' ? fault.delayMs : 0), 0);
    const repeats = struck.filter(({ kind }) => kind === 'repeat-delivery').length;
    for (let copy = 0; copy <= repeats; copy += 1) {
      if (lateMs > 0 && !this.#isClosed) this.#after(lateMs, delivery, 1);
      else this.#begin(delivery);
    }
  }

  #begin(delivery: Delivery): void {
    if (delivery.subscription.target.kind === 'http' && !this.#isClosed) {
      this.#after(0, delivery, 1);
    } else {
      this.#attempt(delivery, 1);
    }
  }

  /** Those that wait for their next attempt, or for the answer of a web server, in no particular order. */
  pending(): readonly PendingDelivery[] {
    return Array.from(this.#pending, ([delivery, next]) => ({
      ...identityOf(delivery),
      body: delivery.message.body,
      ...next,
    }));
  }

  /** Gives up every delivery that waits for its next attempt. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#pending.clear();
  }

  #attempt(delivery: Delivery, attempt: number): void {
    const { target } = delivery.subscription;
    switch (target.kind) {
      case 'queue':
        this.#enqueue(delivery, target.queueName, attempt);
        return;
      case 'http':
        void this.#push(delivery, target, attempt);
        return;
      case 'mail':
      case 'sms':
        this.#record(channelFact(identityOf(delivery), target, delivery.message.body, delivery.attributes));
    }
  }

  #enqueue(delivery: Delivery, queueName: string, attempt: number): void {
    const result = this.#options.deliver(queueName, delivery.message);
    if (!result.ok) this.#retryLater(delivery, attempt, result.failure.code);
    else this.#record({ kind: 'delivered', ...identityOf(delivery), queueName, queueMessageId: result.value });
  }

  async #push(delivery: Delivery, { url }: HttpTarget, attempt: number): Promise<void> {
    const { subscription, notification, message } = delivery;
    const format = subscription.notifyContentFormat;
    this.#pending.set(delivery, { attempt, dueAtMs: undefined });
    const outcome = await this.#options.push({ url, format, notification, text: message.body });
    this.#pending.delete(delivery);
    if (outcome.ok) this.#record({ kind: 'pushed', ...identityOf(delivery), url, status: outcome.status, attempt });
    else this.#retryLater(delivery, attempt, outcome.reason);
  }

  #retryLater(delivery: Delivery, attempt: number, reason: string): void {
    const { clock, random } = this.#options;
    const delayMs = retryDelayMs(delivery.subscription.notifyStrategy, attempt, random);
    if (delayMs === undefined || this.#isClosed) {
      this.#drop(delivery, attempt, reason);
      return;
    }
    const retryAtMs = clock.now() + delayMs;
    this.#record({ kind: 'delivery-failed', ...identityOf(delivery), attempt, reason, retryAtMs });
    this.#after(delayMs, delivery, attempt + 1);
  }

  #retry(delivery: Delivery, attempt: number): void {
    const { topicName, subscriptionName } = identityOf(delivery);
    if (attempt === 1 || this.#options.isSubscribed(topicName, subscriptionName)) this.#attempt(delivery, attempt);
    else this.#drop(delivery, attempt - 1, 'SubscriptionNotExist');
  }

  #drop(delivery: Delivery, attempts: number, reason: string): void {
    this.#record({ kind: 'delivery-dropped', ...identityOf(delivery), attempts, reason });
  }

  #after(delayMs: number, delivery: Delivery, attempt: number): void {
    const { clock } = this.#options;
    const timer = clock.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#pending.delete(delivery);
      this.#retry(delivery, attempt);
    });
    this.#timers.add(timer);
    this.#pending.set(delivery, { attempt, dueAtMs: clock.now() + delayMs });
  }

  #record(fact: JournalFact): void {
    this.#options.journal.record(fact);
  }
}

function identityOf({ notification }: Delivery): DeliveryIdentity {
  const { topicName, subscriptionName, messageId } = notification;
  return { topicName, subscriptionName, messageId };
}
