import { MnsbusError, monotonicMs, type Clock, type SeededRandom, type Timer } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import { textOf } from '../dispatch/listener-call.js';

/** Gets the event that is waited for from where it comes from; `undefined` while there is none. */
export type Ask = (signal: AbortSignal) => Promise<DecodedEvent | undefined>;

/** What {@link Asking} works with. */
export interface AskingParts {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly ask: Ask;
  /** When the event is expected, in milliseconds from now. */
  readonly expectedMs: number;
  /** When it is too late, in milliseconds from now; may be infinite. */
  readonly timeoutMs: number;
  /** Is given each answer that is an event; whether it is what is waited for. */
  readonly take: (event: DecodedEvent) => boolean;
}

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 900_000;
/** A question that has no answer by then counts as failed. */
const ANSWER_LIMIT_MS = 60_000;
/** The last question is asked so long before the time-out, or when a tenth of the wait is left if that is later. */
const LAST_CHANCE_MS = 30_000;

/** How long to wait before the next question when `asked` have been asked: 30 s, then doubling up to 15 minutes, each up to a tenth shorter or longer. */
export function pauseBefore(asked: number, random: SeededRandom): number {
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(asked, 20));
  return random.integer(Math.ceil(pauseMs * 0.9), Math.floor(pauseMs * 1.1));
}

/**
 * Asks for an event that does not come by itself: first half a minute after it was expected, then with pauses that double,
 * once more shortly before the time-out; one question at a time.
 *
 * A question that fails is a reason to ask again: what failed in passing has passed by then, and what was refused for good
 * may have been put right.
 */
export class Asking {
  readonly #parts: AskingParts;
  readonly #startMs: number;
  #asked = 0;
  /** Rings for the next question, or when the open one has taken too long. */
  #timer: Timer | undefined;
  #question: AbortController | undefined;
  #isLast = false;
  #isOver = false;
  #failure: unknown;

  constructor(parts: AskingParts) {
    this.#parts = parts;
    this.#startMs = monotonicMs(parts.clock);
    this.#plan(parts.expectedMs + pauseBefore(0, parts.random));
  }

  /** Asks no more, and lets go of a question that is open. */
  stop(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#question?.abort();
  }

  /** Why there is no answer: what was refused for good, else what the last question met; `undefined` when that was answered. */
  get failure(): unknown {
    return this.#failure;
  }

  /** What came of it, as a sentence for the error of the time-out. */
  describe(): string {
    if (this.#failure !== undefined) return `Asking for it failed too: ${textOf(this.#failure)}. `;
    return this.#asked === 0 ? '' : `Asked ${this.#asked} times, it had not happened yet. `;
  }

  #plan(afterMs: number): void {
    if (this.#isOver || this.#isLast) return;
    const { clock, timeoutMs } = this.#parts;
    const spentMs = monotonicMs(clock) - this.#startMs;
    const lastMs = timeoutMs - Math.min(LAST_CHANCE_MS, timeoutMs / 10) - spentMs;
    this.#isLast = afterMs >= lastMs;
    // Without an end nobody waits for it to ring: a virtual clock would run on for ever.
    const isBackground = timeoutMs === Infinity;
    this.#timer = clock.after(Math.min(afterMs, lastMs), () => void this.#askOnce(), { isBackground });
  }

  async #askOnce(): Promise<void> {
    const { clock, ask, take } = this.#parts;
    const question = new AbortController();
    this.#question = question;
    this.#asked += 1;
    this.#timer = clock.after(ANSWER_LIMIT_MS, () => this.#late(question), { isBackground: true });
    try {
      const answer = await ask(question.signal);
      // Too late for its turn, an event is still welcome.
      if (this.#isOver || (answer === undefined && question.signal.aborted)) return;
      if (answer === undefined) this.#failure = undefined;
      else if (!take(checkEvent(answer))) throw invalidArgument('ask', 'the event that is waited for', answer.name);
    } catch (cause) {
      if (!question.signal.aborted) this.#failed(cause);
    } finally {
      if (!question.signal.aborted) this.#next();
    }
  }

  #late(question: AbortController): void {
    question.abort();
    this.#failed(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`));
    this.#next();
  }

  #next(): void {
    this.#timer?.cancel();
    this.#plan(pauseBefore(this.#asked, this.#parts.random));
  }

  #failed(cause: unknown): void {
    if (isForGood(cause) || !isForGood(this.#failure)) this.#failure = cause;
  }
}

/** Whether the same question would be refused again, as far as the error tells. */
function isForGood(error: unknown): boolean {
  return error instanceof MnsbusError && !error.retryable;
}

function checkEvent(answer: DecodedEvent): DecodedEvent {
  const given: unknown = answer;
  if (typeof given === 'object' && given !== null && 'name' in given && typeof given.name === 'string') return answer;
  throw invalidArgument('ask', 'an event or nothing', given);
}
