import type { NoteChange } from '../../runtime/note-change.js';
import { done, refused, type Result } from '../failure.js';
import { idPrefix } from './message-id.js';
import { DEFAULT_MODEL_SETTINGS, type ModelSettings } from './model-settings.js';
import type { ChangedVisibility, MessageDraft, PeekedMessage, ReceivedMessage, SentMessage } from './message.js';
import type { OrderedQueue } from './ordered-queue.js';
import type { QueueAttributes } from './queue-attributes.js';
import { lifeRecord, sentRecord } from './message-record.js';
import { messageIdIn, queueTag, readHandle, writeHandle } from './receipt-handle.js';
import { StoredBytes, storedBytes } from './stored-bytes.js';
import {
  deliveryOrder,
  expiryOrder,
  hasEnded,
  isGood,
  peeked,
  received,
  StoredMessage,
  wakingOrder,
  type MessageState,
} from './stored-message.js';

/** How many messages are in each state. */
export type MessageCounts = Readonly<Record<MessageState, number>>;

/**
 * The messages of one queue: a step costs O(log n) at most for n stored messages, and O(1) while they come in order.
 *
 * Call {@link advance} before anything else at a new instant; the other methods take the state as it stands.
 */
export class Queue {
  readonly name: string;
  attributes: QueueAttributes;
  readonly createdAtMs: number;
  /** What the ids of its messages begin with. */
  readonly idPrefix: string;
  modifiedAtMs: number;
  readonly #tag: string;
  readonly #messages = new Map<string, StoredMessage>();
  /** The active messages of each storage node. */
  readonly #stripes: readonly OrderedQueue<StoredMessage>[];
  /** Delayed and inactive messages that will become active before they expire. */
  readonly #sleeping = wakingOrder();
  readonly #expiring = expiryOrder();
  readonly #counts = { delayed: 0, active: 0, inactive: 0 };
  readonly #note: NoteChange | undefined;
  readonly #stored: StoredBytes;
  #bytes = 0;
  #sent = 0;

  constructor(
    name: string,
    attributes: QueueAttributes,
    nowMs: number,
    settings: ModelSettings = DEFAULT_MODEL_SETTINGS,
    note?: NoteChange,
    stored: StoredBytes = new StoredBytes(),
  ) {
    this.#note = note;
    this.#stored = stored;
    this.name = name;
    this.attributes = attributes;
    this.createdAtMs = nowMs;
    this.modifiedAtMs = nowMs;
    this.idPrefix = idPrefix(name, settings.messageIdShape);
    this.#stripes = Array.from({ length: settings.stripes }, () => deliveryOrder(settings.shuffleSalt));
    this.#tag = queueTag(name);
  }

