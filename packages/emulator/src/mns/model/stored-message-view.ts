import type { Page } from '../../runtime/sorted-map.js';
import type { PeekedMessage } from './message.js';
import type { MessageCounts, Queue } from './queue.js';
import { peeked, type MessageState, type StoredMessage } from './stored-message.js';

/** A stored message as an inspection shows it: all that a peek tells, of a message in any state. */
export interface StoredMessageView extends PeekedMessage {
  readonly state: MessageState;
  /** When it becomes active, in milliseconds since 1970; for an active message, since when it is. */
  readonly dueAtMs: number;
  /** When its retention ends, in milliseconds since 1970. */
  readonly expiresAtMs: number;
  /** Its place among all messages that the queue was ever sent, from 0. */
  readonly offset: number;
}

/** Which stored messages are asked for. */
export interface StoredMessagesRequest {
  /** Default every state. */
  readonly state?: MessageState;
  /** Only messages from this place on. Default 0. */
  readonly fromOffset?: number;
  /** Most messages of the page, from 1. */
  readonly limit: number;
}

/** A message as it is at `nowMs`, which may be later than its queue knows. */
export function viewMessage(message: StoredMessage, nowMs: number): StoredMessageView {
  const { dueAtMs, expiresAtMs, offset } = message;
  return { ...peeked(message), state: stateAt(message, nowMs), dueAtMs, expiresAtMs, offset };
}

/** One page of a queue's messages as they are at `nowMs`, in the order of sending; its marker is the offset of the next page. */
export function viewMessages(queue: Queue, request: StoredMessagesRequest, nowMs: number): Page<StoredMessageView> {
  const { state, fromOffset = 0, limit } = request;
  const items: StoredMessageView[] = [];
  for (const message of queue.messages()) {
    if (message.offset < fromOffset || message.expiresAtMs <= nowMs) continue;
    if (state !== undefined && stateAt(message, nowMs) !== state) continue;
    if (items.length === limit) return { items, nextMarker: String(message.offset) };
    items.push(viewMessage(message, nowMs));
  }
  return { items, nextMarker: undefined };
}

/** How many messages of a queue are in each state at `nowMs`. */
export function countsAt(queue: Queue, nowMs: number): MessageCounts {
  const counts = { delayed: 0, active: 0, inactive: 0 };
  for (const message of queue.messages()) if (message.expiresAtMs > nowMs) counts[stateAt(message, nowMs)] += 1;
  return counts;
}

function stateAt({ state, dueAtMs }: StoredMessage, nowMs: number): MessageState {
  return dueAtMs <= nowMs ? 'active' : state;
}
