import type { Faults } from '../faults/faults.js';
import type { Tenant } from '../runtime/accounts.js';
import type { MnsCommand, MnsCommandType, MnsCommands, MnsResult } from './model/commands.js';
import type { MessageDraft, ReceivedMessage, SentMessage } from './model/message.js';
import type { MnsModelRecord } from './model/mns-state.js';
import type { RecordedModel } from './recorded-model.js';

/** Stores a message in the way in which it has just been stored. */
type Store = 'sendMessage' | 'deliverMessage';

/** A model whose messages are struck by faults: right after they are stored or received, before anybody else sees them. */
export class FaultyModel {
  readonly #model: RecordedModel;
  readonly #faults: Faults;
  readonly #tenant: Tenant;
  readonly #strikes: {
    readonly [T in MnsCommandType]?: (
      input: MnsCommands[T]['input'],
      value: MnsCommands[T]['value'],
      nowMs: number,
    ) => void;
  } = {
    sendMessage: ({ queueName, message }, sent, nowMs) =>
      this.#strikeStored({ queueName, store: 'sendMessage', message, sent }, nowMs),
    deliverMessage: ({ queueName, message }, sent, nowMs) =>
      this.#strikeStored({ queueName, store: 'deliverMessage', message, sent }, nowMs),
    sendMessages: ({ queueName, messages }, entries, nowMs) => {
      for (const [index, entry] of entries.entries()) {
        const message = messages[index];
        if (!entry.ok || message === undefined) continue;
        this.#strikeStored({ queueName, store: 'sendMessage', message, sent: entry.value }, nowMs);
      }
    },
    receiveMessages: ({ queueName }, { messages }, nowMs) => {
      for (const message of messages) this.#strikeReceived(queueName, message, nowMs);
    },
  };

  constructor(model: RecordedModel, faults: Faults, tenant: Tenant) {
    this.#model = model;
    this.#faults = faults;
    this.#tenant = tenant;
  }

  /** As `MnsModel.apply`. */
  apply<T extends MnsCommandType>(command: MnsCommand<T>, nowMs: number): MnsResult<T> {
    const result = this.#model.apply<T>(command, nowMs);
    if (result.ok && !this.#faults.isEmpty) this.#strikes[command.type]?.(command, result.value, nowMs);
    return result;
  }

  /** As `RecordedModel.record`. */
  record(nowMs: number): MnsModelRecord {
    return this.#model.record(nowMs);
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

  #strikeStored(stored: Stored, nowMs: number): void {
    const { queueName, store, message, sent } = stored;
    const { messageId } = sent;
    const subject = { ...this.#tenant, queueName, messageId };
    // A message that its sender has delayed is not in its place yet.
    const isActive = sent.receiptHandle === undefined;
    const struck = this.#faults.strike(
      ['duplicate-message', 'reorder-message', 'delay-message'],
      subject,
      ({ kind }) => isActive || kind === 'duplicate-message',
    );
    for (const fault of struck) {
      if (fault.kind === 'duplicate-message') {
        this.#model.apply({ type: store, queueName, message }, nowMs, { duplicateOf: messageId });
        continue;
      }
      const moved =
        fault.kind === 'delay-message'
          ? ({ change: 'delay', atMs: nowMs + fault.delayMs } as const)
          : ({ change: 'order', atMs: nowMs + fault.behindMs } as const);
      this.#model.apply({ type: 'disturbMessage', queueName, messageId, ...moved }, nowMs);
    }
  }

  #strikeReceived(queueName: string, { messageId, nextVisibleAtMs }: ReceivedMessage, nowMs: number): void {
    const struck = this.#faults.strike(['early-visibility'], { ...this.#tenant, queueName, messageId });
    if (struck.length === 0) return;
    const atMs = struck.reduce((sum, { earlyMs }) => sum - earlyMs, nextVisibleAtMs);
    this.#model.apply({ type: 'disturbMessage', queueName, messageId, change: 'wake', atMs }, nowMs);
  }
}

/** A message that was stored. */
interface Stored {
  readonly queueName: string;
  readonly store: Store;
  readonly message: MessageDraft;
  readonly sent: SentMessage;
}
