import { Agenda } from './agenda.js';
import type { Publication, TaskEffect } from './task-engine.js';

/**
 * The door through which events leave, where one may be told to let the next one go first.
 *
 * An event that waits to be overtaken goes right after the next one that does not wait, or when its patience is over.
 */
export class EventOutlet {
  readonly #waiting = new Agenda<Publication>();

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
    this.#waiting.add(atMs + copy.overtakenWithinMs, publication);
    return [{ type: 'event-disturbed', atMs, task, copyNumber, disturbance: 'overtaken' }];
  }

  /** The events whose patience is over. */
  takeDue(nowMs: number): readonly TaskEffect[] {
    return this.#release(nowMs, (dueMs) => dueMs);
  }

  #release(untilMs: number, instant: (dueMs: number) => number): readonly TaskEffect[] {
    const effects: TaskEffect[] = [];
    for (let due = this.#waiting.takeDue(untilMs); due !== undefined; due = this.#waiting.takeDue(untilMs)) {
      effects.push({ type: 'publish', atMs: instant(due.atMs), publication: due.value });
    }
    return effects;
  }
}
