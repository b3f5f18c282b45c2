import { MnsbusError, monotonicMs, type Clock, type SeededRandom } from '@mnsbus/core';
import type { Dispatcher, RunningMessage } from '../dispatch/dispatcher.js';
import { KnownMessages } from '../dispatch/known-messages.js';
import type { Verdict } from '../dispatch/verdict.js';
import { HeldMessage, type LeaseEnd } from '../lease/held-message.js';
import type { QueueClient, ReceivedMessage } from '../mns/queue-client.js';
import type { CurrentSettings } from '../options/bridge-settings.js';
import { fullJitter } from '../poll/backoff.js';
import { Poller } from '../poll/poller.js';
import { Slots } from '../poll/slots.js';
import { Settler } from '../settle/settler.js';
import type { DeadLetterCause, QueueFact } from '../status/bridge-status.js';
import { runTraced } from '../telemetry/traced-run.js';
import { DeliveryCount, type DeliveryEnd } from './counters.js';
import type { Entry } from './entry.js';
import { countedDeliveries, lastFailure, overrunError, reasonToGiveUp } from './give-up.js';
import { TOLERATED_FAILURES, type QueueHealth } from './health.js';
import { Prefetch } from './prefetch.js';

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

/** Of a lease, the share within which an event is asked for again that is being handled elsewhere. */
const BUSY_SHARE = 0.25;

/** With short leases, all places may be taken for this long before that looks like a fault, in milliseconds. */
const LEAST_STUCK_MS = 60_000;

/** Longest that a single poll can take, in milliseconds: the longest wait, and what a reply may take beyond it, twice. */
const LONGEST_POLL_MS = 120_000;

/** Brings the messages of one queue to the dispatcher, at most `concurrency` at once, and each to rest. */
export class QueueConsumer {
  readonly queueName: string;
  readonly #parts: QueueConsumerParts;
  /** Places for those being handled. */
  readonly #running: Slots;
  /** Places for all that are received and not yet handled to the end. */
  readonly #room: Slots;
  /** Those that wait for a place, or for the listener of an earlier delivery to end. */
  readonly #waiting: Entry[] = [];
  readonly #entries = new Map<HeldMessage, Entry>();
  /** Messages that a listener of ours works on, by id; also when their lease is lost or they are settled already. */
  readonly #working = new Map<string, Entry>();
  readonly #known = new KnownMessages();
  readonly #count = new DeliveryCount();
  readonly #random: { readonly retry: SeededRandom; readonly lease: SeededRandom };
  readonly #settler: Settler;
  readonly #prefetch: Prefetch;
  readonly #poller: Poller;
  /** Whether messages are handled: not before all queues of the bridge could be received from. */
  #isOpen = false;
  #isClosing = false;
  #lastLagMs: number | undefined;
  /** When a listener was last called or a place given back, as a monotonic reading. */
  #lastProgressMs: number;

  constructor(parts: QueueConsumerParts) {
    const { queue, clock, random, settings, report } = parts;
    this.#parts = parts;
    this.queueName = queue.queueName;
    this.#lastProgressMs = monotonicMs(clock);
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
    this.#room.recheck();
  }

  health(): QueueHealth {
    const { state, failuresInARow, lastGoodPollMs, lastPollMs } = this.#poller;
    return {
      queueName: this.queueName,
      state,
      receiving: state === 'polling' && failuresInARow < TOLERATED_FAILURES,
      stuck: this.#isStuck,
      failuresInARow,
      lastPollAt: dateOf(lastPollMs),
      lastGoodPollAt: dateOf(lastGoodPollMs),
      lagMs: this.#lastLagMs,
      handling: this.#running.used,
      waiting: this.#waiting.length,
      counters: this.#count.read(),
    };
  }

