import { MnsbusError, type Clock, type SeededRandom, type Timer } from '@mnsbus/core';
import { asMnsbusError } from '../mns/mns-error.js';
import type { QueueFact } from '../status/bridge-status.js';
import type { AdminClient } from './admin-client.js';
import { queueEndpoint, type Wanted } from './resources.js';

/** A queue says that its replica lives by being changed this often. */
const HEARTBEAT_MS = 60_000;

/** A queue that nobody has changed for this long belongs to a replica that is gone: fifteen missed heartbeats. */
const STALE_SECONDS = 900;

/** What a replica queue works with. */
export interface ReplicaParts {
  readonly admin: AdminClient;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly accountId: string;
  readonly region: string | undefined;
  readonly topicName: string;
  /** What the names of all replicas' queues begin with. */
  readonly prefix: string;
  readonly report: (fact: QueueFact) => void;
  /** Called when the queue was gone and has been created again. */
  readonly onRecreated: () => void;
}

/**
 * A queue of one replica's own, subscribed to a topic, so that each replica gets every event.
 *
 * It is removed when the replica closes. Of replicas that could not, the queues are removed by their sisters, by age: each
 * living replica changes its queue every minute, and the service's own `LastModifyTime` of both queues is compared, so that
 * nobody's clock matters. A replica that sleeps for longer than that finds its queue gone, and creates it again; what was
 * published meanwhile it does not get.
 */
export class ReplicaQueue {
  readonly queueName: string;
  readonly #parts: ReplicaParts;
  readonly #family: string;
  #timer: Timer | undefined;
  #beating: Promise<void> = Promise.resolve();
  #isOpen = false;

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
    this.#family = `${parts.prefix}-r-`;
    this.queueName = `${this.#family}${parts.random.hex(16)}`;
  }

  /** Creates queue and subscription. Rejects with `MNS_ERROR` or `MNS_UNREACHABLE`. */
  async open(): Promise<void> {
    await this.#create();
    this.#isOpen = true;
    // A start that failed later may open it again.
    this.#timer?.cancel();
    this.#schedule(this.#parts.random.integer(1, HEARTBEAT_MS));
  }

  /** Removes subscription and queue. What fails is reported: a sister will do it. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#timer?.cancel();
    await this.#beating;
    await this.#attempt(() => this.#remove(this.queueName));
  }

  #schedule(delayMs: number): void {
    const ring = (): void => {
      this.#beating = this.#attempt(() => this.#beat()).then(() => {
        if (this.#isOpen) this.#schedule(HEARTBEAT_MS);
        return undefined;
      });
    };
    this.#timer = this.#parts.clock.after(delayMs, ring, { isBackground: true });
  }

  async #beat(): Promise<void> {
    const { admin, report, onRecreated } = this.#parts;
    const own = this.#queue();
    if ((await admin.read(own)) === undefined) {
      await this.#create();
      report({ type: 'replica-recreated' });
      onRecreated();
      return;
    }
    // Any change touches LastModifyTime, one that changes nothing too (spec mns §2.2).
    await admin.update(own, own.onCreation);
    const touched = Number((await admin.read(own))?.['LastModifyTime']);
    if (Number.isFinite(touched)) await this.#sweep(touched);
  }

  async #sweep(nowSeconds: number): Promise<void> {
    const { admin, report } = this.#parts;
    for (const queueName of await admin.queuesNamed(this.#family)) {
      if (queueName === this.queueName) continue;
      const modified = Number((await admin.read({ kind: 'queue', path: `/queues/${queueName}` }))?.['LastModifyTime']);
      if (!(nowSeconds - modified > STALE_SECONDS)) continue;
      await this.#remove(queueName);
      report({ type: 'replica-removed', removedQueue: queueName });
    }
  }

  async #create(): Promise<void> {
    const { admin } = this.#parts;
    for (const wanted of [this.#queue(), this.#subscription()]) {
      if (await admin.create(wanted)) continue;
      throw new MnsbusError({
        code: 'PROVISION_CONFLICT',
        message: `${wanted.kind} ${wanted.name} exists already: does another replica use the same seed?`,
      });
    }
  }

  // The subscription first: without it the queue gets nothing more.
  async #remove(queueName: string): Promise<void> {
    const { admin, topicName } = this.#parts;
    await admin.remove(`/topics/${topicName}/subscriptions/${queueName}`);
    await admin.remove(`/queues/${queueName}`);
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      this.#parts.report({ type: 'replica-failed', error: asMnsbusError(cause) });
    }
  }

  #queue(): Wanted {
    const { queueName: name } = this;
    const onCreation = { PollingWaitSeconds: '0' };
    return { kind: 'queue', name, path: `/queues/${name}`, attributes: {}, onCreation, fixed: [] };
  }

  #subscription(): Wanted {
    const { accountId, region, topicName } = this.#parts;
    const { queueName: name } = this;
    return {
      kind: 'subscription',
      name,
      path: `/topics/${topicName}/subscriptions/${name}`,
      attributes: { Endpoint: queueEndpoint(accountId, region, name) },
      onCreation: { NotifyContentFormat: 'JSON' },
      fixed: [],
    };
  }
}
