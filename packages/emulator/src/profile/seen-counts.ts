import type { QueueView } from '../mns/model/commands.js';

interface Seen {
  readonly createdAtMs: number;
  readonly atMs: number;
  readonly counts: QueueView['counts'];
}

/** The counts of queues as they were looked at last: the service brings them up to date only now and then (spec mns §4.8). */
export class SeenCounts {
  readonly #ageMs: number;
  readonly #seen = new Map<string, Seen>();

  /** `ageMs` is how old they may be, in milliseconds. */
  constructor(ageMs: number) {
    this.#ageMs = ageMs;
  }

  /** A queue with its counts as they were told last, unless that is too long ago. */
  of(queue: QueueView, nowMs: number): QueueView {
    const { name, createdAtMs, counts } = queue;
    const seen = this.#seen.get(name);
    // A queue that was made anew is another one.
    const isFresh = seen !== undefined && seen.createdAtMs === createdAtMs && nowMs - seen.atMs < this.#ageMs;
    if (isFresh) return { ...queue, counts: seen.counts };
    this.#seen.set(name, { createdAtMs, atMs: nowMs, counts });
    return queue;
  }

  /** To be called when a queue is deleted. */
  forget(queueName: string): void {
    this.#seen.delete(queueName);
  }
}
