import { createBridge, createPushHandler, type BridgeOptions, type PushHandler } from '@mnsbus/bridge';
import { SeededRandom, type Clock, type WireHandler } from '@mnsbus/core';
import type { EmulatorOptions } from '@mnsbus/emulator';
import { SimulatedProcess } from '@mnsbus/emulator/testing';
import { TOPIC } from './app.js';
import type { Defect } from './defect.js';
import { Listening, identityOf } from './consumers/listening.js';
import type { Healing } from './healing.js';
import type { Ledger } from './ledger.js';
import type { LifeEntry, LifeFact } from './life-fact.js';
import { EVENT } from './message-body.js';
import type { World } from './world.js';
import { createBus, type SimulatedBus } from './simulated-bus.js';
import { DEAD_LETTERS, type Scenario } from './scenario-plan.js';

/** What companions work with. */
export interface CompanionParts {
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly tap: (process: string) => WireHandler;
  readonly connection: World['connection'];
  readonly ledger: Ledger;
  readonly healing: Healing;
  readonly note: (entry: LifeEntry) => void;
  readonly defect: Pick<Defect, 'makers' | 'isDeaf'>;
}

/** Where pushes go: to whoever takes them at that moment. */
export class PushDoor {
  handler: PushHandler | undefined;

  /** Carries the pushes of an emulator. */
  readonly sender: NonNullable<NonNullable<EmulatorOptions['push']>['sender']> = async (
    { url, headers, body },
    signal,
  ) => {
    if (this.handler === undefined) throw new Error('connect ECONNREFUSED');
    const request = new Request(url, {
      method: 'POST',
      headers: headers.map(([name, value]) => [name, value]),
      body,
      signal,
    });
    const { status } = await this.handler.fetch(request);
    return { status };
  };
}

/** Where the certificate of the pushes is said to be. */
export const CERTIFICATE_URL = 'https://mnstest.oss-cn-hangzhou.aliyuncs.com/x509_public_certificate.pem';

/** Where the topic pushes to. */
export const PUSH_URL = 'http://127.0.0.1/pushes';

/** A process beside the replicas, with a bus of its own, which notes each event that it hears. */
export class Companion {
  readonly name: string;
  readonly process: SimulatedProcess;
  readonly bus: SimulatedBus;
  readonly #parts: CompanionParts;

  constructor(name: string, parts: CompanionParts, source: 'replica' | 'push') {
    const { clock, tap, connection, scenario, defect } = parts;
    this.name = name;
    this.#parts = parts;
    this.process = new SimulatedProcess(name, clock, tap(name));
    const options: BridgeOptions = {
      mns: { ...connection, endpoint: 'http://mns.test' },
      clock: this.process.clock,
      transport: this.process.transport,
      seed: `${scenario.seed}/${name}`,
      ...(source === 'push'
        ? pushPolicies(scenario)
        : { queueName: 'hearers', fanout: 'replica', topicName: TOPIC, unhandled: 'delete' }),
    };
    this.bus = createBus(defect.makers?.createBridge ?? createBridge, options, scenario.ownCode);
    if (defect.isDeaf === true) return;
    if (source === 'push' && scenario.companions.hasPushWork) {
      const work = { ...parts, processClock: this.process.clock, process: name };
      const listening = new Listening(this.bus, work, new SeededRandom(`${scenario.seed}/${name}`), (fact) =>
        this.#note(fact),
      );
      this.bus.on(EVENT, listening.listener('pushed', 'consumer'));
      return;
    }
    this.bus.on(EVENT, (event, { delivery, signal }) => {
      const { messageId } = delivery;
      const entry = {
        atMs: clock.now(),
        process: name,
        queueName: delivery.queueName ?? '',
        messageId,
        taskId: identityOf(event),
        listener: 'companion',
        call: parts.ledger.begin(),
      };
      parts.ledger.record({
        ...entry,
        kind: 'called',
        deliveryCount: delivery.deliveryCount ?? 1,
        body: delivery.body,
      });
      if (!signal.aborted) parts.ledger.record({ ...entry, kind: 'handled', early: false });
      parts.ledger.record({ ...entry, kind: 'ended' });
    });
  }

  async start(): Promise<void> {
    await this.bus.start();
    this.#note({ kind: 'started' });
  }

  /** Takes pushes at a door, in virtual time. */
  takePushes(door: PushDoor, pem: string): void {
    door.handler = createPushHandler(this.bus, {
      topicOwner: this.#parts.connection.accountId,
      clock: this.process.clock,
      fetchCertificate: () => Promise.resolve(pem),
    });
  }

  kill(): void {
    this.#note({ kind: 'killed' });
    this.process.kill();
  }

  async close(): Promise<void> {
    if (this.process.isDead) return;
    this.#note({ kind: 'closing', deadlineMs: 10_000 });
    await this.bus.close();
    this.#note({ kind: 'closed' });
  }

  #note(fact: LifeFact): void {
    this.#parts.note({ ...fact, atMs: this.#parts.clock.now(), process: this.name });
  }
}

/** What a bridge is told that takes pushes for a listener with work to do. */
function pushPolicies({ companions, bridge }: Scenario): Partial<BridgeOptions> {
  if (!companions.hasPushWork) return {};
  return {
    maxDeliveries: bridge.maxDeliveries,
    lease: { maxSeconds: bridge.leaseMaxSeconds },
    ...(bridge.hasDeadLetterQueue ? { deadLetterQueue: DEAD_LETTERS } : {}),
  };
}
