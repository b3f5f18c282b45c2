import { createBridge, createImm, createMemoryDeduplicator } from '@mnsbus/bridge';
import { SeededRandom, type WireHandler } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import type { JournalEntry } from '@mnsbus/emulator';
import { App } from './app.js';
import { heldTasks, lastTrafficMs, leftIn } from './backlog.js';
import { Claims } from './claims.js';
import { Companion, PushDoor } from './companions.js';
import { concluded } from './conclusion.js';
import { contractViolations } from './contract-phase.js';
import type { Defect } from './defect.js';
import { createHealing } from './healing.js';
import { Ledger } from './ledger.js';
import { lastReaders } from './invariants/operating.js';
import type { LifeEntry } from './life-fact.js';
import { QUIET_MS, boundMs } from './liveness-bound.js';
import { Meddler } from './meddler.js';
import { BODIES } from './message-body.js';
import { brokenNetwork, networkTo } from './network.js';
import { Producer } from './producer.js';
import { Replica } from './replica.js';
import type { HealthSample, RunRecord } from './run-record.js';
import type { NetworkPlan, Scenario } from './scenario-plan.js';
import { trap } from './trap.js';
import { tapped, type WireEntry } from './wire-tap.js';
import { createWorld, type World } from './world.js';

/** Between two looks at the backlog, in milliseconds. */
const LOOK_MS = 5000;

/** How long the app may take to hear of its last task, in milliseconds. */
const END_MS = 1_000_000;

/** Longer than it takes until the queue of a replica that was killed counts as left behind, in milliseconds. */
const SWEPT_MS = 1_200_000;

/**
 * Carries out a scenario: safety (faults, crashes, traffic), then healing, then liveness until the backlog is empty or its
 * bound is over; then all is closed.
 */
export async function run(scenario: Scenario, defect: Defect = {}): Promise<RunRecord> {
  const escaped: unknown[] = [];
  const release = trap((reason) => escaped.push(reason));
  try {
    return await new Run(scenario, defect, escaped).carryOut();
  } finally {
    // A rejection counts as unhandled a turn after it.
    await eventLoopTurn();
    release();
  }
}

/** Everything that takes part in one run. */
class Run {
  readonly #scenario: Scenario;
  readonly #defect: Defect;
  readonly #escaped: unknown[];
  readonly #ledger = new Ledger();
  readonly #journal: JournalEntry[] = [];
  readonly #wire: WireEntry[] = [];
  readonly #lives: LifeEntry[] = [];
  readonly #health: HealthSample[] = [];
  readonly #door = new PushDoor();
  readonly #random: SeededRandom;

  constructor(scenario: Scenario, defect: Defect, escaped: unknown[]) {
    this.#scenario = scenario;
    this.#defect = defect;
    this.#escaped = escaped;
    this.#random = new SeededRandom(`${scenario.seed}/run`);
  }

