import { IndexedHeap, md5Hex, type HeapEntry } from '@mnsbus/core';
import type { MessageDraft, PeekedMessage } from './message.js';

/** Deleted and expired messages are no longer stored, so they need no state (spec mns §4.1). */
export type MessageState = 'delayed' | 'active' | 'inactive';

/** A message inside its queue. All times are milliseconds since 1970. */
export interface StoredMessage {
  readonly messageId: string;
  readonly draft: MessageDraft;
  readonly bodyMd5: string;
  /** Its place among all messages of the queue, from 0. */
  readonly offset: number;
  readonly enqueuedAtMs: number;
  /** Fixed at the sending: a later change of the queue's retention does not move it. */
  readonly expiresAtMs: number;
  state: MessageState;
  /** When it becomes active; for an active message, since when it is. */
  dueAtMs: number;
  dequeueCount: number;
  firstDequeuedAtMs: number;
  /** How many handles were issued for it: the serial of the next one. */
  handleCount: number;
  /** The serial of the first handle of the current delivery; older ones are void. */
  firstHandle: number;
  /** The handles of the current delivery (or of the delayed send), and when each ends. */
  readonly handles: Map<string, number>;
  /** Its place among the active or the sleeping messages; absent while it would wake only after it has expired. */
  place: HeapEntry<StoredMessage> | undefined;
  expiry: HeapEntry<StoredMessage> | undefined;
}

/** A draft as it enters a queue at `nowMs`; the queue decides whether it is delayed. */
export function storedMessage(
  draft: MessageDraft,
  messageId: string,
  offset: number,
  nowMs: number,
  retentionSeconds: number,
): StoredMessage {
  return {
    messageId,
    draft,
    bodyMd5: md5Hex(draft.body),
    offset,
    enqueuedAtMs: nowMs,
    expiresAtMs: nowMs + retentionSeconds * 1000,
    state: 'active',
    dueAtMs: nowMs,
    dequeueCount: 0,
    firstDequeuedAtMs: nowMs,
    handleCount: 0,
    firstHandle: 0,
    handles: new Map(),
    place: undefined,
    expiry: undefined,
  };
}

/** What anybody may see of a message. */
export function peeked(message: StoredMessage): PeekedMessage {
  const { draft } = message;
  return {
    messageId: message.messageId,
    bodyMd5: message.bodyMd5,
    body: draft.body,
    enqueuedAtMs: message.enqueuedAtMs,
    firstDequeuedAtMs: message.firstDequeuedAtMs,
    dequeueCount: message.dequeueCount,
    priority: draft.priority,
    userProperties: draft.userProperties,
    systemProperties: draft.systemProperties,
    ...(draft.messageGroupId === undefined ? {} : { messageGroupId: draft.messageGroupId }),
  };
}

/**
 * Messages in the order in which receives take them: priority, then since when active, then order of sending; with a
 * salt, a number that looks like chance stands in for the time (spec mns §4.4).
 */
export function deliveryOrder(shuffleSalt?: number): IndexedHeap<StoredMessage> {
  const comesFirst = shuffleSalt === undefined ? isDueBefore : shuffledBy(shuffleSalt);
  return new IndexedHeap(
    (a, b) => a.draft.priority < b.draft.priority || (a.draft.priority === b.draft.priority && comesFirst(a, b)),
  );
}

/** Messages in the order in which they become active. */
export function wakingOrder(): IndexedHeap<StoredMessage> {
  return new IndexedHeap(isDueBefore);
}

/** Messages in the order in which their retention ends. */
export function expiryOrder(): IndexedHeap<StoredMessage> {
  return new IndexedHeap(
    (a, b) => a.expiresAtMs < b.expiresAtMs || (a.expiresAtMs === b.expiresAtMs && a.offset < b.offset),
  );
}

function shuffledBy(salt: number): (a: StoredMessage, b: StoredMessage) => boolean {
  return (a, b) => {
    const difference = shuffleRank(a, salt) - shuffleRank(b, salt);
    return difference < 0 || (difference === 0 && isDueBefore(a, b));
  };
}

/** 32 bits mixed from what stays the same while a message is active, and is another when it becomes so again. */
function shuffleRank({ offset, dueAtMs }: StoredMessage, salt: number): number {
  const first = Math.imul(offset ^ salt, 0x85eb_ca6b);
  const second = Math.imul(first ^ (first >>> 15) ^ dueAtMs, 0xc2b2_ae35);
  return (second ^ (second >>> 16)) >>> 0;
}

function isDueBefore(a: StoredMessage, b: StoredMessage): boolean {
  return a.dueAtMs < b.dueAtMs || (a.dueAtMs === b.dueAtMs && a.offset < b.offset);
}
