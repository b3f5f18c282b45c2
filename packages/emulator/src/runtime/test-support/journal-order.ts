import type { EntryOf, JournalEntry } from '../journal-entry.js';

type Request = EntryOf<'request'>;
type Operated = EntryOf<'operated'>;

/** What follows its cause at once, and nothing but more of the same between. */
const FOLLOWING: ReadonlySet<JournalEntry['kind']> = new Set([
  'sent',
  'received',
  'deleted',
  'visibility-changed',
  'expired',
  'fault',
  'task-submitted',
]);

/** What of a journal that was kept whole stands before its cause, one text each; none when all is in order. */
export function outOfOrder(entries: readonly JournalEntry[]): readonly string[] {
  const order = new Order(entries);
  return entries.flatMap((entry, index) => {
    const wanted = order.missingBefore(entry, index);
    return wanted === undefined ? [] : [`#${entry.sequence} ${entry.kind}: ${wanted} does not stand before it`];
  });
}

class Order {
  readonly #entries: readonly JournalEntry[];
  /** Of the messages in queues that came by a topic: what their topic calls them. */
  readonly #delivered = new Map<string, number>();

  /** What IMM and operators have published. */
  readonly #publications = new Map<string, number>();

  constructor(entries: readonly JournalEntry[]) {
    this.#entries = entries;
    for (const [index, entry] of entries.entries()) {
      if (entry.kind === 'event-published') this.#publications.set(entry.messageId, index);
      if (entry.kind !== 'operated' || entry.operation !== 'publish') continue;
      for (const messageId of entry.messageIds ?? []) this.#publications.set(messageId, index);
    }
    for (const [index, entry] of entries.entries())
      if (entry.kind === 'delivered') this.#delivered.set(entry.queueMessageId, index);
  }

  /** The cause that an entry lacks. */
  missingBefore(entry: JournalEntry, index: number): string | undefined {
    switch (entry.kind) {
      case 'sent':
        return this.#ofSent(entry, index);
      case 'delivered':
        return (
          this.#first(
            index,
            'its message in the queue',
            (one) => one.kind === 'sent' && one.messageId === entry.queueMessageId,
          ) ?? this.#published(entry, index)
        );
      case 'mailed':
      case 'texted':
      case 'app-notified':
      case 'pushed':
        return this.#published(entry, index);
      case 'received':
        return (
          this.#came(entry, index) ??
          this.#caused(
            index,
            'the receive',
            [/^(?:Batch)?ReceiveMessage$/],
            ({ queueName }) => queueName === entry.queueName,
          )
        );
      case 'visibility-changed':
        return (
          this.#came(entry, index) ??
          this.#caused(
            index,
            'what changed it',
            [/^ChangeMessageVisibility$/, /^redrive$/],
            ({ queueName }) => queueName === entry.queueName,
          )
        );
      case 'deleted':
        return (
          this.#came(entry, index) ??
          this.#caused(
            index,
            'the delete',
            [/^(?:Batch)?DeleteMessage$/, /^(?:delete|purge|redrive)$/],
            ({ queueName }) => queueName === entry.queueName,
          )
        );
      case 'expired':
        return this.#came(entry, index);
      case 'task-submitted':
        return this.#caused(
          index,
          'the request',
          [/^Create/],
          (cause) => cause.kind === 'request' && cause.project === entry.project,
        );
      case 'task-started':
      case 'task-ended':
        return (
          this.#first(index, 'its creation', (one) => one.kind === 'task-submitted' && one.taskId === entry.taskId) ??
          this.#ofEnd(entry, index)
        );
      case 'event-published':
      case 'event-lost':
        return this.#first(
          index,
          'the end of its task',
          (one) => one.kind === 'task-ended' && one.taskId === entry.taskId,
        );
      // Those that begin something, or say how it went on.
      case 'request':
      case 'operated':
      case 'time':
      case 'fault':
      case 'script-failed':
      case 'event-disturbed':
      case 'delivery-failed':
      case 'delivery-dropped':
      case 'narrow-receive':
      case 'profile':
        return undefined;
    }
  }

  #ofSent({ queueName, messageId, duplicateOf }: EntryOf<'sent'>, index: number): string | undefined {
    if (duplicateOf !== undefined) return this.#came({ messageId: duplicateOf }, index, false);
    const delivered = this.#delivered.get(messageId);
    // One that a topic brings has its cause in what was published, for which the delivery stands.
    if (delivered !== undefined) return undefined;
    return this.#caused(
      index,
      'what sent it',
      [/^(?:Batch)?SendMessage$/, /^(?:send|redrive)$/],
      (cause) => cause.queueName === queueName || (cause.kind === 'operated' && cause.toQueueName === queueName),
    );
  }

  #came({ messageId }: { readonly messageId: string }, index: number, wholly = true): string | undefined {
    if (wholly && (this.#delivered.get(messageId) ?? -1) > index) return 'its delivery';
    return this.#first(index, 'its message', (one) => one.kind === 'sent' && one.messageId === messageId);
  }

  #published(
    { messageId, topicName }: { readonly messageId: string; readonly topicName: string },
    index: number,
  ): string | undefined {
    const told = this.#publications.get(messageId);
    if (told !== undefined) return told < index ? undefined : 'what was published';
    // The request does not tell the id that it gave.
    return this.#first(
      index,
      'the publishing request',
      (one) =>
        one.kind === 'request' &&
        one.operation === 'PublishMessage' &&
        one.topicName === topicName &&
        one.status === 201,
    );
  }

  #ofEnd({ kind, taskId }: { readonly kind: string; readonly taskId: string }, index: number): string | undefined {
    const byHand = this.#entries.findIndex(
      (one) => one.kind === 'operated' && /^(?:finish|fail)-task$/.test(one.operation) && one.taskId === taskId,
    );
    return kind === 'task-ended' && byHand > index ? 'who ended it' : undefined;
  }

  /** Whether the last request or act before an entry is of these, with nothing between that does not follow from it. */
  #caused(
    index: number,
    text: string,
    operations: readonly RegExp[],
    fits: (cause: Request | Operated) => boolean,
  ): string | undefined {
    let at = index - 1;
    while (at >= 0 && FOLLOWING.has(this.#entries[at]?.kind ?? 'time')) at -= 1;
    const cause = this.#entries[at];
    const isCause = cause?.kind === 'request' || cause?.kind === 'operated';
    if (isCause && operations.some((operation) => operation.test(cause.operation)) && fits(cause)) return undefined;
    return `${text} (but ${cause === undefined ? 'nothing' : JSON.stringify(cause)})`;
  }

  #first(index: number, text: string, fits: (entry: JournalEntry) => boolean): string | undefined {
    return this.#entries.slice(0, index).some(fits) ? undefined : text;
  }
}
