import {
  MnsbusError,
  decodeNotification,
  deduplicationKeyOf,
  eventTiming,
  md5Hex,
  type EventTiming,
  type TopicNotification,
} from '@mnsbus/core';
import type { Deduplicator } from '../dedup/deduplicator.js';
import type { Delivery } from '../mns/delivery.js';
import type { QueueFact } from '../status/bridge-status.js';
import type { RecentEvent, RecentEvents } from '../wait/recent-events.js';
import type { Waiters } from '../wait/waiters.js';
import type { DecodedEvent } from './decoded-event.js';
import { callListener, nameOf, textOf, type CallFrame, type Handler } from './listener-call.js';
import type { Listeners } from './listeners.js';
import { strictestOf, type Verdict } from './verdict.js';

/** What a dispatcher works with. */
export interface DispatcherParts {
  /** Turns the text of a message into its events; throws an `MnsbusError`. */
  readonly decode: (text: string) => readonly DecodedEvent[];
  readonly listeners: Pick<Listeners, 'of'>;
  readonly waiters: Waiters;
  readonly recent: RecentEvents;
  readonly deduplicator: Deduplicator | undefined;
  /** What becomes of events that nobody listens to. */
  readonly unhandled: () => 'release' | 'delete';
}

/** A message that has been read. */
export interface OpenedMessage {
  readonly notification: TopicNotification;
  readonly events: readonly OpenedEvent[];
  /** Whether any of its events has a listener. */
  readonly isListenedTo: boolean;
}

interface OpenedEvent {
  readonly event: DecodedEvent;
  readonly known: RecentEvent;
  readonly handlers: readonly Handler[];
}

/** What the listeners of one message have in common. */
export interface MessageFrame extends CallFrame {
  readonly report: (fact: QueueFact) => void;
  /** How long the message can be ours at most, for claims of its events. */
  readonly claimMs: number;
}

/** A message at its listeners. */
export interface RunningMessage {
  /** Resolves with what is to become of the message. Never rejects. */
  readonly verdict: Promise<Verdict>;
  /** Resolves when the last listener has ended, which may be later than the verdict. Never rejects. */
  readonly finished: Promise<void>;
}

/** Reads messages, brings their events to listeners and waiters, and says what is to become of each message. */
export class Dispatcher {
  readonly #parts: DispatcherParts;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Verifies and decodes a message, and finds its listeners. */
  open(delivery: Delivery): OpenedMessage | MnsbusError {
    const { decode, listeners, recent } = this.#parts;
    try {
      verifyBody(delivery);
      const hasUserProperties = delivery.userProperties.length > 0;
      const notification = decodeNotification(delivery.body, { hasUserProperties });
      const events = decode(notification.text).map((event, index) => ({
        event,
        known: recent.note(`${delivery.messageId}/${index}`, event),
        handlers: listeners.of(event),
      }));
      return { notification, events, isListenedTo: events.some(({ handlers }) => handlers.length > 0) };
    } catch (error) {
      return error instanceof MnsbusError
        ? error
        : new MnsbusError({ code: 'EVENT_MALFORMED', message: `cannot be decoded: ${textOf(error)}`, cause: error });
    }
  }

  /** Calls every listener of every event. */
  run({ events, notification }: OpenedMessage, frame: MessageFrame): RunningMessage {
    const unfinished: Promise<void>[] = [];
    const verdicts = events.map((opened) => {
      const timing = timingOf(opened.event, notification, frame.delivery);
      return this.#runEvent(opened, { notification, timing, frame, unfinished });
    });
    const verdict = strictestOf(verdicts);
    return { verdict, finished: allFinished(verdict, unfinished) };
  }

