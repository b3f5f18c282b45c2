import type { Clock } from '@mnsbus/core';

interface Entry {
  handled: number;
  /** Since when it might have been handled. */
  freeSinceMs: number;
  /** The lease of whoever received it last. */
  lease: { endMs: number; isMoved: boolean; isBegun: boolean } | undefined;
}

/**
 * What became of every event that was sent, and for how long each lay free.
 *
 * An event is free from when it is sent, or from when the lease of a replica ran out that was killed with it, until a listener is
 * called for it. A replica that receives it and puts it off, because it takes it for another's, does not end that. The time
 * counts while some replica is up: nobody else could have begun.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  /** The times at which the first replica came up, and the last one went down, by turns. */
  readonly #turns: number[] = [];
  #up = 0;
  /** The longest that any event lay free. */
  longestFreeMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isUp(): void {
    this.#up += 1;
    if (this.#up === 1) this.#turns.push(this.#clock.now());
  }

  isDown(): void {
    this.#up -= 1;
    if (this.#up === 0) this.#turns.push(this.#clock.now());
  }

  sent(id: string): void {
    this.#entries.set(id, { handled: 0, freeSinceMs: this.#clock.now(), lease: undefined });
  }

  /** Somebody has received it. */
  received(id: string, leaseEndMs: number): void {
    const entry = this.#of(id);
    entry.freeSinceMs = freeSinceOf(entry);
    entry.lease = { endMs: leaseEndMs, isMoved: false, isBegun: false };
  }

  /** Whoever has received it has moved the end of his lease. */
  moved(id: string, leaseEndMs: number): void {
    const { lease } = this.#of(id);
    if (lease !== undefined) Object.assign(lease, { endMs: leaseEndMs, isMoved: true });
  }

  /** A listener is called. */
  begun(id: string): void {
    const entry = this.#of(id);
    if (entry.lease !== undefined) entry.lease.isBegun = true;
    if (entry.handled > 0) return;
    this.longestFreeMs = Math.max(this.longestFreeMs, this.#upSince(entry.freeSinceMs));
  }

  /** A listener has done all that it had to. */
  handled(id: string): void {
    this.#of(id).handled += 1;
  }

  /** The events that nobody has handled to the end. */
  get open(): string[] {
    return [...this.#entries].flatMap(([id, { handled }]) => (handled === 0 ? [id] : []));
  }

  /** The events that have been free for longer than that, and still are. */
  blocked(limitMs: number): string[] {
    return [...this.#entries].flatMap(([id, entry]) =>
      entry.handled === 0 && this.#upSince(freeSinceOf(entry)) > limitMs ? [id] : [],
    );
  }

  get counts(): { readonly sent: number; readonly handled: number; readonly again: number } {
    const all = [...this.#entries.values()];
    const handled = all.filter((entry) => entry.handled > 0).length;
    return { sent: all.length, handled, again: all.reduce((sum, entry) => sum + entry.handled, 0) - handled };
  }

  #upSince(fromMs: number): number {
    const nowMs = this.#clock.now();
    let upMs = 0;
    for (let turn = 0; turn < this.#turns.length; turn += 2) {
      const [startMs = nowMs, endMs = nowMs] = this.#turns.slice(turn, turn + 2);
      upMs += Math.max(0, endMs - Math.max(startMs, fromMs));
    }
    return upMs;
  }

  #of(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Error(`${id} was never sent`);
    return entry;
  }
}

/** When whoever received it was called for it, or did not even put it off, he may die with it: then it is free from the end of his lease. */
function freeSinceOf({ lease, freeSinceMs }: Entry): number {
  return lease !== undefined && (lease.isBegun || !lease.isMoved) ? lease.endMs : freeSinceMs;
}
