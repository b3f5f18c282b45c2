import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SystemClock, type Clock } from '@mnsbus/core';
import type { Emulator } from '../emulator.js';

/** Milliseconds without a request after which memory is given back. */
export const IDLE_MS = 3000;

/** How much more memory than after the last time is worth the work, in bytes. */
const WORTHWHILE_BYTES: number = 16 * 1024 * 1024;

/** What a process does about its memory. */
export interface ProcessMemory {
  /** How much it has of the machine's, in bytes. */
  readonly residentBytes: () => number;
  /** Gives back what is not needed. */
  readonly collect: () => void;
}

/** The memory of this process. */
export const thisProcess: ProcessMemory = {
  residentBytes: () => process.memoryUsage.rss(),
  collect: () => {
    setFlagsFromString('--expose-gc');
    const gc: unknown = runInNewContext('gc');
    if (typeof gc === 'function') gc();
  },
};

/**
 * Gives memory back after each time of work, until the returned function is called.
 *
 * V8 collects while it allocates. After a load it allocates nothing, and so what the load has left behind would stay for as long
 * as nobody asks for anything.
 */
export function giveBackWhenIdle(
  { journal }: Pick<Emulator, 'journal'>,
  memory: ProcessMemory = thisProcess,
  machine: Clock = new SystemClock(),
): () => void {
  let seen = journal.length;
  let isTidy = true;
  let tidyBytes = memory.residentBytes();
  let timer = machine.after(IDLE_MS, look, { isBackground: true });
  function look(): void {
    const { length } = journal;
    if (length !== seen) isTidy = false;
    else if (!isTidy) {
      isTidy = true;
      if (memory.residentBytes() > tidyBytes + WORTHWHILE_BYTES) {
        memory.collect();
        tidyBytes = memory.residentBytes();
      }
    }
    seen = length;
    timer = machine.after(IDLE_MS, look, { isBackground: true });
  }
  return () => timer.cancel();
}
