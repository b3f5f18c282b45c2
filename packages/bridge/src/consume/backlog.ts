import { monotonicMs, type Clock } from '@mnsbus/core';
import type { Entry } from './entry.js';

/**
 * Messages that were received and wait, and those that listeners work on.
 *
 * A message whose listener still works on an earlier delivery waits until that has ended, or has had its longest time: a second
 * listener beside the first would make two of them, then three.
 */
export class Backlog {
  readonly #clock: Clock;
  /** Called when a message may have become ready by the passing of time. */
  readonly #onReady: () => void;
  readonly #waiting: Entry[] = [];
  /** Also when their lease is lost or they are settled already. */
  readonly #working = new Set<Entry>();
  /** The last of them of each message. */
  readonly #newest = new Map<string, Entry>();

  constructor(clock: Clock, onReady: () => void) {
    this.#clock = clock;
    this.#onReady = onReady;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Those that listeners work on. */
  get working(): Iterable<Entry> {
    return this.#working;
  }

  /** The earlier delivery of the same message that a listener works on, if one does that has not said that it is done. */
  earlierOf({ held }: Entry): Entry | undefined {
    const earlier = this.#newest.get(held.delivery.messageId);
    return earlier?.running?.isOpen() === true ? earlier : undefined;
  }

  add(entry: Entry): void {
    this.#waiting.push(entry);
    this.#watch(entry);
  }

  /** Takes out the next that may begin. */
  next(): Entry | undefined {
    const index = this.#waiting.findIndex((entry) => this.#isReady(entry));
    const [entry] = index < 0 ? [] : this.#waiting.splice(index, 1);
    entry?.timer?.cancel();
    return entry;
  }

  /** Takes out one that waits; does nothing for another. */
  remove(entry: Entry): void {
    const index = this.#waiting.indexOf(entry);
    if (index >= 0) this.#waiting.splice(index, 1);
    entry.timer?.cancel();
  }

  /** Takes out all that wait. */
  drain(): readonly Entry[] {
    const drained = this.#waiting.splice(0);
    for (const { timer } of drained) timer?.cancel();
    return drained;
  }

  /** Notes that listeners work on a message. */
  began(entry: Entry): void {
    this.#working.add(entry);
    this.#newest.set(entry.held.delivery.messageId, entry);
  }

  /** Notes that the listeners of a message have ended. */
  ended(entry: Entry): void {
    const { messageId } = entry.held.delivery;
    this.#working.delete(entry);
    // A later delivery may have begun while one that had said that it was done worked on.
    if (this.#newest.get(messageId) === entry) this.#newest.delete(messageId);
  }

  /** Tells when an earlier delivery has had its longest time, which may grow meanwhile. */
  #watch(entry: Entry): void {
    const earlier = this.earlierOf(entry);
    if (earlier === undefined) return;
    const look = (): void => (this.#isReady(entry) ? this.#onReady() : this.#watch(entry));
    entry.timer = this.#clock.after(this.#leftMsOf(earlier), look, { isBackground: true });
  }

  #isReady(entry: Entry): boolean {
    const earlier = this.earlierOf(entry);
    return earlier === undefined || this.#leftMsOf(earlier) <= 0;
  }

  #leftMsOf({ held }: Entry): number {
    return held.latestEndMs - monotonicMs(this.#clock);
  }
}
