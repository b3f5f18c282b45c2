import { createBridge, type BridgeOptions, type BridgeStatus, type Deduplicator } from '@mnsbus/bridge';
import { SeededRandom, sleep, type Clock, type WireHandler } from '@mnsbus/core';
import type { Emulator } from '@mnsbus/emulator';
import { SimulatedProcess } from '@mnsbus/emulator/testing';
import { CONSUMERS } from './consumers/consumer-ways.js';
import { Listening } from './consumers/listening.js';
import type { Defect } from './defect.js';
import { keysFor } from './keys.js';
import type { Ledger } from './ledger.js';
import type { LifeEntry, LifeFact } from './life-fact.js';
import { CUSTOM, UNHEARD } from './message-body.js';
import { ProcessClock, type WallClock } from './process-clock.js';
import type { HealthSample } from './run-record.js';
import { DEAD_LETTERS, type OutagePlan, type Scenario, type SettingsChange } from './scenario-plan.js';
import { createBus, type SimulatedBus } from './simulated-bus.js';
import type { Healing } from './healing.js';

/** What a replica works with. */
export interface ReplicaParts {
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly emulator: Emulator;
  /** The way to the services of a process, faults included. */
  readonly tap: (process: string) => WireHandler;
  readonly connection: { readonly accountId: string; readonly accessKeyId: string; readonly accessKeySecret: string };
  readonly ledger: Ledger;
  /** The way of a process to the store that all replicas share. */
  readonly deduplicatorOf: (process: string, clock: Clock, isDead: () => boolean) => Deduplicator | undefined;
  readonly defect: Defect;
  readonly healing: Healing;
  readonly note: (entry: LifeEntry) => void;
  /** Told what would have ended the process. */
  readonly died: (process: string, thrown: unknown) => void;
}

/** A status of one life of a replica. */
export type ReplicaStatus = BridgeStatus & { readonly process: string; readonly atMs: number };

/** Everything of one life. */
interface Life {
  readonly name: string;
  /** What the bridge runs in: nothing of it may be left when the bridge is closed. */
  readonly process: SimulatedProcess;
  /** The clock of everything else of the same process: its listeners, and who looks after it. */
  readonly app: SimulatedProcess;
  readonly bus: SimulatedBus;
  readonly note: (fact: LifeFact) => void;
  /** Set as soon as it closes; resolves when it has. */
  closing: Promise<void> | undefined;
}

/** One of several processes that read the queues: it can be killed, closed and started again, as often as one likes. */
export class Replica {
  readonly name: string;
  readonly statuses: ReplicaStatus[] = [];
  /** Lives that were closed in order, to be looked over for what they left open. */
  readonly closed: SimulatedProcess[] = [];
  readonly #parts: ReplicaParts;
  readonly #random: SeededRandom;
  readonly #wall: WallClock = { offsetMs: 0 };
  #lives = 0;
  #life: Life | undefined;

  constructor(index: number, parts: ReplicaParts) {
    this.name = `replica-${index}`;
    this.#parts = parts;
    this.#random = new SeededRandom(`${parts.scenario.seed}/${this.name}`);
    void parts.healing.over.then(() => {
      this.#wall.offsetMs = 0;
      return undefined;
    });
  }

  /** How it goes with this life, if it lives. */
  health(atMs: number): HealthSample | undefined {
    const life = this.#life;
    if (life === undefined) return undefined;
    const { healthy, state, queues } = life.bus.health();
    const { counters: recounted = (counters) => counters } = this.#parts.defect;
    return {
      atMs,
      process: life.name,
      healthy,
      state,
      queues: queues.map(({ counters, ...queue }) => ({ ...queue, counters: recounted(counters) })),
    };
  }

