import { createParser } from 'eventsource-parser';
import { ApiRefusal, isForToken, type ApiClient } from './api-client.js';
import type { JournalEntry } from './model/views.js';

/** What a feed tells. */
export interface FeedListener {
  /** What the journal had and has since, in order. */
  onEntries(entries: readonly JournalEntry[]): void;
  /** Entries were let go before they could be read. */
  onGap(): void;
  onState(state: 'live' | 'lost'): void;
  /** The token lacks, or is another one. */
  onTokenRequired(): void;
}

/** Milliseconds between two tries to connect. */
const RETRY_MS = 1000;

/** Follows the journal, from its beginning and for ever: a broken connection goes on where it broke. */
export class JournalFeed {
  readonly #api: ApiClient;
  readonly #listener: FeedListener;
  #last = 0;

  constructor(api: ApiClient, listener: FeedListener) {
    this.#api = api;
    this.#listener = listener;
  }

  /** Runs until a token is asked for. */
  async run(): Promise<void> {
    for (;;) {
      try {
        // A journal that is shorter than what is known here belongs to an emulator that was started anew.
        const { lastSequence } = await this.#api.get<{ lastSequence: number }>('/journal', { limit: 1 });
        if (lastSequence < this.#last) {
          this.#last = 0;
          this.#listener.onGap();
        }
        await this.#read();
      } catch (error) {
        if (error instanceof ApiRefusal && isForToken(error)) {
          this.#listener.onTokenRequired();
          return;
        }
      }
      this.#listener.onState('lost');
      await new Promise((resolve) => {
        setTimeout(resolve, RETRY_MS);
      });
    }
  }

  async #read(): Promise<void> {
    const reply = await this.#api.send('GET', '/journal/stream', { query: { since: this.#last } });
    this.#listener.onState('live');
    let entries: JournalEntry[] = [];
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event === 'gap') {
          this.#listener.onGap();
          return;
        }
        const entry: JournalEntry = JSON.parse(data);
        entries.push(entry);
      },
    });
    const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || value === undefined) return;
      parser.feed(value);
      if (entries.length === 0) continue;
      this.#last = entries.at(-1)?.sequence ?? this.#last;
      this.#listener.onEntries(entries);
      entries = [];
    }
  }
}
