import {
  MnsbusError,
  decodeNotification,
  deduplicationKeyOf,
  eventTiming,
  md5Hex,
  type EventTiming,
  type TopicNotification,
} from '@mnsbus/core';
import type { ClaimLease, Claims } from '../dedup/claims.js';
import type { Delivery } from '../mns/delivery.js';
import type { QueueFact } from '../status/bridge-status.js';
import type { RecentEvent, RecentEvents } from '../wait/recent-events.js';
import type { Waiters } from '../wait/waiters.js';
import type { DecodedEvent } from './decoded-event.js';
import type { GivenUp, KnownMessage } from './known-messages.js';
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
  /** Keeps events that come again from their listeners, if the app wants that. */
  readonly claims: Claims | undefined;
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
  /** Its place in the message. */
  readonly index: number;
  readonly recent: RecentEvent;
  readonly handlers: readonly Handler[];
}

/** What the listeners of one message have in common. */
export interface MessageFrame extends CallFrame {
  readonly report: (fact: QueueFact) => void;
  /** For how long the message is ours: claims of its events live as long. */
  readonly lease: ClaimLease;
  /** What was done at earlier deliveries; what is done now is noted. */
  readonly known: Pick<KnownMessage, 'succeeded' | 'hasSucceeded' | 'finish' | 'isFinished' | 'passOn' | 'isPassedOn'>;
  /** Why no listener of the message is worth another call, if so. An event that is done, or in other hands, is left alone. */
  readonly givenUp: GivenUp | undefined;
}

/** A message at its listeners. */
export interface RunningMessage {
  /** Resolves with what is to become of the message. Never rejects. */
  readonly verdict: Promise<Verdict>;
  /** Resolves when the last listener has ended, which may be later than the verdict. Never rejects. */
  readonly finished: Promise<void>;
  /** Whether a listener has an event, or keeps one waiting, that has not said that it is done: it must not get it twice. */
  readonly isOpen: () => boolean;
  /** Whether one of these has begun. */
  readonly isAtWork: () => boolean;
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
      // Of a push one does not know, and its signature is better than any MD5 (spec mns §7.4).
      const hasUserProperties = delivery.source === 'push' || delivery.userProperties.length > 0;
      const notification = decodeNotification(delivery.body, { hasUserProperties });
      const events = decode(notification.text).map((event, index) => ({
        event,
        index,
        recent: recent.note(`${delivery.messageId}/${index}`, event),
        handlers: listeners.of(event),
      }));
      return { notification, events, isListenedTo: events.some(({ handlers }) => handlers.length > 0) };
    } catch (error) {
      return error instanceof MnsbusError ? error : unreadable(error);
    }
  }

  /** Calls every listener of every event, but those that have done their part before. */
  run({ events, notification }: OpenedMessage, frame: MessageFrame): RunningMessage {
    const context: MessageContext = { notification, frame, unfinished: [], open: new Map() };
    const verdict = strictestOf(events.map((opened) => this.#runEvent(opened, context).catch(unreadableVerdict)));
    return {
      verdict,
      finished: allFinished(verdict, context.unfinished),
      isOpen: () => context.open.size > 0,
      isAtWork: () => [...context.open.values()].includes('begun'),
    };
  }

  async #runEvent(opened: OpenedEvent, context: MessageContext): Promise<Verdict> {
    const { waiters, claims, unhandled } = this.#parts;
    const { event, recent, handlers, index } = opened;
    const { report, delivery, known } = context.frame;
    const isAwaited = waiters.offer(recent);
    if (known.isFinished(index)) return { type: 'ack' };
    if (handlers.length === 0) {
      if (isAwaited) return finished(opened, context);
      const deleted = unhandled() === 'delete' && !known.isPassedOn(index);
      report({ type: 'unhandled', messageId: delivery.messageId, eventName: nameOf(event), deleted });
      return deleted ? { type: 'ack' } : { type: 'release', reason: 'unheard' };
    }
    const unserved = handlers.filter((handler) => !known.hasSucceeded(index, handler));
    if (unserved.length === 0) return finished(opened, context);
    const toCall = { ...opened, handlers: unserved };
    const verdict = await (claims === undefined ? call(toCall, context) : callClaimed(claims, toCall, context));
    return verdict.type === 'ack' ? finished(opened, context) : verdict;
  }
}

