import { invalidArgument } from '@mnsbus/core/internal';
import { boundedFact } from './bounded-fact.js';
import { JournalMismatch } from './journal-mismatch.js';
import {
  fits,
  writeEntry,
  type EntryFilter,
  type EntryOf,
  type EntryPattern,
  type JournalEntry,
} from './journal-entry.js';
import type { JournalFact } from './journal-fact.js';

/** About how many bytes of memory the entries of a journal take that is told nothing else. */
export const DEFAULT_JOURNAL_BYTES: number = 64 * 1024 * 1024;

/** The smallest bound: less might not hold a single mail. */
export const MIN_JOURNAL_BYTES: number = 1024 * 1024;

/** What a journal may be told. */
export interface JournalOptions {
  /** How many entries are kept, from 1. Default 10,000; the oldest make room for new ones. */
  readonly limit?: number;
  /**
   * About how many bytes of memory the entries may take, from 1 MiB. Default 64 MiB; the oldest make room for new ones,
   * and what is very long in a single one is cut.
   */
  readonly maxBytes?: number;
  /** Whether each step of the time that something happens after is an entry. Default `false`. */
  readonly recordsTime?: boolean;
  /** What the clock calls the instants of a fact. Default as they are. */
  readonly named?: (fact: JournalFact) => JournalFact;
}

/** What an entry is about. */
export interface JournalSubject {
  /** The id of a message in its queue, or of the message of a topic that it came from. */
  readonly messageId?: string;
  readonly queueName?: string;
  readonly topicName?: string;
  readonly taskId?: string;
}

/** How many entries of a kind are expected: that many, or within bounds, both included. */
export type ExpectedCount = number | { readonly least?: number; readonly most?: number };

/**
 * What happened inside an emulator, in order: each request, effect, delivery, fault and step of the time.
 *
 * It holds names, ids and codes, no key, signature or receipt handle; of bodies only those of mails and SMS, which go nowhere
 * else. With the same seed on the direct mount it is the same, byte for byte.
 */
export class Journal {
  readonly #limit: number;
  readonly #maxBytes: number;
  readonly #recordsTime: boolean;
  readonly #now: () => number;
  readonly #named: (fact: JournalFact) => JournalFact;
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  /** What is kept, after the places of what has been let go. */
  #kept: (Kept | undefined)[] = [];
  #first = 0;
  #bytes = 0;
  #sequence = 0;
  /** What is kept back, while something is carried out. */
  #held: JournalFact[] | undefined;
  #lastMs: number;

  /** `now` gives milliseconds since 1970. Throws `INVALID_ARGUMENT` for a limit that is no whole number in its range. */
  constructor(
    now: () => number,
    {
      limit = 10_000,
      maxBytes = DEFAULT_JOURNAL_BYTES,
      recordsTime = false,
      named = (fact) => fact,
    }: JournalOptions = {},
  ) {
    checkLeast('limit', limit, 1);
    checkLeast('maxBytes', maxBytes, MIN_JOURNAL_BYTES);
    this.#now = now;
    this.#named = named;
    this.#limit = limit;
    this.#maxBytes = maxBytes;
    this.#recordsTime = recordsTime;
    this.#lastMs = now();
  }

  /** How many entries there have been, those that were let go included. */
  get length(): number {
    return this.#sequence;
  }

  /** Adds a fact. The emulator does. */
  record(fact: JournalFact): void {
    if (this.#held === undefined) this.#append(fact);
    else this.#held.push(fact);
  }

  /**
   * Carries something out, and adds what it has recorded when it is over: so that its cause, which can often be told last,
   * stands before it ({@link lead}). Gives what `work` gives, which must not wait for anything.
   */
  hold<T>(work: () => T): T {
    const outer = this.#held;
    const held: JournalFact[] = [];
    this.#held = held;
    try {
      return work();
    } finally {
      this.#held = outer;
      for (const fact of held) this.record(fact);
    }
  }

