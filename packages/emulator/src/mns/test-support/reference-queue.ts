/** A message of the {@link ReferenceQueue}; nothing is ever taken out of the list, only marked. */
export interface ReferenceMessage {
  readonly messageId: string;
  readonly body: string;
  readonly priority: number;
  readonly sentAtMs: number;
  readonly expiresAtMs: number;
  dueAtMs: number;
  dequeueCount: number;
  firstAtMs: number;
  isDeleted: boolean;
  wasReceived: boolean;
  /** Handles since the last receive, and when each ends. */
  handles: { readonly handle: string; readonly endsAtMs: number }[];
  /** Every handle that it ever had. */
  readonly allHandles: string[];
}

/**
 * A queue by the letter of the documentation, as a plain list that is searched from end to end.
 *
 * Independent of the model on purpose: no heaps, no states, no handle parsing; everything is
 * derived from the instants at which something was done.
 */
export class ReferenceQueue {
  readonly messages: ReferenceMessage[] = [];
  delaySeconds = 0;
  visibilitySeconds = 30;
  retentionSeconds = 345_600;

  stored(nowMs: number): ReferenceMessage[] {
    return this.messages.filter((message) => !message.isDeleted && nowMs < message.expiresAtMs);
  }

  active(nowMs: number): ReferenceMessage[] {
    const order = (message: ReferenceMessage): number[] => [
      message.priority,
      message.dueAtMs,
      this.messages.indexOf(message),
    ];
    return this.stored(nowMs)
      .filter((message) => message.dueAtMs <= nowMs)
      .toSorted((a, b) => {
        const [x, y] = [order(a), order(b)];
        const place = x.findIndex((value, index) => value !== y[index]);
        return place === -1 ? 0 : (x[place] ?? 0) - (y[place] ?? 0);
      });
  }

  counts(nowMs: number): { delayed: number; active: number; inactive: number } {
    const sleeping = this.stored(nowMs).filter((message) => message.dueAtMs > nowMs);
    return {
      active: this.active(nowMs).length,
      delayed: sleeping.filter((message) => !message.wasReceived).length,
      inactive: sleeping.filter((message) => message.wasReceived).length,
    };
  }

  /** When the next message becomes deliverable that is not so at `nowMs`. */
  nextDueMs(nowMs: number): number | undefined {
    const dues = this.stored(nowMs)
      .filter((message) => message.dueAtMs > nowMs && message.dueAtMs < message.expiresAtMs)
      .map((message) => message.dueAtMs);
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  send(messageId: string, body: string, priority: number, delay: number | undefined, nowMs: number): ReferenceMessage {
    const message: ReferenceMessage = {
      messageId,
      body,
      priority,
      sentAtMs: nowMs,
      expiresAtMs: nowMs + this.retentionSeconds * 1000,
      dueAtMs: nowMs + (delay ?? this.delaySeconds) * 1000,
      dequeueCount: 0,
      firstAtMs: nowMs,
      isDeleted: false,
      wasReceived: false,
      handles: [],
      allHandles: [],
    };
    this.messages.push(message);
    return message;
  }

  /** Marks the messages of a receive; the handles come from the queue under test. */
  receive(message: ReferenceMessage, handle: string, nowMs: number): void {
    message.dequeueCount += 1;
    if (!message.wasReceived) message.firstAtMs = nowMs;
    message.wasReceived = true;
    message.dueAtMs = nowMs + this.visibilitySeconds * 1000;
    message.handles = [];
    this.issue(message, handle, message.dueAtMs);
  }

  issue(message: ReferenceMessage, handle: string, endsAtMs: number): void {
    message.handles.push({ handle, endsAtMs });
    message.allHandles.push(handle);
  }

  /** Whether a handle deletes, and with which error it does not. */
  judgeDelete(handle: string, nowMs: number): 'good' | 'MessageNotExist' | 'ReceiptHandleError' {
    const message = this.ownerOf(handle);
    if (message === undefined) return 'ReceiptHandleError';
    if (message.isDeleted || nowMs >= message.expiresAtMs) return 'MessageNotExist';
    const own = message.handles.find((entry) => entry.handle === handle);
    if (own === undefined) return 'ReceiptHandleError';
    return nowMs < own.endsAtMs ? 'good' : 'MessageNotExist';
  }

  /** Whether a handle changes visibility, and with which error it does not. */
  judgeChange(handle: string, nowMs: number): 'good' | 'MessageNotExist' | 'ReceiptHandleError' {
    const message = this.ownerOf(handle);
    if (message === undefined) return 'ReceiptHandleError';
    const isWaiting = !message.isDeleted && nowMs < message.expiresAtMs && nowMs < message.dueAtMs;
    if (!isWaiting) return 'MessageNotExist';
    const own = message.handles.find((entry) => entry.handle === handle);
    if (own === undefined) return 'ReceiptHandleError';
    return nowMs < own.endsAtMs ? 'good' : 'MessageNotExist';
  }

  ownerOf(handle: string): ReferenceMessage | undefined {
    return this.messages.find((message) => message.allHandles.includes(handle));
  }
}
