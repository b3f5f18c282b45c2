import { createBridge, createMemoryDeduplicator, type Deduplicator, type DeliveryCounters } from '@mnsbus/bridge';
import { SeededRandom, VirtualClock, sleep } from '@mnsbus/core';
import { createEmulator, type Emulator } from '@mnsbus/emulator';
import { SimulatedProcess } from '@mnsbus/emulator/testing';
import { EVENT, eventText } from '../message-body.js';
import { brokenNetwork } from '../network.js';
import { ProcessClock, type WallClock } from '../process-clock.js';
import { countMessages, mnsCalls } from '../producer.js';
import type { NetworkPlan } from '../scenario-plan.js';
import { createBus, type SimulatedBus } from '../simulated-bus.js';

/** How many processes read the queue. */
const REPLICAS = 2;

/** How long the queue leases a message, in seconds. */
const VISIBILITY_SECONDS = 30;

/** Every so many messages one takes longer than a lease, and one is an event that nobody can handle. */
const LONG_EVERY = 5;
const POISON_EVERY = 40;

interface Life {
  readonly process: SimulatedProcess;
  readonly app: SimulatedProcess;
  readonly bus: SimulatedBus;
}

/** Two processes that work off a small steady load, for as long as one likes: of what has ended, nothing is kept. */
export class SteadyWorld {
  readonly clock: VirtualClock = new VirtualClock();
  readonly emulator: Emulator;
  /** What there is instead of the network, for all processes. */
  network: NetworkPlan['kind'] | undefined;
  deduplicator: 'works' | 'rejects' | 'hangs' = 'works';
  /** Events that were sent and are not handled yet. */
  readonly open: Set<string> = new Set();
  /** Counters that did not add up, and what would have ended a process. */
  readonly wrong: string[] = [];
  handled = 0;
  handledAgain = 0;
  sent = 0;
  poison = 0;
  readonly #walls: readonly WallClock[] = Array.from({ length: REPLICAS }, () => ({ offsetMs: 0 }));
  readonly #lives: (Life | undefined)[] = [];
  readonly #calls: ReturnType<typeof mnsCalls>;
  readonly #claims: Deduplicator;
  readonly #random: SeededRandom;
  readonly #queues = new Set<string>();

  constructor(seed: string) {
    this.emulator = createEmulator({ clock: this.clock, seed, journalLimit: 100 });
    this.#calls = mnsCalls(this.emulator, this.clock, this.emulator.handle);
    this.#claims = createMemoryDeduplicator({ clock: this.clock, completedTtlMs: 3_600_000 });
    this.#random = new SeededRandom(`${seed}/week`);
  }

  /** Makes the queues and starts the processes. */
  async start(): Promise<void> {
    await this.create('events');
    await this.create('dead-letters');
    for (let index = 0; index < REPLICAS; index += 1) this.#start(index);
  }

  async create(queueName: string): Promise<void> {
    const body = `<Queue><VisibilityTimeout>${VISIBILITY_SECONDS}</VisibilityTimeout></Queue>`;
    await this.#call('PUT', `/queues/${queueName}`, 'Queue', body);
    this.#queues.add(queueName);
  }

  async remove(queueName: string): Promise<void> {
    this.#queues.delete(queueName);
    await this.#call('DELETE', `/queues/${queueName}`, 'Queue', '');
  }

