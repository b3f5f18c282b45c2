import type { LegacyEvent, OfficeTask, OfficeTaskPlan } from './office-task.js';
import type { Project, ProjectSettings } from './project.js';
import type { Page } from '../../runtime/sorted-map.js';
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
  readonly taskId: string;
}

/** Each command of the model: what it takes, and what it gives when it is carried out. */
export interface ImmCommands {
  readonly putProject: { readonly input: { readonly settings: ProjectSettings }; readonly value: Project };
  readonly getProject: { readonly input: InProject; readonly value: Project };
  readonly listProjects: { readonly input: PageRequest; readonly value: Page<Project> };
  /** The project's tasks go with it; those that run end without an event. */
  readonly deleteProject: { readonly input: InProject; readonly value: undefined };
  /** The task that an earlier request with the same key has created, if it still counts. */
  readonly findRepeatedTask: {
    readonly input: InProject & { readonly idempotencyKey?: string };
    readonly value: OfficeTask | undefined;
  };
  readonly createOfficeTask: { readonly input: OfficeTaskPlan; readonly value: OfficeTask };
  readonly getOfficeTask: { readonly input: OneTask; readonly value: OfficeTask };
  readonly listOfficeTasks: { readonly input: InProject & PageRequest; readonly value: Page<OfficeTask> };
  /** A task that runs ends without an event. */
  readonly deleteOfficeTask: { readonly input: OneTask; readonly value: undefined };
  /** Plans the next attempt and gives its instant; `undefined` when the event is given up. */
  readonly retryPublication: {
    readonly input: { readonly publication: Publication<LegacyEvent> };
    readonly value: number | undefined;
  };
}

/** The name of a command. */
export type ImmCommandType = keyof ImmCommands;

/** A command with its input. */
export type ImmCommand<T extends ImmCommandType = ImmCommandType> = { readonly type: T } & ImmCommands[T]['input'];

/** Why a command was refused; nothing has changed then. */
export type Refusal = 'project-exists' | 'project-not-found' | 'task-exists' | 'task-not-found';

/** What became of a command. */
export type ImmResult<T extends ImmCommandType> =
  | { readonly ok: true; readonly value: ImmCommands[T]['value'] }
  | { readonly ok: false; readonly refusal: Refusal };