  // Half of the longest time that a listener may take: one that takes longer than that in every place seems to hang.
  get #isStuck(): boolean {
    const nowMs = monotonicMs(this.#parts.clock);
    const { openSinceMs } = this.#poller;
    if (openSinceMs !== undefined && nowMs - openSinceMs > LONGEST_POLL_MS) return true;
    const patienceMs = Math.max(this.#parts.settings.current.lease.maxMs / 2, LEAST_STUCK_MS);
    return this.#running.free <= 0 && nowMs - this.#lastProgressMs > patienceMs;
  }

  /** Receives no more, and gives back what no listener has seen. */
  async stop(): Promise<void> {
    this.#isClosing = true;
    this.#giveBackWaiting();
    await this.#poller.stop();
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
    const entry: Entry = { held, known, stage: 'waiting', place: 'waiting', hasWaited: false, timer: undefined };
    this.#entries.set(held, entry);
    // Received just as the bridge was closed or paused: given back at once, untouched.
    if (this.#isClosing || late) {
      this.#giveBackUnseen(entry);
      return;
    }
    this.#waiting.push(entry);
    this.#startWaiting();
    entry.hasWaited = entry.stage === 'waiting';
    const earlier = this.#working.get(delivery.messageId);
    if (earlier !== undefined && earlier !== entry) this.#waitFor(earlier, entry);
  }

  /** Looks after a message that waits for the listener of an earlier delivery, when that has had its longest time. */
  #waitFor(earlier: Entry, entry: Entry): void {
    const { clock } = this.#parts;
    const leftMs = earlier.held.latestEndMs - monotonicMs(clock);
    entry.timer = clock.after(leftMs, () => this.#startWaiting(), { isBackground: true });
  }

  #startWaiting(): void {
    while (this.#isOpen && this.#running.free > 0) {
      const next = this.#waiting.findIndex((entry) => !this.#isBehindAListener(entry));
      const [entry] = next < 0 ? [] : this.#waiting.splice(next, 1);
      if (entry === undefined) return;
      entry.timer?.cancel();
      entry.stage = 'handling';
      entry.place = 'running';
      this.#running.take();
      this.#lastProgressMs = monotonicMs(this.#parts.clock);
      this.#handle(entry);
    }
  }

  /** Whether a listener still works on an earlier delivery of a message, and may: this one is for when it has ended. */
  #isBehindAListener({ held }: Entry): boolean {
    const earlier = this.#working.get(held.delivery.messageId);
    return earlier !== undefined && monotonicMs(this.#parts.clock) < earlier.held.latestEndMs;
  }

