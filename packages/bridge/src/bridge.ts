import {
  MnsbusError,
  SeededRandom,
  type AnyCustomType,
  type CustomEventMap,
  type EventMap,
  type EventPattern,
} from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { resolveBridgeOptions, type BridgeOptions, type ResolvedBridgeOptions } from './bridge-options.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import type { Listener, ListenerMap } from './dispatch/listener.js';
import { Listeners } from './dispatch/listeners.js';
import { directTransport } from './mns/direct-transport.js';
import { QueueClient } from './mns/queue-client.js';
import { socketTransport } from './mns/socket-transport.js';
import type { MnsTransport } from './mns/transport.js';
import { Poller } from './poll/poller.js';
import { Slots } from './poll/slots.js';
import { Settler } from './settle/settler.js';
import type { BridgeStatus } from './status/bridge-status.js';
import { StatusFeed } from './status/status-feed.js';
import type { EventMatch, Matched } from './wait/match.js';
import { RecentEvents } from './wait/recent-events.js';
import { Waiters, type WaitOptions } from './wait/waiters.js';

/** How patient `close` is. */
export interface CloseOptions {
  /** Longest wait for running listeners, in milliseconds from 0. Default 10,000. */
  readonly deadlineMs?: number;
}

/** How long closing waits for the last deletes, after the listeners. */
const SETTLE_GRACE_MS = 2000;

/**
 * A typed event bus over one MNS queue; `Events` maps each name to its event.
 *
 * Messages are received, verified and decoded; each event goes to its listeners; the message is
 * deleted once all of them have finished. Create one with {@link createBridge}.
 */
export class Bridge<Events extends object = EventMap> {
  readonly #options: ResolvedBridgeOptions;
  readonly #transport: MnsTransport;
  readonly #status = new StatusFeed();
  readonly #listeners = new Listeners<Events>();
  readonly #waiters: Waiters;
  readonly #slots: Slots;
  readonly #settler: Settler;
  readonly #dispatcher: Dispatcher;
  readonly #poller: Poller;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** Throws `INVALID_ARGUMENT` for an option out of range. */
  constructor(options: BridgeOptions<AnyCustomType>) {
    this.#options = resolveBridgeOptions(options);
    const { mns, queueName, clock, transport, seed, concurrency, waitSeconds, policy, recentEvents, decode } =
      this.#options;
    const random = new SeededRandom(seed);
    const report = (status: BridgeStatus): void => this.#status.emit(status);
    this.#transport = transport === undefined ? socketTransport(mns, clock) : directTransport(mns, transport, clock);
    const queue = new QueueClient(queueName, this.#transport, clock);
    const recent = new RecentEvents(clock, recentEvents.limit, recentEvents.maxAgeMs);
    this.#waiters = new Waiters(clock, recent);
    this.#slots = new Slots(concurrency);
    this.#settler = new Settler({ queue, clock, report });
    this.#dispatcher = new Dispatcher({
      decode,
      listeners: this.#listeners,
      waiters: this.#waiters,
      recent,
      settler: this.#settler,
      slots: this.#slots,
      clock,
      random: random.fork('retry'),
      policy,
      report,
    });
    this.#poller = new Poller({
      queue,
      slots: this.#slots,
      clock,
      random: random.fork('poll'),
      waitSeconds,
      report,
      handle: (delivery) => {
        // Received just as the bridge was closed: give it back at once, untouched.
        if (this.#closing !== undefined) this.#settler.release(delivery, 1);
        else this.#dispatcher.dispatch(delivery);
      },
    });
  }

  /**
   * Calls `listener` for every event of that name, or whose name fits that pattern: `imm:Task:*`, `ObjectCreated:*`, `*`.
   * A map registers one listener for each of its keys. See {@link Listener} for what returning and throwing mean.
   */
  on<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): this;
  on(listeners: ListenerMap<Events>): this;
  on<Pattern extends EventPattern<Events>>(
    ...args: [Pattern, Listener<Pattern, Events>] | [ListenerMap<Events>]
  ): this {
    if (args.length === 1) {
      // All are checked before the first is registered.
      for (const listener of Object.values(args[0])) checkListener(listener);
      this.#listeners.onEach(args[0]);
    } else this.#listeners.on(args[0], checkListener(args[1]));
    return this;
  }

  /** Calls `listener` until it has handled one event without an error. */
  once<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): this {
    this.#listeners.once(pattern, checkListener(listener));
    return this;
  }

  /** Removes a function from a name or pattern, however often `on` and `once` have added it; does nothing when it is not there. */
  off<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): this {
    this.#listeners.off(pattern, listener);
    return this;
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
    return this.#waiters.wait<Match, Events>(match, options);
  }

  /**
   * Begins to receive; register listeners before. Calling it again returns the same promise.
   *
   * Rejects with `MNS_ERROR` when the service refuses for good (wrong key, no such queue), and with `BRIDGE_CLOSED` after
   * `close`. A network that is down is no reason to reject: the bridge reports it and goes on trying.
   */
  start(): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Operational facts from now on: failed receives and listeners, retries, dead letters. Ends when the bridge is closed. */
  status(): AsyncIterableIterator<BridgeStatus, undefined, undefined> {
    return this.#status.read();
  }

  /**
   * Stops receiving at once, waits for running listeners, deletes what they finished, and leaves nothing open.
   *
   * Do not await it inside a listener: it waits for that very listener. Takes at most `deadlineMs`, and two seconds more if the service does not answer the last deletes. Listeners that are still running at the deadline get their signal aborted; their messages will be delivered again.
   */
  close(options: CloseOptions = {}): Promise<void> {
    const { deadlineMs = 10_000 } = options;
    if (!(deadlineMs >= 0)) return Promise.reject(invalidArgument('deadlineMs', 'milliseconds from 0', deadlineMs));
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  /** Closes with the default deadline, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(): Promise<void> {
    try {
      await this.#poller.start();
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
    if (this.#closing !== undefined) throw closedError();
  }

  async #close(deadlineMs: number): Promise<void> {
    const { clock } = this.#options;
    this.#waiters.close();
    const deadline = new AbortController();
    const timer = clock.after(deadlineMs, () => deadline.abort());
    await this.#poller.stop();
    await this.#slots.whenIdle(deadline.signal);
    timer.cancel();
    this.#dispatcher.abandonAll();

    // A service that does not answer must not keep the process: closing the transport fails the open calls.
    const settled = this.#settler.flush();
    const grace = clock.after(SETTLE_GRACE_MS, () => this.#transport.close());
    await settled;
    grace.cancel();
    this.#transport.close();
    this.#status.emit({ type: 'closed' });
    this.#status.close();
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

function closedError(): MnsbusError<'BRIDGE_CLOSED'> {
  return new MnsbusError({ code: 'BRIDGE_CLOSED', message: 'the bridge is closed: create a new one' });
}
