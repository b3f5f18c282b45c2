import { MnsbusError, type Clock, type EventMap, type SeededRandom } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import { textOf } from '../dispatch/listener-call.js';
import { Asking, type Ask } from './asking.js';
import { checkMatch, describeMatch, keyOf, keysOf, matches, type EventMatch, type Matched } from './match.js';
import type { RecentEvent, RecentEvents } from './recent-events.js';
import { RememberedIds } from './remembered-ids.js';
import { SetsByKey } from './sets-by-key.js';
import { SignalWatch } from './signal-watch.js';

/** How long to wait, and how to stop. */
export interface WaitOptions {
  /** Longest wait in milliseconds. Default 300,000: the longest that a conversion may take (spec imm §2.4). */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Asked for the event when it does not come, because it was lost or another process got it: for example `imm.ask`. Default none.
   *
   * Asked first about 30 s after `expectedMs`, then with pauses that double up to 15 minutes, and once more shortly before the
   * time-out; one question at a time. `undefined` means: not yet. A question that fails, or takes longer than a minute, is
   * followed by the next one, and named in the error of the time-out. Its signal aborts when nobody waits for its answer.
   */
  readonly ask?: Ask | undefined;
  /** When the event is expected, in milliseconds from now, from 0. Default 0. Moves the first question only. */
  readonly expectedMs?: number | undefined;
}

interface Waiter {
  /** Grows from one to the next. */
  readonly serial: number;
  /** Whether a task is waited for: its event may be asked for any number of times. */
  readonly isForTask: boolean;
  /** Ends the wait if the event is the one; whether it was. */
  readonly offer: (event: DecodedEvent) => boolean;
  readonly reject: (error: MnsbusError) => void;
  /** The error of a wait that ends with the bridge. */
  readonly closed: () => MnsbusError;
}

const DEFAULT_TIMEOUT_MS = 300_000;

/** Of how many tasks whose end came by asking it is remembered that their event is handled when it comes. */
const ASKED_LIMIT = 100_000;

/** What {@link Waiters} works with. */
export interface WaitersParts {
  readonly clock: Clock;
  /** Draws the pauses between questions. */
  readonly random: SeededRandom;
  readonly recent: RecentEvents;
}

/** Everybody who waits for one event. What an event costs depends on those whom it concerns, and on the number of conditions. */
export class Waiters {
  readonly #parts: WaitersParts;
  readonly #waiting = new Set<Waiter>();
  readonly #byKey = new SetsByKey<string, Waiter>();
  readonly #signals = new SignalWatch();
  readonly #askedEnds = new RememberedIds(ASKED_LIMIT);
  #serial = 0;

  constructor(parts: WaitersParts) {
    this.#parts = parts;
  }

