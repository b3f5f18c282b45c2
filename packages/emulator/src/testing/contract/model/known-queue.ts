import type { Draft } from '../requests.js';
import { KnownMessage } from './known-message.js';
import { later, type Span } from './span.js';

/** Least and most of something. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** What a queue does by itself. */
export interface QueueRules {
  readonly delaySeconds: number;
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
}

/** The priority of messages that were sent without one (spec mns §2.6). */
export const DEFAULT_PRIORITY = 8;

/**
 * What a client can know of a queue from the replies it got, written from the documentation alone.
 *
 * Times are spans, because a client does not know when, within a call, the service did its work; and what the service
 * leaves open is a set of allowed outcomes. On a virtual clock every span is one instant.
 */
export class KnownQueue {
  readonly name: string;
  /** In force for what is sent and received from now on. */
  rules: QueueRules;
  readonly #messages = new Map<string, KnownMessage>();
  readonly #handles = new Map<string, KnownMessage>();

  constructor(name: string, rules: QueueRules) {
    this.name = name;
    this.rules = rules;
  }

  get messages(): readonly KnownMessage[] {
    return [...this.#messages.values()];
  }

  /** Every handle ever seen, oldest first. */
  get handles(): readonly string[] {
    return [...this.#handles.keys()];
  }

  message(id: string): KnownMessage | undefined {
    return this.#messages.get(id);
  }

  owner(handle: string): KnownMessage | undefined {
    return this.#handles.get(handle);
  }

  /** A send was acknowledged. */
  sent(
    id: string,
    { body, priority = DEFAULT_PRIORITY, delaySeconds }: Draft,
    at: Span,
    handle?: string,
  ): KnownMessage {
    const delayMs = (delaySeconds ?? this.rules.delaySeconds) * 1000;
    const retentionMs = this.rules.retentionSeconds * 1000;
    const message = new KnownMessage(id, { body, priority, at, delayMs, retentionMs });
    this.#messages.set(id, message);
    if (handle !== undefined) {
      message.issued(handle, message.due);
      this.#handles.set(handle, message);
    }
    return message;
  }

  received(message: KnownMessage, handle: string, at: Span): void {
    message.received(handle, at, this.rules.visibilitySeconds * 1000);
    this.#handles.set(handle, message);
  }

  changed(message: KnownMessage, handle: string, at: Span, seconds: number): void {
    message.leased(handle, later(at, seconds * 1000));
    this.#handles.set(handle, message);
  }

  active(during: Span): readonly KnownMessage[] {
    return this.messages.filter((message) => message.mustBeActive(during));
  }

  /** When the next message becomes deliverable at the latest; `undefined` when none will. */
  nextDueMs(now: Span): number | undefined {
    const due = this.messages
      .filter((message) => message.mustExist({ earliest: message.due.earliest, latest: message.due.latest }))
      .filter((message) => message.mustExist(now) && message.due.latest > now.latest)
      .map((message) => message.due.latest);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** How many messages each state may hold (spec mns §2.3). */
  counts(during: Span): Readonly<Record<'ActiveMessages' | 'InactiveMessages' | 'DelayMessages', Bounds>> {
    const bounds = (must: (message: KnownMessage) => boolean, may: (message: KnownMessage) => boolean): Bounds => ({
      least: this.messages.filter(must).length,
      most: this.messages.filter(may).length,
    });
    const waits = (kind: KnownMessage['waitsFor']): Bounds =>
      bounds(
        (message) => message.waitsFor === kind && message.mustExist(during) && !message.mayBeActive(during),
        (message) => message.waitsFor === kind && message.mayExist(during) && !message.mustBeActive(during),
      );
    return {
      ActiveMessages: bounds(
        (message) => message.mustBeActive(during),
        (message) => message.mayBeActive(during),
      ),
      InactiveMessages: waits('lease'),
      DelayMessages: waits('delay'),
    };
  }

  /** How many undeleted messages are over their retention. */
  expiredCount(during: Span): number {
    return this.messages.filter((message) => !message.isDeleted && !message.mustExist(during)).length;
  }
}
