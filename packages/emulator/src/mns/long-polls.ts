import type { Clock, Timer } from '@mnsbus/core';
import { done } from './failure.js';
import type { MnsCommands, MnsResult } from './model/commands.js';
import type { MnsModel } from './model/mns-model.js';
import type { ReceiveManner } from '../profile/manner.js';

/** How much sooner than asked a wait ends: real clients time out when it takes its full length (spec mns §4.6). */
export const EARLY_END_MS = 100;

type ReceiveInput = MnsCommands['receiveMessages']['input'];
type ReceiveResult = MnsResult<'receiveMessages'>;

interface Waiter {
  /** Another one once a receive that has asked one storage node only asks all. */
  input: ReceiveInput;
  /** Answers the receive and takes the waiter out of its line. */
  readonly settle: (result: ReceiveResult) => void;
}

/** The receives that wait at one queue, first come first. */
interface Line {
  readonly waiters: Set<Waiter>;
  /** Rings when the next message becomes deliverable by itself. */
  alarm: { readonly atMs: number; readonly timer: Timer } | undefined;
}

/**
 * Receives that wait for a message.
 *
 * A waiting receive is answered at the first instant at which something is deliverable: sent, or
 * its delay or invisibility over. Each message wakes one waiter.
 */
export class LongPolls {
  readonly #clock: Clock;
  #model: Pick<MnsModel, 'apply' | 'nextDueMs'>;
  readonly #maxWaiting: number;
  readonly #together: (work: () => boolean) => boolean;
  readonly #lines = new Map<string, Line>();
  #isClosed = false;

  /**
   * Lets at most `maxWaiting` receives wait at once (default: any number); one too many is answered at once. `together` is
   * given what takes messages and answers with them as one piece of work.
   */
  constructor(
    clock: Clock,
    model: Pick<MnsModel, 'apply' | 'nextDueMs'>,
    maxWaiting: number = Number.POSITIVE_INFINITY,
    together: (work: () => boolean) => boolean = (work) => work(),
  ) {
    this.#together = together;
    this.#maxWaiting = maxWaiting;
    this.#clock = clock;
    this.#model = model;
  }

  /** How many receives are waiting. */
  get waiting(): number {
    let count = 0;
    for (const { waiters } of this.#lines.values()) count += waiters.size;
    return count;
  }

  get #isFull(): boolean {
    return this.#maxWaiting !== Number.POSITIVE_INFINITY && this.waiting >= this.#maxWaiting;
  }

  /**
   * Receives, waiting if there is nothing; no messages at all mean that the wait is over.
   *
   * `settle` is called once, maybe before this returns. Once `signal` has aborted, the receive takes no message. `manner` is
   * how it looks and waits; default the kind one.
   */
  receive(
    input: ReceiveInput,
    signal: AbortSignal | undefined,
    settle: (result: ReceiveResult) => void,
    manner: ReceiveManner = KIND,
  ): void {
    if (signal?.aborted === true) {
      settle(nothing());
      return;
    }
    // Whoever came first is served first, even when an alarm for this very instant has not rung yet.
    this.queueChanged(input.queueName);
    const first = manner.narrowMs > 0 ? { ...input, nodes: 1 } : input;
    const result = this.#model.apply({ type: 'receiveMessages', ...first }, this.#clock.now());
    const waitSeconds = result.ok && result.value.messages.length === 0 ? result.value.waitSeconds : 0;
    if (this.#isClosed || waitSeconds === 0 || this.#isFull) {
      settle(result);
      return;
    }
    const waitMs = Math.max(0, waitSeconds * 1000 - manner.earlyEndMs - manner.spentMs);
    const isWidened = manner.narrowMs > 0 && manner.narrowMs < waitMs;
    this.#wait(first, waitMs, signal, settle, isWidened ? { input, afterMs: manner.narrowMs } : undefined);
  }

  /** To be called after each change of a queue: serves who can be served, and sets the alarm for the rest. */
  queueChanged(queueName: string): void {
    const line = this.#lines.get(queueName);
    if (line === undefined) return;
    for (const waiter of line.waiters) {
      const isServed = this.#together(() => this.#serve(waiter));
      // Where all nodes were asked in vain, nobody else finds anything either.
      if (!isServed && waiter.input.nodes === undefined) break;
    }
    this.#setAlarm(queueName, line);
  }

  /** Serves a receive that waits; `false` when there is nothing for it. */
  #serve({ input, settle }: Waiter): boolean {
    const result = this.#model.apply({ type: 'receiveMessages', ...input }, this.#clock.now());
    if (result.ok && result.value.messages.length === 0) return false;
    settle(result);
    return true;
  }

  /** Waits at the queues of another model from now on: whoever finds a message there is served, or no queue, refused. */
  changeModel(model: Pick<MnsModel, 'apply' | 'nextDueMs'>): void {
    this.#model = model;
    for (const queueName of this.#lines.keys()) this.queueChanged(queueName);
  }

  /** Answers every waiting receive, and lets none wait any more. */
  close(): void {
    this.#isClosed = true;
    for (const { waiters } of this.#lines.values()) for (const waiter of waiters) waiter.settle(nothing());
  }

  #wait(
    input: ReceiveInput,
    waitMs: number,
    signal: AbortSignal | undefined,
    settle: (result: ReceiveResult) => void,
    wider: { readonly input: ReceiveInput; readonly afterMs: number } | undefined,
  ): void {
    const { queueName } = input;
    const line = this.#lines.get(queueName) ?? { waiters: new Set(), alarm: undefined };
    this.#lines.set(queueName, line);
    const resume = this.#clock.activity?.wait();
    const waiter: Waiter = {
      input,
      settle: (result) => {
        resume?.();
        limit.cancel();
        widening?.cancel();
        signal?.removeEventListener('abort', leave);
        line.waiters.delete(waiter);
        if (line.waiters.size === 0) this.#endLine(queueName, line);
        settle(result);
      },
    };
    const leave = (): void => waiter.settle(nothing());
    const ring = (): void => {
      this.queueChanged(queueName);
      if (line.waiters.has(waiter)) leave();
    };
    const limit = this.#clock.after(waitMs, ring, { isBackground: true });
    const widen = (): void => {
      if (wider !== undefined) waiter.input = wider.input;
      this.queueChanged(queueName);
    };
    const widening = wider && this.#clock.after(wider.afterMs, widen, { isBackground: true });
    signal?.addEventListener('abort', leave, { once: true });
    line.waiters.add(waiter);
    this.#setAlarm(queueName, line);
  }

  #setAlarm(queueName: string, line: Line): void {
    const atMs = line.waiters.size === 0 ? undefined : this.#model.nextDueMs(queueName);
    if (line.alarm?.atMs === atMs) return;
    line.alarm?.timer.cancel();
    line.alarm = atMs === undefined ? undefined : { atMs, timer: this.#alarmAt(queueName, line, atMs) };
  }

  #alarmAt(queueName: string, line: Line, atMs: number): Timer {
    return this.#clock.after(atMs - this.#clock.now(), () => {
      // Forgotten first: a timer may ring a little early, and then has to be set again for the same instant.
      line.alarm = undefined;
      this.queueChanged(queueName);
    });
  }

  #endLine(queueName: string, line: Line): void {
    line.alarm?.timer.cancel();
    line.alarm = undefined;
    this.#lines.delete(queueName);
  }
}

const KIND: ReceiveManner = { spentMs: 0, narrowMs: 0, earlyEndMs: EARLY_END_MS };

function nothing(): ReceiveResult {
  return done({ messages: [], waitSeconds: 0 });
}
