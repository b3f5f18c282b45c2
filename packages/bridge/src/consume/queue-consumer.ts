import { monotonicMs, type Clock, type SeededRandom } from '@mnsbus/core';
import type { Dispatcher, RunningMessage } from '../dispatch/dispatcher.js';
import { KnownMessages } from '../dispatch/known-messages.js';
import type { Verdict } from '../dispatch/verdict.js';
import { HeldMessage, type LeaseEnd } from '../lease/held-message.js';
import type { QueueClient, ReceivedMessage } from '../mns/queue-client.js';
import type { CurrentSettings } from '../options/bridge-settings.js';
import { Poller } from '../poll/poller.js';
import { Settler } from '../settle/settler.js';
import type { QueueFact } from '../status/bridge-status.js';
import { Backlog } from './backlog.js';
import { DeliveryCount, type DeliveryEnd } from './counters.js';
import { dispositionOf } from './disposition.js';
import type { Entry } from './entry.js';
import { noteLoss, noteVerdict } from './give-up.js';
import { handle } from './handling.js';
import { TOLERATED_FAILURES, type QueueHealth } from './health.js';
import { Places } from './places.js';
import { Progress } from './progress.js';

/** What a consumer works with. */
export interface QueueConsumerParts {
  readonly queue: Pick<
    QueueClient,
    'queueName' | 'roundTripMs' | 'receive' | 'deleteBatch' | 'changeVisibility' | 'copyTo'
  >;
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
  readonly #places: Places;
  readonly #entries = new Map<HeldMessage, Entry>();
  readonly #backlog: Backlog;
  readonly #known = new KnownMessages();
  readonly #count = new DeliveryCount();
  readonly #random: { readonly retry: SeededRandom; readonly lease: SeededRandom };
  readonly #settler: Settler;
  readonly #poller: Poller;
  /** Whether messages are handled: not before all queues of the bridge could be received from. */
  #isOpen = false;
  #isClosing = false;
  #lastLagMs: number | undefined;
  readonly #progress: Progress;

