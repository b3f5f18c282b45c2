import { monotonicMs, type Clock, type SeededRandom, type Timer } from '@mnsbus/core';

/** Fetches of unproven certificates at a time. */
const MAX_OPEN = 4;

/** One more each time that so much has gone by, in milliseconds. */
const EVERY_MS = 250;

/** That many at once after a rest. */
const BURST = 4;

/**
 * Who may fetch an unproven certificate from one host next: a few at a time, four a second.
 *
 * When more is asked for, the next place is drawn among all that asked since the last one. So a sender with one request in a
 * hundred gets one place in a hundred, whatever names the others make up, and nobody can keep it out.
 */
export class FetchPlaces {
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #start: (url: string) => Promise<unknown>;
  #open = 0;
  /** When all places of a rest are there again. */
  #restedMs = Number.NEGATIVE_INFINITY;
  #asked = 0;
  #drawn: string | undefined;
  #timer: Timer | undefined;

  /** `start` fetches, and never rejects. */
  constructor(clock: Clock, random: SeededRandom, start: (url: string) => Promise<unknown>) {
    this.#clock = clock;
    this.#random = random;
    this.#start = start;
  }

  /** Starts at once when there is a place; otherwise the URL takes part in the draw for the next one. Whether it has started. */
  ask(url: string): boolean {
    if (this.#drawn === undefined && this.#open < MAX_OPEN && this.#waitMs() <= 0) {
      this.#take(url);
      return true;
    }
    this.#asked += 1;
    if (this.#random.integer(1, this.#asked) === 1) this.#drawn = url;
    this.#fill();
    return false;
  }

  /** Draws no more. */
  close(): void {
    this.#drawn = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #waitMs(): number {
    return this.#restedMs - (BURST - 1) * EVERY_MS - monotonicMs(this.#clock);
  }

  #take(url: string): void {
    this.#open += 1;
    this.#restedMs = Math.max(monotonicMs(this.#clock), this.#restedMs) + EVERY_MS;
    void this.#start(url).finally(() => {
      this.#open -= 1;
      this.#fill();
    });
  }

  /** Gives the next place to the one that was drawn, as soon as there is one. */
  #fill(): void {
    if (this.#drawn === undefined || this.#open >= MAX_OPEN || this.#timer !== undefined) return;
    this.#timer = this.#clock.after(
      this.#waitMs(),
      () => {
        this.#timer = undefined;
        const url = this.#drawn;
        if (url === undefined) return;
        this.#drawn = undefined;
        this.#asked = 0;
        this.#take(url);
      },
      { isBackground: true },
    );
  }
}
