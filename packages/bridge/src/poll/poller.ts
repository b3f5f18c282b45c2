import { setMaxListeners } from 'node:events';
import { sleep, type Clock, type MnsbusError, type SeededRandom } from '@mnsbus/core';
import type { QueueDelivery } from '../mns/delivery.js';
import { asMnsbusError } from '../mns/mns-error.js';
import type { QueueClient } from '../mns/queue-client.js';
import type { CurrentSettings } from '../options/bridge-settings.js';
import type { QueueFact } from '../status/bridge-status.js';
import { fullJitter, type BackoffRange } from './backoff.js';
import type { Slots } from './slots.js';

/** The most messages that one receive may ask for (spec mns §3.3). */
const MAX_BATCH = 16;

/** An empty answer before this share of the wait means that the service wants us to slow down (spec mns §4.6). */
const EARLY_SHARE = 0.5;

const BACKOFF_MS: BackoffRange = { base: 200, cap: 30_000 };

/** What a poller works with. */
export interface PollerParts {
  readonly queue: Pick<QueueClient, 'receive'>;
  /** Room for received messages. A poll takes as many slots as it asks for; those of the messages it brings stay taken. */
  readonly slots: Slots;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly settings: CurrentSettings;
  /** How many messages may be held ready. */
  readonly prefetch: { readonly count: number };
  /** Takes over every received message and its slot; must not throw. */
  readonly handle: (delivery: QueueDelivery) => void;
  readonly report: (fact: QueueFact) => void;
}

/** What a poller is doing: `failed` when the service has refused for good. */
export type PollerState = 'idle' | 'polling' | 'paused' | 'failed' | 'stopped';

/**
 * Receives while there is room: one long poll while the queue is idle, more polls while it is busy.
 *
 * A reply that brings all that was asked for starts one more poll; the additional ones do not wait, and end with the first
 * empty reply. Back-off when the service fails or hurries us away; the end when it refuses for good.
 */
export class Poller {
  readonly #parts: PollerParts;
  #state: PollerState = 'idle';
  #pause = pauseController();
  #failuresInARow = 0;
  #loop: Promise<void> = Promise.resolve();
  readonly #helpers = new Set<Promise<void>>();
  #lastPollMs: number | undefined;
  #lastGoodPollMs: number | undefined;

  constructor(parts: PollerParts) {
    this.#parts = parts;
  }

  get state(): PollerState {
    return this.#state;
  }

  /** Failed or hurried receives since the last good one. */
  get failuresInARow(): number {
    return this.#failuresInARow;
  }

  /** When the last receive was answered, with messages or without; in milliseconds since 1970. */
  get lastGoodPollMs(): number | undefined {
    return this.#lastGoodPollMs;
  }

  /** When the last receive was sent, in milliseconds since 1970. */
  get lastPollMs(): number | undefined {
    return this.#lastPollMs;
  }

