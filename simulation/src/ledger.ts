/** What the listeners of all replicas went through, in order. */
export type ListenerFact =
  /** A listener was called. */
  | { readonly kind: 'called'; readonly deliveryCount: number; readonly body: string }
  /** It finished, or acknowledged: the message counts as handled. */
  | { readonly kind: 'handled' }
  /** It threw, or asked for a retry. */
  | { readonly kind: 'failed' }
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
  readonly taskId: string;
};

/** All that listeners did in a run. It survives the processes, as a database would. */
export class Ledger {
  readonly #entries: LedgerEntry[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #handled = new Map<string, number>();

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  record(entry: LedgerEntry): void {
    this.#entries.push(entry);
    if (entry.kind === 'called') increase(this.#attempts, entry.messageId);
    if (entry.kind === 'handled') increase(this.#handled, entry.messageId);
  }

  /** How often a listener was called with this message. */
  attempts(messageId: string): number {
    return this.#attempts.get(messageId) ?? 0;
  }

  /** How often a listener has handled this message to the end. */
  timesHandled(messageId: string): number {
    return this.#handled.get(messageId) ?? 0;
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