/** Who listens to the event when its message comes again for another one is not called for this one. */
function finished({ index }: OpenedEvent, { frame }: MessageContext): Verdict {
  frame.known.finish(index);
  return { type: 'ack' };
}

// The list is complete once every verdict is there.
async function allFinished(verdict: Promise<Verdict>, unfinished: readonly Promise<void>[]): Promise<void> {
  await verdict;
  for (const listener of unfinished) await listener;
}

interface MessageContext {
  readonly notification: TopicNotification;
  readonly frame: MessageFrame;
  /** Where every listener's end is noted. */
  readonly unfinished: Promise<void>[];
  /** Calls of listeners that have neither ended nor said that they are done. */
  readonly open: Map<symbol, 'called' | 'begun'>;
}

/** Calls the listeners of one event, unless the message is given up. */
async function call(opened: OpenedEvent, context: MessageContext): Promise<Verdict> {
  const { givenUp } = context.frame;
  return givenUp === undefined ? callAll(opened, context) : { type: 'dead-letter', ...givenUp };
}

/** Calls listeners of one event, each isolated from the others. */
async function callAll({ event, index, recent, handlers }: OpenedEvent, context: MessageContext): Promise<Verdict> {
  const { notification, frame, unfinished, open } = context;
  const timing = timingOf(event, notification, frame.delivery);
  const calls = handlers.map(async (handler) => {
    const onFailure = (error: MnsbusError<'LISTENER_FAILED'>): void => {
      frame.report({
        type: 'listener-failed',
        messageId: frame.delivery.messageId,
        eventName: nameOf(event),
        error,
      });
    };
    const id = Symbol(nameOf(event));
    open.set(id, 'called');
    const onBegin = (): void => {
      if (open.has(id)) open.set(id, 'begun');
      frame.workBegins();
    };
    const { verdict: decided, finished: ended } = callListener(
      handler,
      { event, notification, timing, onFailure, onBegin },
      frame,
    );
    unfinished.push(ended.then(() => void open.delete(id)));
    const verdict = await decided;
    if (verdict.type === 'ack') {
      open.delete(id);
      frame.known.succeeded(index, handler);
    }
    if (verdict.type === 'release' && verdict.reason === 'passed-on') frame.known.passOn(index);
    return verdict;
  });
  const verdict = await strictestOf(calls);
  if (verdict.type === 'ack') recent.handled = true;
  return verdict;
}

/**
 * Calls the listeners unless the event has been handled, or is being handled.
 *
 * The claim is completed by nothing but work that was done while the message was ours: an `ack` is a verdict of such work only.
 */
async function callClaimed(claims: Claims, opened: OpenedEvent, context: MessageContext): Promise<Verdict> {
  const { delivery, report, lease, isHeld } = context.frame;
  const { messageId } = delivery;
  // What publishing returned is the same in the copies of all subscriptions. An envelope may lack it.
  const carrierId = context.notification.envelope?.messageId ?? messageId;
  const key = deduplicationKeyOf(opened.event, { messageId: carrierId, index: opened.index });
  const onFailure = (error: MnsbusError): void => report({ type: 'deduplicator-failed', messageId, error });
  const claim = await claims.claim(key, { lease, onFailure });
  if (claim !== undefined && claim.state !== 'claimed') {
    const busy = claim.state === 'busy';
    report({ type: 'duplicate', messageId, eventName: nameOf(opened.event), key, busy });
    return busy ? { type: 'release', reason: 'busy' } : { type: 'ack' };
  }
  // The answer may have come too late for this delivery.
  const verdict: Verdict = isHeld() ? await call(opened, context) : { type: 'release', reason: 'aborted' };
  await (verdict.type === 'ack' ? claim?.complete() : claim?.release());
  return verdict;
}

// What an event holds may break what is made of it; that concerns its message alone.
function unreadable(cause: unknown): MnsbusError<'EVENT_MALFORMED'> {
  return new MnsbusError({ code: 'EVENT_MALFORMED', message: `cannot be handled: ${textOf(cause)}`, cause });
}

function unreadableVerdict(cause: unknown): Verdict {
  return { type: 'dead-letter', error: unreadable(cause), cause: 'unreadable' };
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
