import { monotonicMs, type AnyCustomType, type CustomEventMap, type EventMap } from '@mnsbus/core';
import { eventLoopTurn, invalidArgument } from '@mnsbus/core/internal';
import { assemble, type Assembly } from './assembly.js';
import { closedError } from './closed-error.js';
import type { BridgeHealth } from './consume/health.js';
import { Patience, untilAborted } from './consume/patience.js';
import { checkListener } from './dispatch/check-listener.js';
import { failed, nameOf, textOf } from './dispatch/listener-call.js';
import { Listeners } from './dispatch/listeners.js';
import { ListeningBase, type Listening } from './dispatch/listening.js';
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
 *
 * A bus with events of your own is also one without: what is typed for the built-in events listens to it as it is. On `*` it
 * then hears of yours as well.
 */
export type Bridge<Events extends object = EventMap> = Listening<Events> & MnsBridge;

class MnsBridge extends ListeningBase implements PushSink {
  readonly #options: ResolvedBridgeOptions;
  readonly #parts: Assembly;
  readonly #stopListening: AbortController;
  readonly #patience: Patience;
  #given: BridgeSettings;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(given: BridgeOptions<AnyCustomType>) {
    const options = resolveBridgeOptions(given);
    const listeners = new Listeners(options.eventNames);
    const parts = assemble(options, listeners);
    const { status, waiters } = parts;
    const stopListening = new AbortController();
    super({
      listeners,
      waiters,
      closing: stopListening.signal,
      reportRejection: (cause, event, { delivery: { messageId, queueName } }) => {
        const eventName = nameOf(event);
        const error = failed(eventName, textOf(cause), cause);
        status.emit({ type: 'listener-failed', messageId, eventName, error, queueName });
      },
    });
    this.#options = options;
    this.#parts = parts;
    this.#stopListening = stopListening;
    this.#given = given;
    this.#patience = new Patience(options.clock);
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
    const { consumers, replica } = this.#parts;
    const health = consumers.health(this.#state());
    return replica?.isSubscribed === false ? { ...health, receiving: false } : health;
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

  #state(): BridgeHealth['state'] {
    if (this.#closing !== undefined) return this.#isClosed ? 'closed' : 'closing';
    return this.#starting === undefined ? 'idle' : 'running';
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
      // Closing sees to it by itself, within its own time.
      if (this.#closing === undefined) await this.#parts.replica?.close();
      this.#starting = undefined;
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
    const exists = await queue.exists(deadLetterQueue, this.#stopListening.signal).catch(() => true);
    if (exists) return;
    throw invalidArgument('deadLetterQueue', `a queue that exists in account ${mns.accountId}`, deadLetterQueue);
  }

  async #close(): Promise<void> {
    const { waiters, consumers, replica, transport, status } = this.#parts;
    const starting = this.#starting;
    waiters.close();
    this.#stopListening.abort();
    // A service that does not answer must not keep the process: closing the transport fails the open calls.
    const consumed = consumers.close(this.#patience, () => transport.close());
    // The last deletes need the queue, but where they get no answer the replica's removal has a second of its own.
    await untilAborted(consumed, this.#patience.fading);
    const ended = Promise.all([consumed, replica?.close(this.#patience.exhausted), starting?.catch(() => {})]);
    await untilAborted(ended, this.#patience.exhausted);
    this.#patience.end();
    transport.close();
    // What fails now says so before the last status.
    await Promise.race([ended, eventLoopTurn()]);
    this.#isClosed = true;
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
): Bridge<EventsWith<Type>>;
export function createBridge(options: BridgeOptions<AnyCustomType>): Bridge {
  return new MnsBridge(options);
}