  async #runEvent(opened: OpenedEvent, context: EventContext): Promise<Verdict> {
    const { waiters, deduplicator, unhandled } = this.#parts;
    const { event, known, handlers } = opened;
    const { report, delivery } = context.frame;
    const isAwaited = waiters.offer(known);
    if (handlers.length === 0) {
      if (isAwaited) return { type: 'ack' };
      const deleted = unhandled() === 'delete';
      report({ type: 'unhandled', messageId: delivery.messageId, eventName: nameOf(event), deleted });
      return { type: deleted ? 'ack' : 'release' };
    }
    return deduplicator === undefined ? callAll(opened, context) : runOnce(deduplicator, opened, context);
  }
}

// The list is complete once every verdict is there.
async function allFinished(verdict: Promise<Verdict>, unfinished: readonly Promise<void>[]): Promise<void> {
  await verdict;
  for (const listener of unfinished) await listener;
}

interface EventContext {
  readonly notification: TopicNotification;
  readonly timing: EventTiming;
  readonly frame: MessageFrame;
  /** Where every listener's end is noted. */
  readonly unfinished: Promise<void>[];
}

/** Calls all listeners of one event, each isolated from the others. */
async function callAll({ event, known, handlers }: OpenedEvent, context: EventContext): Promise<Verdict> {
  const { notification, timing, frame, unfinished } = context;
  const calls = handlers.map((handler) => {
    const onFailure = (error: MnsbusError<'LISTENER_FAILED'>): void => {
      frame.report({
        type: 'listener-failed',
        messageId: frame.delivery.messageId,
        eventName: nameOf(event),
        error,
      });
    };
    const call = callListener(handler, { event, notification, timing, onFailure }, frame);
    unfinished.push(call.finished);
    return call.verdict;
  });
  const verdict = await strictestOf(calls);
  if (verdict.type === 'ack') known.handled = true;
  return verdict;
}

/** Calls the listeners unless the event has been handled, or is being handled. */
async function runOnce(deduplicator: Deduplicator, opened: OpenedEvent, context: EventContext): Promise<Verdict> {
  const { delivery, report, claimMs } = context.frame;
  const { messageId } = delivery;
  const key = deduplicationKeyOf(opened.event);
  const asked = async <T>(question: Promise<T>): Promise<T | undefined> => {
    try {
      return await question;
    } catch (cause) {
      const message = `the deduplicator rejected for key ${key}: ${textOf(cause)}`;
      const error = new MnsbusError({ code: 'DEDUPLICATOR_FAILED', message, retryable: true, cause });
      report({ type: 'deduplicator-failed', messageId, error });
      return undefined;
    }
  };
  const claim = await asked(deduplicator.claim(key, claimMs));
  if (claim === undefined) return callAll(opened, context);
  if (claim.state !== 'claimed') {
    const busy = claim.state === 'busy';
    report({ type: 'duplicate', messageId, eventName: nameOf(opened.event), key, busy });
    return { type: busy ? 'release' : 'ack' };
  }
  const verdict = await callAll(opened, context);
  const { token } = claim;
  await asked(verdict.type === 'ack' ? deduplicator.complete(key, token) : deduplicator.release(key, token));
  return verdict;
}

function timingOf({ occurredAt }: DecodedEvent, { envelope }: TopicNotification, delivery: Delivery): EventTiming {
  const isQueued = delivery.source === 'queue';
  return eventTiming({
    occurredAt,
    publishedAt: envelope?.publishedAt,
    enqueuedAt: isQueued ? delivery.enqueuedAt : undefined,
    firstReceivedAt: isQueued ? delivery.firstReceivedAt : undefined,
    receivedAt: delivery.receivedAt,
  });
}

function verifyBody(delivery: Delivery): void {
  // A push is verified by its signature before it comes here.
  if (delivery.source === 'push' || delivery.userProperties.length > 0) return;
  const { body, bodyMD5 } = delivery;
  const actual = md5Hex(body);
  if (actual === bodyMD5.toUpperCase()) return;
  throw new MnsbusError({
    code: 'MESSAGE_CORRUPT',
    message: `corrupt message: expected MessageBodyMD5 ${bodyMD5}, but the body that came has ${actual}. Look for a proxy that changes replies`,
  });
}
