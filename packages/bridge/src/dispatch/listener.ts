import type { EventMap, EventOf, EventPattern, EventTiming, TopicNotification } from '@mnsbus/core';
import type { Delivery } from '../mns/delivery.js';

/** What a listener learns besides the event. */
export interface ListenerContext {
  /** Aborts when the message is no longer ours, or the bridge closes without waiting any longer: stop working on it. */
  readonly signal: AbortSignal;
  /** The queue message that carried the event. */
  readonly delivery: Delivery;
  /** What the topic said about it. */
  readonly notification: TopicNotification;
  /** When the event happened and travelled, and how long each leg took. */
  readonly timing: EventTiming;
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
  readonly [Pattern in EventPattern<Events>]?: Listener<Pattern, Events>;
};
