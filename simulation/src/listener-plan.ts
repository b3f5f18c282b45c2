import type { SeededRandom } from '@mnsbus/core';
import { happens, pick } from './draw.js';

/** What the listener of one event does. */
export interface ListenerPlan {
  /** How long each call takes. */
  readonly workMs: number;
  /** How many calls fail before one does not; `Infinity` for an event that nobody can handle. */
  readonly failures: number;
  /** How a failing call fails; `forever` ends only when all is healed, or with its process. */
  readonly fails: 'throw' | 'retry' | 'hang' | 'forever' | 'condemn';
  /** How the last call answers; `early` acknowledges, and works on; `early-forever` works on without end. */
  readonly answer: 'return' | 'early' | 'early-forever';
  /** What a call does when its signal aborts: throws at once, returns at once without having finished, or works on to its end. */
  readonly onAbort: 'throw' | 'return' | 'ignore';
}

/** How far listeners may misbehave in a run. */
export interface Temper {
  /** Events, in percent, whose listener fails a few times first. */
  readonly failingPercent: number;
  /** How they fail. */
  readonly fails: ListenerPlan['fails'];
  /** Events, in percent, that no listener can handle. Only where a dead-letter queue takes them. */
  readonly poisonPercent: number;
  /** Longest work of a listener, in milliseconds. */
  readonly workMs: number;
  readonly answer: ListenerPlan['answer'];
  readonly onAbort: ListenerPlan['onAbort'];
}

/** Draws what a listener does with an event: of the event and the run's seed alone, whoever gets it. */
export function listenerPlanOf(random: SeededRandom, temper: Temper, taskId: string, listener: string): ListenerPlan {
  const own = random.fork(`listener/${taskId}/${listener}`);
  const isPoison = happens(own, temper.poisonPercent);
  const isFailing = happens(own, temper.failingPercent);
  const isSpecial = happens(own, 50);
  return {
    workMs: happens(own, 30) ? 0 : own.integer(0, temper.workMs),
    failures: isPoison ? Number.POSITIVE_INFINITY : isFailing ? own.integer(1, 3) : 0,
    // What nobody can handle is over quickly: were it to hang at each of its deliveries, a backlog would take hours.
    fails: isPoison ? pick(own, ['throw', 'retry']) : isSpecial ? temper.fails : 'throw',
    answer: isPoison || !isSpecial ? 'return' : temper.answer,
    onAbort: temper.onAbort,
  };
}
