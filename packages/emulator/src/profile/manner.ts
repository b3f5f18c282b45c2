import { setMaxListeners } from 'node:events';
import { sleep, type Clock, type SeededRandom } from '@mnsbus/core';
import { checkMilliseconds, drawChance, drawMilliseconds, type Milliseconds } from '../imm/script/distribution.js';
import type { Tenant } from '../runtime/accounts.js';
import type { Behaviours, PacedCall } from './profile.js';
import { RateWindow } from './rate-window.js';

/** How a receive looks for messages. */
export interface ReceiveManner {
  /** How long it has been held back before it looks, in milliseconds: its wait is as much shorter. */
  readonly spentMs: number;
  /** How long it asks one storage node only, in milliseconds; 0 for not at all. */
  readonly narrowMs: number;
  /** How much sooner than asked its wait ends, in milliseconds. */
  readonly earlyEndMs: number;
}

/** A request of MNS that is about to be carried out. */
export interface HeldCall {
  readonly tenant: Tenant;
  /** As the API calls it. */
  readonly operation: string;
  /** As many messages as it has, or 1. */
  readonly weight: number;
  /** How long it may wait for messages, in seconds; 0 for what does not wait. */
  readonly waitSeconds: number;
  /** Aborts when whoever waits for messages has gone; then there is nothing to hold back any more. */
  readonly signal?: AbortSignal | undefined;
}

/** What became of a request that was held back. */
export interface Held {
  /** Milliseconds. */
  readonly paceMs: number;
  readonly isThrottled: boolean;
}

const PACED: Readonly<Record<string, PacedCall>> = {
  ReceiveMessage: 'receive',
  BatchReceiveMessage: 'receive',
  PeekMessage: 'receive',
  BatchPeekMessage: 'receive',
  SendMessage: 'send',
  BatchSendMessage: 'send',
  PublishMessage: 'publish',
  DeleteMessage: 'delete',
  BatchDeleteMessage: 'delete',
  ChangeMessageVisibility: 'changeVisibility',
};

/** How MNS behaves where it is not kind: each behaviour by draws of its own, so that a change of one moves no other. */
export class Manner {
  readonly #behaviours: Behaviours;
  readonly #clock: Clock;
  readonly #pace: SeededRandom;
  readonly #receives: SeededRandom;
  readonly #ends: SeededRandom;
  readonly #deliveries: SeededRandom;
  readonly #rates = new Map<string, RateWindow>();
  readonly #closed = new AbortController();

  /** `random` is forked, never drawn from. */
  constructor(behaviours: Behaviours, { clock, random }: { readonly clock: Clock; readonly random: SeededRandom }) {
    this.#behaviours = behaviours;
    this.#clock = clock;
    // One for each request that is held back, which may be many.
    setMaxListeners(0, this.#closed.signal);
    this.#pace = random.fork('profile/pace');
    this.#receives = random.fork('profile/receives');
    this.#ends = random.fork('profile/early-ends');
    this.#deliveries = random.fork('profile/deliveries');
  }

  /** Over how many storage nodes a queue is spread, when no option says. */
  get stripes(): number {
    return this.#behaviours.stripes;
  }

  /** How old counts may be, in milliseconds. */
  get countsAgeMs(): number {
    return this.#behaviours.countsAgeMs;
  }

  /** Holds a request back for as long as it takes, while the time may move. */
  async hold(call: HeldCall): Promise<Held> {
    const isThrottled = !this.#admits(call);
    const paceMs = isThrottled ? drawn(this.#behaviours.throttling.holdMs, this.#pace) : this.#paceOf(call);
    if (paceMs > 0) {
      const resume = this.#clock.activity?.wait();
      const { signal } = call;
      await sleep(
        this.#clock,
        paceMs,
        signal === undefined ? this.#closed.signal : AbortSignal.any([signal, this.#closed.signal]),
      );
      resume?.();
    }
    return { paceMs, isThrottled };
  }

  /** How the next receive looks for messages. */
  receive(spentMs: number): ReceiveManner {
    const { narrowReceives, earlyEndMs } = this.#behaviours;
    const isNarrow = drawChance(narrowReceives.probability, this.#receives);
    return { spentMs, narrowMs: isNarrow ? narrowReceives.forMs : 0, earlyEndMs: drawn(earlyEndMs, this.#ends) };
  }

  /** How long a message takes from its topic to a queue, in milliseconds. */
  deliveryLagMs(): number {
    return drawn(this.#behaviours.deliveryLagMs, this.#deliveries);
  }

  /** Lets go of every request that is held back. */
  close(): void {
    this.#closed.abort();
  }

  #paceOf({ operation, waitSeconds }: HeldCall): number {
    const { paceMs, slowReceives } = this.#behaviours;
    const paced = PACED[operation] ?? (/^(?:Get|List)/.test(operation) ? 'attributes' : 'resources');
    const ms = drawn(paceMs[paced], this.#pace);
    if (paced !== 'receive' || waitSeconds === 0 || !drawChance(slowReceives.probability, this.#pace)) return ms;
    return Math.max(ms, drawn(slowReceives.ms, this.#pace));
  }

  #admits({ tenant, operation, weight }: HeldCall): boolean {
    const { messagesPerSecond, othersPerSecond } = this.#behaviours.throttling;
    const isOfMessages = PACED[operation] !== undefined;
    const key = `${tenant.accountId}/${tenant.region}/${isOfMessages}`;
    let rate = this.#rates.get(key);
    if (rate === undefined)
      this.#rates.set(key, (rate = new RateWindow(isOfMessages ? messagesPerSecond : othersPerSecond)));
    return rate.admits(weight, this.#clock.now());
  }
}

function drawn(milliseconds: Milliseconds, random: SeededRandom): number {
  return drawMilliseconds(checkMilliseconds('profile', milliseconds), random);
}
