import type { SeededRandom } from '@mnsbus/core';
import type { Fault } from '@mnsbus/emulator';
import { FAULT_KINDS, arbitraryFault } from '@mnsbus/emulator/testing';
import * as fc from 'fast-check';
import { happens, several } from './draw.js';

/** Draws what goes wrong in a run: some faults of any kind, each now and then, for a while or for as long as faults last. */
export function drawFaults(random: SeededRandom, safetyMs: number): readonly Fault[] {
  return several(random, { least: 0, most: 8 }, (index) => {
    const [fault] = fc.sample(arbitraryFault({ kinds: FAULT_KINDS, maxProbability: 0.4 }), {
      seed: random.integer(0, 2 ** 31 - 1),
      numRuns: 1,
    });
    if (fault === undefined) throw new Error('fast-check has drawn nothing');
    const window = happens(random, 50)
      ? { afterMs: random.integer(0, safetyMs), forMs: random.integer(1000, safetyMs) }
      : {};
    return { ...fault, name: `fault-${index}`, ...window };
  });
}
