import {
  MnsbusError,
  monotonicMs,
  type AnyCustomType,
  type CustomEventMap,
  type EventMap,
  type EventOf,
  type EventPattern,
} from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { assemble, type Assembly } from './assembly.js';
import type { BridgeHealth } from './consume/health.js';
import { Patience, untilAborted } from './consume/patience.js';
import { createEventStream, type EventStream, type StreamedEvent } from './dispatch/event-stream.js';
import type { Handler } from './dispatch/listener-call.js';
import type { Listener, ListenerMap } from './dispatch/listener.js';
import { Listeners } from './dispatch/listeners.js';
import {
  checkTogether,
  resolveBridgeOptions,
  type BridgeOptions,
  type ResolvedBridgeOptions,
} from './options/bridge-options.js';
import { resolveSettings, withChanges, type BridgeSettings } from './options/bridge-settings.js';
import type { PushSink, PushVerdict, PushedMessage } from './push/push-sink.js';
import type { BridgeStatus } from './status/bridge-status.js';
import type { StatusListener } from './status/status-feed.js';
import type { EventMatch, Matched } from './wait/match.js';
import type { WaitOptions } from './wait/waiters.js';

/** How patient `close` is. */
export interface CloseOptions {
  /** Longest wait for running listeners, in milliseconds from 0. Default 10,000. */
  readonly deadlineMs?: number | undefined;
}

/**
 * A typed event bus over MNS queues and topic pushes; `Events` maps each name to its event.
 *
 * Messages are received, verified and decoded; each event goes to its listeners; the message is
 * deleted once all of them have finished. Create one with {@link createBridge}.
 */
export class Bridge<Events extends object = EventMap> implements PushSink {
  readonly #options: ResolvedBridgeOptions;
  #given: BridgeSettings;
  readonly #listeners: Listeners;
  readonly #streams = new Set<EventStream>();
  readonly #parts: Assembly;
  readonly #patience: Patience;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** Throws `INVALID_ARGUMENT` for an option out of range. */
  constructor(options: BridgeOptions<AnyCustomType>) {
    this.#options = resolveBridgeOptions(options);
    this.#given = options;
    this.#listeners = new Listeners(this.#options.eventNames);
    this.#parts = assemble(this.#options, this.#listeners);
    this.#patience = new Patience(this.#options.clock);
  }

