import { Agenda, type AgendaEntry } from './agenda.js';
import type { ImmCommand, ImmCommands, ImmCommandType, ImmResult, PageRequest, Refusal } from './commands.js';
import { endedTask, officeEnding, startedTask } from './office-task.js';
import type { LegacyEvent, OfficeTask, OfficeTaskPlan } from './office-task.js';
import type { Project, ProjectSettings } from './project.js';
import { SortedMap, type Page } from '../../runtime/sorted-map.js';
import { TaskEngine, type Ending, type RunningTask, type TaskEffect } from './task-engine.js';

/** Milliseconds from a task's creation until its record vanishes (spec imm §2.8). */
export const TASK_RETENTION_MS: number = 7 * 86_400_000;

/** Milliseconds for which a repeated request with the same token gets the same task (spec imm §2.4). */
export const IDEMPOTENCY_MS = 43_200_000;

interface TaskEntry {
  readonly plan: OfficeTaskPlan;
  task: OfficeTask;
  running: RunningTask<TaskEntry, LegacyEvent> | undefined;
  expiry: AgendaEntry<TaskEntry> | undefined;
}

interface ProjectEntry {
  readonly project: Project;
  readonly tasks: SortedMap<TaskEntry>;
  /** The newest task of each idempotency key. */
  readonly repeats: Map<string, TaskEntry>;
}

type Handlers = {
  readonly [T in ImmCommandType]: (input: ImmCommands[T]['input'], nowMs: number) => ImmResult<T>;
};

/**
 * The projects and tasks of IMM 2017-09-06 in one tenant.
 *
 * A pure state machine: the same commands at the same instants give the same results. Call
 * {@link advance} before each command, so that its result is exact at its instant.
 */
