import type { NoteChange } from '../../runtime/note-change.js';
import type { ImmCommand, ImmCommandType, ImmCommands, ImmResult } from './commands.js';
import { ProjectBook } from './project-book.js';
import { done, refused } from './result.js';
import { TaskBook, type HasRoomFor } from './task-book.js';
import type { TaskEffect } from './task-engine.js';
import type { Task, TaskOutcome } from './task.js';

/** What a model is made of. */
export interface ImmModelParts<ProjectRecord> {
  readonly projects: ProjectBook<ProjectRecord>;
  readonly tasks: TaskBook;
}

type Handlers<ProjectRecord> = {
  readonly [T in ImmCommandType]: (
    input: ImmCommands<ProjectRecord>[T]['input'],
    nowMs: number,
  ) => ImmResult<ProjectRecord, T>;
};

/**
 * The projects and tasks of one API version in one tenant.
 *
 * A pure state machine: the same commands at the same instants give the same results. Call {@link advance} before each
 * command, so that its result is exact at its instant.
 */
export class ImmModel<ProjectRecord> {
  readonly #projects: ProjectBook<ProjectRecord>;
  readonly #tasks: TaskBook;
  readonly #handlers: Handlers<ProjectRecord> = {
    createProject: (input, nowMs) => this.#projects.create(input, nowMs),
    getProject: ({ project }) => this.#projects.get(project),
    updateProject: ({ project, change }, nowMs) => this.#projects.update(project, change, nowMs),
    listProjects: (page) => done(this.#projects.list(page)),
    deleteProject: (input) => this.#deleteProject(input),
    findRepeatedTask: ({ project, ...keys }, nowMs) =>
      this.#projects.faultOf(project) ?? this.#tasks.findRepeated(project, keys, nowMs),
    createTask: ({ plan }, nowMs) => this.#projects.faultOf(plan.project) ?? this.#tasks.create(plan, nowMs),
    getTask: (input) => this.#projects.faultOf(input.project) ?? this.#tasks.get(input),
    listTasks: (input) => this.#projects.faultOf(input.project) ?? done(this.#tasks.list(input)),
    scanTasks: ({ project }) => this.#projects.faultOf(project) ?? done(this.#tasks.scan(project)),
    deleteTask: (input) => this.#projects.faultOf(input.project) ?? this.#tasks.delete(input),
    endTask: (input, nowMs) => this.#tasks.end(input, nowMs),
    holdTask: (input) => this.#tasks.hold(input),
    retryPublication: ({ publication }, nowMs) => done(this.#tasks.retry(publication, nowMs)),
  };

  /** `note` is told of every record that changes; `hasRoomFor` says whether tasks may take more memory (default always). */
  constructor(note?: NoteChange, hasRoomFor?: HasRoomFor) {
    this.#projects = new ProjectBook<ProjectRecord>(note);
    this.#tasks = new TaskBook(note, hasRoomFor);
  }

  /** What the state consists of, for whoever turns it into data and back. */
  get parts(): ImmModelParts<ProjectRecord> {
    return { projects: this.#projects, tasks: this.#tasks };
  }

  /** About how much memory the tasks take, in bytes. */
  get storedBytes(): number {
    return this.#tasks.storedBytes;
  }

  /** Carries out one command at `nowMs`, or refuses it and changes nothing. */
  apply<T extends ImmCommandType>(command: ImmCommand<ProjectRecord, T>, nowMs: number): ImmResult<ProjectRecord, T> {
    return this.#handlers[command.type](command, nowMs);
  }

  /**
   * When something falls due that the outside must hear of, in milliseconds since 1970; `undefined` when nothing is.
   *
   * Records that vanish are not counted: nobody can tell before the next command.
   */
  get nextDueMs(): number | undefined {
    return this.#tasks.nextDueMs;
  }

  /** Moves the state to `nowMs` and returns what happened on the way, in order. */
  advance(nowMs: number): readonly TaskEffect[] {
    this.#projects.advance(nowMs);
    return this.#tasks.advance(nowMs);
  }

  /** Every task of every project, in the order of submission. */
  tasks(): readonly Task[] {
    return this.#tasks.all();
  }

  /** The task with this id in any project. */
  find(taskId: string): Task | undefined {
    return this.#tasks.find(taskId);
  }

  /** How a task ends, or has ended, unless somebody ends it by hand. */
  plannedOutcome(taskId: string): TaskOutcome | undefined {
    return this.#tasks.plannedOutcome(taskId);
  }

  #deleteProject({
    project,
    goneAtMs,
    onlyIfIdle = false,
  }: ImmCommands<ProjectRecord>['deleteProject']['input']): ImmResult<ProjectRecord, 'deleteProject'> {
    const fault = this.#projects.faultOf(project);
    if (fault !== undefined) return fault;
    if (onlyIfIdle && this.#tasks.unendedIn(project) > 0) return refused('project-busy');
    this.#tasks.forgetProject(project);
    this.#projects.delete(project, goneAtMs);
    return done(undefined);
  }
}
