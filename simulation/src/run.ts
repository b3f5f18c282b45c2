import { createMemoryDeduplicator } from '@mnsbus/bridge';
import { SeededRandom } from '@mnsbus/core';
import type { Emulator, JournalEntry } from '@mnsbus/emulator';
import { App } from './app.js';
import { contractViolations } from './contract-phase.js';
import type { Defect } from './defect.js';
import { disturbances } from './disturbances.js';
import { QUIET_MS, boundMs } from './liveness-bound.js';
import { Ledger } from './ledger.js';
import { Meddler } from './meddler.js';
import { networkTo } from './network.js';
import { Producer, countMessages, mnsCalls } from './producer.js';
import { storedIn } from './queue-counts.js';
import { Replica } from './replica.js';
import type { CounterSample, LeftOpen, RunRecord } from './run-record.js';
import { DEAD_LETTERS, type MessagePlan, type Scenario } from './scenario.js';
import { undamaged } from './undamaged.js';
import { tapped, type WireEntry } from './wire-tap.js';
import { createWorld } from './world.js';

/** Between two looks at the backlog, in milliseconds. */
const LOOK_MS = 5000;

/** How long the app may take to hear of its last task, in milliseconds. */
const END_MS = 1_000_000;

/**
 * Carries out a scenario: safety (faults, crashes, traffic), then healing, then liveness until the backlog is empty or its
 * bound is over; then all is closed.
 */
export async function run(scenario: Scenario, defect: Defect = {}): Promise<RunRecord> {
  const { clock, emulator, connection } = await createWorld(scenario, defect);
  const effectsOf = defect.effects ?? ((entry: JournalEntry) => [entry]);
  const handle = defect.service?.(emulator.handle, { clock, connection }) ?? emulator.handle;
  const startMs = clock.now();
  const journal: JournalEntry[] = [...emulator.journal.entries()];
  emulator.journal.subscribe((entry) => void journal.push(...effectsOf(entry)));
  const random = new SeededRandom(`${scenario.seed}/run`);
  const network = networkTo(handle, clock, random.fork('network'), scenario.latencyMs);
  const wire: WireEntry[] = [];
  const tap = (process: string): typeof network =>
    tapped(network, process, clock, (entry) => {
      wire.push(entry);
      meddler?.hear(entry);
    });
  // A handle, or its delivery, that was damaged on its way might be taken for an old one.
  const mayMeddle = scenario.faults.every(({ kind }) => kind !== 'corrupt-reply');
  const meddler = mayMeddle
    ? new Meddler(
        connection,
        clock,
        tapped(network, 'meddler', clock, (entry) => void wire.push(entry)),
      )
    : undefined;
  const ledger = new Ledger();
  const state = { isHealed: false };
  const deduplicator = scenario.bridge.deduplicates ? createMemoryDeduplicator({ clock }) : undefined;
  const replicas = Array.from(
    { length: scenario.replicas },
    (_, index) =>
      new Replica(index, {
        scenario,
        clock,
        tap,
        connection,
        ledger,
        deduplicator,
        defect,
        isHealed: () => state.isHealed,
      }),
  );
  const app = new App(scenario, { clock, network: tap('app'), connection });
  const producer = new Producer(connection, clock, tap('producer'));
  await clock.runUntil(app.start());
  for (const replica of replicas) replica.start();
  const counters: CounterSample[] = [];
  const sample = (): void => {
    for (const replica of replicas) counters.push(...replica.counters(clock.now()));
  };

  for (const [index, task] of scenario.tasks.entries()) clock.after(task.atMs, () => void app.convert(index, task));
  for (const message of scenario.messages)
    clock.after(message.atMs, () => void producer.send(defect.message?.(message) ?? message));
  for (const { atMs, replica: index, kind, downMs } of scenario.outages) {
    const replica = replicas[index];
    if (replica === undefined) continue;
    clock.after(atMs, () => {
      sample();
      const startAgain = (): void => void clock.after(downMs, () => replica.start());
      if (kind === 'crash') {
        replica.kill();
        startAgain();
      } else void replica.close().then(startAgain);
    });
  }

  for (const fault of [...scenario.faults, ...(defect.faults ?? [])]) emulator.faults.add(fault);
  for (let atMs = startMs + LOOK_MS; atMs < startMs + scenario.safetyMs; atMs += LOOK_MS) {
    await clock.advanceTo(atMs);
    sample();
  }
  await clock.advanceTo(startMs + scenario.safetyMs);

  emulator.faults.clear();
  for (const taskId of heldTasks(journal)) emulator.tasks.finish(taskId);
  state.isHealed = true;
  const healedMs = clock.now();
  const queues = [...scenario.queues.map(({ name }) => name), DEAD_LETTERS];
  let drainedMs: number | undefined;
  while (drainedMs === undefined && clock.now() - healedMs < boundMs(scenario)) {
    await clock.advanceBy(LOOK_MS);
    sample();
    const stored = storedIn(journal);
    const isEmpty = scenario.queues.every(({ name }) => (stored.get(name) ?? 0) === 0);
    if (isEmpty && clock.now() - lastTrafficMs(journal) >= QUIET_MS) drainedMs = clock.now();
  }

  const contract = await contractViolations(
    { clock, emulator, connection },
    handle,
    random.fork('contract').integer(0, 2 ** 31 - 1),
  );

  const closing = Promise.all(replicas.map((replica) => replica.close()));
  await clock.runUntil(closing);
  const giveUpMs = clock.now() + END_MS;
  while (app.isWaiting && clock.now() < giveUpMs) await clock.advanceBy(LOOK_MS);
  await clock.runUntil(app.close());
  const leftOpen: LeftOpen[] = [...replicas.flatMap(({ closed }) => closed), app.process].map((process) => ({
    process: process.name,
    pendingTimers: process.pendingTimers,
    openRequests: process.openRequests,
  }));
  const stored = await clock.runUntil(countMessages(mnsCalls(connection, clock, handle), queues));
  const deadLetters = deadLettersIn(emulator);
  emulator.close();
  return {
    scenario,
    startMs,
    healedMs,
    drainedMs,
    endMs: clock.now(),
    journal,
    ledger: ledger.entries,
    statuses: replicas.flatMap(({ statuses }) => statuses),
    counters,
    leftOpen,
    wire: undamaged(wire, journal),
    stored,
    deadLetters,
    plans: plansById(scenario, producer, ledger),
    fromTopic: new Set(journal.flatMap((entry) => (entry.kind === 'delivered' ? [entry.queueMessageId] : []))),
    sends: producer.outcomes,
    awaited: app.awaited,
    submitted: app.submitted,
    durations: app.durations,
    deaths: new Map(replicas.flatMap(({ deaths }) => deaths)),
    contract,
    disturbed: disturbances(journal),
  };
}

