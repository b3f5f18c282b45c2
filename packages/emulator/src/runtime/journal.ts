/** Something that happened inside the emulator, for whoever asks why an event did or did not arrive. */
export type JournalFact =
  /** A request was answered. `code` is the error's code. */
  | {
      readonly kind: 'request';
      readonly service: 'mns' | 'imm';
      readonly operation: string;
      readonly status: number;
      readonly code?: string;
    }
  /** A task that had to wait left the queue. */
  | { readonly kind: 'task-started'; readonly taskId: string; readonly taskType: string }
  /** A task ended; its record is final from here on. `code` says why it failed. */
  | {
      readonly kind: 'task-ended';
      readonly taskId: string;
      readonly taskType: string;
      readonly state: 'succeeded' | 'failed';
      readonly code?: string;
    }
  /** A function of the IMM options threw, or gave what is out of range; the task it was asked about was not created. */
  | { readonly kind: 'script-failed'; readonly action: string; readonly project: string; readonly reason: string }
  /** A copy of an event (1 for the first) does not go the usual way, because the options say so. */
  | {
      readonly kind: 'event-disturbed';
      readonly taskId: string;
      readonly disturbance: 'duplicated' | 'delayed' | 'overtaken';
      readonly copy: number;
    }
  /** An event went to its topic; `copy` counts from 2, for what was published before. */
  | {
      readonly kind: 'event-published';
      readonly taskId: string;
      readonly topicName: string;
      readonly messageId: string;
      readonly copy?: number;
    }
  /** An event could not be published: the task's result stands, the event is gone. */
  | { readonly kind: 'event-lost'; readonly taskId: string; readonly topicName: string; readonly reason: string }
  /** A topic put a message into a queue. */
  | {
      readonly kind: 'delivered';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly queueName: string;
      readonly messageId: string;
    }
  /** A topic pushed a message to a web server, which took it. */
  | {
      readonly kind: 'pushed';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly messageId: string;
      readonly url: string;
      /** Any 2xx. */
      readonly status: number;
      /** 1 for the first. */
      readonly attempt: number;
    }
  /** A topic would have sent a mail; `note` says what the message lacks for it. */
  | {
      readonly kind: 'mailed';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly messageId: string;
      readonly address: string;
      readonly body: string;
      readonly attributes?: Readonly<Record<string, unknown>>;
      readonly note?: string;
    }
  /** A topic would have sent an SMS; `note` says what the message lacks for it. */
  | {
      readonly kind: 'texted';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly messageId: string;
      /** A number, or `anonymous`. */
      readonly phone: string;
      readonly body: string;
      readonly attributes?: Readonly<Record<string, unknown>>;
      readonly note?: string;
    }
  /** A topic could not deliver, and will try again at `retryAtMs`. */
  | {
      readonly kind: 'delivery-failed';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly messageId: string;
      readonly attempt: number;
      readonly reason: string;
      readonly retryAtMs: number;
    }
  /** A topic gave up on a delivery after its last retry. */
  | {
      readonly kind: 'delivery-dropped';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly messageId: string;
      readonly attempts: number;
      readonly reason: string;
    };

/** A fact and when it happened, in milliseconds since 1970 by the emulator's clock. */
export type JournalEntry = JournalFact & { readonly atMs: number };

/** The last facts, in order; the oldest make room for new ones. */
export class Journal {
  readonly #limit: number;
  readonly #now: () => number;
  #entries: JournalEntry[] = [];

  /** Keeps the last `limit` entries (default 10,000). */
  constructor(now: () => number, limit: number = 10_000) {
    this.#now = now;
    this.#limit = limit;
  }

  record(fact: JournalFact): void {
    this.#entries.push({ atMs: this.#now(), ...fact });
    // Trimmed by halves, so that a full journal does not shift its whole length at each entry.
    if (this.#entries.length >= 2 * this.#limit) this.#entries = this.#entries.slice(-this.#limit);
  }

  /** The kept entries, oldest first; with `kind`, only those of that kind. */
  entries(): readonly JournalEntry[];
  entries<K extends JournalEntry['kind']>(kind: K): readonly Extract<JournalEntry, { kind: K }>[];
  entries(kind?: JournalEntry['kind']): readonly JournalEntry[] {
    const kept = this.#entries.slice(-this.#limit);
    return kind === undefined ? kept : kept.filter((entry) => entry.kind === kind);
  }
}
