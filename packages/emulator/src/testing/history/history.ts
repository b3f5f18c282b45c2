/** A place in the one order in which everything of a history happened, and the time there. */
export interface Point {
  /** Smaller came before. */
  readonly order: number;
  /** Milliseconds, by one clock for the whole history. */
  readonly atMs: number;
}

/** A call as its client saw it: it was applied, if at all, at some instant between `invoked` and `returned`. */
export interface CallSpan {
  readonly client: string;
  readonly invoked: Point;
  /** Absent while no answer has come. */
  readonly returned?: Point | undefined;
  /** When the service took it up, and when it wrote the answer: only where that can be seen. */
  readonly arrived?: Point | undefined;
  readonly answered?: Point | undefined;
}

/** A send of one message or several. Without `results` its outcome is unknown: each may be there, or not. */
export interface SendCall extends CallSpan {
  readonly kind: 'send';
  readonly drafts: readonly { readonly body: string; readonly delaySeconds: number }[];
  /** In the order of the drafts. `messageId` is absent where one was refused. */
  readonly results?: readonly SendResult[] | undefined;
}

/** What became of one draft. */
export interface SendResult {
  readonly messageId?: string | undefined;
  readonly bodyMd5?: string | undefined;
  /** Of a delayed message. */
  readonly handle?: string | undefined;
}

/** A receive. Without `deliveries` its outcome is unknown: it may have taken up to `count` messages. */
export interface ReceiveCall extends CallSpan {
  readonly kind: 'receive';
  readonly count: number;
  readonly waitSeconds: number;
  readonly deliveries?: readonly HistoryDelivery[] | undefined;
  /** The client has hung up, and the service knows: it must have taken nothing. */
  readonly isCancelled?: boolean | undefined;
}

/** One message, as it was delivered once. */
export interface HistoryDelivery {
  readonly messageId: string;
  readonly body: string;
  readonly bodyMd5: string;
  readonly handle: string;
  readonly dequeueCount: number;
  readonly firstDequeuedAtMs: number;
  readonly nextVisibleAtMs: number;
}

/** A delete of one handle or several. Without `refused` its outcome is unknown: each may be gone, or not. */
export interface DeleteCall extends CallSpan {
  readonly kind: 'delete';
  readonly handles: readonly string[];
  /** The handles that were refused; empty when all were good. */
  readonly refused?: readonly string[] | undefined;
}

/** A change of visibility. Without `result` its outcome is unknown. */
export interface ChangeCall extends CallSpan {
  readonly kind: 'change';
  readonly handle: string;
  readonly seconds: number;
  readonly result?: { readonly handle: string; readonly nextVisibleAtMs: number } | 'refused' | undefined;
}

/** How many messages there were: active, inactive and delayed together. */
export interface CountCall extends CallSpan {
  readonly kind: 'count';
  readonly total?: number | undefined;
}

/** A call of any kind. */
export type HistoryCall = SendCall | ReceiveCall | DeleteCall | ChangeCall | CountCall;

/** What clients did with one queue, side by side, and what they were told. */
export interface History {
  /** In any order; their points tell which came first. */
  readonly calls: readonly HistoryCall[];
  readonly retentionMs: number;
  /** At its end, the queue was received from and deleted from until nothing came any more, all leases being over. */
  readonly isDrained: boolean;
  /** The service keeps exact counts, and its deletes are known at once. */
  readonly isExact: boolean;
  /** How far the clock of the history and that of the service may be apart, in milliseconds. Default 0. */
  readonly clockSkewMs?: number;
}
