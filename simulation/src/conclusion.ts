import type { WireHandler } from '@mnsbus/core';
import type { Emulator } from '@mnsbus/emulator';
import type { SimulatedProcess } from '@mnsbus/emulator/testing';
import type { App } from './app.js';
import { disturbances } from './disturbances.js';
import type { Ledger } from './ledger.js';
import { countMessages, mnsCalls, type Producer } from './producer.js';
import type { RunRecord } from './run-record.js';
import { DEAD_LETTERS, type MessagePlan, type Scenario } from './scenario-plan.js';
import { undamaged } from './undamaged.js';
import type { WireEntry } from './wire-tap.js';
import { BYSTANDERS, type World } from './world.js';

/** What is there when a run is over. */
export interface Ending extends Pick<
  RunRecord,
  | 'scenario'
  | 'startMs'
  | 'healedMs'
  | 'drainedMs'
  | 'journal'
  | 'statuses'
  | 'health'
  | 'lives'
  | 'claims'
  | 'contract'
> {
  readonly world: World;
  readonly handle: WireHandler;
  readonly ledger: Ledger;
  readonly closed: readonly SimulatedProcess[];
  readonly wire: readonly WireEntry[];
  readonly producer: Producer;
  readonly app: App;
}

/** Puts together what is known of a run that is over. */
export async function concluded(ending: Ending): Promise<RunRecord> {
  const { scenario, world, handle, ledger, closed, wire, producer, app, journal, lives, startMs } = ending;
  const { clock, emulator, connection } = world;
  const queues = [...scenario.queues.map(({ name }) => name), DEAD_LETTERS];
  const calls = mnsCalls(connection, clock, handle);
  const stored = await clock.runUntil(countMessages(calls, queues));
  const there = new Set(await clock.runUntil(queuesThere(calls)));
  return {
    scenario,
    startMs,
    healedMs: ending.healedMs,
    drainedMs: ending.drainedMs,
    endMs: clock.now(),
    journal,
    ledger: ledger.entries,
    statuses: ending.statuses,
    health: ending.health,
    lives,
    claims: ending.claims,
    leftOpen: closed
      .filter(({ isDead }) => !isDead)
      .map(({ name, pendingTimers, openRequests }) => ({ process: name, pendingTimers, openRequests })),
    wire: undamaged(wire, journal),
    heard: wire,
    stored,
    deadLetters: deadLettersIn(emulator),
    plans: plansById(scenario, producer, ledger),
    fromTopic: new Set(journal.flatMap((entry) => (entry.kind === 'delivered' ? [entry.queueMessageId] : []))),
    sends: producer.outcomes,
    awaited: app.awaited,
    submitted: app.submitted,
    waited: app.waited,
    submissions: app.submissions,
    durations: app.durations,
    bystanders: BYSTANDERS.map((path) => ({ path, isThere: there.has(path) })),
    deaths: new Map(lives.flatMap(({ kind, process, atMs }) => (kind === 'killed' ? [[process, atMs] as const] : []))),
    contract: ending.contract,
    disturbed: disturbances(journal),
    wasCutOff: (process, fromMs, toMs) =>
      scenario.networks.some(
        ({ replica, atMs, forMs }) =>
          (replica === undefined || process.startsWith(`replica-${replica}#`)) &&
          startMs + atMs <= toMs &&
          startMs + atMs + forMs >= fromMs,
      ),
  };
}

async function queuesThere(calls: ReturnType<typeof mnsCalls>): Promise<readonly string[]> {
  const there: string[] = [];
  for (const name of BYSTANDERS) {
    const resource = `/queues/${name}`;
    try {
      await calls.call({ method: 'GET', resource, rootName: 'Queue', expected: [200], body: '', timeoutMs: 10_000 });
      there.push(name);
    } catch {
      // It is not: that is what the check is told.
    }
  }
  return there;
}

function deadLettersIn(emulator: Emulator): RunRecord['deadLetters'] {
  const { items } = emulator.inspect().messages({ queueName: DEAD_LETTERS, limit: 1000 });
  return items.map(({ messageId, userProperties }) => ({
    messageId,
    originalId: userProperties.find(({ name }) => name === 'mnsbus.message-id')?.value,
  }));
}

function plansById({ messages }: Scenario, producer: Producer, ledger: Ledger): ReadonlyMap<string, MessagePlan> {
  const byTask = new Map(messages.map((plan) => [plan.taskId, plan]));
  const known = [...producer.outcomes, ...ledger.entries];
  return new Map(
    known.flatMap(({ messageId, taskId }) => {
      const plan = byTask.get(taskId.replace(/\.\d+$/, ''));
      return plan === undefined || messageId === undefined ? [] : [[messageId, plan] as const];
    }),
  );
}
