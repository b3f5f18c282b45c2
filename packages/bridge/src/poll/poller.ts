import { MnsbusError, sleep, type Clock, type SeededRandom } from '@mnsbus/core';
import type { Delivery } from '../mns/delivery.js';
import type { QueueClient } from '../mns/queue-client.js';
import type { BridgeStatus } from '../status/bridge-status.js';
import { fullJitter, type BackoffRange } from './backoff.js';
import type { Slots } from './slots.js';

/** The most messages that one receive may ask for (spec mns §3.3). */
const MAX_BATCH = 16;

/** An empty answer before this share of the wait means that the service wants us to slow down (spec mns §4.6). */
const EARLY_SHARE = 0.5;

const BACKOFF_MS: BackoffRange = { base: 200, cap: 30_000 };

/** What a poller works with. */
export interface PollerParts {
  readonly queue: QueueClient;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** Length of a long poll, 0–30 s. */
  readonly waitSeconds: number;
  /** Takes over every received message; must not throw. */
  readonly handle: (delivery: Delivery) => void;
  readonly report: (status: BridgeStatus) => void;
}

/** Receives while there are free slots: one long poll at a time, backing off when the service fails or hurries us away. */
export class Poller {
  readonly #parts: PollerParts;
  readonly #stop = new AbortController();
  #failuresInARow = 0;
  #loop: Promise<void> | undefined;

  constructor(parts: PollerParts) {
    this.#parts = parts;
  }

  /**
   * Receives once without waiting, so that wrong credentials or a missing queue show at once; then polls until stopped.
   *
   * Rejects with what that first receive met, unless it may pass: that is only reported. After a rejection it can be called again.
   */
  async start(): Promise<void> {
    const first = this.#first();
    this.#loop = first.then(
      () => this.#run(),
      () => {},
    );
    await first;
  }

  /** Aborts the open poll; resolves when the loop has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #first(): Promise<void> {
    const { queue, handle, report } = this.#parts;
    let deliveries: readonly Delivery[] = [];
    try {
      deliveries = await this.#receive(0);
    } catch (error) {
      const failure = asMnsbusError(error);
      if (this.#stop.signal.aborted) return;
      if (!failure.retryable) throw failure;
      report({ type: 'receive-failed', error: failure, retryInMs: 0 });
    }
    report({ type: 'started', queueName: queue.queueName });
    for (const delivery of deliveries) handle(delivery);
  }

  async #run(): Promise<void> {
    const { slots, clock, waitSeconds, handle } = this.#parts;
    const { signal } = this.#stop;
    for (;;) {
      await slots.whenFree(signal);
      if (signal.aborted) return;
      const startedMs = clock.now();
      try {
        const deliveries = await this.#receive(waitSeconds);
        for (const delivery of deliveries) handle(delivery);
        const waitedMs = clock.now() - startedMs;
        if (deliveries.length > 0 || (waitSeconds > 0 && waitedMs > waitSeconds * 1000 * EARLY_SHARE)) {
          this.#failuresInARow = 0;
        } else {
          // Asked not to wait, an empty answer is what was asked for; else it is a hint to slow down.
          const toStatus = (retryInMs: number): BridgeStatus => ({ type: 'empty-early', waitedMs, retryInMs });
          await this.#backOff(waitSeconds > 0 ? toStatus : undefined);
        }
      } catch (error) {
        if (signal.aborted) return;
        const failure = asMnsbusError(error);
        await this.#backOff((retryInMs) => ({ type: 'receive-failed', error: failure, retryInMs }));
      }
    }
  }

  #receive(waitSeconds: number): Promise<readonly Delivery[]> {
    const { queue, slots } = this.#parts;
    const max = Math.min(MAX_BATCH, slots.free);
    return queue.receive({ max, waitSeconds, signal: this.#stop.signal });
  }

  async #backOff(status: ((retryInMs: number) => BridgeStatus) | undefined): Promise<void> {
    this.#failuresInARow += 1;
    const retryInMs = fullJitter(BACKOFF_MS, this.#failuresInARow, this.#parts.random);
    if (status !== undefined) this.#parts.report(status(retryInMs));
    await sleep(this.#parts.clock, retryInMs, this.#stop.signal);
  }
}

function asMnsbusError(error: unknown): MnsbusError {
  if (error instanceof MnsbusError) return error;
  return new MnsbusError({ code: 'MNS_UNREACHABLE', message: String(error), retryable: true, cause: error });
}
