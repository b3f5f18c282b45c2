import type { MnsbusError } from '@mnsbus/core';
import type { DeadLetterCause } from '../status/bridge-status.js';
import type { Handler } from './listener-call.js';

/** Messages that are remembered; beyond it the one is forgotten that was longest not thought of. */
const LIMIT = 10_000;

/** Why a message is not worth another call of its listeners. */
export interface GivenUp {
  readonly error: MnsbusError;
  readonly cause: DeadLetterCause;
}

/**
 * What this process knows of a message that comes again.
 *
 * None of it is needed for a message to be handled: what is forgotten here, or known to another process only, is done once
 * more.
 */
export class KnownMessage {
  /** Deliveries that say nothing about the message: they reached no listener, or it had less than its time. */
  unheard = 0;
  /** Deliveries to us that could not be read. */
  unreadable = 0;
  /** Why it was to go to the dead-letter queue, where that has not succeeded yet. */
  givenUp: GivenUp | undefined;
  /**
   * The MD5 of the body of which a copy is in a dead-letter queue already, so that only its delete is left. One that was damaged on
   * its way is no copy of the whole one that comes next.
   */
  copiedMD5: string | undefined;
  /** Deliveries to us in a row that found one of its events being handled elsewhere. */
  busy = 0;
  /** The last delivery to us that was with a listener or waited for one, 0 for none: what nobody listens to is put off longer each time from there on. */
  heardAt = 0;
  /** Whether a listener has done its part since the last verdict. */
  hasProgressed = false;
  /** Whether the listener that was called last had to be given up at the end of the longest lease, so that nothing could be settled. */
  hasOverrun = false;
  readonly #succeeded = new Map<number, Set<Handler>>();
  readonly #finished = new Set<number>();
  readonly #passedOn = new Set<number>();

  /** Notes that an event is done, by its place in the message: who listens to it at a later delivery came after that. */
  finish(index: number): void {
    this.#finished.add(index);
  }

  isFinished(index: number): boolean {
    return this.#finished.has(index);
  }

  /** Notes that an event came while a listener that wants one had another: somebody may want it later. */
  passOn(index: number): void {
    this.#passedOn.add(index);
  }

  isPassedOn(index: number): boolean {
    return this.#passedOn.has(index);
  }

  /** Notes that a listener has done its part for one event, by the event's place in the message. */
  succeeded(index: number, handler: Handler): void {
    const handlers = this.#succeeded.get(index) ?? new Set();
    this.#succeeded.set(index, handlers.add(handler));
    this.hasProgressed = true;
  }

  hasSucceeded(index: number, handler: Handler): boolean {
    return this.#succeeded.get(index)?.has(handler) === true;
  }
}

/** What is known of the messages of one source that were not settled for good, by id. */
export class KnownMessages {
  readonly #messages = new Map<string, KnownMessage>();

  /** What is known of a message; nothing, when it is new. */
  of(messageId: string): KnownMessage {
    const known = this.#messages.get(messageId) ?? new KnownMessage();
    // Set anew, so that the first of the map is the one to forget.
    this.#messages.delete(messageId);
    this.#messages.set(messageId, known);
    const [oldest] = this.#messages.keys();
    if (this.#messages.size > LIMIT && oldest !== undefined) this.#messages.delete(oldest);
    return known;
  }

  /** Forgets a message that will not come again. */
  forget(messageId: string): void {
    this.#messages.delete(messageId);
  }

  get size(): number {
    return this.#messages.size;
  }
}
