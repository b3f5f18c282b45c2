import { monotonicMs, type Clock, type SeededRandom, type Timer } from '@mnsbus/core';
import type { QueueDelivery } from '../mns/delivery.js';
import { MnsServiceError, asMnsbusError, isLostHandle } from '../mns/mns-error.js';
import type { QueueClient, ReceivedMessage } from '../mns/queue-client.js';
import type { CurrentSettings } from '../options/bridge-settings.js';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
import { sharedController } from '../shared-controller.js';
import type { QueueFact } from '../status/bridge-status.js';

/** Why a message is no longer ours: its listeners have had the longest time, or it was taken from us. */
export type LeaseEnd = 'overrun' | 'lost';

/** What a held message needs to keep its lease. */
export interface LeaseParts {
  readonly queue: Pick<QueueClient, 'changeVisibility'>;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly settings: CurrentSettings;
  readonly report: (fact: QueueFact) => void;
  /** Called once when the lease ends before the message was settled. */
  readonly onLost: (held: HeldMessage, end: LeaseEnd) => void;
}

/**
 * Of what an extension adds, or of what is left where that is less, this much is over when it is made, in percent: jittered, so
 * that messages of one receive do not all call at once.
 */
const BEAT_PERCENT = { low: 40, high: 60 } as const;

/** Between attempts to extend, while the lease lasts. */
const RETRY_MS: BackoffRange = { base: 250, cap: 5000 };

/** An extension that was refused for good is asked for again, but not more often than this. */
const REFUSED_RETRY_MS = 1000;

/** A listener that is called this soon after the receive, in milliseconds, has not been kept waiting. */
const NO_WAIT_MS = 1000;

/** Extensions are whole seconds, so the longest time ends this much early, in milliseconds, and a wait that is none is part of it. */
const SHORT_BY_MS = 1000 + NO_WAIT_MS;

/**
 * A received message, for as long as it is ours.
 *
 * Its lease is extended whenever that makes it longer, until it is settled, the longest time is over, or the service says that it
 * is lost. Each extension brings a new receipt handle. A clock of ours that nobody can set back measures the lease, from
 * before the call that began it: rather too short than one that reaches into somebody else's.
 */
export class HeldMessage {
  readonly delivery: QueueDelivery;
  readonly #parts: LeaseParts;
  readonly #receivedMs: number;
  /** From when the longest time counts. */
  #countsFromMs: number;
  /** When a listener began last. */
  #beganMs: number | undefined;
  readonly #visibilityMs: number;
  #receiptHandle: string;
  #endsAtMs: number;
  #timer: Timer | undefined;
  #extending: Promise<void> | undefined;
  #failures = 0;
  /** Whether the longest time allows no further extension. */
  #isLast = false;
  #isSettling = false;
  #isOver = false;
  #controller: AbortController | undefined;
  #abortReason: Error | undefined;
  #onExtended: Set<() => void> | undefined;

  constructor({ delivery, endsAtMs, visibilityMs }: ReceivedMessage, parts: LeaseParts) {
    this.delivery = delivery;
    this.#parts = parts;
    this.#receivedMs = endsAtMs - delivery.leaseMs;
    this.#countsFromMs = this.#receivedMs;
    this.#visibilityMs = visibilityMs;
    this.#receiptHandle = delivery.receiptHandle;
    this.#endsAtMs = endsAtMs;
    this.#watch();
  }

  /** Aborts when the message is no longer ours, or the bridge gives up on its listeners. Made when first asked for: few ask. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = sharedController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** Whether the message is still ours and nobody has told its listeners to stop. */
  get isHeld(): boolean {
    return !this.#isOver && this.#abortReason === undefined;
  }

  /** How long the queue leases it for, in milliseconds. */
  get visibilityMs(): number {
    return this.#visibilityMs;
  }

  /** When the lease ends unless it is extended, as a monotonic reading in milliseconds. */
  get endsAtMs(): number {
    return this.#endsAtMs;
  }

