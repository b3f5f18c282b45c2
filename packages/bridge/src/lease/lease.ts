import type { Clock, Timer } from '@mnsbus/core';
import type { Delivery } from '../mns/delivery.js';

/**
 * The time for which one delivery is ours.
 *
 * When it ends, the signal aborts: the message is visible to others again, and deleting it would
 * delete their work.
 */
export class Lease {
  readonly #controller = new AbortController();
  readonly #timer: Timer;
  /** Resolves when the signal aborts; stays pending when the message is settled first. */
  readonly ended: Promise<'ended'>;

  constructor(delivery: Delivery, clock: Clock) {
    this.ended = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve('ended'), { once: true });
    });
    this.#timer = clock.after(delivery.leaseMs, () =>
      this.#controller.abort(new Error('the visibility timeout of the message is over')),
    );
  }

  /** Aborts when the lease is lost, or the bridge gives up on the listener. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the message may still be deleted or given back. */
  get held(): boolean {
    return !this.#controller.signal.aborted;
  }

  /** Tells the listener to stop. */
  abandon(): void {
    this.#timer.cancel();
    this.#controller.abort(new Error('the bridge was closed before the listener finished'));
  }

  /** Ends the watch without a signal: the message is settled. */
  end(): void {
    this.#timer.cancel();
  }
}