  /** Sends an event, unless its queue is gone: what is sent then is refused, and nobody expects anything of it. */
  async send(): Promise<void> {
    if (!this.#queues.has('events')) return;
    this.sent += 1;
    const isPoison = this.sent % POISON_EVERY === 0;
    const taskId = isPoison ? `poison-${this.sent}` : `event-${this.sent}`;
    if (isPoison) this.poison += 1;
    else this.open.add(taskId);
    const body = `<Message><MessageBody>${eventText(taskId).replaceAll('"', '&quot;')}</MessageBody></Message>`;
    await this.#call('POST', '/queues/events/messages', 'Message', body);
  }

  kill(): void {
    const [life] = this.#lives;
    life?.process.kill();
    life?.app.kill();
    this.#lives[0] = undefined;
  }

  async close(): Promise<void> {
    const [life] = this.#lives;
    this.#lives[0] = undefined;
    await life?.bus.close({ deadlineMs: 5000 });
    if (life !== undefined && life.process.pendingTimers + life.process.openRequests > 0) this.wrong.push('left open');
  }

  restart(): void {
    this.#start(0);
  }

  setClock(byMs: number): void {
    for (const wall of this.#walls) wall.offsetMs += byMs;
  }

  /** Looks whether everything adds up. */
  check(): void {
    for (const life of this.#lives) {
      for (const { counters } of life?.bus.health().queues ?? [])
        if (!addUp(counters)) this.wrong.push(JSON.stringify(counters));
    }
  }

  /** Whether every process is as it should be long after an outage. */
  get areHealthy(): boolean {
    return this.#lives.every((life) => life?.bus.health().healthy === true);
  }

  /** How many messages each queue has. */
  stored(): Promise<ReadonlyMap<string, number>> {
    return countMessages(this.#calls, ['events', 'dead-letters']);
  }

  async end(): Promise<void> {
    await Promise.all(this.#lives.flatMap((life) => (life === undefined ? [] : [life.bus.close()])));
    this.emulator.close();
  }

  #start(index: number): void {
    const died = (thrown: unknown): void => void this.wrong.push(String(thrown));
    const wall = this.#walls[index] ?? { offsetMs: 0 };
    const clock = new ProcessClock(this.clock, wall, died);
    const network = brokenNetwork(this.emulator.handle, this.clock, () => this.network);
    const process = new SimulatedProcess(`replica-${index}`, clock, network);
    const app = new SimulatedProcess(`app-${index}`, clock, network);
    const { accountId, accessKeyId, accessKeySecret } = this.emulator;
    const bus = createBus(createBridge, {
      mns: { accountId, accessKeyId, accessKeySecret, endpoint: 'http://mns.test' },
      queueName: 'events',
      waitSeconds: 30,
      concurrency: 4,
      maxDeliveries: 3,
      deadLetterQueue: 'dead-letters',
      retryDelay: { capSeconds: 30 },
      lease: { maxSeconds: 600 },
      deduplicator: this.#troubled(),
      clock: process.clock,
      transport: process.transport,
      seed: this.#random.integer(0, 2 ** 31 - 1),
    });
    bus.status(() => {});
    bus.on(EVENT, (event) => this.#work(app, event.data.taskId));
    this.#lives[index] = { process, app, bus };
    void this.#run(bus, app);
  }

  async #run(bus: SimulatedBus, app: SimulatedProcess): Promise<void> {
    for (;;) {
      try {
        await bus.start();
        return;
      } catch {
        await sleep(app.clock, 5000);
      }
    }
  }

  async #work({ clock }: SimulatedProcess, taskId: string): Promise<void> {
    const number = Number(taskId.replace(/\D+/, ''));
    await sleep(clock, number % LONG_EVERY === 0 ? 2000 * VISIBILITY_SECONDS : 100);
    if (taskId.startsWith('poison')) throw new Error('nobody can handle it');
    if (this.open.delete(taskId)) this.handled += 1;
    else this.handledAgain += 1;
  }

  /** The store of claims, as it is at the moment. */
  #troubled(): Deduplicator {
    const asked = <T>(ask: () => Promise<T>): Promise<T> => {
      if (this.deduplicator === 'rejects') return Promise.reject(new Error('the store of claims is down'));
      return this.deduplicator === 'hangs' ? new Promise(() => {}) : ask();
    };
    const store = this.#claims;
    return {
      claim: (key, ttlMs) => asked(() => store.claim(key, ttlMs)),
      renew: (key, token, ttlMs) => asked(async () => (await store.renew?.(key, token, ttlMs)) ?? true),
      complete: (key, token) => asked(() => store.complete(key, token)),
      release: (key, token) => asked(() => store.release(key, token)),
    };
  }

  async #call(method: 'PUT' | 'POST' | 'DELETE', resource: string, rootName: string, body: string): Promise<void> {
    const timeoutMs = 10_000;
    for (;;) {
      try {
        await this.#calls.call({ method, resource, rootName, expected: [200, 201, 204], body, timeoutMs });
        return;
      } catch {
        // Struck by a fault of the services: tried again, as whoever is responsible would.
        await sleep(this.clock, 10_000);
      }
    }
  }
}

function addUp({ received, acked, retried, deadLettered, released, inFlight }: DeliveryCounters): boolean {
  return received === acked + retried + deadLettered + released + inFlight && inFlight >= 0;
}
