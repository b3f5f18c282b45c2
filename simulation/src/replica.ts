import {
  createBridge,
  type Bridge,
  type BridgeOptions,
  type BridgeStatus,
  type Deduplicator,
  type ListenerContext,
} from '@mnsbus/bridge';
import { SeededRandom, sleep, type Clock, type WireHandler } from '@mnsbus/core';
import type { Defect } from './defect.js';
import type { Ledger, ListenerFact } from './ledger.js';
import { listenerPlanOf, type ListenerPlan } from './listener-plan.js';
import { SimulatedProcess } from '@mnsbus/emulator/testing';
import type { CounterSample } from './run-record.js';
import { DEAD_LETTERS, type Scenario } from './scenario.js';

/** What a replica works with. */
export interface ReplicaParts {
  readonly scenario: Scenario;
  readonly clock: Clock;
  /** The way to the services of a process, faults included. */
  readonly tap: (process: string) => WireHandler;
  readonly connection: { readonly accountId: string; readonly accessKeyId: string; readonly accessKeySecret: string };
  readonly ledger: Ledger;
  /** Shared by all replicas, as one over Redis would be. */
  readonly deduplicator: Deduplicator | undefined;
  readonly defect: Defect;
  /** Whether listeners may still misbehave. */
  readonly isHealed: () => boolean;
}

/** A status of one life of a replica. */
export type ReplicaStatus = BridgeStatus & { readonly process: string; readonly atMs: number };

/** The event that every message of a run carries. */
const EVENT = 'FormatConvertJob:JobFinished';

/** Longest work of a listener once faults are over, in milliseconds: less than the shortest visibility timeout. */
const HEALED_WORK_MS = 1000;

/** How long it takes somebody to resume a queue that the service has refused, in milliseconds. */
const RESUME_MS = 5000;

/** One of several processes that read the queues: it can be killed, closed and started again, as often as one likes. */
export class Replica {
  readonly name: string;
  readonly statuses: ReplicaStatus[] = [];
  readonly #parts: ReplicaParts;
  readonly #random: SeededRandom;
  #lives = 0;
  #process: SimulatedProcess | undefined;
  #bridge: Bridge | undefined;
  /** Lives that were closed in order, to be looked over for what they left open. */
  readonly closed: SimulatedProcess[] = [];
  /** When lives were ended by a kill. */
  readonly deaths: (readonly [process: string, atMs: number])[] = [];

  constructor(index: number, parts: ReplicaParts) {
    this.name = `replica-${index}`;
    this.#parts = parts;
    this.#random = new SeededRandom(`${parts.scenario.seed}/${this.name}`);
  }