export class Imm2017Model {
  readonly #projects = new SortedMap<ProjectEntry>();
  readonly #engine = new TaskEngine<TaskEntry, LegacyEvent>(endTask);
  readonly #expiries = new Agenda<TaskEntry>();
  readonly #handlers: Handlers = {
    putProject: ({ settings }, nowMs) => this.#putProject(settings, nowMs),
    getProject: ({ project }) => this.#in(project, (entry) => done(entry.project)),
    listProjects: (page) => done(pageOf(this.#projects, page, (entry) => entry.project)),
    deleteProject: ({ project }) => this.#in(project, (entry) => this.#deleteProject(entry)),
    findRepeatedTask: ({ project, idempotencyKey }, nowMs) =>
      this.#in(project, (entry) => done(findRepeat(entry, idempotencyKey, nowMs))),
    createOfficeTask: (plan, nowMs) => this.#in(plan.project, (entry) => this.#createTask(entry, plan, nowMs)),
    getOfficeTask: ({ project, taskId }) =>
      this.#in(project, ({ tasks }) => {
        const found = tasks.get(taskId);
        return found === undefined ? refused('task-not-found') : done(found.task);
      }),
    listOfficeTasks: ({ project, ...page }) =>
      this.#in(project, ({ tasks }) => done(pageOf(tasks, page, (entry) => entry.task))),
    deleteOfficeTask: ({ project, taskId }) =>
      this.#in(project, (entry) => {
        const found = entry.tasks.get(taskId);
        if (found === undefined) return refused('task-not-found');
        this.#forget(entry, found);
        return done(undefined);
      }),
    retryPublication: ({ publication }, nowMs) => done(this.#engine.retry(publication, nowMs)),
  };

  /** Carries out one command at `nowMs`, or refuses it and changes nothing. */
  apply<T extends ImmCommandType>(command: ImmCommand<T>, nowMs: number): ImmResult<T> {
    return this.#handlers[command.type](command, nowMs);
  }

  /**
   * When something falls due that the outside must hear of, in milliseconds since 1970; `undefined` when nothing is.
   *
   * Records that vanish are not counted: nobody can tell before the next command.
   */
  get nextDueMs(): number | undefined {
    return this.#engine.nextDueMs;
  }

  /** Moves the state to `nowMs` and returns what happened on the way, in order. */
  advance(nowMs: number): readonly TaskEffect<LegacyEvent>[] {
    // No task ends after its record has vanished (see #createTask), so the ends can go first.
    const effects = this.#engine.advance(nowMs);
    for (let due = this.#expiries.takeDue(nowMs); due !== undefined; due = this.#expiries.takeDue(nowMs)) {
      const entry = this.#projects.get(due.value.plan.project);
      if (entry !== undefined) this.#forget(entry, due.value);
    }
    return effects;
  }

  #in<R>(project: string, act: (entry: ProjectEntry) => R): R | { readonly ok: false; readonly refusal: Refusal } {
    const entry = this.#projects.get(project);
    return entry === undefined ? refused('project-not-found') : act(entry);
  }

  #putProject(settings: ProjectSettings, nowMs: number): ImmResult<'putProject'> {
    const { name, type, capacityUnits, billingType, serviceRole } = settings;
    if (this.#projects.get(name) !== undefined) return refused('project-exists');
    const project: Project = {
      name,
      type,
      capacityUnits,
      billingType,
      serviceRole,
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
    };
    this.#projects.set(name, { project, tasks: new SortedMap(), repeats: new Map() });
    return done(project);
  }

  #deleteProject(entry: ProjectEntry): ImmResult<'deleteProject'> {
    for (const task of entry.tasks.values()) this.#forget(entry, task);
    this.#projects.delete(entry.project.name);
    return done(undefined);
  }

  #createTask(entry: ProjectEntry, plan: OfficeTaskPlan, nowMs: number): ImmResult<'createOfficeTask'> {
    if (entry.tasks.get(plan.taskId) !== undefined) return refused('task-exists');
    const created: TaskEntry = { plan, task: startedTask(plan, nowMs), running: undefined, expiry: undefined };
    const endsAtMs = nowMs + plan.durationMs;
    const expiresAtMs = nowMs + TASK_RETENTION_MS;
    // A task that would outlast its record vanishes with it, still running.
    if (endsAtMs < expiresAtMs) created.running = this.#engine.start(created, endsAtMs);
    created.expiry = this.#expiries.add(expiresAtMs, created);
    entry.tasks.set(plan.taskId, created);
    if (plan.idempotencyKey !== undefined) entry.repeats.set(plan.idempotencyKey, created);
    return done(created.task);
  }

  #forget(entry: ProjectEntry, { plan, running, expiry }: TaskEntry): void {
    entry.tasks.delete(plan.taskId);
    if (running !== undefined) this.#engine.cancel(running);
    if (expiry !== undefined) this.#expiries.remove(expiry);
    const key = plan.idempotencyKey;
    if (key !== undefined && entry.repeats.get(key)?.plan === plan) entry.repeats.delete(key);
  }
}

function endTask(entry: TaskEntry, atMs: number): Ending<LegacyEvent> {
  entry.task = endedTask(entry.task, entry.plan.outcome, atMs);
  entry.running = undefined;
  return officeEnding(entry.task, entry.plan.publishLagMs, atMs);
}

function findRepeat({ repeats }: ProjectEntry, key: string | undefined, nowMs: number): OfficeTask | undefined {
  const task = key === undefined ? undefined : repeats.get(key)?.task;
  return task !== undefined && nowMs < task.createdAtMs + IDEMPOTENCY_MS ? task : undefined;
}

function pageOf<E, V>(entries: SortedMap<E>, { marker, maxKeys }: PageRequest, view: (entry: E) => V): Page<V> {
  const { items, nextMarker } = entries.page(marker, maxKeys);
  return { items: items.map(view), nextMarker };
}

function done<V>(value: V): { readonly ok: true; readonly value: V } {
  return { ok: true, value };
}

function refused(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal };
}
