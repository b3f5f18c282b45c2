import type { NoteChange } from '../../runtime/note-change.js';
import { SortedMap, type Page } from '../../runtime/sorted-map.js';
import { Agenda } from './agenda.js';
import type { ImmCommands, ImmResult } from './commands.js';
import { done, refused } from './result.js';
import {
  TaskEngine,
  type PlannedInstant,
  type Publication,
  type PublicationPlace,
  type TaskEffect,
  type WaitingPublication,
} from './task-engine.js';
import { emptyShelf, leaveUnended, type RestoredTask, type Shelf, type TaskEntry } from './task-entry.js';
import { publicationRecord, taskEntryRecord } from './task-record.js';
import { outcomeBytes, taskBytes } from './task-bytes.js';
import { endedTask, hasEnded, startedTask, submittedTask, type Task, type TaskOutcome, type TaskPlan } from './task.js';

/** Milliseconds from a task's submission until its record vanishes (spec imm §2.8, §5). */
export const TASK_RETENTION_MS: number = 7 * 86_400_000;

/** Milliseconds for which a repeated request with the same key gets the same task (spec imm §2.4). */
export const IDEMPOTENCY_MS = 43_200_000;

type Input<T extends keyof ImmCommands<never>> = ImmCommands<never>[T]['input'];

/** Whether tasks may take so many more bytes of memory. */
export type HasRoomFor = (bytes: number) => boolean;

/** The numbers of the next entries of a book. */
export type TaskCounters = Readonly<Record<PublicationPlace | 'tasks', number>>;

