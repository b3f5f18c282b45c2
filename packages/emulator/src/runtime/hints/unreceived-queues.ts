import type { Tenant } from '../accounts.js';
import type { HintDraft } from './hint.js';

/** How long a queue may have messages to receive before somebody first looks into it, in milliseconds. */
export const UNRECEIVED_MS = 60_000;

/**
 * Since when, or from when on, a queue that nobody has received from has had a message that could be received; `undefined`
 * when it has none at all. In milliseconds since 1970.
 */
export type ReceivableSince = (queueName: string, nowMs: number) => number | undefined;

/** What the hints about unreceived queues need around them. */
export interface UnreceivedContext {
  readonly tenant: Tenant;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly receivableSinceMs: ReceivableSince;
  /** Told of each queue once. */
  readonly report: (draft: HintDraft) => void;
}

/** Which queues of a tenant have had messages for a while without anybody ever receiving from them, or peeking. */
export class UnreceivedQueues {
  readonly #context: UnreceivedContext;
  /** When each has to be looked at, in milliseconds since 1970; only queues that exist. */
  readonly #dueMs = new Map<string, number>();
  /** The earliest of these. */
  #nextMs = Infinity;
  /** Looked into, or told of; only queues that exist. */
  readonly #settled = new Set<string>();

  constructor(context: UnreceivedContext) {
    this.#context = context;
  }

  /** Whether nothing more is to be found out about a queue. */
  isSettled(queueName: string): boolean {
    return this.#settled.has(queueName);
  }

  /** A message came into a queue. Asks for the time only while a queue waits for its first receive. */
  arrived(queueName: string): void {
    const isWaiting = !this.#settled.has(queueName);
    if (!isWaiting && this.#dueMs.size === 0) return;
    const nowMs = this.#context.now();
    // The earliest that this one can be due; whether it is delayed is looked at then.
    const dueMs = nowMs + UNRECEIVED_MS;
    if (isWaiting && (this.#dueMs.get(queueName) ?? Infinity) > dueMs) this.#wait(queueName, dueMs);
    this.look(nowMs);
  }

  /** Somebody asked a queue that exists for messages, be it to look at them. */
  received(queueName: string): void {
    this.#settled.add(queueName);
    this.#dueMs.delete(queueName);
  }

  /** A queue is gone; one of the same name is another. */
  deleted(queueName: string): void {
    this.#settled.delete(queueName);
    this.#dueMs.delete(queueName);
  }

  /** Every queue is another from now on: those of these names, which may have had messages for long. */
  replaced(queueNames: readonly string[]): void {
    this.#settled.clear();
    this.#dueMs.clear();
    if (queueNames.length === 0) return;
    const dueMs = this.#context.now() + UNRECEIVED_MS;
    for (const queueName of queueNames) this.#wait(queueName, dueMs);
  }

  /** Reports what has become due by now. Costs nothing while nothing is. */
  look(nowMs: number): void {
    if (nowMs < this.#nextMs) return;
    this.#nextMs = Infinity;
    for (const [queueName, dueMs] of this.#dueMs) {
      if (nowMs < dueMs) this.#nextMs = Math.min(this.#nextMs, dueMs);
      else this.#lookAt(queueName, nowMs);
    }
  }

  #lookAt(queueName: string, nowMs: number): void {
    const sinceMs = this.#context.receivableSinceMs(queueName, nowMs);
    if (sinceMs === undefined) this.#dueMs.delete(queueName);
    else if (nowMs - sinceMs < UNRECEIVED_MS) this.#wait(queueName, sinceMs + UNRECEIVED_MS);
    else {
      this.received(queueName);
      this.#context.report(this.#draftOf(queueName));
    }
  }

  #wait(queueName: string, dueMs: number): void {
    this.#dueMs.set(queueName, dueMs);
    this.#nextMs = Math.min(this.#nextMs, dueMs);
  }

  #draftOf(queueName: string): HintDraft {
    const { accountId, region } = this.#context.tenant;
    return {
      subject: `queues/${queueName} of ${accountId} in ${region}`,
      message: `Queue ${queueName} has had messages for more than ${UNRECEIVED_MS / 1000} seconds, and nobody has ever received from it.`,
      advice: 'Is the consumer running, and does it name this queue, account and region?',
    };
  }
}
