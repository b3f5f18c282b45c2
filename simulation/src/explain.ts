import { historyOf } from './history.js';
import { violationsOf } from './invariants/all-invariants.js';
import { run } from './run.js';
import type { Violation } from './run-record.js';
import { PLAIN_CHOICES, drawScenario } from './scenario.js';
import type { Choices, Scenario } from './scenario-plan.js';
import { shorten } from './shorten.js';

/** Runs that looking for a shorter case may take. */
const SHORTENING_RUNS = 150;

/** Tells of a run that broke an invariant: how to replay it, the least of it that still breaks it, and what happened there. */
export async function explain(
  seed: string,
  { invariant }: Violation,
  commit: string,
  given: Choices = {},
): Promise<string> {
  const breaking = async (scenario: Scenario): Promise<Violation | undefined> =>
    violationsOf(await run(scenario)).find((violation) => violation.invariant === invariant);
  const shortest = await shorten(
    drawScenario(seed, given),
    async (scenario) => (await breaking(scenario)) !== undefined,
    SHORTENING_RUNS,
  );
  const record = await run(shortest);
  const violation = violationsOf(record).find((one) => one.invariant === invariant);
  const { replicas, queues, tasks, messages, outages, meddlings, networks, faults, choices, latencyMs } = shortest;
  const special = Object.entries(choices).filter(([name, value]) => value !== PLAIN_CHOICES[name]);
  const lines = [
    `${invariant} broken by ${seed} (commit ${commit})`,
    `  replay: npm run simulate -- --replay ${seed}${Object.entries(given)
      .map(([name, value]) => ` --with '${name}=${value}'`)
      .join('')}`,
    `  ${violation?.message ?? 'not broken any more: the run is not deterministic'}`,
    `  shortened to ${replicas} replicas, ${queues.length} queues, ${tasks.length} tasks, ${messages.length} messages, ${outages.length} outages, latency ${latencyMs} ms`,
    `  options ${special.map(([name, value]) => `${name}: ${value}`).join('; ')}`,
    ...queues.map((queue) => `  queue ${JSON.stringify(queue)}`),
    ...[...outages, ...meddlings, ...networks].map((plan) => `  plan ${JSON.stringify(plan)}`),
    ...messages.map((message) => `  message ${JSON.stringify(message)}`),
    ...faults.map((fault) => `  fault ${JSON.stringify(fault)}`),
    ...(violation === undefined ? [] : historyOf(record, violation)),
  ];
  return `${lines.join('\n')}\n`;
}
