import type { Journal } from '../runtime/journal.js';
import type { JournalFact, QueueMessage } from '../runtime/journal-fact.js';
import { failedPlaces } from './failed-places.js';
import type { MnsCommand, MnsCommandType, MnsCommands, MnsResult } from './model/commands.js';
import type { SentMessage } from './model/message.js';
import type { MnsModel } from './model/mns-model.js';
import { mnsModelRecord, type MnsModelRecord } from './model/mns-state.js';
import { messageIdIn } from './model/receipt-handle.js';

type MessageFact = JournalFact & QueueMessage;

/** How the facts of one command are told: what was asked for, and what was done. */
type Tell<T extends MnsCommandType> = (
  input: MnsCommands[T]['input'],
  value: MnsCommands[T]['value'],
  nowMs: number,
) => readonly MessageFact[];

const sent = (queueName: string, { messageId, receiptHandle }: SentMessage): MessageFact =>
  receiptHandle === undefined
    ? { kind: 'sent', queueName, messageId }
    : { kind: 'sent', queueName, messageId, isDelayed: true };

const TELL: { readonly [T in MnsCommandType]?: Tell<T> } = {
  sendMessage: ({ queueName }, message) => [sent(queueName, message)],
  deliverMessage: ({ queueName }, message) => [sent(queueName, message)],
  sendMessages: ({ queueName }, entries) =>
    entries.flatMap((entry) => (entry.ok ? [sent(queueName, entry.value)] : [])),
  receiveMessages: ({ queueName }, { messages }) =>
    messages.map(({ messageId, dequeueCount, nextVisibleAtMs }) => ({
      kind: 'received',
      queueName,
      messageId,
      dequeueCount,
      nextVisibleAtMs,
    })),
  changeVisibility: ({ queueName, receiptHandle = '' }, { nextVisibleAtMs }) => [
    { kind: 'visibility-changed', queueName, messageId: messageIdIn(receiptHandle), nextVisibleAtMs },
  ],
  deleteMessage: ({ queueName, receiptHandle = '' }) => [
    { kind: 'deleted', queueName, messageId: messageIdIn(receiptHandle) },
  ],
  releaseMessages: ({ queueName }, ids, nowMs) =>
    ids.map((messageId) => ({ kind: 'visibility-changed', queueName, messageId, nextVisibleAtMs: nowMs })),
  discardMessages: ({ queueName, reason }, messages, nowMs) =>
    messages.map(({ messageId }) =>
      reason === 'expired'
        ? { kind: 'expired', queueName, messageId, expiredAtMs: nowMs }
        : { kind: 'deleted', queueName, messageId },
    ),
  deleteMessages: ({ queueName, receiptHandles }, failed) => {
    const bad = new Set(failedPlaces(receiptHandles, failed).map(({ index }) => index));
    return receiptHandles
      .filter((_, index) => !bad.has(index))
      .map((receiptHandle) => ({ kind: 'deleted', queueName, messageId: messageIdIn(receiptHandle) }));
  },
};

/** A model whose effects on messages are in the journal: what is sent, received, deleted, expired. */
export class RecordedModel {
  readonly #model: MnsModel;
  readonly #journal: Journal;
  readonly #tenant: string | undefined;

  /** `tenant` stands in every fact; absent for the tenant of requests whose host names none. */
  constructor(model: MnsModel, journal: Journal, tenant?: string) {
    this.#model = model;
    this.#journal = journal;
    this.#tenant = tenant;
  }

  /** As `MnsModel.apply`; `duplicateOf` stands in the facts of a message that a fault has doubled. */
  apply<T extends MnsCommandType>(
    command: MnsCommand<T>,
    nowMs: number,
    doubled?: { readonly duplicateOf: string },
  ): MnsResult<T> {
    const result = this.#model.apply<T>(command, nowMs);
    this.#tellExpired();
    const tell: Tell<T> | undefined = TELL[command.type];
    if (result.ok && tell !== undefined)
      for (const fact of tell(command, result.value, nowMs))
        this.#record(doubled === undefined ? fact : { ...fact, ...doubled });
    return result;
  }

  /** The model as data, as it stands at `nowMs`: what has expired by then is told, too. */
  record(nowMs: number): MnsModelRecord {
    const record = mnsModelRecord(this.#model, nowMs);
    this.#tellExpired();
    return record;
  }

  /** As `MnsModel.queueCount`. */
  get queueCount(): number {
    return this.#model.queueCount;
  }

  /** As `MnsModel.storedBytes`. */
  get storedBytes(): number {
    return this.#model.storedBytes;
  }

  /** As `MnsModel.topicCount`. */
  get topicCount(): number {
    return this.#model.topicCount;
  }

  /** As `MnsModel.nextDueMs`. */
  nextDueMs(queueName: string): number | undefined {
    return this.#model.nextDueMs(queueName);
  }

  #tellExpired(): void {
    for (const expired of this.#model.takeExpired()) this.#record({ kind: 'expired', ...expired });
  }

  #record(fact: MessageFact): void {
    this.#journal.record(this.#tenant === undefined ? fact : { ...fact, tenant: this.#tenant });
  }
}
