import { SteerableClock, SystemClock, type ClockMode } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { ClockConfig } from '../config/sections/process.js';
import { instantOf } from './instant.js';

/** What flags say of the time in the emulator. */
export interface ClockFlags {
  readonly clock?: ClockMode;
  /** ISO 8601, with a zone. */
  readonly time?: string;
}

/**
 * The clock of an emulator that runs by itself; it can be steered later, whatever it begins as. A mode that a flag names
 * takes the place of all that the file says of the time.
 *
 * Throws `INVALID_ARGUMENT` for a time that is none, and for one of a clock that is real.
 */
export function servedClock(flags: ClockFlags, config: ClockConfig | undefined): SteerableClock {
  const said = flags.clock === undefined ? config : { mode: flags.clock };
  const mode = said?.mode ?? 'real';
  const time = flags.time ?? said?.time;
  if (mode === 'real') {
    if (time !== undefined) throw invalidArgument('--time', 'a clock that is offset or frozen (--clock)', 'a real one');
    return new SteerableClock();
  }
  const machine = new SystemClock();
  const startMs = time === undefined ? machine.now() + (said?.offsetMs ?? 0) : instantOf('--time', time);
  return new SteerableClock({ mode, startMs, machine });
}
