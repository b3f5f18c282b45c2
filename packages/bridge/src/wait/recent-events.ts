import { monotonicMs, type Clock } from '@mnsbus/core';
import { taskIdOf } from '@mnsbus/core/internal';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import { SetsByKey } from './sets-by-key.js';

/** An event that came lately. */
export interface RecentEvent {
  readonly event: DecodedEvent;
  /** The task that it tells of, if that can be read. */
  readonly taskId: string | undefined;
  /** Whether a `waitFor` has taken it or its listeners have finished: then it is done, even if nobody listens any more. */
  handled: boolean;
}

/**
 * The last events, so that a `waitFor` called a moment too late still finds its event.
 *
 * Keyed by queue message and place in it: a second delivery of the same message is the same event. Whoever waits for a task
 * looks at the events of that task alone, everybody else at those that nobody has handled: on a bus at work, few.
 */
export class RecentEvents {
  readonly #events = new Map<string, Entry>();
  /** Its keys, oldest first, from `#forgotten` on: a map has to look past all that it has lost lately to find its first. */
  #keys: string[] = [];
  #forgotten = 0;
  readonly #ofTask = new SetsByKey<string, Entry>();
  readonly #unhandled = new Set<Entry>();
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #maxAgeMs: number;

  constructor(clock: Clock, limit: number, maxAgeMs: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Notes an event, or finds it again. */
  note(key: string, event: DecodedEvent): RecentEvent {
    this.#forget();
    const known = this.#events.get(key);
    if (known !== undefined) return known;
    const entry = new Entry(event, monotonicMs(this.#clock), this.#unhandled);
    this.#events.set(key, entry);
    this.#keys.push(key);
    if (entry.taskId !== undefined) this.#ofTask.add(entry.taskId, entry);
    if (this.#events.size > this.#limit) this.#forgetOldest();
    return entry;
  }

  /** The first recent event of a task that `test` accepts. */
  findOfTask(taskId: string, test: (recent: RecentEvent) => boolean): RecentEvent | undefined {
    this.#forget();
    return firstOf(this.#ofTask.get(taskId), test);
  }

  /** The first recent event that nobody has handled and `test` accepts. */
  findUnhandled(test: (recent: RecentEvent) => boolean): RecentEvent | undefined {
    this.#forget();
    return firstOf(this.#unhandled, test);
  }

  #forget(): void {
    const oldestMs = monotonicMs(this.#clock) - this.#maxAgeMs;
    for (let oldest = this.#oldest(); oldest !== undefined && oldest.atMs < oldestMs; oldest = this.#oldest()) {
      this.#forgetOldest();
    }
  }

  #oldest(): Entry | undefined {
    return this.#events.get(this.#keys[this.#forgotten] ?? '');
  }

  #forgetOldest(): void {
    const oldest = this.#oldest();
    if (oldest === undefined) return;
    this.#events.delete(this.#keys[this.#forgotten] ?? '');
    oldest.forget();
    if (oldest.taskId !== undefined) this.#ofTask.remove(oldest.taskId, oldest);
    this.#forgotten += 1;
    if (this.#forgotten <= this.#limit) return;
    this.#keys = this.#keys.slice(this.#forgotten);
    this.#forgotten = 0;
  }
}

class Entry implements RecentEvent {
  readonly event: DecodedEvent;
  readonly taskId: string | undefined;
  readonly atMs: number;
  readonly #unhandled: Set<Entry>;
  #handled = false;

  constructor(event: DecodedEvent, atMs: number, unhandled: Set<Entry>) {
    this.event = event;
    this.taskId = taskIdOf(event);
    this.atMs = atMs;
    this.#unhandled = unhandled;
    unhandled.add(this);
  }

  get handled(): boolean {
    return this.#handled;
  }

  set handled(handled: boolean) {
    this.#handled ||= handled;
    if (this.#handled) this.forget();
  }

  /** Leaves the list of those that may still be taken by name. */
  forget(): void {
    this.#unhandled.delete(this);
  }
}

function firstOf(entries: Iterable<Entry>, test: (recent: RecentEvent) => boolean): RecentEvent | undefined {
  for (const entry of entries) if (test(entry)) return entry;
  return undefined;
}
