import { MnsbusError, type Clock, type SeededRandom } from '@mnsbus/core';
import type { Dispatcher, RunningMessage } from '../dispatch/dispatcher.js';
import { textOf } from '../dispatch/listener-call.js';
import type { Verdict } from '../dispatch/verdict.js';
import { HeldMessage } from '../lease/held-message.js';
import type { QueueDelivery } from '../mns/delivery.js';
import type { QueueClient } from '../mns/queue-client.js';
import type { CurrentSettings } from '../options/bridge-settings.js';
import { fullJitter } from '../poll/backoff.js';
import { Poller } from '../poll/poller.js';
import { Slots } from '../poll/slots.js';
import { Settler } from '../settle/settler.js';
import type { QueueFact } from '../status/bridge-status.js';
import { runTraced } from '../telemetry/traced-run.js';
import { DeliveryCount, type DeliveryEnd } from './counters.js';
import type { Entry } from './entry.js';
import type { QueueHealth } from './health.js';
import { overdueError } from './overdue-error.js';
import { Prefetch } from './prefetch.js';

/** What a consumer works with. */
export interface QueueConsumerParts {
  readonly queue: Pick<QueueClient, 'queueName' | 'receive' | 'deleteBatch' | 'changeVisibility' | 'copyTo'>;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly settings: CurrentSettings;
  readonly report: (fact: QueueFact) => void;
}

/** Brings the messages of one queue to the dispatcher, at most `concurrency` at once, and each to rest. */
export class QueueConsumer {
  readonly queueName: string;
  readonly #parts: QueueConsumerParts;
  /** Places for those being handled. */
  readonly #running: Slots;
  /** Places for all that are received and not yet handled to the end. */
  readonly #room: Slots;
  readonly #waiting: Entry[] = [];
  readonly #entries = new Map<HeldMessage, Entry>();
  /** Messages that a listener of ours works on, by id; also when their lease is lost or they are settled already. */
  readonly #working = new Map<string, Entry>();
  readonly #count = new DeliveryCount();
  readonly #random: { readonly retry: SeededRandom; readonly lease: SeededRandom };
  readonly #settler: Settler;
  readonly #prefetch: Prefetch;
  readonly #poller: Poller;
  #isClosing = false;
  #lastLagMs: number | undefined;

