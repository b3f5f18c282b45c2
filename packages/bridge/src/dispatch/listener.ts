import type { EventMap, EventOf, EventPattern, EventTiming, TopicNotification } from '@mnsbus/core';
import type { Delivery } from '../mns/delivery.js';

/** How a listener wants a message to be delivered again. */
export interface RetryOptions {
  /** When, in whole seconds from 1 to 43,200. Default by policy (`retryDelay`). A push comes again when its topic says so. */
  readonly afterSeconds?: number | undefined;
  /** Why, for `status()` and the dead-letter queue. */
  readonly reason?: string | undefined;
}

/** What a listener learns besides the event, and how it may answer otherwise than by returning or throwing. */
export interface ListenerContext {
  /**
   * Aborts when the message is no longer ours, or the bridge closes without waiting any longer: stop working on it. After an
   * answer, nothing but the close aborts it, because nobody else does the rest of the work.
   */
  readonly signal: AbortSignal;
  /** What carried the event: a queue message, or a push. */
  readonly delivery: Delivery;
  /** What the topic said about it. */
  readonly notification: TopicNotification;
  /** When the event happened and travelled, and how long each leg took. */
  readonly timing: EventTiming;
  /**
   * Acknowledges before the listener ends: what it does or throws afterwards changes nothing.
   *
   * Of `ack`, `retry`, `deadLetter`, returning and throwing, the first counts. All three may be called without `this`.
   */
  readonly ack: () => void;
  /** Has the message delivered again, at a time of your choice. Throws `INVALID_ARGUMENT` for a delay out of range. */
  readonly retry: (options?: RetryOptions) => void;
  /** Sends the message to the dead-letter queue at once. Throws `INVALID_ARGUMENT` when the bridge has none. */
  readonly deadLetter: (reason: string) => void;
}

/**
 * Handles one event, or one of several that fit a pattern. Returning (or resolving, with anything) acknowledges it; throwing (or rejecting) has the message delivered again.
 *
 * The same event may come more than once: MNS delivers at least once.
 */
export type Listener<Pattern extends string, Events = EventMap> = (
  event: EventOf<Pattern, Events>,
  context: ListenerContext,
) => unknown;

/** Listeners of several names and patterns at once. */
export type ListenerMap<Events = EventMap> = {
  readonly [Pattern in EventPattern<Events>]?: Listener<Pattern, Events> | undefined;
};
