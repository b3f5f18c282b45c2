import type { JournalEntry } from './views.js';

/** What became of one task, or of one message that no task sent: everything the journal has of it, in order. */
export interface Trace {
  /** The task or message that it began with. */
  readonly id: string;
  readonly isTask: boolean;
  /** In the order of the journal; never empty. */
  readonly entries: readonly JournalEntry[];
}

/** A stretch between two steps of a trace. */
export interface Phase {
  readonly name: 'waiting' | 'running' | 'event' | 'delivery' | 'unread' | 'handling';
  readonly lagMs: number;
  /** Whether its end has not come yet. */
  readonly isOpen: boolean;
}

/** How a trace stands. */
export type TraceEnd = 'open' | 'done' | 'failed' | 'lost';

interface OpenTrace extends Trace {
  id: string;
  isTask: boolean;
  readonly entries: JournalEntry[];
  readonly ids: Set<string>;
}

/** Most traces that are kept; the oldest make room. */
export const MAX_TRACES = 2000;

/** Most entries of one trace: a message that comes again for ever keeps its beginning and its latest part. */
const MAX_ENTRIES = 200;

/** Follows tasks and messages through the journal: ids that belong together become one trace, whichever is told first. */
export class TraceBook {
  readonly #byId = new Map<string, OpenTrace>();
  readonly #traces = new Set<OpenTrace>();

  /** Takes up the next entry. */
  add(entry: JournalEntry): void {
    if (entry.kind === 'operated' && entry.operation === 'reset') this.clear();
    const ids = idsOf(entry);
    const [first] = ids;
    if (first === undefined) return;
    // An operation on many messages at once is a step of each, and no bond between them.
    const groups = entry.kind === 'operated' ? ids.map((id) => [id]) : [ids];
    for (const group of groups) this.#addTo(group, entry);
  }

  /** How many traces there are. */
  get count(): number {
    return this.#traces.size;
  }

  /** Every trace, oldest first. */
  list(): readonly Trace[] {
    return [...this.#traces];
  }

  /** The trace of a task or message; `undefined` when nothing is known of it. */
  find(id: string): Trace | undefined {
    return this.#byId.get(id);
  }

  clear(): void {
    this.#byId.clear();
    this.#traces.clear();
  }

  #addTo(ids: readonly string[], entry: JournalEntry): void {
    const known = [...new Set(ids.flatMap((id) => this.#byId.get(id) ?? []))];
    const trace = known.length === 0 ? this.#begin(ids, entry) : this.#joined(known);
    for (const id of ids) {
      trace.ids.add(id);
      this.#byId.set(id, trace);
    }
    const taskId = taskIdOf(entry);
    if (taskId !== undefined && !trace.isTask) {
      // What had come before it in a journal that was cut is a part of this task.
      trace.id = taskId;
      trace.isTask = true;
    }
    trace.entries.push(entry);
    if (trace.entries.length > MAX_ENTRIES) trace.entries.splice(MAX_ENTRIES / 2, 1);
  }

  #begin(ids: readonly string[], entry: JournalEntry): OpenTrace {
    const [id = ''] = ids;
    const trace: OpenTrace = { id, isTask: taskIdOf(entry) !== undefined, entries: [], ids: new Set() };
    this.#traces.add(trace);
    if (this.#traces.size > MAX_TRACES) {
      const [oldest] = this.#traces;
      if (oldest !== undefined) this.#forget(oldest);
    }
    return trace;
  }

  /** One trace of several, under the name of the task among them, or else of the oldest. */
  #joined(traces: readonly OpenTrace[]): OpenTrace {
    const [oldest, ...others] = traces.toSorted((a, b) => firstOf(a) - firstOf(b));
    const main = traces.find(({ isTask }) => isTask) ?? oldest;
    if (main === undefined) throw new Error('no traces to join');
    if (others.length === 0) return main;
    for (const other of traces) {
      if (other === main) continue;
      main.entries.push(...other.entries);
      for (const id of other.ids) {
        main.ids.add(id);
        this.#byId.set(id, main);
      }
      this.#traces.delete(other);
    }
    main.entries.sort((a, b) => a.sequence - b.sequence);
    return main;
  }

  #forget(trace: OpenTrace): void {
    this.#traces.delete(trace);
    for (const id of trace.ids) this.#byId.delete(id);
  }
}

/** What a delivery ends with that goes to no queue. */
const TAKEN: ReadonlySet<JournalEntry['kind']> = new Set(['pushed', 'mailed', 'texted', 'app-notified']);

/** The phases of a trace, along its first delivery: from the creation of the task to the delete of the message. */
export function phasesOf({ entries }: Trace): readonly Phase[] {
  const at = (kind: JournalEntry['kind']): number | undefined => entries.find((entry) => entry.kind === kind)?.atMs;
  const byHand = entries.find((entry) => entry.kind === 'operated' && entry.operation === 'publish');
  const publishedMs = at('event-published') ?? byHand?.atMs;
  const arrivedMs = at('delivered') ?? (publishedMs === undefined ? at('sent') : undefined);
  const takenMs = entries.find(({ kind }) => TAKEN.has(kind))?.atMs;
  const endedMs = at('task-ended');
  const marks: readonly (readonly [Phase['name'], from: number | undefined, to: number | undefined])[] = [
    // That a task has to wait is told when it no longer does; until then it seems to run.
    ['waiting', at('task-started') === undefined ? undefined : at('task-submitted'), at('task-started')],
    ['running', at('task-started') ?? at('task-submitted'), endedMs],
    ['event', endedMs, publishedMs ?? at('event-lost')],
    ['delivery', publishedMs, arrivedMs ?? takenMs ?? at('delivery-dropped')],
    ['unread', arrivedMs, at('received') ?? at('expired') ?? at('deleted')],
    ['handling', at('received'), at('deleted') ?? at('expired')],
  ];
  const begun = marks.filter(([, from]) => from !== undefined);
  return begun.flatMap(([name, from = 0, to], index): readonly Phase[] => {
    if (to !== undefined) return [{ name, lagMs: Math.max(0, to - from), isOpen: false }];
    // What never had an end although the next has begun is no phase of this trace: a task whose event nobody asked for.
    return index === begun.length - 1 ? [{ name, lagMs: 0, isOpen: true }] : [];
  });
}

/** How a trace stands: `done` once its message is deleted, or was taken by whoever it was pushed to. */
export function endOf({ entries }: Trace): TraceEnd {
  const kinds = new Set(entries.map(({ kind }) => kind));
  if (entries.some((entry) => entry.kind === 'task-ended' && entry.state === 'failed')) return 'failed';
  if (kinds.has('event-lost') || kinds.has('delivery-dropped') || kinds.has('expired')) return 'lost';
  return kinds.has('deleted') || entries.some(({ kind }) => TAKEN.has(kind)) ? 'done' : 'open';
}

function firstOf({ entries: [first] }: Trace): number {
  return first?.sequence ?? 0;
}

function taskIdOf(entry: JournalEntry): string | undefined {
  return 'taskId' in entry ? entry.taskId : undefined;
}

function idsOf(entry: JournalEntry): readonly string[] {
  const ids = [
    taskIdOf(entry),
    'messageId' in entry ? entry.messageId : undefined,
    'queueMessageId' in entry ? entry.queueMessageId : undefined,
    ...('messageIds' in entry ? (entry.messageIds ?? []) : []),
  ];
  return ids.filter((id) => id !== undefined);
}
