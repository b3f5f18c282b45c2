import { MnsbusError, type Clock, type SeededRandom, type Timer } from '@mnsbus/core';
import { asMnsbusError } from '../mns/mns-error.js';
import type { QueueFact } from '../status/bridge-status.js';
import type { AdminClient, Creation } from './admin-client.js';
import { ReplicaFamily, type ReplicaFamilyOptions } from './replica-family.js';
import { ReplicaSweep } from './replica-sweep.js';
import type { Wanted } from './resources.js';

/** A queue says that its replica lives by being changed this often. */
const HEARTBEAT_MS = 60_000;

/** How long closing takes at most. */
const CLOSE_MS = 2000;

/** What a replica queue works with. */
export interface ReplicaParts extends ReplicaFamilyOptions {
  readonly admin: AdminClient;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly report: (fact: QueueFact) => void;
  /** Called when the queue was gone and has been created again: whoever had given it up may try again. */
  readonly onRecreated: () => void;
}

/** The time from an `open` to its `close`. */
interface Life {
  readonly stop: AbortController;
  readonly cut: AbortController;
  readonly admin: AdminClient;
  /** The opening, or the last heartbeat. */
  work: Promise<void>;
  timer: Timer | undefined;
}

/**
 * A queue of one replica's own, subscribed to a topic, so that each replica gets every event.
 *
 * It is removed when the replica closes. What replicas leave that could not, their sisters remove: each living replica changes
 * its queue every minute, and who has stopped to is gone (see {@link ReplicaSweep}). A replica that sleeps for longer than
 * that, or whose queue or subscription vanishes otherwise, makes them again at its next heartbeat; what was published meanwhile
 * it does not get.
 */
