import { MnsbusError, type Clock, type EventMap, type Timer } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import { textOf } from '../dispatch/listener-call.js';
import { describeMatch, matches, type EventMatch, type Matched } from './match.js';
import type { RecentEvent, RecentEvents } from './recent-events.js';

/** How long to wait, and how to stop. */
export interface WaitOptions {
  /** Longest wait in milliseconds. Default 300,000: the longest that a conversion may take (spec imm §2.4). */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Asked once when nine tenths of the time are over: for example {@link ImmClient.ask}, which gets a task's end from IMM
   * when its event was lost. `undefined` means: not yet. Its signal aborts when the wait is over.
   */
  readonly ask?: ((signal: AbortSignal) => Promise<DecodedEvent | undefined>) | undefined;
}

/** When to ask, as a share of the wait. */
const ASK_AT_SHARE = 0.9;

interface Waiter {
  /** What is waited for, in words. */
  readonly description: string;
  /** Whether a task is waited for: its event may be asked for any number of times. */
  readonly isForTask: boolean;
  /** Ends the wait if the event is the one; whether it was. */
  readonly offer: (event: DecodedEvent) => boolean;
  readonly reject: (error: MnsbusError) => void;
}

const DEFAULT_TIMEOUT_MS = 300_000;

/** Everybody who waits for one event. */
export class Waiters {
  readonly #clock: Clock;
  readonly #recent: RecentEvents;
  readonly #waiting = new Set<Waiter>();

  constructor(clock: Clock, recent: RecentEvents) {
    this.#clock = clock;
    this.#recent = recent;
  }

  /**
   * Resolves with the first event that matches, one that came just before included.
   *
   * Rejects with `WAIT_TIMEOUT`, `ABORTED`, `BRIDGE_CLOSED`, or `INVALID_ARGUMENT` for a timeout that is no positive number.
   */
  wait<Match extends EventMatch<Events>, Events = EventMap>(
    match: Match,
    options: WaitOptions = {},
  ): Promise<Matched<Match, Events>> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal, ask } = options;
    return new Promise((resolve, reject) => {
      if (!(timeoutMs > 0)) throw invalidArgument('timeoutMs', 'a positive number of milliseconds', timeoutMs);
      const description = describeMatch<Events>(match);
      if (signal?.aborted === true) throw aborted(description, signal);
      const timers: Timer[] = [];
      let askFailure: unknown;
      const asking = new AbortController();
      let over = false;
      const onAbort = (): void => {
        if (signal !== undefined) waiter.reject(aborted(description, signal));
      };
      const end = (): void => {
        over = true;
        this.#waiting.delete(waiter);
        for (const timer of timers) timer.cancel();
        asking.abort();
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        description,
        isForTask: typeof match === 'object',
        offer: (event: unknown) => {
          if (over || !matches<Match, Events>(match, event)) return false;
          end();
          resolve(event);
          return true;
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      const recent = this.#recent.find((one) => tell(waiter, one));
      if (recent !== undefined) recent.handled = true;
      if (over) return;
      this.#waiting.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (!Number.isFinite(timeoutMs)) return;
      const late = (): void => waiter.reject(timedOut(description, timeoutMs, askFailure));
      timers.push(this.#clock.after(timeoutMs, late, { isBackground: true }));
      if (ask === undefined) return;
      const askOnce = async (): Promise<void> => {
        try {
          const event = await ask(asking.signal);
          // The answer must be what is waited for, as an event must.
          if (event !== undefined && !over) tell(waiter, { event, atMs: this.#clock.now(), handled: false });
        } catch (cause) {
          askFailure = cause;
        }
      };
      timers.push(this.#clock.after(timeoutMs * ASK_AT_SHARE, () => void askOnce()));
    });
  }

  /** Hands an event to all who wait for it; whether it is handled, now or since it came before. */
  offer(recent: RecentEvent): boolean {
    // All are asked before the event counts as handled: it belongs to everybody who waits for it now.
    const told = [...this.#waiting].filter((waiter) => tell(waiter, recent));
    if (told.length > 0) recent.handled = true;
    return recent.handled;
  }

  /** Ends every wait with `BRIDGE_CLOSED`. */
  close(): void {
    for (const { description, reject } of this.#waiting) {
      reject(
        new MnsbusError({
          code: 'BRIDGE_CLOSED',
          message: `the bridge was closed while waiting for ${description}`,
        }),
      );
    }
  }
}

/**
 * Hands an event to a waiter if it is the one; whether it was.
 *
 * A task has one event, which any number may ask for at any time; by name or condition, a wait gets an
 * event that nobody has handled yet.
 */
function tell(waiter: Waiter, { event, handled }: RecentEvent): boolean {
  if (handled && !waiter.isForTask) return false;
  try {
    return waiter.offer(event);
  } catch (cause) {
    // A condition of the app may throw: that is the failure of its own wait, and of nothing else.
    waiter.reject(new MnsbusError({ code: 'LISTENER_FAILED', message: 'the condition of waitFor threw', cause }));
    return false;
  }
}

function timedOut(description: string, timeoutMs: number, askFailure: unknown): MnsbusError<'WAIT_TIMEOUT'> {
  const asked = askFailure === undefined ? '' : `Asking for it failed too: ${textOf(askFailure)}. `;
  return new MnsbusError({
    code: 'WAIT_TIMEOUT',
    cause: askFailure,
    message:
      `expected ${description} within ${timeoutMs} ms, but it did not come. ${asked}` +
      'Check that the task named a topic, the topic has a subscription to this queue, and no other process reads the queue',
    retryable: true,
  });
}

function aborted(description: string, signal: AbortSignal): MnsbusError<'ABORTED'> {
  return new MnsbusError({
    code: 'ABORTED',
    message: `the wait for ${description} was aborted`,
    cause: signal.reason,
  });
}
