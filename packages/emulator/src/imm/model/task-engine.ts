import { Agenda, type AgendaEntry, type AgendaItem } from './agenda.js';
import { EventOutlet } from './event-outlet.js';
import type { EventCopy, NotifyTarget, Task } from './task.js';

/** How many times publishing is tried again before the event is given up (spec imm §5). */
export const PUBLISH_RETRIES = 3;

/** Milliseconds from a failed attempt to publish to the next one. */
export const PUBLISH_RETRY_DELAY_MS = 1000;

/** A copy of an event on its way to a topic. */
export interface Publication {
  /** The final record. */
  readonly task: Task;
  readonly notify: NotifyTarget;
  readonly copy: EventCopy;
  /** 1 for the first copy. */
  readonly copyNumber: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** What a script has done to an event. */
export type EventDisturbance = 'duplicated' | 'delayed' | 'overtaken';

/** What the outside is to do, or to know, because time has passed. */
export type TaskEffect =
  /** The task has left the queue. */
  | { readonly type: 'task-started'; readonly atMs: number; readonly task: Task }
  /** The task has ended; its record is final. */
  | { readonly type: 'task-ended'; readonly atMs: number; readonly task: Task }
  /** A copy of an event does not go the usual way. */
  | {
      readonly type: 'event-disturbed';
      readonly atMs: number;
      readonly task: Task;
      readonly copyNumber: number;
      readonly disturbance: EventDisturbance;
    }
  /** The event is to be published; what fails goes to {@link TaskEngine.retry}. */
  | { readonly type: 'publish'; readonly atMs: number; readonly publication: Publication };

/** How the engine changes what it knows nothing of. */
export interface TaskHooks<Entry> {
  /** Writes the record of a task that leaves the queue, and returns it. */
  readonly start: (entry: Entry, atMs: number) => Task;
  /** Writes the final record, and returns it with the copies of its event. */
  readonly end: (entry: Entry, atMs: number) => { readonly task: Task; readonly copies: readonly EventCopy[] };
  /** Told of each event that begins to wait for its time, or, without one, does so no longer. Default nobody is. */
  readonly publicationChanged?: (place: PublicationPlace, at: PlannedInstant, waiting: Publication | undefined) => void;
}

/** Where an event waits: for its lag or retry, or to be overtaken. */
export type PublicationPlace = 'due' | 'overtaken';

/** An event on its way, and where it waits. */
export interface WaitingPublication {
  readonly place: PublicationPlace;
  readonly item: AgendaItem<Publication>;
}

type Due<Entry> =
  | { readonly kind: 'start' | 'end'; readonly entry: Entry }
  | { readonly kind: 'publish'; readonly publication: Publication };

/** An instant in an agenda, and its place among those that are equal. */
export type PlannedInstant = Omit<AgendaItem<unknown>, 'value'>;

/** When a task starts and ends; absent for what has happened, or never will. */
export interface PlannedInstants {
  readonly start?: PlannedInstant;
  readonly end?: PlannedInstant;
}

/** What is planned for a task: hand it back to strike it out. */
export interface Schedule<Entry> {
  readonly start: AgendaEntry<Due<Entry>> | undefined;
  readonly end: AgendaEntry<Due<Entry>> | undefined;
}

/** Starts and ends every task once, at its instant, and then publishes its event. */
export class TaskEngine<Entry> {
  readonly #agenda = new Agenda<Due<Entry>>();
  readonly #outlet: EventOutlet;
  readonly #hooks: TaskHooks<Entry>;
  /** What has happened since the last {@link advance} because somebody asked for it. */
  #pending: TaskEffect[] = [];

  constructor(hooks: TaskHooks<Entry>) {
    this.#hooks = hooks;
    this.#outlet = new EventOutlet((at, waiting) => hooks.publicationChanged?.('overtaken', at, waiting));
  }

