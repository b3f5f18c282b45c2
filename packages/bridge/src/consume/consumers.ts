import { eventLoopTurn, invalidArgument } from '@mnsbus/core/internal';
import { isHealthy, type BridgeHealth } from './health.js';
import { untilAborted, type Patience } from './patience.js';
import type { PushConsumer } from './push-consumer.js';
import type { QueueConsumer } from './queue-consumer.js';

/** All that brings events into one bridge: its queues and its pushes. */
export class Consumers {
  readonly #queues: readonly QueueConsumer[];
  readonly #pushes: PushConsumer;

  constructor(queues: readonly QueueConsumer[], pushes: PushConsumer) {
    this.#queues = queues;
    this.#pushes = pushes;
  }

  /** Begins to receive, from every queue or from none. Rejects with the first refusal; then nothing is running. */
  async start(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#queues.map((queue) => queue.probe()));
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    for (const queue of this.#queues) {
      if (refused === undefined) queue.begin();
      else queue.cancel();
    }
    if (refused !== undefined) throw refused.reason;
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

  /** Asks the service at once from a queue that it has refused. */
  retryNow(queueName: string): void {
    for (const queue of this.named(queueName)) queue.retryNow();
  }

  health(state: BridgeHealth['state']): BridgeHealth {
    const queues = this.#queues.map((queue) => queue.health());
    const healthy = state !== 'closed' && queues.every(isHealthy);
    const receiving = state === 'running' && queues.every((queue) => queue.receiving);
    return { healthy, receiving, state, queues, pushes: this.#pushes.counters };
  }

  /**
   * Receives no more, waits for listeners as long as there is patience, and settles what they finished.
   *
   * `giveUp` is called when the service does not answer the last calls: it must make them fail. Resolves as soon as patience is
   * exhausted, whatever is still under way.
   */
  async close(patience: Patience, giveUp: () => void): Promise<void> {
    const stopped = this.#each((queue) => queue.stop());
    await untilAborted(
      Promise.all([stopped, this.#pushes.whenIdle(), this.#each((queue) => queue.whenIdle(patience.over))]),
      patience.over,
    );
    patience.listenersAreDone();
    for (const queue of this.#queues) queue.abandonAll();
    this.#pushes.abandonAll();

    const settled = Promise.all([stopped.then(() => this.#each((queue) => queue.flush())), this.#pushes.whenIdle()]);
    await untilAborted(settled, patience.exhausted);
    if (!patience.exhausted.aborted) return;
    for (const queue of this.#queues) queue.giveUp();
    giveUp();
    // What fails now says so before the bridge is closed.
    await Promise.race([settled, eventLoopTurn()]);
  }

  async #each(run: (queue: QueueConsumer) => Promise<void>): Promise<void> {
    await Promise.all(this.#queues.map(run));
  }
}
