import type { Clock, SeededRandom, Timer } from '@mnsbus/core';
import type { Journal } from '../runtime/journal.js';
import type { Failure } from './failure.js';
import type { MessageDraft } from './model/message.js';
import type { Subscription } from './model/subscription.js';
import { retryDelayMs } from './retry-schedule.js';

/** A message on its way from a topic to one subscription. */
export interface Delivery {
  readonly topicName: string;
  readonly subscription: Subscription;
  /** The id that publishing returned. */
  readonly messageId: string;
  /** What arrives. */
  readonly message: MessageDraft;
}

/** What deliveries need around them. */
export interface DeliveriesOptions {
  readonly clock: Clock;
  /** Draws the waits of `BACKOFF_RETRY`. */
  readonly random: SeededRandom;
  readonly journal: Journal;
  /** Puts a message into a queue; gives the failure if that cannot be done. */
  readonly deliver: (queueName: string, message: MessageDraft) => Failure | undefined;
  /** Whether the topic still has the subscription. */
  readonly isSubscribed: (topicName: string, subscriptionName: string) => boolean;
}

/** Carries messages from topics to queues: at once, then again and again by the subscription's strategy (spec mns §5.6). */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #timers = new Set<Timer>();
  #isClosed = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** Makes the first attempt before it returns. */
  start(delivery: Delivery): void {
    this.#attempt(delivery, 1);
  }

  /** Gives up every delivery that waits for its next attempt. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #attempt(delivery: Delivery, attempt: number): void {
    const { deliver, journal } = this.#options;
    const { topicName, subscription, messageId, message } = delivery;
    const { queueName } = subscription.target;
    const failure = deliver(queueName, message);
    if (failure === undefined) {
      journal.record({ kind: 'delivered', topicName, subscriptionName: subscription.name, queueName, messageId });
    } else {
      this.#retryLater(delivery, attempt, failure.code);
    }
  }

  #retryLater(delivery: Delivery, attempt: number, reason: string): void {
    const { clock, random, journal } = this.#options;
    const delayMs = retryDelayMs(delivery.subscription.notifyStrategy, attempt, random);
    if (delayMs === undefined || this.#isClosed) {
      this.#drop(delivery, attempt, reason);
      return;
    }
    const { topicName, subscription, messageId } = delivery;
    const retryAtMs = clock.now() + delayMs;
    const fact = { topicName, subscriptionName: subscription.name, messageId, attempt, reason, retryAtMs };
    journal.record({ kind: 'delivery-failed', ...fact });
    const timer = clock.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#retry(delivery, attempt + 1);
    });
    this.#timers.add(timer);
  }

  #retry(delivery: Delivery, attempt: number): void {
    const { topicName, subscription } = delivery;
    if (this.#options.isSubscribed(topicName, subscription.name)) this.#attempt(delivery, attempt);
    else this.#drop(delivery, attempt - 1, 'SubscriptionNotExist');
  }

  #drop({ topicName, subscription, messageId }: Delivery, attempts: number, reason: string): void {
    const subscriptionName = subscription.name;
    this.#options.journal.record({
      kind: 'delivery-dropped',
      topicName,
      subscriptionName,
      messageId,
      attempts,
      reason,
    });
  }
}