  /** The counters of this life, if it lives. */
  counters(atMs: number): readonly CounterSample[] {
    const [bridge, process] = [this.#bridge, this.#process];
    if (bridge === undefined || process === undefined) return [];
    return bridge.health().queues.map(({ queueName, counters }) => ({
      atMs,
      process: process.name,
      queueName,
      counters: this.#parts.defect.counters?.(counters) ?? counters,
    }));
  }

  /** Starts a new life; does nothing when it lives. */
  start(): void {
    if (this.#bridge !== undefined) return;
    this.#lives += 1;
    const { clock, tap, scenario, connection, deduplicator, defect } = this.#parts;
    const { bridge: plan, queues } = scenario;
    const life = `${this.name}#${this.#lives}`;
    const process = new SimulatedProcess(life, clock, tap(life));
    const options: BridgeOptions = {
      mns: { ...connection, endpoint: 'http://mns.test' },
      queueName: queues.map(({ name }) => name),
      concurrency: plan.concurrency,
      prefetch: plan.prefetch,
      waitSeconds: plan.waitSeconds,
      maxDeliveries: plan.maxDeliveries,
      retryDelay: { baseSeconds: 1, capSeconds: plan.retryCapSeconds },
      lease: { maxSeconds: plan.leaseMaxSeconds },
      ...(plan.hasDeadLetterQueue ? { deadLetterQueue: DEAD_LETTERS } : {}),
      deduplicator,
      clock: process.clock,
      transport: process.transport,
      seed: this.#random.fork(`life-${this.#lives}`).seed,
    };
    const bridge = createBridge(defect.bridge?.(options) ?? options);
    defect.started?.(process);
    bridge.status((status) => {
      this.statuses.push({ ...status, process: process.name, atMs: clock.now() });
      // What was refused for good – a policy, a key – is looked at by somebody, and tried again.
      if (status.type === 'stopped') process.clock.after(RESUME_MS, () => bridge.resume());
    });
    if (defect.isDeaf !== true) bridge.on(EVENT, (event, context) => this.#listen(process, event.data.taskId, context));
    this.#process = process;
    this.#bridge = bridge;
    void this.#run(bridge, process);
  }

  /** Ends this life as SIGKILL would. */
  kill(): void {
    if (this.#process !== undefined) this.deaths.push([this.#process.name, this.#parts.clock.now()]);
    this.#process?.kill();
    this.#process = undefined;
    this.#bridge = undefined;
  }

  /** Ends this life in order; resolves when the bridge is closed. */
  async close(): Promise<void> {
    const [bridge, process] = [this.#bridge, this.#process];
    if (bridge === undefined || process === undefined) return;
    await bridge.close({ deadlineMs: 5000 });
    // Killed while it was closing: then it never got here, but another life may have begun.
    if (this.#process !== process) return;
    this.closed.push(process);
    this.#process = undefined;
    this.#bridge = undefined;
  }

  // What the service refuses in passing at the start is tried again, as a supervisor would.
  async #run(bridge: Bridge, process: SimulatedProcess): Promise<void> {
    for (;;) {
      try {
        await bridge.start();
        return;
      } catch {
        if (bridge.health().state === 'closed') return;
        await sleep(process.clock, 1000);
      }
    }
  }

  async #listen(process: SimulatedProcess, taskId: string, context: ListenerContext): Promise<void> {
    const { ledger, scenario, isHealed } = this.#parts;
    const { delivery, signal } = context;
    const { messageId, queueName = '', deliveryCount = 0, body } = delivery;
    const note = (fact: ListenerFact): void =>
      ledger.record({
        ...fact,
        atMs: process.clock.now(),
        process: process.name,
        queueName,
        messageId,
        taskId,
      });
    const drawn = listenerPlanOf(new SeededRandom(scenario.seed), scenario.temper, taskId);
    // What takes longer than any lease lasts would never be handled: after the healing, listeners are quick.
    const plan = isHealed() ? { ...drawn, workMs: Math.min(drawn.workMs, HEALED_WORK_MS) } : drawn;
    const attempt = ledger.attempts(messageId) + 1;
    note({ kind: 'called', deliveryCount, body });
    const onAbort = (): void => note({ kind: 'aborted' });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const mustFail = attempt <= plan.failures && (plan.failures === Number.POSITIVE_INFINITY || !isHealed());
      await (mustFail ? fail(plan, process, context, note) : succeed(plan, process, context, note));
    } finally {
      signal.removeEventListener('abort', onAbort);
      note({ kind: 'ended' });
    }
  }
}

type Note = (fact: ListenerFact) => void;

async function fail(
  { workMs, fails }: ListenerPlan,
  { clock }: SimulatedProcess,
  context: ListenerContext,
  note: Note,
): Promise<void> {
  await sleep(clock, workMs, context.signal);
  note({ kind: 'failed' });
  if (fails === 'retry') {
    context.retry({ afterSeconds: 2 });
    return;
  }
  // Hangs for as long as it is let.
  if (fails === 'hang') await aborted(context.signal);
  throw new Error('not this time');
}

async function succeed(
  { workMs, answer }: ListenerPlan,
  { clock }: SimulatedProcess,
  context: ListenerContext,
  note: Note,
): Promise<void> {
  const { signal } = context;
  if (answer === 'early') {
    note({ kind: 'handled' });
    context.ack();
    await sleep(clock, workMs);
    return;
  }
  await sleep(clock, workMs, signal);
  // Told to stop, it stops, and has not handled the event.
  if (signal.aborted) throw new Error('stopped');
  note({ kind: 'handled' });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
