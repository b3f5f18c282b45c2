/** What the listeners of all replicas went through, in order. */
export type ListenerFact =
  /** A listener was called, or an iterator has given the event out. */
  | { readonly kind: 'called'; readonly deliveryCount: number; readonly body: string }
  /** It has done its work; with `early` it has said so by `ack()`, and works on. */
  | { readonly kind: 'handled'; readonly early: boolean }
  /** It is about to throw, or has asked for a retry. */
  | { readonly kind: 'failed' }
  /** It has asked for the dead-letter queue. */
  | { readonly kind: 'condemned' }
  /** Whoever reads an iterator has left with this event in hand: it is given back, whatever was done with it. */
  | { readonly kind: 'given-back' }
  /** Its signal aborted while it ran. */
  | { readonly kind: 'aborted' }
  /** It ended, whatever it had answered before. */
  | { readonly kind: 'ended' };

/** A fact, with who, what and when. */
export type LedgerEntry = ListenerFact & {
  readonly atMs: number;
  /** The process: a replica and how often it was started, such as `replica-1#2`. */
  readonly process: string;
  readonly queueName: string;
  readonly messageId: string;
  /** The task that the event is of, or whatever else tells it from others. */
  readonly taskId: string;
  /** Which of several listeners. */
  readonly listener: string;
  /** Tells this call from all others of the run. */
  readonly call: number;
};

/** All that listeners did in a run. It survives the processes, as a database would. */
export class Ledger {
  readonly #entries: LedgerEntry[] = [];
  readonly #attempts = new Map<string, number>();
  #calls = 0;

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  /** The number of a call that begins. */
  begin(): number {
    this.#calls += 1;
    return this.#calls;
  }

  record(entry: LedgerEntry): void {
    this.#entries.push(entry);
    if (entry.kind !== 'called') return;
    const key = `${entry.taskId} ${entry.listener}`;
    this.#attempts.set(key, (this.#attempts.get(key) ?? 0) + 1);
  }

  /** How often a listener was called with an event. */
  attempts(taskId: string, listener: string): number {
    return this.#attempts.get(`${taskId} ${listener}`) ?? 0;
  }
}