  /**
   * Calls `listener` for every event of that name, or whose name fits that pattern: `imm:Task:*`, `ObjectCreated:*`, `*`.
   * A map registers one listener for each of its keys. See {@link Listener} for what returning and throwing mean.
   */
  on<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): this;
  on(listeners: ListenerMap<Events>): this;
  on(pattern: unknown, listener?: unknown): this {
    const entries: readonly (readonly [unknown, unknown])[] =
      typeof pattern === 'object' && pattern !== null
        ? Object.entries(pattern).filter((entry) => entry[1] !== undefined)
        : [[pattern, listener]];
    // All are checked before the first is registered.
    for (const entry of entries) checkListener(entry[1]);
    for (const entry of entries) this.#listeners.add(String(entry[0]), handlerOf(entry[1]));
    return this;
  }

  /** Calls `listener` until it has handled one event without an error. */
  once<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): this {
    this.#listeners.addOnce(pattern, handlerOf(checkListener(listener)));
    return this;
  }

  /** Removes a function from a name or pattern, however often `on` and `once` have added it; does nothing when it is not there. */
  off<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): this {
    this.#listeners.remove(pattern, listener);
    return this;
  }

  /**
   * Iterates over the events of that name or pattern: each is acknowledged when the loop asks for the next.
   *
   * Counts as listening from the call on; until they are taken, events wait, each in one of the `concurrency` places. Leaving
   * the loop early gives the last event back, unless it was answered with `ack`, `retry` or `deadLetter`. Ends with `close`.
   */
  events<Pattern extends EventPattern<Events>>(
    pattern: Pattern,
  ): AsyncIterableIterator<StreamedEvent<EventOf<Pattern, Events>>, undefined, undefined>;
  events(pattern: EventPattern<Events>): unknown {
    if (this.#closing !== undefined) throw closedError();
    const stream = createEventStream(() => {
      detach();
      this.#streams.delete(stream);
    });
    const detach = this.#listeners.attach(pattern, stream.handler);
    this.#streams.add(stream);
    return stream.iterator;
  }

  /**
   * Resolves with the first event that matches, one that came just before the call included: of a task any of the last
   * 60 s (`recentEvents`), by name or condition only one that nobody has handled.
   *
   * Counts as listening. Rejects with `WAIT_TIMEOUT`, `ABORTED` or `BRIDGE_CLOSED`. When several processes read the same
   * queue, the event may go to another one: give each a queue of its own.
   */
  async waitFor<const Match extends EventMatch<Events>>(
    match: Match,
    options?: WaitOptions,
  ): Promise<Matched<Match, Events>> {
    if (this.#closing !== undefined) throw closedError();
    return this.#parts.waiters.wait<Match, Events>(match, options);
  }

  /**
   * Begins to receive, from every queue or from none; register listeners before. Calling it again returns the same promise.
   *
   * Rejects with `MNS_ERROR` when the service refuses for good (wrong key, no such queue), and with `BRIDGE_CLOSED` after
   * `close`; then nothing is running, and after a refusal it can be called again. A network that is down is no reason to reject:
   * the bridge reports it and goes on trying.
   */
  start(): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Receives no more until {@link resume}, from one queue or all, before and during `start` too; listeners that run go on. Throws `INVALID_ARGUMENT` for a queue that is not this bridge's. */
  pause(queueName?: string): void {
    for (const consumer of this.#parts.consumers.named(queueName)) consumer.pause();
  }

  /** Receives again after {@link pause}, and at once after the service has refused for good (status `stopped`). Throws like `pause`. */
  resume(queueName?: string): void {
    this.#parts.consumers.resume(queueName);
  }

  /**
   * Changes settings while running; what is not named stays as it is, of `lease` and `retryDelay` too. In force when it resolves,
   * from the next receive, delivery or delay on.
   *
   * Rejects with `INVALID_ARGUMENT` for a value out of range, and for a dead-letter queue that does not exist; then nothing is
   * changed.
   */
  async configure(changes: BridgeSettings): Promise<void> {
    const { queueNames, readTimeoutMs } = this.#options;
    const wanted = resolveSettings(withChanges(this.#given, changes));
    checkTogether(wanted, queueNames, readTimeoutMs);
    if (wanted.deadLetterQueue !== this.#parts.settings.current.deadLetterQueue)
      await this.#checkDeadLetterQueue(wanted);
    // Another change may have been made meanwhile.
    const given = withChanges(this.#given, changes);
    const settings = resolveSettings(given);
    checkTogether(settings, queueNames, readTimeoutMs);
    this.#given = given;
    this.#parts.settings.current = settings;
    for (const queue of this.#parts.consumers.named(undefined)) queue.settingsChanged();
  }

  /** How it goes at this moment: `healthy` for a liveness probe, `receiving` for a readiness probe, the rest for dashboards. */
  health(): BridgeHealth {
    return this.#parts.consumers.health(
      this.#closing !== undefined ? 'closed' : this.#starting === undefined ? 'idle' : 'running',
    );
  }

  /**
   * Operational facts from now on: failed receives and listeners, retries, dead letters. Ends when the bridge is closed.
   *
   * Without a listener it returns an iterator, with one a function that ends the calls. With neither, trouble shows as
   * warnings of the process, each kind once a minute.
   */
  status(): AsyncIterableIterator<BridgeStatus, undefined, undefined>;
  status(listener: StatusListener): () => void;
  status(listener?: StatusListener): AsyncIterableIterator<BridgeStatus, undefined, undefined> | (() => void) {
    return listener === undefined ? this.#parts.status.read() : this.#parts.status.listen(checkListener(listener));
  }

  /** Handles a message that a topic has pushed; `createPushHandler` calls it. Never rejects. */
  async deliver(message: PushedMessage, signal: AbortSignal): Promise<PushVerdict> {
    if (this.#closing !== undefined) return { type: 'retry', error: closedError() };
    return this.#parts.pushes.deliver(message, signal);
  }

  /**
   * Stops receiving at once, waits for running listeners, deletes what they finished, and leaves nothing open.
   *
   * Do not await it inside a listener: it waits for that very listener. Takes at most `deadlineMs`, and two seconds more if the
   * service does not answer the last calls; called again, the shorter deadline counts. Listeners that are still running at the
   * deadline get their signal aborted; their messages will be delivered again.
   */
  close(options: CloseOptions = {}): Promise<void> {
    const { deadlineMs = 10_000 } = options;
    if (!(deadlineMs >= 0)) return Promise.reject(invalidArgument('deadlineMs', 'milliseconds from 0', deadlineMs));
    this.#patience.limit(deadlineMs, monotonicMs(this.#options.clock));
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Closes with the default deadline, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(): Promise<void> {
    try {
      await this.#checkDeadLetterQueue(this.#parts.settings.current);
      this.#checkOpen();
      await this.#parts.replica?.open();
      this.#checkOpen();
      await this.#parts.consumers.start();
      this.#checkOpen();
    } catch (error) {
      this.#starting = undefined;
      await this.#parts.replica?.close();
      throw error;
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }

  // A name that is wrong would show only when the first message has failed for the last time.
  async #checkDeadLetterQueue({ deadLetterQueue }: Pick<BridgeSettings, 'deadLetterQueue'>): Promise<void> {
    const { mns } = this.#options;
    if (deadLetterQueue === undefined) return;
    const queue = this.#parts.clientOf(deadLetterQueue);
    // Who may send to a queue need not be allowed to look at it, and a network that is down is no reason not to start.
    const exists = await queue.exists(deadLetterQueue).catch(() => true);
    if (exists) return;
    throw invalidArgument('deadLetterQueue', `a queue that exists in account ${mns.accountId}`, deadLetterQueue);
  }

  async #close(): Promise<void> {
    const { waiters, consumers, replica, transport, status } = this.#parts;
    const starting = this.#starting;
    waiters.close();
    for (const stream of this.#streams) stream.end();
    // A service that does not answer must not keep the process: closing the transport fails the open calls.
    await consumers.close(this.#patience, () => transport.close());
    // What cannot be removed in time, another replica removes.
    if (replica !== undefined) await untilAborted(replica.close(), this.#patience.exhausted);
    if (starting !== undefined) await untilAborted(starting, this.#patience.exhausted);
    this.#patience.end();
    transport.close();
    status.emit({ type: 'closed' });
    status.close();
  }
}

/** The events of a bridge that knows these types of the app's own. */
export type EventsWith<Type extends AnyCustomType> = [Type] extends [never]
  ? EventMap
  : EventMap & CustomEventMap<Type>;

/** Creates a bridge; nothing is sent before {@link Bridge.start}. Throws `INVALID_ARGUMENT` for an option out of range. */
export function createBridge<Type extends AnyCustomType = never>(
  options: BridgeOptions<Type>,
): Bridge<EventsWith<Type>> {
  return new Bridge<EventsWith<Type>>(options);
}

function checkListener<T>(listener: T): T {
  if (typeof listener !== 'function') throw invalidArgument('listener', 'a function', listener);
  return listener;
}

// A listener is only ever called for the events of the pattern that it was registered for, so it gets what it expects.
function handlerOf(listener: unknown): Handler;
function handlerOf(listener: unknown): unknown {
  return listener;
}

function closedError(): MnsbusError<'BRIDGE_CLOSED'> {
  return new MnsbusError({ code: 'BRIDGE_CLOSED', message: 'the bridge is closed: create a new one' });
}
