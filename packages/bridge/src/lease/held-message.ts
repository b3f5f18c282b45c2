import type { Clock, SeededRandom, Timer } from '@mnsbus/core';
import type { QueueDelivery } from '../mns/delivery.js';
import { MnsServiceError, asMnsbusError, isLostHandle } from '../mns/mns-error.js';
import type { QueueClient } from '../mns/queue-client.js';
import type { CurrentSettings } from '../options/bridge-settings.js';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
import type { QueueFact } from '../status/bridge-status.js';

/** What a held message needs to keep its lease. */
export interface LeaseParts {
  readonly queue: Pick<QueueClient, 'changeVisibility'>;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly settings: CurrentSettings;
  readonly report: (fact: QueueFact) => void;
  /** Called once when the lease is lost before the message was settled. */
  readonly onLost: (held: HeldMessage) => void;
}

/** Extended when between these percentages of what remains are over: jittered, so that messages of one receive do not all call at once. */
const BEAT_PERCENT = { low: 40, high: 60 } as const;

/** Between attempts to extend, while the lease lasts. */
const RETRY_MS: BackoffRange = { base: 250, cap: 5000 };

/**
 * A received message, for as long as it is ours.
 *
 * Its lease is extended until it is settled, the longest time is over, or the service says that it is lost. Each extension
 * brings a new receipt handle. Our own clock measures the lease, from before the call that began it: rather too short than
 * one that reaches into somebody else's.
 */
export class HeldMessage {
  readonly delivery: QueueDelivery;
  readonly #parts: LeaseParts;
  #receiptHandle: string;
  #endsAtMs: number;
  #timer: Timer | undefined;
  #extending: Promise<void> | undefined;
  #failures = 0;
  #isSettling = false;
  #isOver = false;
  #controller: AbortController | undefined;
  #abortReason: Error | undefined;

  constructor(delivery: QueueDelivery, parts: LeaseParts) {
    this.delivery = delivery;
    this.#parts = parts;
    this.#receiptHandle = delivery.receiptHandle;
    this.#endsAtMs = delivery.receivedAt.getTime() + delivery.leaseMs;
    this.#watch();
  }

  /** Aborts when the message is no longer ours, or the bridge gives up on its listeners. Made when first asked for: few ask. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** Whether the message is still ours and nobody has told its listeners to stop. */
  get isHeld(): boolean {
    return !this.#isOver && this.#abortReason === undefined;
  }

  /** When the lease ends unless it is extended, by our own clock in milliseconds since 1970. */
  get endsAtMs(): number {
    return this.#endsAtMs;
  }

  /** Extends no more; resolves when the newest receipt handle is known. `undefined` when it is known already. */
  stopExtending(): Promise<void> | undefined {
    this.#isSettling = true;
    return this.#extending;
  }

  /** Ends the watch and gives out the handle, to settle the message; `undefined` when it is no longer ours. */
  handOver(): string | undefined {
    if (this.#isOver || this.#parts.clock.now() >= this.#endsAtMs) {
      this.#lose();
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
    const leftMs = Math.max(0, this.#endsAtMs - clock.now());
    const beatInMs = Math.floor((leftMs * random.integer(BEAT_PERCENT.low, BEAT_PERCENT.high)) / 100);
    if (this.#isSettling || this.#extensionAt(clock.now() + beatInMs) === undefined) {
      this.#timer = clock.after(leftMs, () => this.#lose(), { isBackground: true });
    } else {
      this.#timer = clock.after(beatInMs, () => this.#beat(), { isBackground: true });
    }
  }

  /** Length in seconds of an extension made at that time; `undefined` when it would not reach beyond the lease as it is. */
  #extensionAt(atMs: number): number | undefined {
    const { extendBySeconds, maxMs } = this.#parts.settings.current.lease;
    const { leaseMs, receivedAt } = this.delivery;
    const wanted = extendBySeconds ?? Math.max(1, Math.ceil(leaseMs / 1000));
    const allowed = Math.floor((receivedAt.getTime() + maxMs - atMs) / 1000);
    const seconds = Math.min(wanted, allowed);
    return seconds >= 1 && atMs + seconds * 1000 > this.#endsAtMs ? seconds : undefined;
  }

  #beat(): void {
    // The last call may have changed what is allowed, and settling may have begun.
    const { clock } = this.#parts;
    const seconds = this.#isSettling ? undefined : this.#extensionAt(clock.now());
    if (seconds === undefined) {
      this.#watch();
      return;
    }
    // An extension that hangs must not outlive the lease it was to extend.
    this.#timer = clock.after(this.#endsAtMs - clock.now(), () => this.#lose(), { isBackground: true });
    this.#extending = this.#extend(seconds).finally(() => {
      this.#extending = undefined;
    });
  }

  async #extend(seconds: number): Promise<void> {
    const { queue, clock, report, random } = this.#parts;
    const sentAtMs = clock.now();
    try {
      this.#receiptHandle = await queue.changeVisibility(this.#receiptHandle, seconds);
      if (this.#isOver) return;
      this.#failures = 0;
      this.#endsAtMs = sentAtMs + seconds * 1000;
      this.#timer?.cancel();
      this.#watch();
    } catch (cause) {
      if (this.#isOver) return;
      const error = asMnsbusError(cause);
      if (error instanceof MnsServiceError && isLostHandle(error.mnsCode)) {
        this.#lose();
        return;
      }
      this.#failures += 1;
      report({ type: 'lease-extend-failed', messageId: this.delivery.messageId, error });
      // The timer set by the beat still watches the end; what is refused for good stays refused.
      const retryInMs = fullJitter(RETRY_MS, this.#failures, random);
      if (!error.retryable || clock.now() + retryInMs >= this.#endsAtMs || this.#isSettling) return;
      this.#timer?.cancel();
      this.#timer = clock.after(retryInMs, () => this.#beat());
    }
  }

  #lose(): void {
    if (this.#isOver) return;
    this.#end();
    this.tellToStop(
      new Error('the message is no longer ours: its visibility timeout is over, or another receive has it'),
    );
    this.#parts.onLost(this);
  }

  #end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }
}
