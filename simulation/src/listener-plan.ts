import type { SeededRandom } from '@mnsbus/core';
import { happens } from './draw.js';

/** What the listener of one event does. */
export interface ListenerPlan {
  /** How long each call takes. */
  readonly workMs: number;
  /** How many calls fail before one does not; `Infinity` for an event that nobody can handle. */
  readonly failures: number;
  /** How a failing call fails. */
  readonly fails: 'throw' | 'retry' | 'hang';
  /** How the last call answers; `early` acknowledges, and works on. */
  readonly answer: 'return' | 'early';
}

/** How far listeners may misbehave in a run. */
export interface Temper {
  /** Events, in percent, whose listener fails a few times first. */
  readonly failingPercent: number;
  /** Events, in percent, that no listener can handle. Only where a dead-letter queue takes them. */
  readonly poisonPercent: number;
  /** Longest work of a listener, in milliseconds. */
  readonly workMs: number;
}

/** Draws what the listener of a task's event does: of the task and the run's seed alone, whoever gets it. */
export function listenerPlanOf(random: SeededRandom, temper: Temper, taskId: string): ListenerPlan {
  const own = random.fork(`listener/${taskId}`);
  const isPoison = happens(own, temper.poisonPercent);
  const isFailing = happens(own, temper.failingPercent);
  const way = own.integer(1, 10);
  return {
    workMs: happens(own, 30) ? 0 : own.integer(0, temper.workMs),
    failures: isPoison ? Number.POSITIVE_INFINITY : isFailing ? own.integer(1, 3) : 0,
    // What nobody can handle is over quickly: were it to hang at each of its deliveries, a backlog would take hours.
    fails: isPoison || way <= 6 ? 'throw' : way <= 8 ? 'retry' : 'hang',
    answer: isPoison ? 'return' : happens(own, 10) ? 'early' : 'return',
  };
}
