import { parentPort, workerData } from 'node:worker_threads';
import { run } from './run.js';
import { reportOn } from './run-report.js';
import { drawScenario } from './scenario.js';

/** Which runs a worker carries out: each `step`-th of a seed, from `first` on. */
export interface WorkerTask {
  readonly seed: string;
  readonly first: number;
  readonly step: number;
  readonly runs: number;
}

/** The seed of one run out of many. */
export function seedOf(seed: string, index: number): string {
  return `${seed}/${index}`;
}

if (parentPort !== null) {
  const { seed, first, step, runs }: WorkerTask = workerData;
  for (let index = first; index < runs; index += step) {
    parentPort.postMessage(reportOn(await run(drawScenario(seedOf(seed, index)))));
  }
}
