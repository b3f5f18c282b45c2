import type { Clock, SeededRandom, Timer } from '@mnsbus/core';
import type { Journal } from '../runtime/journal.js';
import type { JournalFact } from '../runtime/journal-fact.js';
import type { FaultOf } from '../faults/faults.js';
import type { NoteChange } from '../runtime/note-change.js';
import { numberedRecord } from '../runtime/sorted-record.js';
import { channelFact, type DeliveryIdentity } from './channel-fact.js';
import { deliveryRecord, recordedDelivery, type DeliveryRecord } from './delivery-record.js';
import type { Failure } from './failure.js';
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
  /** Puts a message into a queue; tells its id there before anybody receives it. Gives why it could not. */
  readonly deliver: (
    queueName: string,
    message: MessageDraft,
    tell: (queueMessageId: string) => void,
  ) => Failure | undefined;
  /** Sends a message to a web server, once; never rejects. */
  readonly push: (push: Push) => Promise<PushOutcome>;
  /** The faults that strike a delivery, each time it is asked. */
  readonly strike: (
    identity: DeliveryIdentity,
  ) => readonly FaultOf<'drop-delivery' | 'late-delivery' | 'repeat-delivery'>[];
  /** Told of what cannot be delivered for want of the queue, or of an option that names the host. */
  readonly undelivered: (identity: DeliveryIdentity, to: string, reason: 'queue-missing' | 'host-not-allowed') => void;
  /** Whether the topic still has the subscription. */
  readonly isSubscribed: (topicName: string, subscriptionName: string) => boolean;
  readonly note?: NoteChange | undefined;
  /** Draws how long a message takes to a queue, in milliseconds. Default no time. */
  readonly lagMs?: (() => number) | undefined;
}

/** A delivery that has an attempt before it, or under way, with its timer. */
export interface AttemptedDelivery {
  readonly delivery: Delivery;
  /** Of the attempt: 1 for the first. */
  readonly attempt: number;
  /** When the attempt begins, or has begun, in milliseconds since 1970. */
  readonly dueAtMs: number;
  /** Absent once the attempt is under way. */
  timer: Timer | undefined;
}

