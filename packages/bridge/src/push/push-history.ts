import type { KnownMessage } from '../dispatch/known-messages.js';

/** What is remembered of a message that a topic was told to send again. */
export interface PushRecord {
  /** When it was published, or first seen, as a monotonic reading. */
  sinceMs: number;
  /** Attempts of the topic that came here. */
  attempts: number;
  /** Those of them whose listeners failed. */
  failures: number;
  /** Whether it was handled to the end, or is in the dead-letter queue. */
  isDone: boolean;
  /** What its listeners have done already, and whether another call of them is worth it. */
  readonly known: KnownMessage;
}

/** Longest time that a record is kept, in milliseconds: a topic keeps a message for a day (spec mns §5.1). */
const KEPT_MS = 86_400_000;

/** Most records. */
const LIMIT = 50_000;

/** Messages that were not acknowledged, for as long as their topic may send them again; beyond the limit the oldest go. */
export class PushHistory {
  readonly #limit: number;
  readonly #records = new Map<string, { readonly record: PushRecord; readonly untilMs: number }>();

  constructor(limit: number = LIMIT) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#records.size;
  }

  /** What is known of a message, at a monotonic reading. */
  find(key: string, nowMs: number): PushRecord | undefined {
    for (const [oldest, { untilMs }] of this.#records) {
      if (untilMs > nowMs) break;
      this.#records.delete(oldest);
    }
    return this.#records.get(key)?.record;
  }

  /** Keeps a record, because the topic will send the message again. */
  keep(key: string, record: PushRecord, nowMs: number): void {
    this.#records.delete(key);
    this.#records.set(key, { record, untilMs: nowMs + KEPT_MS });
    const [oldest] = this.#records.keys();
    if (this.#records.size > this.#limit && oldest !== undefined) this.#records.delete(oldest);
  }
}
