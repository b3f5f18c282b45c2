import { Agenda, type AgendaItem } from './agenda.js';
import type { Publication, TaskEffect } from './task-engine.js';

type OutletChanged = (at: Omit<AgendaItem<unknown>, 'value'>, waiting: Publication | undefined) => void;

/**
 * The door through which events leave, where one may be told to let the next one go first.
 *
 * An event that waits to be overtaken goes right after the next one that does not wait, or when its patience is over.
 */
export class EventOutlet {
  readonly #waiting = new Agenda<Publication>();
  readonly #changed: OutletChanged;

  /** `changed` is told of each event that begins to wait, or, without one, does so no longer. */
  constructor(changed: OutletChanged = () => undefined) {
    this.#changed = changed;
  }

  /** The events that wait to be overtaken. */
  get waiting(): Agenda<Publication> {
    return this.#waiting;
  }

  /** When an event has waited long enough, in milliseconds since 1970; `undefined` when none waits. */
  get nextDueMs(): number | undefined {
    return this.#waiting.nextDueMs;
  }

  /** Lets an event out, with those it overtakes behind it, or lets it wait. */
  offer(publication: Publication, atMs: number): readonly TaskEffect[] {
    const { task, copy, copyNumber, attempt } = publication;
    if (copy.overtakenWithinMs === undefined || attempt > 1) {
      return [{ type: 'publish', atMs, publication }, ...this.#release(Infinity, () => atMs)];
    }
    this.#changed(this.#waiting.add(atMs + copy.overtakenWithinMs, publication).value, publication);
    return [{ type: 'event-disturbed', atMs, task, copyNumber, disturbance: 'overtaken' }];
  }

  /** The events whose patience is over. */
  takeDue(nowMs: number): readonly TaskEffect[] {
    return this.#release(nowMs, (dueMs) => dueMs);
  }

  #release(untilMs: number, instant: (dueMs: number) => number): readonly TaskEffect[] {
    const effects: TaskEffect[] = [];
    for (let due = this.#waiting.takeDue(untilMs); due !== undefined; due = this.#waiting.takeDue(untilMs)) {
      this.#changed(due, undefined);
      effects.push({ type: 'publish', atMs: instant(due.atMs), publication: due.value });
    }
    return effects;
  }
}
