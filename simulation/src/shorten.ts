import { OPTIONS } from './options/options-table.js';
import type { Scenario } from './scenario-plan.js';
import { PLAIN_CHOICES, drawScenario } from './scenario.js';

/** Whether a scenario still shows what is being looked for. */
export type StillFails = (scenario: Scenario) => Promise<boolean>;

/** The parts of a scenario that can be left out one by one. */
const LISTS = ['faults', 'outages', 'meddlings', 'networks', 'tasks', 'messages', 'queues'] as const;

/**
 * Leaves out of a scenario all that is not needed for it to fail, in at most `maxRuns` runs: what is left is what to look at.
 *
 * First each option goes back to its plain value, if it may. Then of lists halves, then single ones, as delta debugging does. Draws are forked by name and id, so what is left goes on as before
 * as far as it can.
 */
export async function shorten(scenario: Scenario, stillFails: StillFails, maxRuns: number): Promise<Scenario> {
  let shortest = scenario;
  let runs = 0;
  const attempt = async (candidate: Scenario): Promise<boolean> => {
    if (candidate === shortest || runs >= maxRuns) return false;
    runs += 1;
    if (!(await stillFails(candidate))) return false;
    shortest = candidate;
    return true;
  };
  for (const { name } of OPTIONS) {
    const plain = PLAIN_CHOICES[name] ?? '';
    if (shortest.choices[name] !== plain)
      await attempt(drawScenario(shortest.seed, { ...shortest.choices, [name]: plain }));
  }
  for (const list of LISTS) {
    for (let size = Math.ceil(shortest[list].length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let start = 0; start < shortest[list].length;) {
        const isRemoved = await attempt(without(shortest, list, start, size));
        if (!isRemoved) start += size;
      }
    }
  }
  while (shortest.replicas > 1 && (await attempt(withFewerReplicas(shortest)))) continue;
  await attempt({ ...shortest, latencyMs: 0 });
  return shortest;
}

function without(scenario: Scenario, list: (typeof LISTS)[number], start: number, size: number): Scenario {
  const left = scenario[list].toSpliced(start, size);
  // A run without any queue has nothing to say, and messages need the one that they go to.
  if (list === 'queues' && left.length === 0) return scenario;
  const shorter = { ...scenario, [list]: left };
  const names = new Set(shorter.queues.map(({ name }) => name));
  return { ...shorter, messages: shorter.messages.filter(({ queueName }) => names.has(queueName)) };
}

function withFewerReplicas(scenario: Scenario): Scenario {
  const replicas = scenario.replicas - 1;
  const isThere = ({ replica }: { readonly replica: number | undefined }): boolean =>
    replica === undefined || replica < replicas;
  return {
    ...scenario,
    replicas,
    outages: scenario.outages.filter(isThere),
    meddlings: scenario.meddlings.filter(isThere),
    networks: scenario.networks.filter(isThere),
  };
}
