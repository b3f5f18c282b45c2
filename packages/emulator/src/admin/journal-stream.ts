import type { Clock } from '@mnsbus/core';
import type { Journal, JournalSubject } from '../runtime/journal.js';
import { isAbout } from '../runtime/journal.js';
import type { JournalEntry } from '../runtime/journal-entry.js';

/** Which entries somebody wants. */
export interface JournalChoice extends JournalSubject {
  readonly kind?: string;
}

/** How a stream is fed. */
export interface JournalStreamOptions {
  readonly journal: Pick<Journal, 'after' | 'length' | 'subscribe'>;
  readonly choice: JournalChoice;
  /** The number of the last entry that the reader has. */
  readonly since: number;
  /** Times the heartbeats. */
  readonly machine: Clock;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** Called once, when the stream has ended, however it does. */
  readonly onEnd: () => void;
}

/** Milliseconds of silence after which a comment shows that the connection lives. */
export const HEARTBEAT_MS = 15_000;

/** Milliseconds after which a reader that was cut off shall come back. */
export const RETRY_MS = 1000;

/** Most entries that are written at once. */
const BATCH_SIZE = 100;

/** Whether an entry is one of those that are wanted. */
export function isChosen(entry: JournalEntry, { kind, ...subject }: JournalChoice): boolean {
  return (kind === undefined || entry.kind === kind) && isAbout(entry, subject);
}

/**
 * The journal as server-sent events: what is kept after `since`, and then each entry as it comes, by its number.
 *
 * Nothing is kept for a reader: each time that it can take more, it is given what the journal has next. One that is slower
 * than the journal forgets is told what it has missed, by an event `gap`.
 */
export class JournalStream {
  readonly #options: JournalStreamOptions;
  readonly #encoder = new TextEncoder();
  #last: number;
  #hasBegun = false;
  #hasEnded = false;
  #wake = (): void => {};
  readonly #unsubscribe: () => void;

  constructor(options: JournalStreamOptions) {
    this.#options = options;
    // A number from before a restart may be ahead of what there is.
    this.#last = Math.min(options.since, options.journal.length);
    this.#unsubscribe = options.journal.subscribe(() => this.#wake());
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The bytes of the stream. */
  readable(): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        pull: async (controller) => {
          const text = await this.#next();
          if (text === undefined) controller.close();
          else controller.enqueue(this.#encoder.encode(text));
        },
        cancel: () => this.#end(),
      },
      { highWaterMark: 1 },
    );
  }

  /** What to write next; waits until there is something, and gives `undefined` at the end. */
  async #next(): Promise<string | undefined> {
    if (!this.#hasBegun) {
      // Sent at once, so that the reader knows that it is connected.
      this.#hasBegun = true;
      return `retry: ${RETRY_MS}\n\n`;
    }
    while (!this.#hasEnded && !this.#options.signal.aborted) {
      const text = this.#batch();
      if (text !== '') return text;
      // Between two batches that hold nothing of interest there is nothing to wait for.
      if (this.#last < this.#options.journal.length) continue;
      if (await this.#silence()) return ': heartbeat\n\n';
    }
    this.#end();
    return undefined;
  }

  #batch(): string {
    const { journal, choice } = this.#options;
    const entries = journal.after(this.#last, BATCH_SIZE);
    const [first] = entries;
    if (first === undefined) return '';
    const isGap = first.sequence > this.#last + 1;
    const gap = isGap ? { afterSequence: this.#last, nextSequence: first.sequence } : undefined;
    this.#last = entries.at(-1)?.sequence ?? this.#last;
    const events = entries
      .filter((entry) => isChosen(entry, choice))
      .map((entry) => `id: ${entry.sequence}\ndata: ${JSON.stringify(entry)}\n\n`);
    return [...(gap === undefined ? [] : [`event: gap\ndata: ${JSON.stringify(gap)}\n\n`]), ...events].join('');
  }

  /** Waits for an entry, for the end, or for so long that a heartbeat is due: then it gives `true`. */
  #silence(): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (isLong: boolean): void => {
        timer.cancel();
        this.#wake = () => {};
        resolve(isLong);
      };
      const timer = this.#options.machine.after(HEARTBEAT_MS, () => done(true));
      this.#wake = () => done(false);
    });
  }

  readonly #onAbort = (): void => {
    this.#end();
  };

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#unsubscribe();
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#wake();
    this.#options.onEnd();
  }
}