  get counts(): MessageCounts {
    return { ...this.#counts };
  }

  /** When the next sleeping message becomes active, in milliseconds since 1970; `undefined` when none will. */
  get nextDueMs(): number | undefined {
    return this.#sleeping.peek()?.dueAtMs;
  }

  /** How many messages it has ever taken: the offset of the next one. */
  get sent(): number {
    return this.#sent;
  }

  /** Takes up messages as they were in another queue of this name, which had taken `sent` in all. */
  restore(messages: Iterable<StoredMessage>, sent: number): void {
    for (const message of messages) this.#admit(message, message.state, message.dueAtMs);
    this.#sent = sent;
  }

  /** Removes every message. */
  clear(): void {
    for (const message of this.#messages.values()) this.#remove(message);
  }

  /** Takes note that nobody will use it any more: its messages take no room. */
  abandon(): void {
    this.#stored.remove(this.#bytes);
    this.#bytes = 0;
  }

  /** Removes what has expired by `nowMs`, then wakes what is due. Returns what it removed, in the order of the instants. */
  advance(nowMs: number): readonly StoredMessage[] {
    let expired: StoredMessage[] | undefined;
    for (
      let next = this.#expiring.peek();
      next !== undefined && next.expiresAtMs <= nowMs;
      next = this.#expiring.peek()
    ) {
      this.#remove(next);
      (expired ??= []).push(next);
    }
    for (let next = this.#sleeping.peek(); next !== undefined && next.dueAtMs <= nowMs; next = this.#sleeping.peek()) {
      this.#move(next, 'active', next.dueAtMs);
    }
    return expired ?? NONE;
  }

  /** Stores a message; the draft has been checked. */
  send(draft: MessageDraft, messageId: string, nowMs: number): SentMessage {
    const { messageRetentionSeconds } = this.attributes;
    const message = new StoredMessage(draft, messageId, this.#sent++, nowMs, messageRetentionSeconds);
    const delayMs = (draft.delaySeconds ?? this.attributes.delaySeconds) * 1000;
    this.#admit(message, delayMs > 0 ? 'delayed' : 'active', nowMs + delayMs);
    this.#noteSent(message);
    const sent: SentMessage = { messageId, bodyMd5: message.bodyMd5 };
    return delayMs > 0 ? { ...sent, receiptHandle: this.#issueHandle(message, delayMs, nowMs) } : sent;
  }

  /**
   * Delivers up to `count` active messages: each becomes inactive and gets a new handle (spec mns §4.2).
   *
   * All of them come from one storage node: the first, from `stripe` on, that has any (spec mns §4.5), of the next `nodes`.
   */
  receive(count: number, nowMs: number, stripe: number = 0, nodes?: number): readonly ReceivedMessage[] {
    const active = this.#firstFilled(stripe, nodes);
    const messages: ReceivedMessage[] = [];
    for (let next = active?.peek(); next !== undefined && messages.length < count; next = active?.peek()) {
      messages.push(this.#deliver(next, nowMs));
    }
    return messages;
  }

  /** The messages that a receive of `count` would deliver, left as they are. */
  peek(count: number, stripe: number = 0): readonly PeekedMessage[] {
    const active = this.#firstFilled(stripe);
    const first: StoredMessage[] = [];
    for (let next = active?.pop(); next !== undefined; next = active?.pop()) {
      first.push(next);
      if (first.length === count) break;
    }
    for (const message of first) message.place = active?.push(message);
    return first.map((message) => peeked(message));
  }

  /** Every message that is kept, in the order of sending. */
  messages(): IterableIterator<StoredMessage> {
    return this.#messages.values();
  }

  /** Makes a message of this queue active now, whoever holds it: its handles are void. */
  release(message: StoredMessage, nowMs: number): void {
    message.handles = undefined;
    message.firstHandle = message.handleCount;
    this.#move(message, 'active', nowMs);
    this.#noteLife(message);
  }

  /** Removes a message of this queue, whoever holds it. */
  discard(message: StoredMessage): void {
    this.#remove(message);
  }

  /** Deletes the message of a good handle (spec mns §2.11). */
  delete(handle: string, nowMs: number): Result<undefined> {
    const held = this.#messages.get(messageIdIn(handle));
    if (held !== undefined && isGood(held, handle, nowMs)) {
      this.#remove(held);
      return done(undefined);
    }
    return refused(this.#whyNotDeleted(handle, nowMs));
  }

  /** What is wrong with a handle that is not good; taken apart only here, because few are. */
  #whyNotDeleted(handle: string, nowMs: number): 'ReceiptHandleError' | 'MessageNotExist' {
    const fields = readHandle(handle, this.#tag);
    if (fields === undefined) return 'ReceiptHandleError';
    const message = this.#messages.get(fields.messageId);
    return message === undefined || hasEnded(message, fields, nowMs) ? 'MessageNotExist' : 'ReceiptHandleError';
  }

  /**
   * Lets a received message become active `timeoutSeconds` from now instead (spec mns §2.13); or one that is still
   * delayed, by the handle of its sending: so the transaction queue of the Java SDK commits what it has prepared.
   */
  changeVisibility(handle: string, timeoutSeconds: number, nowMs: number): Result<ChangedVisibility> {
    const fields = readHandle(handle, this.#tag);
    if (fields === undefined) return refused('ReceiptHandleError');
    const message = this.#messages.get(fields.messageId);
    if (message === undefined || message.state === 'active' || hasEnded(message, fields, nowMs)) {
      return refused('MessageNotExist');
    }
    if (!isGood(message, handle, nowMs)) return refused('ReceiptHandleError');
    const timeoutMs = timeoutSeconds * 1000;
    const nextVisibleAtMs = nowMs + timeoutMs;
    this.#move(message, message.state, nextVisibleAtMs);
    this.#noteLife(message);
    return done({ receiptHandle: this.#issueHandle(message, timeoutMs, nowMs), nextVisibleAtMs });
  }

  /** Moves a message in time; `false` when there is none in a state that allows it. Its handles stay as they are. */
  disturb(messageId: string, change: 'order' | 'delay' | 'wake', atMs: number): boolean {
    const message = this.#messages.get(messageId);
    if (message?.state !== (change === 'wake' ? 'inactive' : 'active')) return false;
    this.#move(message, change === 'order' ? 'active' : change === 'delay' ? 'delayed' : 'inactive', atMs);
    this.#noteLife(message);
    return true;
  }

  #deliver(message: StoredMessage, nowMs: number): ReceivedMessage {
    const invisibleMs = this.attributes.visibilityTimeoutSeconds * 1000;
    if (message.dequeueCount === 0) message.firstDequeuedAtMs = nowMs;
    message.dequeueCount += 1;
    message.handles = undefined;
    message.firstHandle = message.handleCount;
    this.#move(message, 'inactive', nowMs + invisibleMs);
    this.#noteLife(message);
    return received(message, this.#issueHandle(message, invisibleMs, nowMs));
  }

  #issueHandle(message: StoredMessage, invisibleMs: number, nowMs: number): string {
    const handle = writeHandle({
      messageId: message.messageId,
      issuedAtMs: nowMs,
      invisibleMs,
      serial: message.handleCount++,
      offset: message.offset,
      queueTag: this.#tag,
    });
    // A heartbeat may renew a message for hours: its handles that have ended must not pile up.
    message.handles ??= new Map();
    for (const [old, endsAtMs] of message.handles) if (endsAtMs <= nowMs) message.handles.delete(old);
    message.handles.set(handle, nowMs + invisibleMs);
    return handle;
  }

  #admit(message: StoredMessage, state: MessageState, dueAtMs: number): void {
    this.#messages.set(message.messageId, message);
    message.expiry = this.#expiring.push(message);
    this.#takeRoom(storedBytes(message.draft));
    this.#counts[message.state] += 1;
    this.#move(message, state, dueAtMs);
  }

  #takeRoom(bytes: number): void {
    this.#bytes += bytes;
    this.#stored.add(bytes);
  }

  #move(message: StoredMessage, state: MessageState, dueAtMs: number): void {
    this.#leavePlace(message);
    this.#counts[message.state] -= 1;
    this.#counts[state] += 1;
    message.state = state;
    message.dueAtMs = dueAtMs;
    if (state === 'active') message.place = this.#activeOf(message)?.push(message);
    else if (dueAtMs < message.expiresAtMs) message.place = this.#sleeping.push(message);
  }

  #remove(message: StoredMessage): void {
    this.#leavePlace(message);
    if (message.expiry !== undefined) this.#expiring.remove(message.expiry);
    this.#counts[message.state] -= 1;
    this.#messages.delete(message.messageId);
    this.#takeRoom(-storedBytes(message.draft));
    this.#noteSent(message);
  }

  /** Its life alone changes most often; its body, which may be large, never does. Waking needs no note: time tells it. */
  #noteLife(message: StoredMessage): void {
    this.#note?.(['messages', message.offset, 'life'], () => (this.#holds(message) ? lifeRecord(message) : undefined));
  }

  #noteSent(message: StoredMessage): void {
    this.#note?.(['messages', message.offset, 'sent'], () => (this.#holds(message) ? sentRecord(message) : undefined));
    this.#note?.(['sent'], () => this.#sent);
    this.#noteLife(message);
  }

  #holds(message: StoredMessage): boolean {
    return this.#messages.get(message.messageId) === message;
  }

  #activeOf({ offset }: StoredMessage): OrderedQueue<StoredMessage> | undefined {
    return this.#stripes[offset % this.#stripes.length];
  }

  /** The active messages of the first storage node, of the next `nodes` from `stripe` on, that has any; `undefined` when none has. */
  #firstFilled(stripe: number, nodes: number = this.#stripes.length): OrderedQueue<StoredMessage> | undefined {
    for (let step = 0; step < nodes; step += 1) {
      const active = this.#stripes[(stripe + step) % this.#stripes.length];
      if (active?.peek() !== undefined) return active;
    }
    return undefined;
  }

  #leavePlace(message: StoredMessage): void {
    if (message.place === undefined) return;
    // The entry knows its index only, not its heap; the state tells which heap that is.
    (message.state === 'active' ? this.#activeOf(message) : this.#sleeping)?.remove(message.place);
    message.place = undefined;
  }
}

const NONE: readonly StoredMessage[] = [];
