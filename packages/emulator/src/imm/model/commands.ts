import type { Page } from '../../runtime/sorted-map.js';
import type { Task, TaskOutcome, TaskPlan } from './task.js';
import type { Publication } from './task-engine.js';

/** Where a list starts and how long it may get. */
export interface PageRequest {
  /** Only entries after this key; the empty string starts at the beginning. */
  readonly marker: string;
  /** Most entries of the page, from 1. */
  readonly maxKeys: number;
}

interface InProject {
  readonly project: string;
}

interface OneTask extends InProject {
  readonly taskType: string;
  readonly taskId: string;
}

/** A project: its name, and what its API version keeps of it. */
export interface Project<ProjectRecord> {
  readonly name: string;
  readonly record: ProjectRecord;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  /** Equal to `createdAtMs` until the project is changed. */
  readonly modifiedAtMs: number;
}

/** Each command of the model: what it takes, and what it gives when it is carried out. */
export interface ImmCommands<ProjectRecord> {
  readonly createProject: {
    /** `limit`: most projects there may be afterwards. Default without limit. */
    readonly input: { readonly name: string; readonly record: ProjectRecord; readonly limit?: number };
    readonly value: Project<ProjectRecord>;
  };
  readonly getProject: { readonly input: InProject; readonly value: Project<ProjectRecord> };
  /** Replaces the record by what `change` makes of it. */
  readonly updateProject: {
    readonly input: InProject & { readonly change: (record: ProjectRecord) => ProjectRecord };
    readonly value: Project<ProjectRecord>;
  };
  /** Those whose names begin with `prefix` (default: all), by name. */
  readonly listProjects: {
    readonly input: PageRequest & { readonly prefix?: string };
    readonly value: Page<Project<ProjectRecord>>;
  };
  /** The project's tasks go with it; those that have not ended never do, and no event comes. */
  readonly deleteProject: {
    readonly input: InProject & {
      /** Until then its name stays taken, in milliseconds since 1970. Default: it is free at once. */
      readonly goneAtMs?: number;
      /** Refuses while a task of the project has not ended. Default `false`. */
      readonly onlyIfIdle?: boolean;
    };
    readonly value: undefined;
  };
  /**
   * The task that an earlier request with the same idempotency key has created, if it still counts; else whether a task
   * may be created now. Changes nothing, so that nothing is drawn for a task that is refused.
   */
  readonly findRepeatedTask: {
    readonly input: InProject & {
      readonly idempotencyKey?: string;
      readonly exclusiveKey?: string;
      /** What is to be stored of the task. Default: nothing will be. */
      readonly request?: Readonly<Record<string, unknown>>;
    };
    readonly value: Task | undefined;
  };
  readonly createTask: { readonly input: { readonly plan: TaskPlan }; readonly value: Task };
  readonly getTask: { readonly input: OneTask; readonly value: Task };
  /** The tasks of one type, by id: O(log n) and the page. */
  readonly listTasks: {
    readonly input: InProject & PageRequest & { readonly taskType: string };
    readonly value: Page<Task>;
  };
  /** Every task of a project, in the order of submission: O(n), for lists that sort by something else than the id. */
  readonly scanTasks: { readonly input: InProject; readonly value: readonly Task[] };
  /** A task that has not ended never does, and no event comes. */
  readonly deleteTask: { readonly input: OneTask; readonly value: undefined };
  /** Ends a task now, in any project, whatever was planned. */
  readonly endTask: {
    /** `outcome`: default the planned one. */
    readonly input: { readonly taskId: string; readonly outcome?: TaskOutcome };
    /** The final record. */
    readonly value: Task;
  };
  /** Lets a task run until somebody ends it, in any project; its record vanishes in its time. */
  readonly holdTask: { readonly input: { readonly taskId: string }; readonly value: Task };
  /** Plans the next attempt and gives its instant; `undefined` when the event is given up. */
  readonly retryPublication: {
    readonly input: { readonly publication: Publication };
    readonly value: number | undefined;
  };
}

/** The name of a command. */
export type ImmCommandType = keyof ImmCommands<unknown>;

/** A command with its input. */
export type ImmCommand<ProjectRecord, T extends ImmCommandType = ImmCommandType> = {
  readonly type: T;
} & ImmCommands<ProjectRecord>[T]['input'];

/** Why a command was refused; nothing has changed then. */
export type Refusal =
  | 'project-exists'
  | 'project-not-found'
  | 'project-deleting'
  /** A task of the project has not ended. */
  | 'project-busy'
  | 'too-many-projects'
  | 'task-exists'
  | 'task-not-found'
  | 'task-ended'
  /** Another task with the same exclusive key has not ended. */
  | 'resource-busy'
  /** The tasks that are stored take all the room that they may. */
  | 'no-room';

/** A command that was not carried out. */
export interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
}

/** What became of a command. */
export type ImmResult<ProjectRecord, T extends ImmCommandType> =
  | { readonly ok: true; readonly value: ImmCommands<ProjectRecord>[T]['value'] }
  | Refused;
