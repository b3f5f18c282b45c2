import type { ImmCommand, ImmCommands, ImmCommandType } from './model/commands.js';
import type { NotifyTarget, Task, TaskOutcome } from './model/task.js';
import type { RpcCall } from './rpc/api-version.js';
import type { TaskKind, TaskRequest } from './task-kind.js';

/** A task that an action wants to create. */
export interface TaskSubmission {
  readonly project: string;
  readonly request: TaskRequest;
  /** `undefined` for a task without an event. */
  readonly notify: NotifyTarget | undefined;
  /** Present when the request may be a repetition: same key, same task, for twelve hours. */
  readonly idempotencyKey?: string;
  /** While a task of the project with this key has not ended, others are refused with `resource-busy`. */
  readonly exclusiveKey?: string;
}

/** How a task would go. */
export interface TaskRehearsal {
  /** Milliseconds of running; `Infinity` when it would never end. */
  readonly durationMs: number;
  readonly outcome: TaskOutcome;
}

/** What the actions of one API version work with; `ProjectRecord` is what that version keeps of a project. */
export interface ImmWorld<ProjectRecord> {
  /** Carries out one command of the model for the caller. Throws the `RpcFault` of a refusal, in the words of the version. */
  readonly carryOut: <T extends ImmCommandType>(
    call: RpcCall,
    command: ImmCommand<ProjectRecord, T>,
  ) => ImmCommands<ProjectRecord>[T]['value'];
  /**
   * Creates a task and lets it run, as the script has it; finds the earlier one of a repeated request. Throws the
   * `RpcFault` of a refusal, and what a function of the script throws.
   */
  readonly submit: (call: RpcCall, kind: TaskKind, submission: TaskSubmission) => Task;
  /** Asks the script how a task would go, and creates none: for actions that do their work at once. Throws as `submit`. */
  readonly rehearse: (call: RpcCall, kind: TaskKind, submission: TaskSubmission) => TaskRehearsal;
}
