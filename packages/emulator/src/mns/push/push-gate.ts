import type { Clock } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';

/** Most pushes that are under way at once, unless an option says otherwise. */
export const DEFAULT_OPEN_PUSHES = 100;

/** Most pushes that begin in one turn of the event loop: each is signed with RSA, which takes about a millisecond. */
export const PUSHES_PER_TURN = 8;

/**
 * Lets so many pushes be under way at once, half of them to one origin at most; the others wait, those to one origin in
 * their order.
 *
 * Each has a socket, and there are only so many descriptors. A server that does not answer holds up no other.
 */
export class PushGate {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #mostPerOrigin: number;
  #open = 0;
  readonly #openByOrigin = new Map<string, number>();
  /** By origin, the one whose turn is next first; each in order. */
  readonly #waiting = new Map<string, Set<() => void>>();
  #begunInTurn = 0;

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
    this.#mostPerOrigin = Math.ceil(most / 2);
  }

  /** How many are under way. */
  get open(): number {
    return this.#open;
  }

  /** Resolves when a push to an origin may begin; `undefined` when it may at once. {@link leave} must follow. */
  enter(origin: string): Promise<void> | undefined {
    if (!this.#waiting.has(origin) && this.#hasRoom(origin)) {
      this.#begin(origin);
      return undefined;
    }
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(origin);
      if (waiting === undefined) this.#waiting.set(origin, new Set([resolve]));
      else waiting.add(resolve);
    });
  }

  /** Takes note that a push has ended, and lets others begin. */
  leave(origin: string): void {
    this.#open -= 1;
    const open = (this.#openByOrigin.get(origin) ?? 1) - 1;
    if (open === 0) this.#openByOrigin.delete(origin);
    else this.#openByOrigin.set(origin, open);
    this.#admit();
  }

  /** Lets all that wait begin: they will find that nothing is to be sent any more. */
  close(): void {
    for (const [origin, waiting] of this.#waiting) {
      for (const resolve of waiting) {
        this.#count(origin);
        resolve();
      }
    }
    this.#waiting.clear();
  }

  #hasRoom(origin: string): boolean {
    return (
      this.#begunInTurn < PUSHES_PER_TURN &&
      this.#open < this.#most &&
      (this.#openByOrigin.get(origin) ?? 0) < this.#mostPerOrigin
    );
  }

  #admit(): void {
    for (const [origin, waiting] of this.#waiting) {
      if (this.#open >= this.#most || this.#begunInTurn >= PUSHES_PER_TURN) return;
      if (!this.#hasRoom(origin)) continue;
      const [resolve] = waiting;
      if (resolve === undefined) continue;
      waiting.delete(resolve);
      // To the end, so that the others come first the next time.
      this.#waiting.delete(origin);
      if (waiting.size > 0) this.#waiting.set(origin, waiting);
      this.#begin(origin);
      resolve();
    }
  }

  #begin(origin: string): void {
    this.#count(origin);
    this.#begunInTurn += 1;
    if (this.#begunInTurn > 1) return;
    const turn = this.#nextTurn();
    // What waits for nothing but the next turn begins at this instant.
    void (this.#clock.activity === undefined ? turn : this.#clock.activity.during(turn));
  }

  async #nextTurn(): Promise<void> {
    await eventLoopTurn();
    this.#begunInTurn = 0;
    this.#admit();
  }

  #count(origin: string): void {
    this.#open += 1;
    this.#openByOrigin.set(origin, (this.#openByOrigin.get(origin) ?? 0) + 1);
  }
}
