import type { SeededRandom } from '@mnsbus/core';
import type { Faults } from '../faults/faults.js';
import type { Accounts } from './accounts.js';
import type { Hints } from './hints/hints.js';
import type { Journal } from './journal.js';
import type { NoteChange } from './note-change.js';
import type { TimeLine } from './time-line.js';

/** What every part of the emulator is given instead of reaching for it. */
export interface EmulatorContext {
  /** What everything is ordered by; its `wall` tells the time that others know. */
  readonly clock: TimeLine;
  /** Fork it by purpose; never draw from it directly. */
  readonly random: SeededRandom;
  readonly accounts: Accounts;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Told of every record of the state that changes; absent when nobody keeps the state elsewhere. */
  readonly note?: NoteChange | undefined;
  readonly hints: Hints;
}