  /** Adds a fact before all that is held: the cause of it. */
  lead(fact: JournalFact): void {
    if (this.#held === undefined) this.#append(fact);
    else this.#held.unshift(fact);
  }

  #append(fact: JournalFact): void {
    const atMs = this.#now();
    if (this.#recordsTime && atMs !== this.#lastMs) this.#add({ kind: 'time', fromMs: this.#lastMs }, atMs);
    this.#lastMs = atMs;
    this.#add(this.#named(fact), atMs);
  }

  /** The kept entries, oldest first; with `kind`, only those of that kind that have every member of `filter`. */
  entries(): readonly JournalEntry[];
  entries<K extends JournalEntry['kind']>(kind: K, filter?: EntryFilter<K>): readonly EntryOf<K>[];
  entries(kind?: JournalEntry['kind'], filter: object = {}): readonly JournalEntry[] {
    const kept = this.#from(this.#first);
    const wanted = kind === undefined ? kept : kept.filter(({ fact }) => fact.kind === kind && fits(fact, filter));
    return wanted.map(entryOf);
  }

  /** The kept entries after the one of this number, oldest first, at most `limit`. Costs what it gives. */
  after(sequence: number, limit: number = Infinity): readonly JournalEntry[] {
    const start = Math.max(sequence - this.#sequence + this.#kept.length, this.#first);
    return this.#from(start, start + limit).map(entryOf);
  }

  /** The requests that were answered and have every member of `filter`: `requests({ operation: 'SendMessage', code: 'QueueNotExist' })`. */
  requests(filter: EntryFilter<'request'> = {}): readonly EntryOf<'request'>[] {
    return this.entries('request', filter);
  }

  /** The life of a message or task, or all that concerns a queue or topic: the entries that name every member of `subject`. */
  about(subject: JournalSubject): readonly JournalEntry[] {
    return this.entries().filter((entry) => isAbout(entry, subject));
  }

  /** Calls `listener` with each entry from now on, until the returned function is called. What it throws becomes a warning of the process. */
  subscribe(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * The entries that fit a pattern, of which there must be `count` (default 1 or more).
   *
   * Throws `JOURNAL_MISMATCH`, with the entries nearby, when there are fewer or more.
   */
  expect<K extends JournalEntry['kind']>(
    pattern: EntryPattern & { readonly kind: K },
    count: ExpectedCount = { least: 1 },
  ): readonly EntryOf<K>[] {
    const { kind, ...filter } = pattern;
    const found = this.entries(kind).filter((entry) => fits(entry, filter));
    const { least = 0, most = Infinity } = typeof count === 'number' ? { least: count, most: count } : count;
    if (found.length >= least && found.length <= most) return found;
    throw JournalMismatch.ofCount(pattern, { least, most, found }, this.entries());
  }

  /**
   * One entry for each pattern, such that each comes after the one before it; others may lie between.
   *
   * Throws `JOURNAL_MISMATCH`, with the entries after the last that was found, for the first pattern that has none.
   */
  expectInOrder(...patterns: readonly EntryPattern[]): readonly JournalEntry[] {
    const found: JournalEntry[] = [];
    const entries = this.entries();
    let from = 0;
    for (const pattern of patterns) {
      const at = entries.findIndex((entry, index) => index >= from && fits(entry, pattern));
      const entry = entries[at];
      if (entry === undefined) throw JournalMismatch.ofOrder(pattern, found.at(-1), entries);
      found.push(entry);
      from = at + 1;
    }
    return found;
  }

  /** The last `last` entries (default all that are kept), one in a line. */
  print({ last = Infinity }: { readonly last?: number } = {}): string {
    const kept = this.entries();
    return kept
      .slice(Math.max(0, kept.length - last))
      .map((entry) => writeEntry(entry))
      .join('\n');
  }

  #add(told: JournalFact, atMs: number): void {
    const { fact, bytes } = boundedFact(told);
    const kept = { sequence: ++this.#sequence, atMs, fact, bytes };
    this.#kept.push(kept);
    this.#bytes += bytes;
    while (this.#kept.length - this.#first > this.#limit || this.#bytes > this.#maxBytes) this.#letGo();
    if (this.#listeners.size > 0) this.#tell(entryOf(kept));
  }

  /** Lets go of the oldest entry. */
  #letGo(): void {
    this.#bytes -= this.#kept[this.#first]?.bytes ?? 0;
    this.#kept[this.#first] = undefined;
    this.#first += 1;
    // Shortened by halves, so that a full journal does not shift its whole length at each entry.
    if (this.#first < this.#limit || this.#first * 2 < this.#kept.length) return;
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }

  #from(start: number, end?: number): readonly Kept[] {
    return this.#kept.slice(start, end).filter((kept) => kept !== undefined);
  }

  #tell(entry: JournalEntry): void {
    for (const listener of this.#listeners) {
      try {
        listener(entry);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }
}

/** Whether an entry is about all that `subject` names: see {@link Journal.about}. */
export function isAbout(entry: JournalEntry, { messageId, ...names }: JournalSubject): boolean {
  return fits(entry, names) && (messageId === undefined || idsIn(entry).includes(messageId));
}

/** A fact as it is kept: put together only when somebody asks, because most are never asked for. */
interface Kept {
  readonly sequence: number;
  readonly atMs: number;
  readonly fact: JournalFact;
  /** About how much memory it takes. */
  readonly bytes: number;
}

function checkLeast(name: string, value: number, least: number): void {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw invalidArgument(name, `a whole number from ${least}`, value);
  }
}

function entryOf({ sequence, atMs, fact }: Kept): JournalEntry {
  return { sequence, atMs, ...fact };
}

function idsIn(entry: JournalEntry): readonly string[] {
  if (entry.kind === 'operated') return entry.messageIds ?? [];
  if (!('messageId' in entry)) return [];
  return 'queueMessageId' in entry ? [entry.messageId, entry.queueMessageId] : [entry.messageId];
}
