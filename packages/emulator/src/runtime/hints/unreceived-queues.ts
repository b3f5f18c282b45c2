import type { Tenant } from '../accounts.js';
import type { HintDraft } from './hint.js';

/** How long a queue may have messages before its first receive, in milliseconds. */
export const UNRECEIVED_MS = 60_000;

/** Which queues of a tenant have had messages for a while without anybody ever receiving from them. */
export class UnreceivedQueues {
  readonly #tenant: Tenant;
  readonly #now: () => number;
  readonly #report: (draft: HintDraft) => void;
  /** Since when, by name, in the order of their first messages. */
  readonly #waiting = new Map<string, number>();
  /** Received from, or told of. */
  readonly #settled = new Set<string>();

  /** `now` gives milliseconds since 1970; `report` is told of each queue once. */
  constructor(tenant: Tenant, now: () => number, report: (draft: HintDraft) => void) {
    this.#tenant = tenant;
    this.#now = now;
    this.#report = report;
  }

  /** A message came into a queue. Asks for the time only while a queue waits for its first receive. */
  arrived(queueName: string): void {
    const isWaiting = !this.#settled.has(queueName);
    if (!isWaiting && this.#waiting.size === 0) return;
    const nowMs = this.#now();
    if (isWaiting && !this.#waiting.has(queueName)) this.#waiting.set(queueName, nowMs);
    this.look(nowMs);
  }

  /** Somebody asked a queue for messages. */
  received(queueName: string): void {
    if (this.#settled.has(queueName)) return;
    this.#settled.add(queueName);
    this.#waiting.delete(queueName);
  }

  /** A queue is gone; one of the same name is another. */
  deleted(queueName: string): void {
    this.#settled.delete(queueName);
    this.#waiting.delete(queueName);
  }

  /** Reports what has become due by now. Costs nothing while the oldest is not due. */
  look(nowMs: number): void {
    for (const [queueName, sinceMs] of this.#waiting) {
      if (nowMs - sinceMs < UNRECEIVED_MS) return;
      this.received(queueName);
      this.#report(this.#draftOf(queueName));
    }
  }

  #draftOf(queueName: string): HintDraft {
    const { accountId, region } = this.#tenant;
    return {
      subject: `queues/${queueName} of ${accountId} in ${region}`,
      message: `Queue ${queueName} has had messages for more than ${UNRECEIVED_MS / 1000} seconds, and nobody has ever received from it.`,
      advice: 'Is the consumer running, and does it name this queue, account and region?',
    };
  }
}