  /** The sequences of the next entries of both agendas. */
  get sequences(): Readonly<Record<PublicationPlace, number>> {
    return { due: this.#agenda.sequence, overtaken: this.#outlet.waiting.sequence };
  }

  /** Every event on its way, in order. */
  publications(): readonly WaitingPublication[] {
    const due = this.#agenda
      .items()
      .flatMap(({ value, ...place }) =>
        value.kind === 'publish' ? [{ place: 'due' as const, item: { ...place, value: value.publication } }] : [],
      );
    return [...due, ...this.#outlet.waiting.items().map((item) => ({ place: 'overtaken' as const, item }))];
  }

  /** Takes up an event on its way. */
  restorePublication({ place, item }: WaitingPublication): void {
    if (place === 'overtaken') this.#outlet.waiting.restore(item);
    else this.#agenda.restore({ ...item, value: { kind: 'publish', publication: item.value } });
  }

  /** Takes up what was planned for a task. */
  restorePlan(entry: Entry, { start, end }: PlannedInstants): Schedule<Entry> {
    return {
      start: start === undefined ? undefined : this.#agenda.restore({ ...start, value: { kind: 'start', entry } }),
      end: end === undefined ? undefined : this.#agenda.restore({ ...end, value: { kind: 'end', entry } }),
    };
  }

  /** Lets the next entries have these sequences, or later ones. */
  continueAt({ due, overtaken }: Readonly<Record<PublicationPlace, number>>): void {
    this.#agenda.continueAt(due);
    this.#outlet.waiting.continueAt(overtaken);
  }

  /** When something falls due next, in milliseconds since 1970; `undefined` when no task moves and no event waits. */
  get nextDueMs(): number | undefined {
    const [task, event] = [this.#agenda.nextDueMs, this.#outlet.nextDueMs];
    return task === undefined || event === undefined ? (task ?? event) : Math.min(task, event);
  }

  /** Plans when a task starts and ends; `undefined` for what has happened, or never will. */
  plan(entry: Entry, startsAtMs: number | undefined, endsAtMs: number | undefined): Schedule<Entry> {
    return {
      start: startsAtMs === undefined ? undefined : this.#agenda.add(startsAtMs, { kind: 'start', entry }),
      end: endsAtMs === undefined ? undefined : this.#agenda.add(endsAtMs, { kind: 'end', entry }),
    };
  }

  /** Strikes out what is planned for a task. */
  cancel({ start, end }: Schedule<Entry>): void {
    if (start !== undefined) this.#agenda.remove(start);
    if (end !== undefined) this.#agenda.remove(end);
  }

  /** Ends a task at once, whose schedule was struck out; the next {@link advance} tells of it. */
  endNow(entry: Entry, nowMs: number): void {
    this.#pending.push(...this.#end(entry, nowMs));
  }

  /** Plans the next attempt after a failed one and returns its instant; `undefined` when the last retry has failed. */
  retry(publication: Publication, nowMs: number): number | undefined {
    if (publication.attempt > PUBLISH_RETRIES) return undefined;
    const retryAtMs = nowMs + PUBLISH_RETRY_DELAY_MS;
    this.#addPublication(retryAtMs, { ...publication, attempt: publication.attempt + 1 });
    return retryAtMs;
  }

  /** Everything that has happened or fallen due, in the order of its instants, however late the call is. */
  advance(nowMs: number): readonly TaskEffect[] {
    const effects = this.#pending;
    this.#pending = [];
    for (let atMs = this.nextDueMs; atMs !== undefined && atMs <= nowMs; atMs = this.nextDueMs) {
      // Of one instant, what has waited to be overtaken goes first: nothing came in its time.
      effects.push(...this.#outlet.takeDue(atMs));
      const due = this.#agenda.takeDue(atMs);
      if (due?.value.kind === 'publish') this.#hooks.publicationChanged?.('due', due, undefined);
      if (due !== undefined) effects.push(...this.#carryOut(due.value, atMs));
    }
    return effects;
  }

  #addPublication(atMs: number, publication: Publication): void {
    const { value: item } = this.#agenda.add(atMs, { kind: 'publish', publication });
    this.#hooks.publicationChanged?.('due', item, publication);
  }

  #carryOut(due: Due<Entry>, atMs: number): readonly TaskEffect[] {
    if (due.kind === 'publish') return this.#outlet.offer(due.publication, atMs);
    if (due.kind === 'start') return [{ type: 'task-started', atMs, task: this.#hooks.start(due.entry, atMs) }];
    return this.#end(due.entry, atMs);
  }

  #end(entry: Entry, atMs: number): readonly TaskEffect[] {
    const { task, copies } = this.#hooks.end(entry, atMs);
    const effects: TaskEffect[] = [{ type: 'task-ended', atMs, task }];
    const { notify } = task;
    if (notify === undefined) return effects;
    for (const [index, copy] of copies.entries()) {
      const copyNumber = index + 1;
      this.#addPublication(atMs + copy.lagMs + copy.extraDelayMs, { task, notify, copy, copyNumber, attempt: 1 });
      if (copyNumber > 1) effects.push({ type: 'event-disturbed', atMs, task, copyNumber, disturbance: 'duplicated' });
      if (copy.extraDelayMs > 0) {
        effects.push({ type: 'event-disturbed', atMs, task, copyNumber, disturbance: 'delayed' });
      }
    }
    return effects;
  }
}
