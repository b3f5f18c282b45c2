/** How a receive ended: when, in milliseconds since 1970, and with which bodies. */
export interface PollEnd {
  readonly atMs: number;
  readonly bodies: readonly string[];
}

interface Poll {
  readonly count: number;
  readonly endsAtMs: number;
}

interface Delayed {
  readonly body: string;
  readonly activeAtMs: number;
}

/**
 * What waiting receives must do, told as simply as it can be: one list of messages, one line of waiters.
 *
 * Written apart from the emulator, for messages of one priority that are received once.
 */
export class ReferencePolls {
  #nowMs: number;
  readonly #active: string[] = [];
  #delayed: readonly Delayed[] = [];
  readonly #line = new Map<number, Poll>();
  readonly ends: Map<number, PollEnd> = new Map();

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  send(body: string, delaySeconds: number): void {
    if (delaySeconds === 0) this.#active.push(body);
    else this.#delayed = [...this.#delayed, { body, activeAtMs: this.#nowMs + 1000 * delaySeconds }];
    this.#serve();
  }

  poll(id: number, count: number, waitSeconds: number): void {
    this.#line.set(id, { count, endsAtMs: this.#nowMs + Math.max(0, 1000 * waitSeconds - 100) });
    this.#serve();
    if (waitSeconds === 0) this.leave(id);
  }

  /** The wait of a receive is over, or its client has gone; nothing happens when it has ended before. */
  leave(id: number): void {
    if (this.#line.has(id)) this.#end(id, []);
  }

  advanceTo(atMs: number): void {
    for (;;) {
      const next = Math.min(
        ...this.#delayed.map(({ activeAtMs }) => activeAtMs),
        ...[...this.#line.values()].map(({ endsAtMs }) => endsAtMs),
      );
      if (next > atMs) break;
      this.#nowMs = next;
      // What becomes active at the very end of a wait is still served.
      this.#active.push(...this.#delayed.filter(({ activeAtMs }) => activeAtMs === next).map(({ body }) => body));
      this.#delayed = this.#delayed.filter(({ activeAtMs }) => activeAtMs !== next);
      this.#serve();
      for (const [id, { endsAtMs }] of this.#line) if (endsAtMs === next) this.#end(id, []);
    }
    this.#nowMs = atMs;
  }

  #serve(): void {
    for (const [id, { count }] of this.#line) {
      if (this.#active.length === 0) return;
      this.#end(id, this.#active.splice(0, count));
    }
  }

  #end(id: number, bodies: readonly string[]): void {
    this.#line.delete(id);
    this.ends.set(id, { atMs: this.#nowMs, bodies });
  }
}