  /**
   * Resolves with the first event that matches, one that came just before included.
   *
   * Rejects with `WAIT_TIMEOUT`, `ABORTED`, `BRIDGE_CLOSED`, `LISTENER_FAILED` for a condition that throws or returns a promise,
   * or `INVALID_ARGUMENT` for a match that is none, and for numbers out of range.
   */
  wait<Match extends EventMatch<Events>, Events = EventMap>(
    match: Match,
    options: WaitOptions = {},
  ): Promise<Matched<Match, Events>> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, expectedMs = 0, signal, ask } = options;
    return new Promise((resolve, reject) => {
      checkMatch(match);
      if (!(timeoutMs > 0)) throw invalidArgument('timeoutMs', 'a positive number of milliseconds', timeoutMs);
      if (!(expectedMs >= 0)) throw invalidArgument('expectedMs', 'a number of milliseconds from 0', expectedMs);
      const description = describeMatch<Events>(match);
      if (signal?.aborted === true) throw aborted(description, signal);
      const taskId = typeof match === 'object' ? match.taskId : undefined;
      const cleanups: (() => void)[] = [];
      let isOver = false;
      const end = (): void => {
        isOver = true;
        for (const cleanUp of cleanups) cleanUp();
      };
      const waiter: Waiter = {
        serial: (this.#serial += 1),
        isForTask: taskId !== undefined,
        offer: (event: unknown) => {
          if (isOver || !matches<Match, Events>(match, event) || isOver) return false;
          end();
          resolve(event);
          return true;
        },
        reject: (error) => {
          end();
          reject(error);
        },
        closed: () => closedWhile(description),
      };
      cleanups.push(this.#add(waiter, keyOf<Events>(match)));
      if (signal !== undefined) {
        cleanups.push(this.#signals.watch(signal, () => waiter.reject(aborted(description, signal))));
      }
      this.#tellRecent(waiter, taskId);
      if (isOver) return;
      const asking = ask && this.#ask(ask, { waiter, taskId, timeoutMs, expectedMs });
      if (asking !== undefined) cleanups.push(() => asking.stop());
      if (timeoutMs === Infinity) return;
      const late = (): void => waiter.reject(timedOut(description, timeoutMs, asking));
      const timer = this.#parts.clock.after(timeoutMs, late, { isBackground: true });
      cleanups.push(() => timer.cancel());
    });
  }

  /** Hands an event to all who wait for it, in the order in which they came; whether it is handled, now or since it came before. */
  offer(recent: RecentEvent): boolean {
    // All are asked before the event counts as handled: it belongs to everybody who waits for it now.
    const told = this.#concerned(recent).filter((waiter) => tell(waiter, recent));
    if (told.length > 0) recent.handled = true;
    if (recent.handled) return true;
    const { taskId } = recent;
    // Its waiter has got the end by asking: nobody will ever wait for the event.
    if (taskId !== undefined && this.#askedEnds.has(taskId)) recent.handled = true;
    return recent.handled;
  }

  /** Ends every wait with `BRIDGE_CLOSED`. */
  close(): void {
    for (const { reject, closed } of this.#waiting) reject(closed());
  }

  #concerned({ event, taskId }: RecentEvent): readonly Waiter[] {
    if (this.#waiting.size === 0) return [];
    const found = keysOf(event, taskId).flatMap((key) => [...this.#byKey.get(key)]);
    return found.length > 1 ? found.toSorted((a, b) => a.serial - b.serial) : found;
  }

  #tellRecent(waiter: Waiter, taskId: string | undefined): void {
    const { recent } = this.#parts;
    const test = (one: RecentEvent): boolean => tell(waiter, one);
    const found = taskId === undefined ? recent.findUnhandled(test) : recent.findOfTask(taskId, test);
    if (found !== undefined) found.handled = true;
  }

  #add(waiter: Waiter, key: string): () => void {
    this.#waiting.add(waiter);
    this.#byKey.add(key, waiter);
    return () => {
      this.#waiting.delete(waiter);
      this.#byKey.remove(key, waiter);
    };
  }

  #ask(
    ask: Ask,
    {
      waiter,
      taskId,
      ...times
    }: {
      readonly waiter: Waiter;
      readonly taskId: string | undefined;
      readonly timeoutMs: number;
      readonly expectedMs: number;
    },
  ): Asking {
    const { clock, random } = this.#parts;
    // The answer must be what is waited for, as an event must.
    const take = (event: DecodedEvent): boolean => {
      const isIt = tell(waiter, { event, handled: false });
      if (isIt && taskId !== undefined) this.#askedEnds.add(taskId);
      return isIt;
    };
    return new Asking({ clock, random, ask, take, ...times });
  }
}

/**
 * Hands an event to a waiter if it is the one; whether it was.
 *
 * A task has one event, which any number may ask for at any time; by name or condition, a wait gets an
 * event that nobody has handled yet.
 */
function tell(waiter: Waiter, { event, handled }: Pick<RecentEvent, 'event' | 'handled'>): boolean {
  if (handled && !waiter.isForTask) return false;
  try {
    return waiter.offer(event);
  } catch (cause) {
    // A condition of the app may throw: that is the failure of its own wait, and of nothing else.
    const message = `the condition of waitFor failed: ${textOf(cause)}`;
    waiter.reject(new MnsbusError({ code: 'LISTENER_FAILED', message, cause }));
    return false;
  }
}

function timedOut(description: string, timeoutMs: number, asking: Asking | undefined): MnsbusError<'WAIT_TIMEOUT'> {
  return new MnsbusError({
    code: 'WAIT_TIMEOUT',
    cause: asking?.failure,
    message:
      `expected ${description} within ${timeoutMs} ms, but it did not come. ${asking?.describe() ?? ''}` +
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

function closedWhile(description: string): MnsbusError<'BRIDGE_CLOSED'> {
  return new MnsbusError({
    code: 'BRIDGE_CLOSED',
    message: `the bridge was closed while waiting for ${description}`,
  });
}