  constructor(parts: QueueConsumerParts) {
    const { queue, clock, random, settings, report } = parts;
    this.#parts = parts;
    this.queueName = queue.queueName;
    this.#progress = new Progress(clock);
    this.#backlog = new Backlog(clock, () => this.#startWaiting());
    this.#places = new Places(settings);
    this.#settler = new Settler({
      queue,
      clock,
      random: random.fork('settle'),
      report,
      onSettled: (held, settled) => this.#end(held, settled),
    });
    this.#poller = new Poller({
      queue,
      slots: this.#places.room,
      clock,
      random: random.fork('poll'),
      settings,
      prefetch: this.#places.prefetch,
      report,
      handle: (received, late) => this.#take(received, late),
    });
    this.#random = { retry: random.fork('retry'), lease: random.fork('lease') };
  }

  /** See {@link Poller.probe}. What it brings is held until {@link begin} or {@link cancel}. */
  probe(): Promise<void> {
    return this.#poller.probe();
  }

  /** Handles messages from now on. */
  begin(): void {
    if (this.#isClosing) return;
    this.#isOpen = true;
    this.#poller.begin();
    this.#startWaiting();
  }

  /** Takes a probe back, and gives back what it has brought. */
  cancel(): void {
    this.#poller.cancel();
    this.#giveBackWaiting();
  }

  pause(): void {
    this.#poller.pause();
  }

  resume(): void {
    this.#poller.resume();
  }

  /** See {@link Poller.retryNow}. */
  retryNow(): void {
    this.#poller.retryNow();
  }

  /** Makes use of a changed number of places at once. */
  settingsChanged(): void {
    this.#startWaiting();
    this.#places.room.recheck();
  }

  health(): QueueHealth {
    const { state, failuresInARow, lastPollAt, lastGoodPollAt } = this.#poller;
    return {
      queueName: this.queueName,
      state,
      receiving: state === 'polling' && failuresInARow < TOLERATED_FAILURES,
      stuck: this.#isStuck,
      failuresInARow,
      lastPollAt,
      lastGoodPollAt,
      lagMs: this.#lastLagMs,
      handling: this.#places.running.used,
      waiting: this.#backlog.size,
      counters: this.#count.read(),
    };
  }

  get #isStuck(): boolean {
    const { maxMs: longestMs } = this.#parts.settings.current.lease;
    return this.#progress.isStuck({
      isFull: this.#places.running.free <= 0,
      longestMs,
      pollSinceMs: this.#poller.openSinceMs,
    });
  }

  /** Receives no more, and gives back what no listener has seen. */
  async stop(): Promise<void> {
    this.#isClosing = true;
    this.#giveBackWaiting();
    await this.#poller.stop();
  }

  /** Resolves as soon as no listener runs, or `signal` aborts. */
  whenIdle(signal: AbortSignal): Promise<void> {
    return this.#places.running.whenIdle(signal);
  }

  /** Aborts every listener that is still running, and forgets about it. */
  abandonAll(): void {
    for (const entry of this.#backlog.working) {
      const { held, stage } = entry;
      if (stage === 'handling' && !held.hasBegun) this.#giveBackUnseen(entry);
      held.tellToStop(new Error('the bridge was closed before the listener finished'));
      entry.timer?.cancel();
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

  #take(received: ReceivedMessage, late: boolean): void {
    const { queue, clock, settings, report } = this.#parts;
    const { delivery } = received;
    this.#count.begin();
    this.#lastLagMs = delivery.receivedAt.getTime() - delivery.enqueuedAt.getTime();
    const held = new HeldMessage(received, {
      queue,
      clock,
      settings,
      report,
      random: this.#random.lease,
      onLost: (lost, end) => this.#lost(lost, end),
    });
    const known = this.#known.of(delivery.messageId);
    const entry: Entry = {
      held,
      known,
      stage: 'waiting',
      place: 'waiting',
      hasWaited: false,
      running: undefined,
      timer: undefined,
    };
    this.#entries.set(held, entry);
    // Received just as the bridge was closed or paused: given back at once, untouched.
    if (this.#isClosing || late) {
      this.#giveBackUnseen(entry);
      return;
    }
    this.#backlog.add(entry);
    this.#startWaiting();
    entry.hasWaited = entry.stage === 'waiting';
  }

  #startWaiting(): void {
    while (this.#isOpen && this.#places.running.free > 0) {
      const entry = this.#backlog.next();
      if (entry === undefined) return;
      entry.stage = 'handling';
      this.#places.start(entry);
      this.#progress.note();
      this.#handle(entry);
    }
  }

  #handle(entry: Entry): void {
    const handling = handle(entry, this.#backlog.earlierOf(entry), this.#parts);
    if (handling.running === undefined) {
      this.#settle(entry, handling.verdict);
      this.#leave(entry);
      return;
    }
    entry.running = handling.running;
    this.#backlog.began(entry);
    void this.#follow(entry, handling.running);
  }

  async #follow(entry: Entry, { verdict, finished }: RunningMessage): Promise<void> {
    const { clock } = this.#parts;
    const { held } = entry;
    this.#settle(entry, await verdict);
    // A listener that has answered and works on has its place for as long as one that has not. It is not told to stop: after an
    // early `ack` nobody else would do its work.
    const overMs = held.latestEndMs - monotonicMs(clock);
    if (!this.#isClosing) entry.timer = clock.after(overMs, () => this.#leave(entry), { isBackground: true });
    await finished;
    entry.timer?.cancel();
    this.#backlog.ended(entry);
    this.#leave(entry);
    // Another delivery of the same message may have waited for that.
    this.#startWaiting();
  }

  /** Does with a message what its listeners say, unless it is no longer ours. */
  #settle(entry: Entry, verdict: Verdict): void {
    if (entry.stage !== 'handling') return;
    entry.stage = 'settling';
    const { held, known } = entry;
    noteVerdict(verdict, held.delivery, known);
    const disposition = dispositionOf(verdict, entry, this.#parts.settings.current, this.#random.retry);
    switch (disposition.type) {
      case 'delete':
        this.#settler.delete(held);
        return;
      case 'release':
        this.#settler.release(held, disposition);
        return;
      case 'dead-letter': {
        const { givenUp, deadLetterQueue, retryInSeconds } = disposition;
        // What could not be read may be whole when it comes again.
        if (givenUp.cause !== 'unreadable') known.givenUp = givenUp;
        this.#settler.deadLetter(held, { ...givenUp, deadLetterQueue, retryInSeconds, known });
      }
    }
  }

  /** The message is no longer ours: its place is free again, whatever its listeners still do. */
  #lost(held: HeldMessage, end: LeaseEnd): void {
    const entry = this.#entries.get(held);
    if (entry === undefined) return;
    const { messageId } = held.delivery;
    const overrun = end === 'overrun' && entry.running?.isAtWork() === true;
    this.#parts.report({ type: 'lease-lost', messageId, overrun });
    noteLoss(entry, overrun);
    if (entry.place === 'waiting') this.#backlog.remove(entry);
    if (entry.hasWaited) this.#places.prefetch.shrink();
    this.#end(held, 'released');
    this.#leave(entry);
  }

  #giveBackWaiting(): void {
    for (const entry of this.#backlog.drain()) this.#giveBackUnseen(entry);
  }

  #giveBackUnseen(entry: Entry): void {
    entry.stage = 'settling';
    entry.known.unheard += 1;
    this.#settler.release(entry.held, { visibleInSeconds: 1, as: 'released' });
    this.#leave(entry);
  }

  #end(held: HeldMessage, end: DeliveryEnd): void {
    const entry = this.#entries.get(held);
    if (entry === undefined) return;
    entry.stage = 'ended';
    this.#entries.delete(held);
    this.#count.end(end);
    if (end === 'acked' || end === 'deadLettered') this.#known.forget(held.delivery.messageId);
    if (end !== 'acked') return;
    this.#places.prefetch.grow();
    this.#places.room.recheck();
  }

  /** Frees the places of a message, once. */
  #leave(entry: Entry): void {
    const place = this.#places.leave(entry);
    if (place === 'running') this.#progress.note();
    if (place !== 'none') this.#startWaiting();
  }
}
