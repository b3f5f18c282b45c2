import { monotonicMs, type Clock, type SeededRandom } from '@mnsbus/core';
import { MnsServiceError } from '../mns/mns-error.js';
import type { AdminClient } from './admin-client.js';
import type { ReplicaFamily } from './replica-family.js';

/** A queue that nobody has changed for this long, by the service's own times, may belong to a replica that is gone: fifteen missed heartbeats. */
const STALE_SECONDS = 900;

/** And it must have stayed as it is for this long under our eyes: three heartbeats. The service's clock may have been set. */
const WATCHED_MS = 180_000;

/** In how many of the replicas a sweep may happen at each heartbeat; all at once would be calls by the square of their number. */
const SWEEPERS = 2;

/** What a sweep asks of the service. */
export type SweepCalls = Pick<AdminClient, 'subscriptionsOf' | 'read' | 'remove'>;

/** What a sweep works with. */
export interface SweepParts {
  readonly family: ReplicaFamily;
  readonly ownName: string;
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** Called with the name of each replica whose leavings were removed. */
  readonly onRemoved: (name: string) => void;
}

/** A replica's state that has not changed since it was first seen. */
interface Sighting {
  /** When its queue was changed, by the service; `undefined`: there is none. */
  readonly modifiedSeconds: number | undefined;
  /** When it was first seen so, by our monotonic reading and by the service. */
  readonly sinceMs: number;
  readonly sinceSeconds: number;
}

/**
 * Removes what replicas have left that could not remove it themselves.
 *
 * Only what is proven is touched: a subscription of this very topic, that has the exact name of a replica and was made as
 * replicas make theirs, for the queue of that name; then that queue, and the subscription last, so that nothing is left
 * halfway that cannot be proven any more. A queue without its subscription proves nothing, and stays.
 *
 * A replica is dead when the service says that nobody has changed its queue for fifteen minutes, or has none, and that did
 * not change while we looked for three of its heartbeats, during which the service's time moved on. So neither a clock of
 * the service that is set, nor two that differ, nor one that stands still, makes a living replica look dead.
 */
export class ReplicaSweep {
  readonly #parts: SweepParts;
  readonly #sightings = new Map<string, Sighting>();

  constructor(parts: SweepParts) {
    this.#parts = parts;
  }

  /** Looks once; `nowSeconds` is the service's time. Rejects like the client's calls. */
  async run(admin: SweepCalls, nowSeconds: number): Promise<void> {
    const { family, ownName, random } = this.#parts;
    const all = await admin.subscriptionsOf(family.topicName, family.start);
    const others = all.filter((name) => name !== ownName && family.isName(name));
    for (const name of this.#sightings.keys()) if (!others.includes(name)) this.#sightings.delete(name);
    if (random.integer(0, others.length) >= SWEEPERS) return;
    let refusal: unknown;
    for (const name of others) {
      try {
        await this.#sweep(admin, name, nowSeconds);
      } catch (error) {
        // What is refused for one may be allowed for the next.
        if (!(error instanceof MnsServiceError) || error.retryable) throw error;
        refusal ??= error;
      }
    }
    if (refusal !== undefined) throw refusal;
  }

  async #sweep(admin: SweepCalls, name: string, nowSeconds: number): Promise<void> {
    const { family, onRemoved } = this.#parts;
    const subscription = await admin.read(family.subscription(name));
    if (subscription === undefined || !family.isSubscription(name, subscription)) return;
    const queue = await admin.read(family.queue(name));
    const modifiedSeconds = queue === undefined ? undefined : Number(queue['LastModifyTime']);
    const lastSeconds = modifiedSeconds ?? Number(subscription['LastModifyTime']);
    const isUnchanged = this.#isWatched(name, modifiedSeconds, nowSeconds);
    if (!isUnchanged || !(nowSeconds - lastSeconds > STALE_SECONDS)) return;
    await admin.remove(family.queue(name));
    await admin.remove(family.subscription(name));
    this.#sightings.delete(name);
    onRemoved(name);
  }

  /** Whether it has been like this for long enough; notes it down. */
  #isWatched(name: string, modifiedSeconds: number | undefined, nowSeconds: number): boolean {
    const nowMs = monotonicMs(this.#parts.clock);
    const seen = this.#sightings.get(name);
    if (seen === undefined || seen.modifiedSeconds !== modifiedSeconds || nowSeconds < seen.sinceSeconds) {
      this.#sightings.set(name, { modifiedSeconds, sinceMs: nowMs, sinceSeconds: nowSeconds });
      return false;
    }
    return nowMs - seen.sinceMs >= WATCHED_MS && nowSeconds > seen.sinceSeconds;
  }
}
