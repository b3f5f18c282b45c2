import { monotonicMs, type Clock } from '@mnsbus/core';

/** How many wrong tokens are answered as such in one go. */
export const WRONG_TOKENS_AT_ONCE = 10;

/** How long until one more is, in milliseconds. */
export const WRONG_TOKEN_EVERY_MS = 6000;

const MOST_MS = WRONG_TOKENS_AT_ONCE * WRONG_TOKEN_EVERY_MS;

/**
 * How many wrong tokens there have been lately, from wherever: one number, so that no number of callers takes memory.
 *
 * Only wrong tokens are counted here, and the right one is let in whatever the count: a limit that refused it, too, would
 * let anybody who guesses lock its holder out. So it is the length of the token that keeps it from being guessed, and
 * this that makes guessing slow and seen.
 */
export class WrongTokens {
  readonly #clock: Clock;
  /** Of the time in which so many are answered, what has not been used, in milliseconds. */
  #leftMs = MOST_MS;
  #countedMs: number;

  /** `clock` is the machine's: that of an emulator may stand still. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#countedMs = monotonicMs(clock);
  }

  /** Counts one; gives in how many seconds to come again, from 1 to 6, when there have been too many, else `undefined`. */
  count(): number | undefined {
    const nowMs = monotonicMs(this.#clock);
    this.#leftMs = Math.min(MOST_MS, this.#leftMs + nowMs - this.#countedMs);
    this.#countedMs = nowMs;
    if (this.#leftMs < WRONG_TOKEN_EVERY_MS) return Math.ceil((WRONG_TOKEN_EVERY_MS - this.#leftMs) / 1000);
    this.#leftMs -= WRONG_TOKEN_EVERY_MS;
    return undefined;
  }
}