/** Carries messages from topics to their subscribers: at once, then again and again by the subscription's strategy (spec mns §5.6). */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  /** By number, in the order in which they were put off. */
  readonly #pending = new Map<number, AttemptedDelivery>();
  /** The numbers given out, in order; the last one is always of a delivery that is not over. */
  #numbers: number[] = [];
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
    const faultMs = struck.reduce((sum, fault) => sum + (fault.kind === 'late-delivery' ? fault.delayMs : 0), 0);
    const repeats = struck.filter(({ kind }) => kind === 'repeat-delivery').length;
    const { lagMs } = this.#options;
    for (let copy = 0; copy <= repeats; copy += 1) {
      const lateMs = lagMs === undefined || delivery.subscription.target.kind !== 'queue' ? faultMs : faultMs + lagMs();
      if (lateMs > 0 && !this.#isClosed) this.#putOff(delivery, 1, lateMs);
      else this.#begin(delivery);
    }
  }

  #begin(delivery: Delivery): void {
    if (delivery.subscription.target.kind === 'http' && !this.#isClosed) this.#putOff(delivery, 1, 0);
    else this.#attempt(delivery, 1);
  }

  /** Those that wait for their next attempt, or for the answer of a web server, in the order in which they were put off. */
  pending(): readonly PendingDelivery[] {
    return Array.from(this.#pending.values(), ({ delivery, attempt, dueAtMs, timer }) => ({
      ...identityOf(delivery),
      body: delivery.message.body,
      attempt,
      ...(timer === undefined ? {} : { dueAtMs }),
    }));
  }

  /** Gives up every delivery that waits for its next attempt. */
  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#pending.values()) timer?.cancel();
  }

  /** What waits for its next attempt, or is being attempted, as data by number. */
  records(): Readonly<Record<string, DeliveryRecord>> {
    return numberedRecord(Array.from(this.#pending, ([number, pending]) => [number, deliveryRecord(pending)] as const));
  }

  /**
   * Takes up what waited elsewhere, in place of what waits here; an attempt that is under way counts for nothing any
   * more, and one that was under way there is made again.
   */
  restore(records: Readonly<Record<string, DeliveryRecord>>): void {
    for (const { timer } of this.#pending.values()) timer?.cancel();
    this.#pending.clear();
    this.#numbers = [];
    const nowMs = this.#options.clock.now();
    for (const [number, record] of Object.entries(records)) {
      this.#putOff(recordedDelivery(record), record.attempt, record.dueAtMs - nowMs, Number(number));
    }
  }

  #attempt(delivery: Delivery, attempt: number, number?: number): void {
    const { target } = delivery.subscription;
    switch (target.kind) {
      case 'queue':
        this.#enqueue(delivery, target.queueName, attempt);
        return;
      case 'http':
        void this.#push(delivery, target, attempt, number ?? this.#add(delivery, attempt, 0));
        return;
      case 'mail':
      case 'sms':
      case 'app':
        this.#record(channelFact(identityOf(delivery), target, delivery.message.body, delivery.attributes));
    }
  }

  #enqueue(delivery: Delivery, queueName: string, attempt: number): void {
    const failure = this.#options.deliver(queueName, delivery.message, (queueMessageId) =>
      this.#record({ kind: 'delivered', ...identityOf(delivery), queueName, queueMessageId }),
    );
    if (failure === undefined) return;
    const { code } = failure;
    if (code === 'QueueNotExist') this.#options.undelivered(identityOf(delivery), queueName, 'queue-missing');
    this.#retryLater(delivery, attempt, code);
  }

  async #push(delivery: Delivery, { url }: HttpTarget, attempt: number, number: number): Promise<void> {
    const { subscription, notification, message } = delivery;
    const format = subscription.notifyContentFormat;
    const pending = this.#pending.get(number);
    const outcome = await this.#options.push({ url, format, notification, text: message.body });
    // Given up by a reset, or by a state that was taken up meanwhile.
    if (this.#pending.get(number) !== pending) return;
    // Whoever keeps the state keeps this delivery, too: it is attempted again when the state is taken up.
    if (this.#isClosed && !outcome.ok && this.#options.note !== undefined) return;
    this.#remove(number);
    if (outcome.ok) this.#record({ kind: 'pushed', ...identityOf(delivery), url, status: outcome.status, attempt });
    else {
      const { refusedHost, reason } = outcome;
      if (refusedHost !== undefined) this.#options.undelivered(identityOf(delivery), refusedHost, 'host-not-allowed');
      this.#retryLater(delivery, attempt, reason);
    }
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
    this.#putOff(delivery, attempt + 1, delayMs);
  }

  /** Makes an attempt later, unless the subscription is gone by then. */
  #putOff(delivery: Delivery, attempt: number, delayMs: number, given?: number): void {
    const number = this.#add(delivery, attempt, delayMs, given);
    const pending = this.#pending.get(number);
    if (pending === undefined || this.#isClosed) return;
    pending.timer = this.#options.clock.after(delayMs, () => {
      pending.timer = undefined;
      const { topicName, subscriptionName } = identityOf(delivery);
      const isAtOnce = attempt === 1 && delayMs <= 0;
      const isWanted = isAtOnce || this.#options.isSubscribed(topicName, subscriptionName);
      if (!isWanted || delivery.subscription.target.kind !== 'http') this.#remove(number);
      if (isWanted) this.#attempt(delivery, attempt, number);
      else this.#drop(delivery, attempt - 1, 'SubscriptionNotExist');
    });
  }

  #add(delivery: Delivery, attempt: number, delayMs: number, given?: number): number {
    // One more than the highest in use, so that what is to come depends on nothing but the state.
    const number = given ?? (this.#numbers.at(-1) ?? 0) + 1;
    this.#numbers.push(number);
    const dueAtMs = this.#options.clock.now() + delayMs;
    this.#pending.set(number, { delivery, attempt, dueAtMs, timer: undefined });
    this.#noteAt(number);
    return number;
  }

  #remove(number: number): void {
    this.#pending.delete(number);
    this.#noteAt(number);
    while (this.#numbers.length > 0 && !this.#pending.has(this.#numbers.at(-1) ?? 0)) this.#numbers.pop();
    // Those that are over gather below one that is not; let go of in large pieces.
    if (this.#numbers.length > 2 * this.#pending.size + 1024) this.#numbers = [...this.#pending.keys()];
  }

  #noteAt(number: number): void {
    this.#options.note?.([number], () => {
      const pending = this.#pending.get(number);
      return pending === undefined ? undefined : deliveryRecord(pending);
    });
  }

  #drop(delivery: Delivery, attempts: number, reason: string): void {
    this.#record({ kind: 'delivery-dropped', ...identityOf(delivery), attempts, reason });
  }

  #record(fact: JournalFact): void {
    this.#options.journal.record(fact);
  }
}

function identityOf({ notification }: Delivery): DeliveryIdentity {
  const { topicName, subscriptionName, messageId } = notification;
  return { topicName, subscriptionName, messageId };
}
