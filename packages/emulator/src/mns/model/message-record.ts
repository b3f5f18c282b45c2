import type { MessageProperty } from './message-properties.js';
import { StoredMessage, type MessageState } from './stored-message.js';

/** What never changes of a message, as data. Times are milliseconds since 1970. */
export interface SentRecord {
  readonly messageId: string;
  readonly body: string;
  /** 1 (first) to 16. */
  readonly priority: number;
  readonly userProperties: readonly MessageProperty[];
  readonly systemProperties: readonly MessageProperty[];
  readonly messageGroupId?: string;
  readonly enqueuedAtMs: number;
  readonly expiresAtMs: number;
}

/** A receipt handle that has been issued, as data. */
export interface HandleRecord {
  readonly receiptHandle: string;
  /** When its own time is over, in milliseconds since 1970. */
  readonly endsAtMs: number;
}

/** What changes of a message, as data. */
export interface LifeRecord {
  readonly state: MessageState;
  /** When it becomes active; for an active message, since when it is. */
  readonly dueAtMs: number;
  /** Equal to the enqueue time until it is received. */
  readonly firstDequeuedAtMs: number;
  readonly dequeueCount: number;
  /** How many handles were issued for it. */
  readonly handleCount: number;
  /** The serial of the first handle of the current delivery. */
  readonly firstHandle: number;
  /** Those of the current delivery, in the order of their issue. */
  readonly handles: readonly HandleRecord[];
}

/** A message as data. */
export interface MessageRecord {
  readonly sent: SentRecord;
  readonly life: LifeRecord;
}

export function sentRecord({ messageId, draft, enqueuedAtMs, expiresAtMs }: StoredMessage): SentRecord {
  const { body, priority, userProperties, systemProperties, messageGroupId } = draft;
  return {
    messageId,
    body,
    priority,
    userProperties: userProperties.map(propertyRecord),
    systemProperties: systemProperties.map(propertyRecord),
    ...(messageGroupId === undefined ? {} : { messageGroupId }),
    enqueuedAtMs,
    expiresAtMs,
  };
}

/** `nowMs`: handles that have ended by then are left out, because nothing depends on them any more. Default: all stay. */
export function lifeRecord(message: StoredMessage, nowMs: number = Number.NEGATIVE_INFINITY): LifeRecord {
  const { state, dueAtMs, firstDequeuedAtMs, dequeueCount, handleCount, firstHandle, handles = [] } = message;
  const live = Array.from(handles, ([receiptHandle, endsAtMs]) => ({ receiptHandle, endsAtMs }));
  return {
    state,
    dueAtMs,
    firstDequeuedAtMs,
    dequeueCount,
    handleCount,
    firstHandle,
    handles: live.filter(({ endsAtMs }) => nowMs < endsAtMs),
  };
}

/** The message that a record tells of, at its place in its queue. */
export function recordedMessage({ sent, life }: MessageRecord, offset: number): StoredMessage {
  const { messageId, body, priority, userProperties, systemProperties, messageGroupId, enqueuedAtMs } = sent;
  const group = messageGroupId === undefined ? {} : { messageGroupId };
  const draft = { body, priority, userProperties, systemProperties, ...group };
  const retentionSeconds = (sent.expiresAtMs - enqueuedAtMs) / 1000;
  const message = new StoredMessage(draft, messageId, offset, enqueuedAtMs, retentionSeconds);
  message.state = life.state;
  message.dueAtMs = life.dueAtMs;
  message.firstDequeuedAtMs = life.firstDequeuedAtMs;
  message.dequeueCount = life.dequeueCount;
  message.handleCount = life.handleCount;
  message.firstHandle = life.firstHandle;
  if (life.handles.length > 0) {
    message.handles = new Map(life.handles.map(({ receiptHandle, endsAtMs }) => [receiptHandle, endsAtMs]));
  }
  return message;
}

/** In one order of members, whatever that of the sender's. */
export function propertyRecord({ name, value, type }: MessageProperty): MessageProperty {
  return { name, value, type };
}
