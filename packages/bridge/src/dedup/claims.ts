import { MnsbusError, type Clock } from '@mnsbus/core';
import { textOf } from '../dispatch/listener-call.js';
import type { Claim, Deduplicator } from './deduplicator.js';

/** A deduplicator that has not answered for so long counts as absent; with short leases a quarter of what is left. */
const ANSWER_MS = 5000;

/** The least time of a claim: of a lease that is nearly over. */
const LEAST_TTL_MS = 1000;

/** The lease that a claim lives with. */
export interface ClaimLease {
  /** What is left of it, in milliseconds from 0. */
  readonly leftMs: number;
  /** Calls `listener` after each extension until the returned function is called. */
  onExtended(listener: () => void): () => void;
}

/** What asks for a claim. */
export interface ClaimFrame {
  readonly lease: ClaimLease;
  /** Hears what was wrong with the deduplicator; the event is handled as if there were none. */
  readonly onFailure: (error: MnsbusError<'DEDUPLICATOR_FAILED'>) => void;
}

/** An event that is ours, as long as its message is. Neither method rejects. */
export interface HeldClaim {
  readonly state: 'claimed';
  /** Marks the event as handled: to be called only when the work was done while the message was ours. */
  complete(): Promise<void>;
  /** Lets others have the event. */
  release(): Promise<void>;
}

/**
 * Claims events of a deduplicator, and keeps each claim for as long as its message is leased, no longer: a process that dies costs
 * its lease.
 *
 * The deduplicator belongs to the app: whatever it does – throw, reject, hang, answer nonsense – takes a bounded time and is
 * told, and the event is handled as if there were none, because a duplicate does less harm than an event that is held up.
 */
export class Claims {
  readonly #deduplicator: Deduplicator;
  readonly #clock: Clock;
  readonly #scope: string;

  /** `scope` begins every key: who shares a deduplicator, but is to get each event for itself, needs one of its own. */
  constructor(deduplicator: Deduplicator, clock: Clock, scope = '') {
    this.#deduplicator = deduplicator;
    this.#clock = clock;
    this.#scope = scope;
  }

  /** Claims an event; `undefined` when the deduplicator has failed. Never rejects. */
  async claim(event: string, frame: ClaimFrame): Promise<HeldClaim | Exclude<Claim, { state: 'claimed' }> | undefined> {
    const key = `${this.#scope}${event}`;
    const { lease } = frame;
    const claiming = (): Promise<Claim> => this.#deduplicator.claim(key, ttlOf(lease));
    // Nobody would keep a claim that comes too late, and until its end it would keep others from the event.
    const onLate = (claim: Claim): void => {
      if (claim.state === 'claimed') void this.#ask(key, frame, () => this.#deduplicator.release(key, claim.token));
    };
    const claim = await this.#ask(key, frame, async () => checkClaim(await claiming()), {
      limitMs: patienceMs(lease),
      onLate,
    });
    return claim?.state === 'claimed' ? this.#held(key, claim.token, frame) : claim;
  }

  #held(key: string, token: string, frame: ClaimFrame): HeldClaim {
    const { lease } = frame;
    const renew = async (): Promise<void> => {
      const isKept = await this.#ask(key, frame, async () => this.#deduplicator.renew?.(key, token, ttlOf(lease)));
      if (isKept === false)
        frame.onFailure(failure(key, 'it no longer holds the claim of an event that is being handled'));
    };
    const stopRenewing = lease.onExtended(() => void renew());
    const end = (how: 'complete' | 'release', limitMs = ANSWER_MS): Promise<void> => {
      stopRenewing();
      return this.#ask(key, frame, () => this.#deduplicator[how](key, token), { limitMs });
    };
    return { state: 'claimed', complete: () => end('complete', patienceMs(lease)), release: () => end('release') };
  }

  /** The answer to a question; `undefined` when there is none in time. */
  async #ask<T>(
    key: string,
    { onFailure }: ClaimFrame,
    question: () => Promise<T>,
    {
      limitMs = ANSWER_MS,
      onLate = () => {},
    }: { readonly limitMs?: number; readonly onLate?: (answer: T) => void } = {},
  ): Promise<T | undefined> {
    return new Promise((resolve) => {
      let isOver = false;
      const giveUp = (reason: string, cause?: unknown): void => {
        if (isOver) return;
        isOver = true;
        timer.cancel();
        onFailure(failure(key, reason, cause));
        resolve(undefined);
      };
      const timer = this.#clock.after(limitMs, () => giveUp(`it gave no answer within ${Math.round(limitMs)} ms`));
      // What throws at once rejects like the rest.
      const answer = (async () => question())();
      answer.then(
        (value) => {
          if (isOver) return onLate(value);
          timer.cancel();
          return resolve(value);
        },
        (cause: unknown) => giveUp(textOf(cause), cause),
      );
    });
  }
}

/** For how long a message may wait for an answer: most of its lease is for what comes after that. */
function patienceMs({ leftMs }: ClaimLease): number {
  return Math.min(ANSWER_MS, Math.max(1, leftMs / 4));
}

function ttlOf({ leftMs }: ClaimLease): number {
  return Math.max(LEAST_TTL_MS, Math.ceil(leftMs));
}

function checkClaim(claim: Claim): Claim {
  // It comes from the app, which may be plain JavaScript.
  const { state, token }: { state?: unknown; token?: unknown } = claim;
  if (state === 'busy' || state === 'completed' || (state === 'claimed' && typeof token === 'string')) return claim;
  throw new TypeError(
    `expected a claim with state claimed and a token, busy or completed, received state ${String(state)}`,
  );
}

function failure(key: string, reason: string, cause?: unknown): MnsbusError<'DEDUPLICATOR_FAILED'> {
  const message = `the deduplicator failed for key ${key}: ${reason}. The event is handled as if there were none`;
  return new MnsbusError({ code: 'DEDUPLICATOR_FAILED', message, retryable: true, cause });
}
