import type { EntryOf, JournalEntry } from '@mnsbus/emulator';

/** What may happen to a message once it is in a queue. */
export type LifeEntry = EntryOf<'received' | 'visibility-changed' | 'deleted' | 'expired'>;

/** A message of a queue, from its send on. */
export interface MessageLife {
  readonly messageId: string;
  readonly queueName: string;
  readonly sent: EntryOf<'sent'>;
  /** In order. */
  readonly entries: readonly LifeEntry[];
}

/** A stretch of time in which a message could be received: from the instant itself, up to but without the other. */
export interface ActiveSpan {
  readonly fromMs: number;
  /** What began it, where that was no timer: what happened before that, at the same instant, did not see the message. */
  readonly fromSequence: number;
  readonly toMs: number;
}

/** The lives of all messages of a journal, by id, in the order of their sends. */
export function messageLives(journal: readonly JournalEntry[]): ReadonlyMap<string, MessageLife> {
  const lives = new Map<string, { -readonly [K in keyof MessageLife]: MessageLife[K] } & { entries: LifeEntry[] }>();
  for (const entry of journal) {
    if (entry.kind === 'sent') {
      const { messageId, queueName } = entry;
      lives.set(messageId, { messageId, queueName, sent: entry, entries: [] });
    } else if (isOfLife(entry)) lives.get(entry.messageId)?.entries.push(entry);
  }
  return lives;
}

/** What ended a message, if anything did. */
export function endOf({ entries }: MessageLife): EntryOf<'deleted' | 'expired'> | undefined {
  for (const entry of entries) if (entry.kind === 'deleted' || entry.kind === 'expired') return entry;
  return undefined;
}

/** When a message could be received, given when that was first so. */
export function activeSpans({ entries, sent }: MessageLife, firstMs: number, endMs: number): readonly ActiveSpan[] {
  const spans: ActiveSpan[] = [];
  let fromMs: number | undefined = firstMs;
  let fromSequence = firstMs === sent.atMs ? sent.sequence : 0;
  const end = (atMs: number): void => {
    if (fromMs !== undefined && fromMs < atMs) spans.push({ fromMs, fromSequence, toMs: atMs });
  };
  for (const entry of entries) {
    end(entry.kind === 'expired' ? Math.min(entry.atMs, entry.expiredAtMs) : entry.atMs);
    fromMs = 'nextVisibleAtMs' in entry ? entry.nextVisibleAtMs : undefined;
    fromSequence = 0;
  }
  end(endMs);
  return spans;
}

function isOfLife(entry: JournalEntry): entry is LifeEntry {
  return (
    entry.kind === 'received' ||
    entry.kind === 'visibility-changed' ||
    entry.kind === 'deleted' ||
    entry.kind === 'expired'
  );
}