/** The tasks of one API version in one tenant: kept for seven days, whatever becomes of them. */
export class TaskBook {
  readonly #entries = new Map<string, TaskEntry>();
  readonly #shelves = new Map<string, Shelf>();
  readonly #expiries = new Agenda<TaskEntry>();
  readonly #engine = new TaskEngine<TaskEntry>({
    start: (entry, atMs) => {
      entry.task = startedTask(entry.task, atMs);
      this.#noteTask(entry);
      return entry.task;
    },
    end: (entry, atMs) => {
      entry.task = endedTask(entry.task, entry.outcome, atMs);
      entry.schedule = undefined;
      leaveUnended(entry);
      this.#noteTask(entry);
      return { task: entry.task, copies: entry.plan.eventCopies };
    },
    publicationChanged: (place, at, waiting) => this.#notePublication(place, at, waiting),
  });
  readonly #note: NoteChange | undefined;
  readonly #hasRoomFor: HasRoomFor;
  #storedBytes = 0;

  constructor(note?: NoteChange, hasRoomFor: HasRoomFor = () => true) {
    this.#note = note;
    this.#hasRoomFor = hasRoomFor;
  }

  /** About how much memory the tasks take, in bytes. */
  get storedBytes(): number {
    return this.#storedBytes;
  }

  /** Every task with what is planned for it, in the order of submission. */
  entries(): Iterable<TaskEntry> {
    return this.#entries.values();
  }

  /** Every event on its way, in order. */
  publications(): readonly WaitingPublication[] {
    return this.#engine.publications();
  }

  get counters(): TaskCounters {
    return { ...this.#engine.sequences, tasks: this.#expiries.sequence };
  }

  /** Takes up tasks, in the order of submission, and events on their way from another book. */
  restore(tasks: Iterable<RestoredTask>, publications: Iterable<WaitingPublication>, counters: TaskCounters): void {
    for (const task of tasks) this.#restoreTask(task);
    for (const publication of publications) this.#engine.restorePublication(publication);
    this.#engine.continueAt(counters);
    this.#expiries.continueAt(counters.tasks);
  }

  get nextDueMs(): number | undefined {
    return this.#engine.nextDueMs;
  }

  /** Everything that happened until `nowMs`, in order. */
  advance(nowMs: number): readonly TaskEffect[] {
    // No task ends after its record has vanished (see `create`), so the ends can go first.
    const effects = this.#engine.advance(nowMs);
    for (let due = this.#expiries.takeDue(nowMs); due !== undefined; due = this.#expiries.takeDue(nowMs)) {
      this.#forget(due.value);
    }
    return effects;
  }

  findRepeated(
    project: string,
    { idempotencyKey, exclusiveKey, request }: Omit<Input<'findRepeatedTask'>, 'project'>,
    nowMs: number,
  ): ImmResult<never, 'findRepeatedTask'> {
    const shelf = this.#shelves.get(project);
    const earlier = idempotencyKey === undefined ? undefined : shelf?.repeats.get(idempotencyKey)?.task;
    if (earlier !== undefined && nowMs < earlier.submittedAtMs + IDEMPOTENCY_MS) return done(earlier);
    const busy = exclusiveKey !== undefined && shelf?.busy.has(exclusiveKey) === true;
    if (busy) return refused('resource-busy');
    return request === undefined || this.#hasRoomFor(taskBytes(request)) ? done(undefined) : refused('no-room');
  }

  create(plan: TaskPlan, nowMs: number): ImmResult<never, 'createTask'> {
    const { taskId, exclusiveKey } = plan;
    if (this.#entries.has(taskId)) return refused('task-exists');
    const shelf = this.#shelfOf(plan.project);
    if (exclusiveKey !== undefined && shelf.busy.has(exclusiveKey)) return refused('resource-busy');
    const submitted = submittedTask(plan, nowMs);
    const task = plan.queueDelayMs > 0 ? submitted : startedTask(submitted, nowMs);
    const { outcome } = plan;
    const bytes = taskBytes(plan.request, outcome);
    const created: TaskEntry = { plan, shelf, outcome, task, schedule: undefined, expiry: undefined, bytes };
    const startsAtMs = nowMs + plan.queueDelayMs;
    const endsAtMs = startsAtMs + plan.durationMs;
    const expiresAtMs = nowMs + TASK_RETENTION_MS;
    // A task that would outlast its record vanishes with it, without an end.
    created.schedule = this.#engine.plan(
      created,
      startsAtMs > nowMs && startsAtMs < expiresAtMs ? startsAtMs : undefined,
      endsAtMs < expiresAtMs ? endsAtMs : undefined,
    );
    created.expiry = this.#expiries.add(expiresAtMs, created);
    this.#enter(created);
    this.#noteTask(created);
    return done(task);
  }

  get(input: Input<'getTask'>): ImmResult<never, 'getTask'> {
    const found = this.#entryOf(input);
    return found === undefined ? refused('task-not-found') : done(found.task);
  }

  list({ project, taskType, marker, maxKeys }: Input<'listTasks'>): Page<Task> {
    const sameType = this.#shelves.get(project)?.byType.get(taskType);
    if (sameType === undefined) return { items: [], nextMarker: undefined };
    const { items, nextMarker } = sameType.page(marker, maxKeys);
    return { items: items.map(({ task }) => task), nextMarker };
  }

  scan(project: string): readonly Task[] {
    return Array.from(this.#shelves.get(project)?.all ?? [], ({ task }) => task);
  }

  delete(input: Input<'deleteTask'>): ImmResult<never, 'deleteTask'> {
    const found = this.#entryOf(input);
    if (found === undefined) return refused('task-not-found');
    this.#forget(found);
    return done(undefined);
  }

  end({ taskId, outcome }: Input<'endTask'>, nowMs: number): ImmResult<never, 'endTask'> {
    const found = this.#entries.get(taskId);
    if (found === undefined) return refused('task-not-found');
    if (found.schedule === undefined) return refused('task-ended');
    const growth = outcomeBytes(outcome ?? found.outcome) - outcomeBytes(found.outcome);
    if (growth > 0 && !this.#hasRoomFor(growth)) return refused('no-room');
    this.#engine.cancel(found.schedule);
    found.outcome = outcome ?? found.outcome;
    found.bytes += growth;
    this.#storedBytes += growth;
    this.#engine.endNow(found, nowMs);
    return done(found.task);
  }

  hold({ taskId }: Input<'holdTask'>): ImmResult<never, 'holdTask'> {
    const found = this.#entries.get(taskId);
    if (found === undefined) return refused('task-not-found');
    if (found.schedule === undefined) return refused('task-ended');
    const { start, end } = found.schedule;
    this.#engine.cancel({ start: undefined, end });
    found.schedule = { start, end: undefined };
    this.#noteTask(found);
    return done(found.task);
  }

  retry(publication: Publication, nowMs: number): number | undefined {
    return this.#engine.retry(publication, nowMs);
  }

  /** How many tasks of a project have not ended. */
  unendedIn(project: string): number {
    return this.#shelves.get(project)?.unended ?? 0;
  }

  /** Removes a project's tasks; those that have not ended never do. */
  forgetProject(project: string): void {
    for (const entry of this.#shelves.get(project)?.all ?? []) this.#forget(entry);
  }

  /** Every task, in the order of submission. */
  all(): readonly Task[] {
    return Array.from(this.#entries.values(), ({ task }) => task);
  }

  find(taskId: string): Task | undefined {
    return this.#entries.get(taskId)?.task;
  }

  plannedOutcome(taskId: string): TaskOutcome | undefined {
    return this.#entries.get(taskId)?.outcome;
  }

  #restoreTask({ plan, outcome, task, expiry, ...planned }: RestoredTask): void {
    const entry: TaskEntry = {
      plan,
      shelf: this.#shelfOf(plan.project),
      outcome,
      task,
      schedule: undefined,
      expiry: undefined,
      bytes: taskBytes(task.request, outcome),
    };
    if (!hasEnded(task)) entry.schedule = this.#engine.restorePlan(entry, planned);
    entry.expiry = this.#expiries.restore({ ...expiry, value: entry });
    this.#enter(entry);
  }

  #enter(entry: TaskEntry): void {
    const { shelf, task } = entry;
    const { taskId, taskType, idempotencyKey, exclusiveKey } = entry.plan;
    this.#entries.set(taskId, entry);
    this.#storedBytes += entry.bytes;
    const sameType = shelf.byType.get(taskType) ?? new SortedMap<TaskEntry>();
    shelf.byType.set(taskType, sameType);
    sameType.set(taskId, entry);
    shelf.all.add(entry);
    if (idempotencyKey !== undefined) shelf.repeats.set(idempotencyKey, entry);
    if (hasEnded(task)) return;
    shelf.unended += 1;
    if (exclusiveKey !== undefined) shelf.busy.set(exclusiveKey, entry);
  }

  #noteTask({ plan: { taskId } }: TaskEntry): void {
    this.#note?.(['tasks', taskId], () => {
      const entry = this.#entries.get(taskId);
      return entry === undefined ? undefined : taskEntryRecord(entry);
    });
    this.#note?.(['counters'], () => this.counters);
  }

  #notePublication(
    place: PublicationPlace,
    { atMs, sequence }: PlannedInstant,
    waiting: Publication | undefined,
  ): void {
    this.#note?.(['publications', place, sequence], () =>
      waiting === undefined ? undefined : publicationRecord({ atMs, value: waiting }),
    );
    this.#note?.(['counters'], () => this.counters);
  }

  #entryOf({ project, taskType, taskId }: Input<'getTask'>): TaskEntry | undefined {
    const found = this.#entries.get(taskId);
    return found?.plan.project === project && found.plan.taskType === taskType ? found : undefined;
  }

  #shelfOf(project: string): Shelf {
    const known = this.#shelves.get(project);
    if (known !== undefined) return known;
    const created = emptyShelf();
    this.#shelves.set(project, created);
    return created;
  }

  #forget(entry: TaskEntry): void {
    const { plan, shelf, schedule, expiry } = entry;
    this.#entries.delete(plan.taskId);
    this.#storedBytes -= entry.bytes;
    this.#noteTask(entry);
    if (schedule !== undefined) this.#engine.cancel(schedule);
    if (expiry !== undefined) this.#expiries.remove(expiry);
    if (!hasEnded(entry.task)) leaveUnended(entry);
    const key = plan.idempotencyKey;
    if (key !== undefined && shelf.repeats.get(key) === entry) shelf.repeats.delete(key);
    shelf.byType.get(plan.taskType)?.delete(plan.taskId);
    shelf.all.delete(entry);
    if (shelf.all.size === 0) this.#shelves.delete(plan.project);
  }
}