  /** Starts a new life; does nothing when it lives. */
  start(): void {
    if (this.#life !== undefined) return;
    this.#lives += 1;
    const life = this.#create(`${this.name}#${this.#lives}`);
    const { bus } = life;
    const { scenario, defect, ledger, healing } = this.#parts;
    defect.started?.(life.process);
    this.#hearStatuses(life);
    if (defect.isDeaf !== true) {
      const parts = {
        scenario,
        ledger,
        healing,
        clock: this.#parts.clock,
        processClock: life.app.clock,
        process: life.name,
      };
      const listening = new Listening(bus, parts, this.#random.fork(`consumer-${this.#lives}`), life.note);
      CONSUMERS[scenario.consumer](listening);
      void healing.over.then(() => {
        if (life.process.isDead || scenario.consumer === 'star') return undefined;
        // What nobody has listened to so far is heard now: it must still be there.
        const late = listening.listener('late', 'late');
        bus.on('unknown', late).on(UNHEARD, late).on(CUSTOM, late);
        return undefined;
      });
    }
    this.#life = life;
    void this.#run(life);
  }

  /** Ends this life as SIGKILL would. */
  kill(): void {
    this.#life?.note({ kind: 'killed' });
    this.#life?.process.kill();
    this.#life?.app.kill();
    this.#life = undefined;
  }

  /** Ends this life in order; resolves when the bridge is closed. */
  close(kind: OutagePlan['kind'] = 'close'): Promise<void> {
    const life = this.#life;
    if (life === undefined) return Promise.resolve();
    life.closing ??= this.#close(life, kind === 'close-twice');
    return life.closing;
  }

  /** Receives nothing for a while. */
  pause(forMs: number): void {
    const life = this.#life;
    if (life === undefined || life.closing !== undefined) return;
    life.note({ kind: 'paused' });
    life.bus.pause();
    life.app.clock.after(forMs, () => {
      if (life.closing !== undefined) return;
      life.note({ kind: 'resumed' });
      life.bus.resume();
    });
  }

  /** Changes settings of this life. */
  configure(change: SettingsChange): void {
    const life = this.#life;
    if (life === undefined || life.closing !== undefined) return;
    life.note({ kind: 'configured', change });
    void (async () => life.bus.configure(change))().catch(() => {});
  }

  /** Sets the wall clock of its machine, until all is healed. */
  setClock(byMs: number): void {
    if (this.#parts.healing.isOver) return;
    this.#wall.offsetMs += byMs;
    this.#life?.note({ kind: 'clock-set', byMs });
  }

  async #close(life: Life, isTwice: boolean): Promise<void> {
    const { closeDeadlineMs } = this.#parts.scenario.bridge;
    life.note({ kind: 'closing', deadlineMs: closeDeadlineMs });
    // Of two calls the shorter deadline counts.
    const first = life.bus.close({ deadlineMs: isTwice ? closeDeadlineMs * 10 : closeDeadlineMs });
    if (isTwice) await life.bus.close({ deadlineMs: closeDeadlineMs });
    await first;
    // Killed while it was closing: then it never got here, but another life may have begun.
    if (this.#life !== life) return;
    life.note({ kind: 'closed' });
    this.closed.push(life.process);
    this.#life = undefined;
  }

  #create(name: string): Life {
    const { clock: worldClock, tap, scenario, connection, deduplicatorOf, defect, emulator, healing } = this.#parts;
    const { bridge: plan, queues } = scenario;
    const note = (fact: LifeFact): void => this.#parts.note({ ...fact, atMs: worldClock.now(), process: name });
    const clock = new ProcessClock(worldClock, this.#wall, (thrown) => this.#parts.died(name, thrown));
    const process = new SimulatedProcess(name, clock, tap(name));
    const app = new SimulatedProcess(name, clock, process.transport);
    const random = this.#random.fork(`life-${this.#lives}`);
    const onFailure = (): void => note({ kind: 'without-keys', untilMs: worldClock.now() + WITHOUT_KEYS_MS });
    const keys = keysFor({ kind: plan.credentials, emulator, random: random.fork('keys'), healing, onFailure });
    const { maxSilentDeliveries, extendBySeconds, recentEvents } = plan;
    const options: BridgeOptions = {
      mns: { accountId: connection.accountId, ...keys, endpoint: 'http://mns.test' },
      queueName: queues.map((queue) => queue.name),
      concurrency: plan.concurrency,
      prefetch: plan.prefetch,
      waitSeconds: plan.waitSeconds,
      unhandled: plan.unhandled,
      maxDeliveries: plan.maxDeliveries,
      ...(maxSilentDeliveries === undefined ? {} : { maxSilentDeliveries }),
      retryDelay: { baseSeconds: 1, capSeconds: plan.retryCapSeconds },
      lease: { maxSeconds: plan.leaseMaxSeconds, ...(extendBySeconds === undefined ? {} : { extendBySeconds }) },
      ...(plan.hasDeadLetterQueue ? { deadLetterQueue: DEAD_LETTERS } : {}),
      ...(recentEvents === undefined ? {} : { recentEvents: { limit: recentEvents } }),
      deduplicator: deduplicatorOf(name, app.clock, () => app.isDead),
      clock: process.clock,
      transport: process.transport,
      seed: random.seed,
    };
    const bus = createBus(
      defect.makers?.createBridge ?? createBridge,
      defect.bridge?.(options) ?? options,
      scenario.ownCode,
    );
    return { name, process, app, bus, note, closing: undefined };
  }

  #hearStatuses({ bus, name, note, app }: Life): void {
    const { scenario, clock } = this.#parts;
    bus.status((status) => {
      this.statuses.push({ ...status, process: name, atMs: clock.now() });
      if (status.type === 'stopped') note({ kind: 'refused', queueName: status.queueName ?? '' });
    });
    if (scenario.callbacks === 'throws') {
      bus.status(() => {
        throw new Error('a listener of statuses threw');
      });
    }
    if (scenario.callbacks === 'rejects') {
      const reject = async (): Promise<void> => {
        await sleep(app.clock, 1);
        throw new Error('a listener of statuses rejected');
      };
      bus.status((): unknown => reject());
    }
  }

  // What the service refuses in passing at the start is tried again, as a supervisor would.
  async #run({ bus, app, note }: Life): Promise<void> {
    for (;;) {
      note({ kind: 'starting' });
      try {
        await bus.start();
        note({ kind: 'started' });
        return;
      } catch (error) {
        const { state } = bus.health();
        if (state === 'closing' || state === 'closed') return;
        note({ kind: 'start-failed', code: error instanceof Error ? error.message : String(error) });
        await sleep(app.clock, START_AGAIN_MS);
      }
    }
  }
}

/** How long a provider that has failed may be without keys, in milliseconds: as long as one that hangs is waited for, and back-off. */
const WITHOUT_KEYS_MS = 60_000;

/** Between two attempts to start, in milliseconds: longer than a poll that was left running would take to show. */
const START_AGAIN_MS = 3000;