  async carryOut(): Promise<RunRecord> {
    const scenario = this.#scenario;
    const defect = this.#defect;
    const random = this.#random;
    const journal = this.#journal;
    const world = await createWorld(scenario, this.#door, defect);
    const { clock, emulator, connection } = world;
    const effectsOf = defect.effects ?? ((entry: JournalEntry) => [entry]);
    const handle = defect.service?.(emulator.handle, { clock, connection }) ?? emulator.handle;
    const startMs = clock.now();
    journal.push(...emulator.journal.entries());
    emulator.journal.subscribe((entry) => void journal.push(...effectsOf(entry)));
    const network = networkTo(handle, clock, random.fork('network'), scenario.latencyMs);
    const healing = createHealing();
    const note = (entry: LifeEntry): void => void this.#lives.push(entry);
    const died = (process: string, thrown: unknown): void =>
      note({
        kind: 'died',
        process,
        atMs: clock.now(),
        reason: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
      });
    const meddler = this.#meddler(world, network);
    const tap = (process: string): WireHandler => {
      const kindNow = (): NetworkPlan['kind'] | undefined =>
        healing.isOver ? undefined : planAt(scenario, process, clock.now() - startMs)?.kind;
      return tapped(brokenNetwork(network, clock, kindNow), process, clock, (entry) => {
        this.#wire.push(entry);
        meddler?.hear(entry);
      });
    };
    const claims = new Claims(scenario.bridge.deduplicator, {
      store: createMemoryDeduplicator({ clock }),
      clock,
      random: random.fork('claims'),
      healing,
    });
    const shared = { scenario, clock, tap, connection, ledger: this.#ledger, healing, defect, note };
    const replicas = Array.from(
      { length: scenario.replicas },
      (_, index) =>
        new Replica(index, {
          ...shared,
          emulator,
          deduplicatorOf: (process, processClock, isDead) => claims.of(process, processClock, isDead),
          died,
        }),
    );
    const app = new App(scenario, {
      clock,
      network: tap('app'),
      connection,
      makers: defect.makers ?? { createBridge, createImm },
    });
    const producer = new Producer(connection, clock, tap('producer'));
    await clock.runUntil(app.start());
    const companions = await this.#startCompanions(world, shared);
    for (const replica of replicas) replica.start();
    const sample = (): void => {
      for (const replica of replicas) {
        const health = replica.health(clock.now());
        if (health !== undefined) this.#health.push(health);
      }
      for (const reason of this.#escaped.splice(0)) died('some process', reason);
    };

    clock.after(scenario.missingQueueMs, () => void world.later());
    for (const [index, task] of scenario.tasks.entries()) clock.after(task.atMs, () => void app.convert(index, task));
    for (const message of scenario.messages)
      clock.after(message.atMs, () => void producer.send(defect.message?.(message) ?? message));
    this.#plan(world, replicas, sample);
    for (const fault of [...scenario.faults, ...(defect.faults ?? [])]) emulator.faults.add(fault);
    for (let atMs = startMs + LOOK_MS; atMs < startMs + scenario.safetyMs; atMs += LOOK_MS) {
      await clock.advanceTo(atMs);
      sample();
    }
    await clock.advanceTo(startMs + scenario.safetyMs);

    emulator.faults.clear();
    for (const taskId of heldTasks(journal)) emulator.tasks.finish(taskId);
    healing.heal();
    const healedMs = clock.now();
    let drainedMs: number | undefined;
    while (drainedMs === undefined && clock.now() - healedMs < boundMs(scenario, this.#lives)) {
      await clock.advanceBy(LOOK_MS);
      sample();
      const isHeard = lastReaders({ scenario, lives: this.#lives, heard: this.#wire, healedMs }).every(
        ({ isAsked }) => isAsked,
      );
      if (isHeard && this.#isDrained(producer) && clock.now() - lastTrafficMs(journal) >= QUIET_MS)
        drainedMs = clock.now();
    }
    if (companions.some(({ process }) => process.isDead)) await clock.advanceBy(SWEPT_MS);
    const contract = await contractViolations(world, handle, random.fork('contract').integer(0, 2 ** 31 - 1));

    await clock.runUntil(Promise.all(replicas.map((replica) => replica.close())));
    const giveUpMs = clock.now() + END_MS;
    while (app.isWaiting && clock.now() < giveUpMs) await clock.advanceBy(LOOK_MS);
    await clock.runUntil(Promise.all([app.close(), ...companions.map((companion) => companion.close())]));
    await eventLoopTurn();
    sample();
    const record = await concluded({
      scenario,
      world,
      handle,
      startMs,
      healedMs,
      drainedMs,
      journal,
      ledger: this.#ledger,
      statuses: replicas.flatMap(({ statuses }) => statuses),
      health: this.#health,
      lives: this.#lives,
      claims: claims.entries,
      closed: [...replicas.flatMap(({ closed }) => closed), app.process, ...companions.map(({ process }) => process)],
      wire: this.#wire,
      producer,
      app,
      contract,
    });
    emulator.close();
    return record;
  }

  /** Somebody who tries old handles; not where a handle, or its delivery, might have been damaged on its way. */
  #meddler({ connection, clock }: World, network: WireHandler): Meddler | undefined {
    if (this.#scenario.faults.some(({ kind }) => kind === 'corrupt-reply')) return undefined;
    const own = tapped(network, 'meddler', clock, (entry) => void this.#wire.push(entry));
    return new Meddler(connection, clock, own);
  }

  async #startCompanions(
    { clock, emulator }: World,
    shared: ConstructorParameters<typeof Companion>[1],
  ): Promise<readonly Companion[]> {
    const { hearers, isOneKilled, hasPush } = this.#scenario.companions;
    const all = Array.from({ length: hearers }, (_, index) => new Companion(`hearer-${index}`, shared, 'replica'));
    for (const hearer of all) await clock.runUntil(hearer.start());
    if (isOneKilled) clock.after(this.#scenario.safetyMs / 2, () => all[0]?.kill());
    if (!hasPush) return all;
    const taker = new Companion('push-taker', shared, 'push');
    const certificate = await emulator.handle({
      method: 'GET',
      target: '/_emulator/mns-signing-cert.pem',
      headers: [['host', 'h']],
      body: new Uint8Array(),
    });
    taker.takePushes(this.#door, Buffer.from(certificate.body).toString('latin1'));
    return [...all, taker];
  }

  #plan({ clock }: World, replicas: readonly Replica[], sample: () => void): void {
    const { outages, meddlings } = this.#scenario;
    for (const { atMs, replica: index, kind, downMs } of outages) {
      const replica = replicas[index];
      if (replica === undefined) continue;
      clock.after(atMs, () => {
        sample();
        const startAgain = (): void => void clock.after(downMs, () => replica.start());
        if (kind === 'crash') {
          replica.kill();
          startAgain();
        } else void replica.close(kind).then(startAgain);
      });
    }
    for (const plan of meddlings) {
      const replica = replicas[plan.replica];
      if (replica === undefined) continue;
      clock.after(plan.atMs, () => {
        if (plan.kind === 'pause') replica.pause(plan.forMs);
        else if (plan.kind === 'configure') replica.configure(plan.change);
        else replica.setClock(plan.byMs);
      });
    }
  }

  /** Whether nothing is left but what nobody can read and nobody has a place for. */
  #isDrained(producer: Producer): boolean {
    const { queues, messages, bridge } = this.#scenario;
    const names = new Set(queues.map(({ name }) => name));
    const left = leftIn(this.#journal, names);
    if (left.size === 0 || bridge.hasDeadLetterQueue) return left.size === 0;
    const unreadable = new Set(
      messages.flatMap(({ taskId, body }) => (BODIES[body].isReadable === 'yes' ? [] : [taskId])),
    );
    const sent = producer.outcomes.filter(({ taskId }) => unreadable.has(taskId));
    // Where the answer to its send was lost, nobody knows which of those that are left it is.
    const unknown = unreadable.size - sent.filter(({ messageId }) => messageId !== undefined).length;
    const ids = new Set(sent.map(({ messageId }) => messageId));
    for (const messageId of left) if (ids.has(messageId)) left.delete(messageId);
    // What came by the topic, or was sent and can be read, is none of them.
    const readable = this.#journal.some((entry) => entry.kind === 'delivered' && left.has(entry.queueMessageId));
    const isOther = ({ taskId, messageId }: { taskId: string; messageId?: string | undefined }): boolean =>
      !unreadable.has(taskId) && messageId !== undefined && left.has(messageId);
    if (readable || producer.outcomes.some(isOther)) return false;
    // A copy that a fault has stored is as unreadable as its original.
    for (const entry of this.#journal) {
      if (entry.kind !== 'sent' || entry.duplicateOf === undefined) continue;
      if (ids.has(entry.duplicateOf) || left.has(entry.duplicateOf)) left.delete(entry.messageId);
    }
    return left.size <= unknown;
  }
}

/** What a replica's network is by plan at a time of the run, in milliseconds from its start; `process` is one of its lives. */
function planAt({ networks }: Scenario, process: string, atMs: number): NetworkPlan | undefined {
  if (!process.startsWith('replica-')) return undefined;
  return networks.find(
    ({ replica, atMs: fromMs, forMs }) =>
      atMs >= fromMs && atMs < fromMs + forMs && (replica === undefined || process.startsWith(`replica-${replica}#`)),
  );
}