  #handle(entry: Entry): void {
    const { held, known } = entry;
    const { dispatcher, settings, report } = this.#parts;
    const { delivery } = held;
    const { messageId } = delivery;
    const { deadLetterQueue, maxDeliveries } = settings.current;
    const earlier = this.#working.get(messageId);
    if (earlier !== undefined) {
      // A second listener beside the one that hangs would make two of them, then three.
      const error = overrunError(delivery, known, maxDeliveries);
      this.#conclude(entry, earlier.isAcked === true ? { type: 'ack' } : retry(error));
      return;
    }
    const opened = dispatcher.open(delivery);
    if (opened instanceof MnsbusError) {
      this.#reject(entry, opened);
      return;
    }
    const { isListenedTo } = opened;
    const givenUp =
      isListenedTo && deadLetterQueue !== undefined ? reasonToGiveUp(delivery, known, settings.current) : undefined;
    if (givenUp !== undefined) {
      this.#conclude(entry, { type: 'dead-letter', error: givenUp.error }, givenUp.cause);
      return;
    }
    const running = runTraced(dispatcher, opened, {
      delivery,
      signalOf: () => held.signal,
      isHeld: () => held.isHeld,
      canDeadLetter: () => settings.current.deadLetterQueue !== undefined,
      lease: held,
      known,
      report,
    });
    this.#working.set(messageId, entry);
    void this.#follow(entry, running);
  }

  /** What was damaged on its way may be whole in the queue; what cannot be read will never be readable. */
  #reject(entry: Entry, error: MnsbusError): void {
    const { held, known } = entry;
    const { messageId, userProperties } = held.delivery;
    this.#parts.report({ type: 'rejected', messageId, error });
    known.unreadable += 1;
    const mayBeWhole = error.code === 'MESSAGE_CORRUPT' || userProperties.length > 0;
    const isLast = !mayBeWhole || known.unreadable >= this.#parts.settings.current.maxDeliveries;
    this.#conclude(entry, isLast ? { type: 'dead-letter', error } : { type: 'release', reason: 'unheard' });
  }

  async #follow(entry: Entry, { verdict, finished }: RunningMessage): Promise<void> {
    const { clock } = this.#parts;
    const { held } = entry;
    this.#settle(entry, await verdict);
    // A listener that has answered and works on has its place for as long as one that has not answered.
    const overMs = held.latestEndMs - monotonicMs(clock);
    entry.timer = clock.after(overMs, () => this.#overstay(entry), { isBackground: true });
    await finished;
    entry.timer.cancel();
    this.#working.delete(held.delivery.messageId);
    this.#leave(entry);
    // Another delivery of the same message may have waited for that.
    this.#startWaiting();
  }

  #overstay(entry: Entry): void {
    entry.held.tellToStop(new Error('the listener has answered, but takes longer than a message may be held'));
    this.#leave(entry);
  }

  #conclude(entry: Entry, verdict: Verdict, cause?: DeadLetterCause): void {
    this.#settle(entry, verdict, cause);
    this.#leave(entry);
  }

  /** Does with a message what its listeners say, unless it is no longer ours. */
  #settle(entry: Entry, verdict: Verdict, cause?: DeadLetterCause): void {
    entry.isAcked = verdict.type === 'ack';
    if (entry.stage === 'ended') return;
    entry.stage = 'settling';
    const { held, known } = entry;
    const { delivery } = held;
    const { maxDeliveries, deadLetterQueue } = this.#parts.settings.current;
    switch (verdict.type) {
      case 'ack':
        this.#settler.delete(held);
        return;
      case 'release': {
        known.unheard += 1;
        const visibleInSeconds =
          verdict.reason === 'busy' ? this.#busySeconds(held) : this.#delaySeconds(delivery.deliveryCount);
        this.#settler.release(held, { visibleInSeconds, as: 'released' });
        return;
      }
      case 'retry':
      case 'dead-letter': {
        const counted = countedDeliveries(delivery, known);
        const isAnswer = verdict.type === 'dead-letter';
        const isLast = isAnswer || counted >= maxDeliveries;
        const afterSeconds = verdict.type === 'retry' ? verdict.afterSeconds : undefined;
        const visibleInSeconds = afterSeconds ?? this.#delaySeconds(counted);
        // Without a dead-letter queue the message stays where it is: late, but never lost.
        if (!isLast || deadLetterQueue === undefined) this.#settler.release(held, { visibleInSeconds, as: 'retried' });
        else {
          const error = isAnswer ? verdict.error : lastFailure(verdict.error, delivery, known, maxDeliveries);
          const givenUp = { error, cause: cause ?? causeOf(verdict) };
          known.givenUp = givenUp;
          this.#settler.deadLetter(held, { ...givenUp, deadLetterQueue, retryInSeconds: visibleInSeconds });
        }
      }
    }
  }

  /** The message is no longer ours: its place is free again, whatever its listeners still do. */
  #lost(held: HeldMessage, end: LeaseEnd): void {
    const entry = this.#entries.get(held);
    if (entry === undefined) return;
    const { messageId } = held.delivery;
    const overrun = end === 'overrun' && entry.stage === 'handling';
    this.#parts.report({ type: 'lease-lost', messageId, overrun });
    if (overrun) entry.known.hasOverrun = true;
    if (entry.place === 'waiting') {
      entry.known.unheard += 1;
      this.#waiting.splice(this.#waiting.indexOf(entry), 1);
    }
    if (entry.hasWaited) this.#prefetch.shrink();
    this.#end(held, 'released');
    this.#leave(entry);
  }

  #giveBackWaiting(): void {
    for (const entry of this.#waiting.splice(0)) this.#giveBackUnseen(entry);
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
    this.#prefetch.grow();
    this.#room.recheck();
  }

  /** Frees the places of a message, once. */
  #leave(entry: Entry): void {
    const { place } = entry;
    if (place === 'none') return;
    entry.place = 'none';
    // A listener that runs has a timer of another kind by now.
    if (place === 'waiting') entry.timer?.cancel();
    if (place === 'running') this.#running.giveBack();
    this.#lastProgressMs = monotonicMs(this.#parts.clock);
    this.#room.giveBack();
    this.#startWaiting();
  }

  #delaySeconds(attempt: number): number {
    return fullJitter(this.#parts.settings.current.retryDelaySeconds, attempt, this.#random.retry);
  }

  /** Soon: whoever handles the event now, or has died over it, is not asked for long. */
  #busySeconds({ visibilityMs }: HeldMessage): number {
    return this.#random.retry.integer(1, Math.max(1, Math.ceil((visibilityMs / 1000) * BUSY_SHARE)));
  }
}

function causeOf({ type, error }: Extract<Verdict, { readonly error: MnsbusError }>): DeadLetterCause {
  if (type === 'retry') return 'listener';
  return error.code === 'LISTENER_FAILED' ? 'answered' : 'unreadable';
}

function retry(error: MnsbusError): Verdict {
  return { type: 'retry', afterSeconds: undefined, error };
}

function dateOf(atMs: number | undefined): Date | undefined {
  return atMs === undefined ? undefined : new Date(atMs);
}