export class ReplicaQueue {
  readonly queueName: string;
  readonly #parts: ReplicaParts;
  readonly #family: ReplicaFamily;
  readonly #sweep: ReplicaSweep;
  /** What this replica has made, or may have: it removes nothing else. */
  readonly #made = new Set<Wanted['kind']>();
  #isSubscribed = false;
  #life: Life | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: ReplicaParts) {
    const { clock, random, report } = parts;
    this.#parts = parts;
    this.#family = new ReplicaFamily(parts);
    this.queueName = this.#family.nameOf((digits) => random.hex(digits));
    this.#sweep = new ReplicaSweep({
      family: this.#family,
      ownName: this.queueName,
      clock,
      random: random.fork('sweep'),
      onRemoved: (removedQueue) => report({ type: 'replica-removed', removedQueue }),
    });
  }

  /** Whether anything can come: not after the subscription was found gone, until there is one again. */
  get isSubscribed(): boolean {
    return this.#isSubscribed;
  }

  /**
   * Creates queue and subscription. Rejects with `MNS_ERROR`, `MNS_UNREACHABLE` or `PROVISION_CONFLICT`, and with
   * `BRIDGE_CLOSED` when it is closed meanwhile; then what was made has been removed, and it may be opened again.
   */
  async open(): Promise<void> {
    const life = this.#begin();
    try {
      await life.work;
      life.stop.signal.throwIfAborted();
      this.#schedule(life, this.#parts.random.integer(1, HEARTBEAT_MS));
    } catch (error) {
      const { aborted: wasClosed, reason } = life.stop.signal;
      // Whoever has closed it meanwhile removes what was made.
      await (wasClosed ? this.#closing : this.close());
      throw wasClosed ? reason : error;
    }
  }

  /**
   * Ends what is under way, and removes queue and subscription, within two seconds or until `giveUp` aborts. What fails is
   * reported: a sister will do it.
   */
  close(giveUp?: AbortSignal): Promise<void> {
    this.#closing ??= this.#close(giveUp).finally(() => {
      this.#closing = undefined;
    });
    return this.#closing;
  }

  #begin(): Life {
    const stop = new AbortController();
    const cut = new AbortController();
    const admin = this.#parts.admin.within({ stop: stop.signal, cut: cut.signal });
    const life: Life = { stop, cut, admin, work: this.#create(admin), timer: undefined };
    this.#life = life;
    return life;
  }

  #schedule(life: Life, delayMs: number): void {
    const ring = (): void => {
      life.work = this.#beat(life.admin)
        .catch((cause: unknown) => {
          if (!life.stop.signal.aborted) this.#failed(cause);
        })
        .then(() => {
          if (!life.stop.signal.aborted) this.#schedule(life, HEARTBEAT_MS);
          return undefined;
        });
    };
    life.timer = this.#parts.clock.after(delayMs, ring, { isBackground: true });
  }

  async #beat(admin: AdminClient): Promise<void> {
    const { report, onRecreated } = this.#parts;
    const own = this.#family.queue(this.queueName);
    const queue = await admin.read(own);
    if (queue === undefined) {
      await this.#make(admin, own);
      report({ type: 'replica-recreated', recreated: 'queue' });
      onRecreated();
    } else {
      // Always to another value: whether a change without effect touches LastModifyTime is not known (spec mns §2.2).
      await admin.update(own, { PollingWaitSeconds: queue['PollingWaitSeconds'] === '1' ? '0' : '1' });
    }
    await this.#keepSubscription(admin);
    const touched = Number((await admin.read(own))?.['LastModifyTime']);
    if (Number.isFinite(touched)) await this.#sweep.run(admin, touched);
  }

  async #keepSubscription(admin: AdminClient): Promise<void> {
    const wanted = this.#family.subscription(this.queueName);
    const existing = await admin.read(wanted);
    if (existing !== undefined && this.#family.isSubscription(this.queueName, existing)) return;
    this.#isSubscribed = false;
    // Whoever has put another one in its place owns that.
    if (existing !== undefined) this.#made.delete('subscription');
    const creation = await this.#make(admin, wanted);
    // The same after all: only written in another way.
    if (creation === 'created') this.#parts.report({ type: 'replica-recreated', recreated: 'subscription' });
  }

  async #create(admin: AdminClient): Promise<void> {
    await this.#make(admin, this.#family.queue(this.queueName));
    await this.#make(admin, this.#family.subscription(this.queueName));
  }

  async #make(admin: AdminClient, wanted: Wanted): Promise<Creation> {
    const { kind, name } = wanted;
    const creation = await admin.create(wanted, () => void this.#made.add(kind));
    // A subscription that is the same fills our queue, whoever has made it; a queue that was there before has another reader.
    const isOurs = creation === 'created' || (kind === 'queue' ? this.#made.has(kind) : creation === 'same');
    if (!isOurs) {
      throw new MnsbusError({
        code: 'PROVISION_CONFLICT',
        message: `${kind} ${name} exists already, and is not of this replica: does another one use the same seed?`,
      });
    }
    this.#made.add(kind);
    if (kind === 'subscription') this.#isSubscribed = true;
    return creation;
  }

  async #close(giveUp: AbortSignal | undefined): Promise<void> {
    const { admin, clock } = this.#parts;
    const life = this.#life;
    if (life === undefined && this.#made.size === 0) return;
    life?.stop.abort(new MnsbusError({ code: 'BRIDGE_CLOSED', message: 'the bridge is closed: create a new one' }));
    life?.timer?.cancel();
    const late = new AbortController();
    const end = (): void => {
      life?.cut.abort(new Error('no answer in time'));
      late.abort(new Error('not removed in time'));
    };
    if (giveUp?.aborted === true) end();
    else giveUp?.addEventListener('abort', end, { once: true });
    const timers = [
      // A call that creates may be carried out though nobody waits for it; its answer says what is to be removed.
      clock.after(CLOSE_MS / 2, () => life?.cut.abort(new Error('no answer in time')), { isBackground: true }),
      clock.after(CLOSE_MS, end, { isBackground: true }),
    ];
    await life?.work.catch(() => {});
    await this.#remove(admin.within({ stop: late.signal, cut: late.signal })).catch((cause) => this.#failed(cause));
    for (const timer of timers) timer.cancel();
    giveUp?.removeEventListener('abort', end);
    this.#life = undefined;
  }

  // The queue first: a subscription that is left alone is still known to be a replica's, a queue is not.
  async #remove(admin: AdminClient): Promise<void> {
    for (const wanted of [this.#family.queue(this.queueName), this.#family.subscription(this.queueName)]) {
      if (!this.#made.has(wanted.kind)) continue;
      await admin.remove(wanted);
      this.#made.delete(wanted.kind);
    }
  }

  #failed(cause: unknown): void {
    this.#parts.report({ type: 'replica-failed', error: asMnsbusError(cause) });
  }
}