  /** How much of the lease is left, in milliseconds from 0. */
  get leftMs(): number {
    return Math.max(0, this.#endsAtMs - monotonicMs(this.#parts.clock));
  }

  /** When the longest time is over for which it may be kept from others, as a monotonic reading in milliseconds. */
  get latestEndMs(): number {
    return Math.max(this.#countsFromMs + this.#parts.settings.current.lease.maxMs, this.#endsAtMs);
  }

  /** Whether no listener has begun, or the last did so late: what becomes of the lease then says little about it. */
  get hasWaited(): boolean {
    return this.#beganMs === undefined || this.#beganMs - this.#receivedMs > NO_WAIT_MS;
  }

  /** Whether any listener has begun. */
  get hasBegun(): boolean {
    return this.#beganMs !== undefined;
  }

  /** Notes that a listener begins. The longest time is meant for its work: what the message has waited is no part of it. */
  workBegins(): void {
    this.#beganMs = monotonicMs(this.#parts.clock);
    if (!this.hasWaited) return;
    this.#countsFromMs = this.#beganMs;
    if (!this.#isLast || this.#isSettling || this.#isOver) return;
    this.#timer?.cancel();
    this.#watch();
  }

  /** Calls `listener` after each extension until the returned function is called. */
  onExtended(listener: () => void): () => void {
    const listeners = (this.#onExtended ??= new Set());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Extends no more; resolves when the newest receipt handle is known. `undefined` when it is known already. */
  stopExtending(): Promise<void> | undefined {
    this.#isSettling = true;
    return this.#extending;
  }

  /** Ends the watch and gives out the handle, to settle the message; `undefined` when it is no longer ours. */
  handOver(): string | undefined {
    if (this.#isOver || this.leftMs === 0) {
      this.#lose('lost');
      return undefined;
    }
    this.#end();
    return this.#receiptHandle;
  }

  /** Ends the watch without settling: the message will be delivered again when its lease ends. */
  letGo(): void {
    this.#end();
  }

  /** Aborts the signal of the listeners. */
  tellToStop(reason: Error): void {
    this.#abortReason ??= reason;
    this.#controller?.abort(reason);
  }

  #watch(): void {
    const { clock, random } = this.#parts;
    const nowMs = monotonicMs(clock);
    const leftMs = Math.max(0, this.#endsAtMs - nowMs);
    const percent = random.integer(BEAT_PERCENT.low, BEAT_PERCENT.high);
    // An extension counts from its call: one that is shorter than what is left would make the lease no longer.
    const beatInMs = Math.floor(leftMs - (Math.min(leftMs, this.#wantedMs) * (100 - percent)) / 100);
    this.#isLast = this.#extensionAt(nowMs + beatInMs) === undefined;
    if (this.#isSettling || this.#isLast) this.#ringAtTheEnd();
    else this.#timer = clock.after(beatInMs, () => this.#beat(), { isBackground: true });
  }

  #ringAtTheEnd(): void {
    const end = (): void => this.#lose(this.#isLast && !this.#isSettling && this.#hadWholeTime ? 'overrun' : 'lost');
    this.#timer = this.#parts.clock.after(this.leftMs, end, { isBackground: true });
  }

  /** Whether the listener that began last has had as long as it may take. */
  get #hadWholeTime(): boolean {
    const wholeMs = Math.max(this.#parts.settings.current.lease.maxMs, this.#visibilityMs);
    return monotonicMs(this.#parts.clock) - (this.#beganMs ?? Infinity) >= wholeMs - SHORT_BY_MS;
  }

  get #wantedMs(): number {
    const { extendBySeconds } = this.#parts.settings.current.lease;
    return 1000 * (extendBySeconds ?? Math.max(1, Math.ceil(this.#visibilityMs / 1000)));
  }

  /** Length in seconds of an extension made at that reading; `undefined` when it would not reach beyond the lease as it is. */
  #extensionAt(atMs: number): number | undefined {
    const allowedMs = this.#countsFromMs + this.#parts.settings.current.lease.maxMs - atMs;
    const seconds = Math.floor(Math.min(this.#wantedMs, allowedMs) / 1000);
    return seconds >= 1 && atMs + seconds * 1000 > this.#endsAtMs ? seconds : undefined;
  }

  #beat(): void {
    // The last call may have changed what is allowed, and settling may have begun.
    const seconds = this.#isSettling ? undefined : this.#extensionAt(monotonicMs(this.#parts.clock));
    if (seconds === undefined) {
      this.#watch();
      return;
    }
    // An extension that hangs must not outlive the lease it was to extend.
    this.#ringAtTheEnd();
    this.#extending = this.#extend(seconds).finally(() => {
      this.#extending = undefined;
    });
  }

  async #extend(seconds: number): Promise<void> {
    const { queue, clock } = this.#parts;
    const sentAtMs = monotonicMs(clock);
    try {
      this.#receiptHandle = await queue.changeVisibility(this.#receiptHandle, seconds);
      if (this.#isOver) return;
      this.#failures = 0;
      this.#endsAtMs = sentAtMs + seconds * 1000;
      this.#timer?.cancel();
      this.#watch();
      for (const tell of this.#onExtended ?? []) tell();
    } catch (cause) {
      this.#notExtended(cause);
    }
  }

  #notExtended(cause: unknown): void {
    if (this.#isOver) return;
    const { clock, report, random } = this.#parts;
    const error = asMnsbusError(cause);
    if (error instanceof MnsServiceError && isLostHandle(error.mnsCode)) {
      this.#lose('lost');
      return;
    }
    this.#failures += 1;
    report({ type: 'lease-extend-failed', messageId: this.delivery.messageId, error });
    // The timer set by the beat still watches the end.
    const { leftMs } = this;
    const retryInMs = error.retryable ? fullJitter(RETRY_MS, this.#failures, random) : Math.floor(leftMs / 2);
    const isWorthIt = retryInMs < leftMs && (error.retryable || retryInMs >= REFUSED_RETRY_MS);
    if (!isWorthIt || this.#isSettling) return;
    this.#timer?.cancel();
    this.#timer = clock.after(retryInMs, () => this.#beat(), { isBackground: !error.retryable });
  }

  #lose(end: LeaseEnd): void {
    if (this.#isOver) return;
    this.#end();
    this.tellToStop(
      new Error('the message is no longer ours: its visibility timeout is over, or another receive has it'),
    );
    this.#parts.onLost(this, end);
  }

  #end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }
}
