import { historyOf } from './history.js';
import { violationsOf } from './invariants/all-invariants.js';
import { run } from './run.js';
import type { Violation } from './run-record.js';
import { drawScenario, type Scenario } from './scenario.js';
import { shorten } from './shorten.js';

/** Runs that looking for a shorter case may take. */
const SHORTENING_RUNS = 150;

/** Tells of a run that broke an invariant: how to replay it, the least of it that still breaks it, and what happened there. */
export async function explain(seed: string, { invariant }: Violation, commit: string): Promise<string> {
  const breaking = async (scenario: Scenario): Promise<Violation | undefined> =>
    violationsOf(await run(scenario)).find((violation) => violation.invariant === invariant);
  const shortest = await shorten(
    drawScenario(seed),
    async (scenario) => (await breaking(scenario)) !== undefined,
    SHORTENING_RUNS,
  );
  const record = await run(shortest);
  const violation = violationsOf(record).find((one) => one.invariant === invariant);
  const { replicas, queues, tasks, messages, outages, faults, bridge, latencyMs } = shortest;
  const lines = [
    `${invariant} broken by ${seed} (commit ${commit})`,
    `  replay: npm run simulate -- --replay ${seed}`,
    `  ${violation?.message ?? 'not broken any more: the run is not deterministic'}`,
    `  shortened to ${replicas} replicas, ${queues.length} queues, ${tasks.length} tasks, ${messages.length} messages, ${outages.length} outages, latency ${latencyMs} ms`,
    `  bridge ${JSON.stringify(bridge)}`,
    ...queues.map((queue) => `  queue ${JSON.stringify(queue)}`),
    ...outages.map((outage) => `  outage ${JSON.stringify(outage)}`),
    ...faults.map((fault) => `  fault ${JSON.stringify(fault)}`),
    ...(violation === undefined ? [] : historyOf(record, violation)),
  ];
  return `${lines.join('\n')}\n`;
}
