import { monotonicMs, type Clock } from '@mnsbus/core';

/** Keys are refreshed when this share of their life is left, but five minutes before their end at the latest where that is possible. */
const LEFT_SHARE = 0.25;
const LEAST_LEFT_MS = 300_000;

/** An instant by both readings of a clock: one can be set, and the other does not know what the wall says. */
interface Instant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/**
 * How long keys are good for, from the moment they came.
 *
 * Their end is told by the provider's clock. Ours may be set in the meantime, right or wrong: keys are fetched as soon as
 * one of its readings says that it is time, and used, where there are no better ones, until both say that it is over.
 */
export class KeyLife {
  readonly #clock: Clock;
  readonly #refresh: Instant;
  readonly #end: Instant;

  constructor(clock: Clock, expiresAt: Date | undefined) {
    this.#clock = clock;
    const now = { wallMs: clock.now(), monotonicMs: monotonicMs(clock) };
    const lifeMs = expiresAt === undefined ? Infinity : expiresAt.getTime() - now.wallMs;
    const leftMs = Number.isFinite(lifeMs) ? Math.min(Math.max(lifeMs * LEFT_SHARE, LEAST_LEFT_MS), lifeMs / 2) : 0;
    this.#refresh = after(now, lifeMs - leftMs);
    this.#end = after(now, lifeMs);
  }

  /** Whether new ones should be fetched while these are used. */
  get needsRefresh(): boolean {
    return this.#readings(this.#refresh).some(Boolean);
  }

  /** Whether one of the readings says that they have run out. */
  get seemsOver(): boolean {
    return this.#readings(this.#end).some(Boolean);
  }

  /** Whether both do. */
  get isOver(): boolean {
    return this.#readings(this.#end).every(Boolean);
  }

  #readings(instant: Instant): readonly boolean[] {
    return [this.#clock.now() >= instant.wallMs, monotonicMs(this.#clock) >= instant.monotonicMs];
  }
}

function after(now: Instant, ms: number): Instant {
  return { wallMs: now.wallMs + ms, monotonicMs: now.monotonicMs + ms };
}
