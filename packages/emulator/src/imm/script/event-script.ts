import type { SeededRandom } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { EventCopy } from '../model/task.js';
import {
  checkMilliseconds,
  drawChance,
  drawMilliseconds,
  type Distribution,
  type Milliseconds,
} from './distribution.js';

/** What happens to the events of tasks on their way to their topics; probabilities are 0–1. Each time is in the journal. */
export interface EventOptions {
  /** Milliseconds from the end of a task to the publishing of its event. Default 150–350, evenly spread. */
  readonly publishLagMs?: Milliseconds;
  /** How often an event is published twice. Default 0. */
  readonly duplicateProbability?: number;
  /** How often an event never reaches its topic. Default 0. */
  readonly lossProbability?: number;
  /** How often an event comes later than its lag. Default 0. */
  readonly delayProbability?: number;
  /** How much later. Default 5000. */
  readonly extraDelayMs?: Milliseconds;
  /** How often an event lets the next one of its tenant go first. Default 0. */
  readonly reorderProbability?: number;
  /** How long it waits for the next one, in milliseconds from 0. Default 5000. */
  readonly reorderWaitMs?: number;
}

/** Milliseconds from the building of an event to its publishing: three real messages had 179, 293 and 321 (spec imm §5). */
export const PUBLISH_LAG_MS: { readonly least: number; readonly most: number } = { least: 150, most: 350 };

/** How much later a delayed event comes, and how long one waits to be overtaken, when nobody says otherwise, in milliseconds. */
export const DEFAULT_DISTURBANCE_MS = 5000;

/** Decides, with the task's own source of chance, what happens to its event. */
export class EventScript {
  readonly #lag: Distribution;
  readonly #extraDelay: Distribution;
  readonly #reorderWaitMs: number;
  readonly #probability: Readonly<Record<'duplicate' | 'loss' | 'delay' | 'reorder', number>>;

  /** Throws `INVALID_ARGUMENT` for an option out of range. */
  constructor(options: EventOptions = {}) {
    const { publishLagMs, extraDelayMs = DEFAULT_DISTURBANCE_MS, reorderWaitMs = DEFAULT_DISTURBANCE_MS } = options;
    this.#lag =
      publishLagMs === undefined
        ? { kind: 'uniform', leastMs: PUBLISH_LAG_MS.least, mostMs: PUBLISH_LAG_MS.most }
        : checkMilliseconds('imm.events.publishLagMs', publishLagMs);
    this.#extraDelay = checkMilliseconds('imm.events.extraDelayMs', extraDelayMs);
    if (!(Number.isFinite(reorderWaitMs) && reorderWaitMs >= 0)) {
      throw invalidArgument('imm.events.reorderWaitMs', 'milliseconds from 0', reorderWaitMs);
    }
    this.#reorderWaitMs = Math.round(reorderWaitMs);
    this.#probability = {
      duplicate: checkProbability('duplicateProbability', options.duplicateProbability),
      loss: checkProbability('lossProbability', options.lossProbability),
      delay: checkProbability('delayProbability', options.delayProbability),
      reorder: checkProbability('reorderProbability', options.reorderProbability),
    };
  }

  /** The copies of one task's event: usually one, on the usual way. */
  copies(random: SeededRandom): readonly EventCopy[] {
    const first = this.#copy(random);
    if (!drawChance(this.#probability.duplicate, random)) return [first];
    return [first, this.#copy(random)];
  }

  #copy(random: SeededRandom): EventCopy {
    const lagMs = drawMilliseconds(this.#lag, random);
    const { loss, delay, reorder } = this.#probability;
    const lost = drawChance(loss, random);
    const extraDelayMs = drawChance(delay, random) ? drawMilliseconds(this.#extraDelay, random) : 0;
    const waits = drawChance(reorder, random);
    return { lagMs, extraDelayMs, lost, ...(waits ? { overtakenWithinMs: this.#reorderWaitMs } : {}) };
  }
}

function checkProbability(name: string, value: number = 0): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
    throw invalidArgument(`imm.events.${name}`, 'a number from 0 to 1', value);
  }
  return value;
}
