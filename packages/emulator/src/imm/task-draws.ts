import type { SeededRandom } from '@mnsbus/core';

/** Milliseconds from the building of an event to its publishing: three real messages had 179, 293 and 321 (spec imm §5). */
export const PUBLISH_LAG_MS: { readonly least: number; readonly most: number } = { least: 150, most: 350 };

/** What stands before the UUID of a document conversion's id (spec imm §2.2). */
export const OFFICE_TASK_ID_PREFIX = 'formatconvert-';

/** What chance decides about a task. */
export interface TaskDraw {
  readonly taskId: string;
  readonly publishLagMs: number;
}

/**
 * Draws ids and lags as a function of the seed and of when a task is submitted.
 *
 * Every task has a source of its own, named by its millisecond and its number within that
 * millisecond, so that what else goes on in the emulator moves nothing.
 */
export class TaskDraws {
  readonly #random: SeededRandom;
  #lastMs: number | undefined;
  #sameMs = 0;

  /** `random` is forked, never drawn from. */
  constructor(random: SeededRandom) {
    this.#random = random.fork('imm-task');
  }

  /** What falls to the next task submitted at `submittedAtMs`. */
  next(submittedAtMs: number): TaskDraw {
    this.#sameMs = submittedAtMs === this.#lastMs ? this.#sameMs + 1 : 0;
    this.#lastMs = submittedAtMs;
    const random = this.#random.fork(`${submittedAtMs}/${this.#sameMs}`);
    return {
      taskId: `${OFFICE_TASK_ID_PREFIX}${random.uuid()}`,
      publishLagMs: random.integer(PUBLISH_LAG_MS.least, PUBLISH_LAG_MS.most),
    };
  }
}
