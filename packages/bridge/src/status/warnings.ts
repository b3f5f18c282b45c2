import { monotonicMs, type Clock } from '@mnsbus/core';
import { warnProcess } from './tell.js';

/** The same kind of trouble becomes a warning of the process this often at most. */
const WARN_EVERY_MS = 60_000;

interface Warned {
  readonly atMs: number;
  suppressed: number;
}

/** Warnings of the process, each kind once a minute: one that comes with every request would hide the others. */
export class Warnings {
  readonly #clock: Clock;
  /** By code, of which there are few. */
  readonly #warned = new Map<string, Warned>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  warn(code: string, text: string): void {
    const nowMs = monotonicMs(this.#clock);
    const last = this.#warned.get(code);
    if (last !== undefined && nowMs - last.atMs < WARN_EVERY_MS) {
      last.suppressed += 1;
      return;
    }
    this.#warned.set(code, { atMs: nowMs, suppressed: 0 });
    const more = last === undefined || last.suppressed === 0 ? '' : ` (and ${last.suppressed} more like it)`;
    warnProcess(code, `${text}${more}`);
  }
}
