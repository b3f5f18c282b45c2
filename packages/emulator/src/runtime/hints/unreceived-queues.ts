import type { HintDraft } from './hint.js';

/** How long a queue may have messages before its first receive, in milliseconds. */
export const UNRECEIVED_MS = 60_000;

interface Waiting {
  readonly queueName: string;
  readonly sinceMs: number;
}

/** Which queues have had messages for a while without anybody ever receiving from them. */
export class UnreceivedQueues {
  /** In the order of their first messages. */
  readonly #waiting = new Map<string, Waiting>();
  /** Received from, or told of. */
  readonly #settled = new Set<string>();

  /** A message came into a queue. */
  arrived(key: string, queueName: string, nowMs: number): void {
    if (this.#settled.has(key) || this.#waiting.has(key)) return;
    this.#waiting.set(key, { queueName, sinceMs: nowMs });
  }

  /** Somebody asked a queue for messages. */
  received(key: string): void {
    if (this.#settled.has(key)) return;
    this.#settled.add(key);
    this.#waiting.delete(key);
  }

  /** A queue is gone; one of the same name is another. */
  deleted(key: string): void {
    this.#settled.delete(key);
    this.#waiting.delete(key);
  }

  /** What has become due by now, each once. Costs nothing while the oldest is not due. */
  due(nowMs: number): readonly HintDraft[] {
    const drafts: HintDraft[] = [];
    for (const [key, { queueName, sinceMs }] of this.#waiting) {
      if (nowMs - sinceMs < UNRECEIVED_MS) break;
      this.#waiting.delete(key);
      this.#settled.add(key);
      drafts.push(draftOf(key, queueName));
    }
    return drafts;
  }
}

function draftOf(key: string, queueName: string): HintDraft {
  return {
    subject: key,
    message: `Queue ${queueName} has had messages for more than ${UNRECEIVED_MS / 1000} seconds, and nobody has ever received from it.`,
    advice: 'Is the consumer running, and does it name this queue, account and region?',
  };
}
