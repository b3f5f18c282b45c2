import { run } from '../run.js';
import { reportOn } from '../run-report.js';
import { drawScenario } from '../scenario.js';
import { NO_RUNS, plus, type SumReport } from '../sum-report.js';
import { choicesFor, emptyCells, keyOf } from './coverage.js';

/** How often a run is made for the sake of one cell before it counts as one that nothing exercises. */
const MOST_ATTEMPTS = 6;

/**
 * Runs until every cell of the table was exercised, each run drawn but for what the first cell that is still empty needs; ends
 * early with the first run that breaks an invariant, or when `maxRuns` are over.
 */
export async function coveringSeries(seed: string, maxRuns: number): Promise<SumReport> {
  const attempts = new Map<string, number>();
  let sum = NO_RUNS;
  while (sum.runs < maxRuns && sum.broken.length === 0) {
    const cell = emptyCells(sum.cells).find((one) => (attempts.get(keyOf(one)) ?? 0) < MOST_ATTEMPTS);
    if (cell === undefined) break;
    const attempt = attempts.get(keyOf(cell)) ?? 0;
    attempts.set(keyOf(cell), attempt + 1);
    sum = plus(sum, reportOn(await run(drawScenario(`${seed}/${sum.runs}`, choicesFor(cell, attempt)))));
  }
  return sum;
}
