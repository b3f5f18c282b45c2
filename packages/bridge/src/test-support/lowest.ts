import { SeededRandom } from '@mnsbus/core';

/** Draws the lowest number of every range. */
export const lowest: SeededRandom = Object.assign(new SeededRandom('lowest'), { integer: (low: number) => low });
