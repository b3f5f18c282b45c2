import { MnsbusError } from '@mnsbus/core';
import { invariants, type Invariant } from './invariant.js';

/** How to run the same case again. */
export interface Replay {
  /** The seed of the run. */
  readonly seed: number;
  /** Where in the run the shortened case lies, as fast-check spells it. */
  readonly path: string;
  /** How its steps were shortened; absent where there were no steps. */
  readonly replayPath?: string;
}

/** What a check saw. */
export interface Violation {
  readonly invariant: Invariant;
  /** What was expected, and what came. */
  readonly reason: string;
  /** The calls up to the violation, in order, one line each. */
  readonly history: readonly string[];
  /** Absent for a history that was judged by itself. */
  readonly replay?: Replay;
}

/** A target has broken its contract (code `CONTRACT_VIOLATED`): which promise, after which calls, and how to see it again. */
export class ContractViolation extends MnsbusError<'CONTRACT_VIOLATED'> {
  override readonly name = 'ContractViolation';
  readonly invariant: Invariant;
  readonly reason: string;
  readonly history: readonly string[];
  readonly replay: Replay | undefined;

  constructor({ invariant, reason, history, replay }: Violation, cause?: unknown) {
    super({ code: 'CONTRACT_VIOLATED', message: messageOf({ invariant, reason, history }, replay), cause });
    this.invariant = invariant;
    this.reason = reason;
    this.history = history;
    this.replay = replay;
  }
}

function messageOf({ invariant, reason, history }: Violation, replay: Replay | undefined): string {
  const again = replay === undefined ? '' : `\nreplay with ${JSON.stringify(replay)}`;
  const calls = history.length === 0 ? '' : `\nafter:\n${history.map((line) => `  ${line}`).join('\n')}`;
  return `${invariant}, ${invariants[invariant]}: ${reason}${again}${calls}`;
}
