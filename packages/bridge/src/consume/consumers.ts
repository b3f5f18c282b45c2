import type { Clock } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { isHealthy, type BridgeHealth } from './health.js';
import type { PushConsumer } from './push-consumer.js';
import type { QueueConsumer } from './queue-consumer.js';

/** How long closing waits for the last deletes, after the listeners. */
const SETTLE_GRACE_MS = 2000;

/** All that brings events into one bridge: its queues and its pushes. */
export class Consumers {
  readonly #queues: readonly QueueConsumer[];
  readonly #pushes: PushConsumer;
  readonly #clock: Clock;

  constructor(queues: readonly QueueConsumer[], pushes: PushConsumer, clock: Clock) {
    this.#queues = queues;
    this.#pushes = pushes;
    this.#clock = clock;
  }

  /** Begins to receive from every queue. Rejects with the first refusal. */
  async start(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.start()));
  }

  /** The queue of that name, or all. Throws `INVALID_ARGUMENT` for a name that is not among them. */
  named(queueName: string | undefined): readonly QueueConsumer[] {
    if (queueName === undefined) return this.#queues;
    const found = this.#queues.filter((queue) => queue.queueName === queueName);
    if (found.length > 0) return found;
    const names = this.#queues.map((queue) => queue.queueName).join(', ');
    throw invalidArgument('queueName', `one of ${names}`, queueName);
  }

  /** Receives again from that queue, or from all. Throws like {@link named}. */
  resume(queueName?: string): void {
    for (const queue of this.named(queueName)) queue.resume();
  }

  health(state: BridgeHealth['state']): BridgeHealth {
    const queues = this.#queues.map((queue) => queue.health());
    const healthy = state === 'running' && queues.every(isHealthy);
    return { healthy, state, queues, pushes: this.#pushes.counters };
  }

  /**
   * Receives no more, waits for listeners until the deadline, and settles what they finished.
   *
   * `giveUp` is called when the service does not answer the last calls: it must make them fail.
   */
  async close(deadlineMs: number, giveUp: () => void): Promise<void> {
    const deadline = new AbortController();
    const timer = this.#clock.after(deadlineMs, () => {
      deadline.abort();
      this.#pushes.abandonAll();
    });
    await this.#each((queue) => queue.stop());
    await Promise.all([this.#pushes.whenIdle(), this.#each((queue) => queue.whenIdle(deadline.signal))]);
    timer.cancel();
    for (const queue of this.#queues) queue.abandonAll();

    const grace = this.#clock.after(SETTLE_GRACE_MS, () => {
      for (const queue of this.#queues) queue.giveUp();
      giveUp();
    });
    await this.#each((queue) => queue.flush());
    grace.cancel();
  }

  async #each(run: (queue: QueueConsumer) => Promise<void>): Promise<void> {
    await Promise.all(this.#queues.map(run));
  }
}