/** The tasks that a fault has held and that have not ended: they never would by themselves. */
function heldTasks(journal: readonly JournalEntry[]): ReadonlySet<string> {
  const held = new Set<string>();
  for (const entry of journal) {
    if (entry.kind === 'fault' && entry.fault === 'hold-task' && entry.taskId !== undefined) held.add(entry.taskId);
    if (entry.kind === 'task-ended') held.delete(entry.taskId);
  }
  return held;
}

function deadLettersIn(emulator: Emulator): RunRecord['deadLetters'] {
  const { items } = emulator.inspect().messages({ queueName: DEAD_LETTERS, limit: 1000 });
  return items.map(({ messageId, userProperties }) => ({
    messageId,
    originalId: userProperties.find(({ name }) => name === 'mnsbus.message-id')?.value,
  }));
}

/** When a task was last running, or a message came in. */
function lastTrafficMs(journal: readonly JournalEntry[]): number {
  let running = 0;
  let lastMs = 0;
  for (const { kind, atMs } of journal) {
    if (kind === 'task-submitted') running += 1;
    if (kind === 'task-ended') running -= 1;
    if (kind === 'task-ended' || kind === 'sent') lastMs = atMs;
  }
  return running > 0 ? Infinity : lastMs;
}

function plansById({ messages }: Scenario, producer: Producer, ledger: Ledger): ReadonlyMap<string, MessagePlan> {
  const byTask = new Map(messages.map((plan) => [plan.taskId, plan]));
  const known = [...producer.outcomes, ...ledger.entries];
  return new Map(
    known.flatMap(({ messageId, taskId }) => {
      const plan = byTask.get(taskId);
      return plan === undefined || messageId === undefined ? [] : [[messageId, plan] as const];
    }),
  );
}
