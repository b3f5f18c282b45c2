import { Agenda, type AgendaEntry } from './agenda.js';

/** How many times publishing is tried again before the event is given up (spec imm §5). */
export const PUBLISH_RETRIES = 3;

/** Milliseconds from a failed attempt to publish to the next one. */
export const PUBLISH_RETRY_DELAY_MS = 1000;

/** An event on its way to a topic. */
export interface Publication<Event> {
  readonly taskId: string;
  /** The MNS endpoint as the creating request gave it. */
  readonly endpoint: string;
  readonly topicName: string;
  readonly event: Event;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** How a task ended. */
export interface Ending<Event> {
  readonly taskId: string;
  readonly status: string;
  /** Absent when nobody asked for an event. */
  readonly publication?: Publication<Event>;
  /** Milliseconds from the end of the task to the publishing of its event. */
  readonly publishLagMs: number;
}

/** What the outside is to do, or to know, because time has passed. */
export type TaskEffect<Event> =
  /** The task has ended at `atMs`; its record is final. */
  | { readonly type: 'task-ended'; readonly atMs: number; readonly taskId: string; readonly status: string }
  /** The event is to be published; what fails goes to {@link TaskEngine.retry}. */
  | { readonly type: 'publish'; readonly atMs: number; readonly publication: Publication<Event> };

type Due<Task, Event> =
  | { readonly kind: 'end'; readonly task: Task }
  | { readonly kind: 'publish'; readonly publication: Publication<Event> };

/** A running task's place in the engine. */
export type RunningTask<Task, Event> = AgendaEntry<Due<Task, Event>>;

/**
 * Ends every task once, at its instant, and then publishes its event once.
 *
 * The engine knows nothing of what a task is: `end` makes its record final and says what to publish.
 */
export class TaskEngine<Task, Event> {
  readonly #agenda = new Agenda<Due<Task, Event>>();
  readonly #end: (task: Task, atMs: number) => Ending<Event>;

  constructor(end: (task: Task, atMs: number) => Ending<Event>) {
    this.#end = end;
  }

  /** When something falls due next, in milliseconds since 1970; `undefined` when no task runs and no event waits. */
  get nextDueMs(): number | undefined {
    return this.#agenda.nextDueMs;
  }

  /** Lets a task run until `endsAtMs`. */
  start(task: Task, endsAtMs: number): RunningTask<Task, Event> {
    return this.#agenda.add(endsAtMs, { kind: 'end', task });
  }

  /** Stops a task without an end and without an event; `false` when it has ended already. */
  cancel(running: RunningTask<Task, Event>): boolean {
    return this.#agenda.remove(running);
  }

  /** Plans the next attempt after a failed one and returns its instant; `undefined` when the last retry has failed. */
  retry(publication: Publication<Event>, nowMs: number): number | undefined {
    if (publication.attempt > PUBLISH_RETRIES) return undefined;
    const retryAtMs = nowMs + PUBLISH_RETRY_DELAY_MS;
    this.#agenda.add(retryAtMs, {
      kind: 'publish',
      publication: { ...publication, attempt: publication.attempt + 1 },
    });
    return retryAtMs;
  }

  /** Everything that has fallen due, in the order of its instants, however late the call is. */
  advance(nowMs: number): readonly TaskEffect<Event>[] {
    const effects: TaskEffect<Event>[] = [];
    for (let due = this.#agenda.takeDue(nowMs); due !== undefined; due = this.#agenda.takeDue(nowMs)) {
      effects.push(due.value.kind === 'end' ? this.#endTask(due.value.task, due.atMs) : publish(due.value, due.atMs));
    }
    return effects;
  }

  #endTask(task: Task, atMs: number): TaskEffect<Event> {
    const { taskId, status, publication, publishLagMs } = this.#end(task, atMs);
    if (publication !== undefined) this.#agenda.add(atMs + publishLagMs, { kind: 'publish', publication });
    return { type: 'task-ended', atMs, taskId, status };
  }
}

function publish<Event>(due: { readonly publication: Publication<Event> }, atMs: number): TaskEffect<Event> {
  return { type: 'publish', atMs, publication: due.publication };
}