  constructor(parts: QueueConsumerParts) {
    const { queue, clock, random, settings, report } = parts;
    this.#parts = parts;
    this.queueName = queue.queueName;
    this.#running = new Slots(() => settings.current.concurrency);
    this.#prefetch = new Prefetch(() => settings.current.prefetch);
    this.#room = new Slots(() => settings.current.concurrency + this.#prefetch.count);
    this.#settler = new Settler({
      queue,
      clock,
      random: random.fork('settle'),
      report,
      onSettled: (held, settled) => this.#end(held, settled),
    });
    this.#poller = new Poller({
      queue,
      slots: this.#room,
      clock,
      random: random.fork('poll'),
      settings,
      prefetch: this.#prefetch,
      report,
      handle: (delivery) => this.#take(delivery),
    });
    this.#random = { retry: random.fork('retry'), lease: random.fork('lease') };
  }

  /** See {@link Poller.start}. */
  start(): Promise<void> {
    return this.#poller.start();
  }

  pause(): void {
    this.#poller.pause();
  }

  resume(): void {
    this.#poller.resume();
  }

  /** Makes use of a changed number of places at once. */
  settingsChanged(): void {
    this.#startWaiting();
    this.#room.recheck();
  }

  health(): QueueHealth {
    const { state, failuresInARow, lastGoodPollMs, lastPollMs } = this.#poller;
    return {
      queueName: this.queueName,
      state,
      failuresInARow,
      lastPollAt: dateOf(lastPollMs),
      lastGoodPollAt: dateOf(lastGoodPollMs),
      lagMs: this.#lastLagMs,
      handling: this.#running.used,
      waiting: this.#waiting.length,
      counters: this.#count.read(),
    };
  }

  /** Receives no more, and gives back what no listener has seen. */
  async stop(): Promise<void> {
    this.#isClosing = true;
    await this.#poller.stop();
    for (const entry of this.#waiting.splice(0)) this.#giveBackUnseen(entry);
  }

  /** Resolves as soon as no listener runs, or `signal` aborts. */
  whenIdle(signal: AbortSignal): Promise<void> {
    return this.#running.whenIdle(signal);
  }

  /** Aborts every listener that is still running, and forgets about it. */
  abandonAll(): void {
    for (const entry of this.#working.values()) {
      const { held, stage } = entry;
      held.tellToStop(new Error('the bridge was closed before the listener finished'));
      this.#leave(entry);
      if (stage !== 'handling') continue;
      held.letGo();
      this.#parts.report({ type: 'abandoned', messageId: held.delivery.messageId });
      this.#end(held, 'released');
    }
  }

  /** Resolves when nothing is on its way to the service any more. */
  flush(): Promise<void> {
    return this.#settler.flush();
  }

  /** Repeats no failed call any more. */
  giveUp(): void {
    this.#settler.giveUp();
  }

  #take(delivery: QueueDelivery): void {
    const { queue, clock, settings, report } = this.#parts;
    this.#count.begin();
    this.#lastLagMs = delivery.receivedAt.getTime() - delivery.enqueuedAt.getTime();
    const held = new HeldMessage(delivery, {
      queue,
      clock,
      settings,
      report,
      random: this.#random.lease,
      onLost: (lost) => this.#lost(lost),
    });
    const entry: Entry = { held, stage: 'waiting', place: 'waiting', hasWaited: false };
    this.#entries.set(held, entry);
    // Received just as the bridge was closed or paused for good: given back at once, untouched.
    if (this.#isClosing) this.#giveBackUnseen(entry);
    else {
      this.#waiting.push(entry);
      this.#startWaiting();
      entry.hasWaited = entry.stage === 'waiting';
    }
  }

  #startWaiting(): void {
    while (this.#running.free > 0) {
      const entry = this.#waiting.shift();
      if (entry === undefined) return;
      entry.stage = 'handling';
      entry.place = 'running';
      this.#running.take();
      this.#handle(entry);
    }
  }

  #handle(entry: Entry): void {
    const { held } = entry;
    const { dispatcher, settings, report } = this.#parts;
    const { delivery } = held;
    const { messageId } = delivery;
    if (this.#working.has(messageId)) {
      // A second listener beside the one that hangs would make two of them, then three.
      this.#conclude(entry, retry(overdueError(delivery)));
      return;
    }
    const opened = dispatcher.open(delivery);
    if (opened instanceof MnsbusError) {
      report({ type: 'rejected', messageId, error: opened });
      // What was damaged on its way may be whole in the queue; what cannot be read will never be readable.
      const mayBeWhole = opened.code === 'MESSAGE_CORRUPT' || delivery.userProperties.length > 0;
      this.#conclude(entry, mayBeWhole ? retry(opened) : { type: 'dead-letter', error: opened });
      return;
    }
    const { deadLetterQueue, maxDeliveries, lease } = settings.current;
    if (opened.isListenedTo && deadLetterQueue !== undefined && delivery.deliveryCount > maxDeliveries) {
      // Whoever had it before has hung or died on it, or it would be settled by now.
      this.#conclude(entry, { type: 'dead-letter', error: overdueError(delivery) });
      return;
    }
    const { verdict, finished } = runTraced(dispatcher, opened, {
      delivery,
      signalOf: () => held.signal,
      isHeld: () => held.isHeld,
      canDeadLetter: () => settings.current.deadLetterQueue !== undefined,
      claimMs: Math.max(lease.maxMs, delivery.leaseMs),
      report,
    });
    this.#working.set(messageId, entry);
    void this.#follow(entry, { verdict, finished });
  }

  async #follow(entry: Entry, { verdict, finished }: RunningMessage): Promise<void> {
    try {
      this.#settle(entry, await verdict);
    } catch (cause) {
      this.#failed(entry, cause);
    }
    await finished;
    this.#working.delete(entry.held.delivery.messageId);
    this.#leave(entry);
  }

  #conclude(entry: Entry, verdict: Verdict): void {
    this.#settle(entry, verdict);
    this.#leave(entry);
  }

  /** Does with a message what its listeners say, unless it is no longer ours. */
  #settle(entry: Entry, verdict: Verdict): void {
    if (entry.stage === 'ended') return;
    entry.stage = 'settling';
    const { held } = entry;
    const { delivery } = held;
    const { maxDeliveries, deadLetterQueue } = this.#parts.settings.current;
    switch (verdict.type) {
      case 'ack':
        this.#settler.delete(held);
        return;
      case 'release':
        this.#settler.release(held, { visibleInSeconds: this.#delaySeconds(delivery), as: 'released' });
        return;
      case 'retry':
      case 'dead-letter': {
        const { error } = verdict;
        const isLast = verdict.type === 'dead-letter' || delivery.deliveryCount >= maxDeliveries;
        const visibleInSeconds =
          (verdict.type === 'retry' ? verdict.afterSeconds : undefined) ?? this.#delaySeconds(delivery);
        // Without a dead-letter queue the message stays where it is: late, but never lost.
        if (!isLast || deadLetterQueue === undefined) this.#settler.release(held, { visibleInSeconds, as: 'retried' });
        else this.#settler.deadLetter(held, { deadLetterQueue, error, retryInSeconds: visibleInSeconds });
      }
    }
  }

  // Nothing of ours should throw where this is called; if it does, the message comes again and the process lives on.
  #failed({ held }: Entry, cause: unknown): void {
    const error = new MnsbusError({ code: 'LISTENER_FAILED', message: `not handled: ${textOf(cause)}`, cause });
    this.#parts.report({ type: 'settle-failed', messageId: held.delivery.messageId, error });
    held.letGo();
    this.#end(held, 'released');
  }

  /** The message is no longer ours: its place is free again, whatever its listeners still do. */
  #lost(held: HeldMessage): void {
    const entry = this.#entries.get(held);
    if (entry === undefined) return;
    const { messageId } = held.delivery;
    this.#parts.report({ type: 'lease-lost', messageId });
    if (entry.place === 'waiting') this.#waiting.splice(this.#waiting.indexOf(entry), 1);
    if (entry.hasWaited) this.#prefetch.shrink();
    this.#end(held, 'released');
    this.#leave(entry);
  }

  #giveBackUnseen(entry: Entry): void {
    entry.stage = 'settling';
    this.#settler.release(entry.held, { visibleInSeconds: 1, as: 'released' });
    this.#leave(entry);
  }

  #end(held: HeldMessage, end: DeliveryEnd): void {
    const entry = this.#entries.get(held);
    if (entry === undefined) return;
    entry.stage = 'ended';
    this.#entries.delete(held);
    this.#count.end(end);
    if (end !== 'acked') return;
    this.#prefetch.grow();
    this.#room.recheck();
  }

  /** Frees the places of a message, once. */
  #leave(entry: Entry): void {
    const { place } = entry;
    if (place === 'none') return;
    entry.place = 'none';
    if (place === 'running') this.#running.giveBack();
    this.#room.giveBack();
    this.#startWaiting();
  }

  #delaySeconds({ deliveryCount }: QueueDelivery): number {
    return fullJitter(this.#parts.settings.current.retryDelaySeconds, deliveryCount, this.#random.retry);
  }
}

function retry(error: MnsbusError): Verdict {
  return { type: 'retry', afterSeconds: undefined, error };
}

function dateOf(atMs: number | undefined): Date | undefined {
  return atMs === undefined ? undefined : new Date(atMs);
}
