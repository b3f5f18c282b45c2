import type { SeededRandom } from '@mnsbus/core';

/** What chance decides about a task. */
export interface TaskDraw {
  /** What stands behind the prefix of its id. */
  readonly uuid: string;
  /** Three hexadecimal digits, a hyphen, 27 letters and digits (spec imm §4.2). */
  readonly eventId: string;
  /** The task's own source, for its event and, forked, for its script. */
  readonly random: SeededRandom;
}

/** How many tasks were submitted in the last millisecond that had any (milliseconds since 1970), as data. */
export interface TaskDrawsRecord {
  readonly lastMs: number;
  readonly sameMs: number;
}

const BASE_62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Gives every task a source of chance that is a function of the seed and of when it is submitted.
 *
 * The source is named by the task's millisecond and its number within that millisecond, so that what else goes on in
 * the emulator moves nothing.
 */
export class TaskDraws {
  readonly #random: SeededRandom;
  readonly #changed: () => void;
  #lastMs: number | undefined;
  #sameMs = 0;

  /** `random` is forked, never drawn from; each instance needs one of its own. `changed` is told when a draw is taken. */
  constructor(random: SeededRandom, changed: () => void = () => undefined) {
    this.#changed = changed;
    this.#random = random;
  }

  /** What falls to the next task submitted at `submittedAtMs`; the same again until it is taken. */
  peek(submittedAtMs: number): TaskDraw {
    const random = this.#random.fork(`${submittedAtMs}/${this.#numberAt(submittedAtMs)}`);
    return { uuid: random.uuid(), eventId: drawEventId(random.fork('event-id')), random };
  }

  /** Uses up what {@link peek} gives, because the task is really created. */
  take(submittedAtMs: number): void {
    this.#sameMs = this.#numberAt(submittedAtMs) + 1;
    this.#lastMs = submittedAtMs;
    this.#changed();
  }

  /** What was taken last; `undefined` when nothing was. */
  get record(): TaskDrawsRecord | undefined {
    return this.#lastMs === undefined ? undefined : { lastMs: this.#lastMs, sameMs: this.#sameMs };
  }

  /** Goes on after what was taken elsewhere. */
  restore(record: TaskDrawsRecord | undefined): void {
    this.#lastMs = record?.lastMs;
    this.#sameMs = record?.sameMs ?? 0;
  }

  #numberAt(submittedAtMs: number): number {
    return submittedAtMs === this.#lastMs ? this.#sameMs : 0;
  }
}

function drawEventId(random: SeededRandom): string {
  const characters = Array.from({ length: 27 }, () => BASE_62.charAt(random.integer(0, BASE_62.length - 1)));
  return `${random.hex(3).toUpperCase()}-${characters.join('')}`;
}