  /**
   * Receives once without waiting, so that wrong credentials or a missing queue show at once; then polls until stopped.
   *
   * Rejects with what that first receive met, unless it may pass: that is only reported. After a rejection it can be called again.
   */
  async start(): Promise<void> {
    const { signal } = this.#pause;
    await this.#first(signal);
    if (signal.aborted || this.#state !== 'idle') return;
    this.#state = 'polling';
    this.#loop = this.#run(signal);
  }

  /** Aborts the open polls, and receives no more until `resume`. Does nothing unless it is polling. */
  pause(): void {
    if (this.#state !== 'polling') return;
    this.#state = 'paused';
    this.#pause.abort();
    this.#parts.report({ type: 'paused' });
  }

  /** Polls again after `pause`, or after the service has refused for good. */
  resume(): void {
    if (this.#state !== 'paused' && this.#state !== 'failed') return;
    this.#state = 'polling';
    this.#pause = pauseController();
    this.#parts.report({ type: 'resumed' });
    const { signal } = this.#pause;
    this.#loop = this.#loop.then(() => this.#run(signal));
  }

  /** Aborts the open polls; resolves when all have ended. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#pause.abort();
    await this.#loop;
    await Promise.all(this.#helpers);
  }

  async #first(signal: AbortSignal): Promise<void> {
    const { report } = this.#parts;
    try {
      await this.#receive(0, signal, () => report({ type: 'started' }));
    } catch (error) {
      const failure = asMnsbusError(error);
      if (signal.aborted) return;
      if (!failure.retryable) throw failure;
      report({ type: 'receive-failed', error: failure, retryInMs: 0 });
      report({ type: 'started' });
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { slots, clock, settings } = this.#parts;
    for (;;) {
      await slots.whenFree(() => this.#leastRoom(), signal);
      if (signal.aborted) return;
      const startedMs = clock.now();
      const { waitSeconds } = settings.current;
      try {
        const { asked, received } = await this.#receive(waitSeconds, signal);
        if (received === asked) this.#addHelper(signal);
        const waitedMs = clock.now() - startedMs;
        if (received > 0 || (waitSeconds > 0 && waitedMs > waitSeconds * 1000 * EARLY_SHARE)) {
          this.#failuresInARow = 0;
        } else {
          // Asked not to wait, an empty answer is what was asked for; else it is a hint to slow down.
          const toFact = (retryInMs: number): QueueFact => ({ type: 'empty-early', waitedMs, retryInMs });
          await this.#backOff(signal, waitSeconds > 0 ? toFact : undefined);
        }
      } catch (error) {
        if (signal.aborted) return;
        const failure = asMnsbusError(error);
        if (!failure.retryable) {
          this.#fail(failure);
          return;
        }
        await this.#backOff(signal, (retryInMs) => ({ type: 'receive-failed', error: failure, retryInMs }));
      }
    }
  }

  /** One more poll beside the loop, while there is room and all that is asked for comes. */
  #addHelper(signal: AbortSignal): void {
    const { slots, settings, prefetch } = this.#parts;
    const most = Math.ceil((settings.current.concurrency + prefetch.count) / MAX_BATCH) - 1;
    if (this.#helpers.size >= most || slots.free < MAX_BATCH) return;
    const helper = this.#help(signal).finally(() => this.#helpers.delete(helper));
    this.#helpers.add(helper);
  }

  async #help(signal: AbortSignal): Promise<void> {
    const { slots } = this.#parts;
    try {
      while (slots.free >= MAX_BATCH && !signal.aborted) {
        const { asked, received } = await this.#receive(0, signal);
        if (received < asked) return;
        this.#addHelper(signal);
      }
    } catch {
      // The loop meets the same failure with its next receive; that one reports it and backs off.
    }
  }

  async #receive(
    waitSeconds: number,
    signal: AbortSignal,
    onReply: () => void = () => {},
  ): Promise<{ asked: number; received: number }> {
    const { queue, slots, clock, handle } = this.#parts;
    const asked = Math.max(1, Math.min(MAX_BATCH, slots.free));
    this.#lastPollMs = clock.now();
    slots.take(asked);
    let received = 0;
    try {
      const deliveries = await queue.receive({ max: asked, waitSeconds, signal });
      this.#lastGoodPollMs = clock.now();
      received = deliveries.length;
      onReply();
      for (const delivery of deliveries) handle(delivery);
    } finally {
      if (received < asked) slots.giveBack(asked - received);
    }
    return { asked, received };
  }

  /** Messages held ready leave room for full batches: a receive for each that ends would be a call per message. */
  #leastRoom(): number {
    return Math.max(1, Math.min(MAX_BATCH, this.#parts.prefetch.count));
  }

  #fail(error: MnsbusError): void {
    this.#state = 'failed';
    this.#failuresInARow += 1;
    this.#pause.abort();
    this.#parts.report({ type: 'stopped', error });
  }

  async #backOff(signal: AbortSignal, toFact: ((retryInMs: number) => QueueFact) | undefined): Promise<void> {
    this.#failuresInARow += 1;
    const retryInMs = fullJitter(BACKOFF_MS, this.#failuresInARow, this.#parts.random);
    if (toFact !== undefined) this.#parts.report(toFact(retryInMs));
    await sleep(this.#parts.clock, retryInMs, signal);
  }
}

// Each poll listens to it, and there may be more of them than Node takes for a leak.
function pauseController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
