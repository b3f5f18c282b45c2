import { MnsbusError } from '@mnsbus/core';
import { describeValue, invalidArgument } from '@mnsbus/core/internal';
import type { Tenant } from '../runtime/accounts.js';
import type { EmulatorContext } from '../runtime/context.js';
import { checkJsonValue } from '../runtime/json-value.js';
import type { Page } from '../runtime/sorted-map.js';
import type { Refused } from './model/commands.js';
import type { Task, TaskOutcome, TaskState } from './model/task.js';
import { DEFAULT_FAILURE_MESSAGE, checkFailure, type ScriptedFailure } from './script/task-decision.js';
import type { HousedTask } from './housed.js';
import type { VersionRunner } from './version-runner.js';

/** A task of either API version as the emulator shows it. */
export interface EmulatedTask extends Pick<
  Task,
  'taskId' | 'action' | 'taskType' | 'project' | 'request' | 'submittedAtMs' | 'startedAtMs' | 'endedAtMs'
> {
  /** For example `2017-09-06`. */
  readonly apiVersion: string;
  readonly tenant: Tenant;
  readonly state: TaskState;
  /** Set exactly when the task has ended. */
  readonly outcome: TaskOutcome | undefined;
}

/** Which part of the list of tasks is asked for. */
export interface TaskPageChoice {
  /** The `nextMarker` of the page before. Default the beginning. */
  readonly marker?: string;
  /** Most tasks, 1–1000. Default 1000. */
  readonly limit?: number;
  /** Whether the list runs backwards: what was submitted last comes first. Default `false`. */
  readonly newestFirst?: boolean;
}

/** The tasks inside an emulator, for tests that look at them, and end them when they please. */
export interface EmulatorTasks {
  /** Every task whose record is kept, by API version and tenant, and then as submitted. */
  list(): readonly EmulatedTask[];
  /** A part of that list. Throws `INVALID_ARGUMENT`, also for a marker whose task is gone. */
  page(choice?: TaskPageChoice): Page<EmulatedTask>;
  /** One task. Throws `TASK_NOT_FOUND`. */
  get(taskId: string): EmulatedTask;
  /**
   * Lets a task succeed now, with the result it would have had and these members in place of its own. Its record is
   * final when this returns; its event follows. Throws `TASK_NOT_FOUND`, `TASK_ENDED` and `INVALID_ARGUMENT`.
   */
  finish(taskId: string, result?: Readonly<Record<string, unknown>>): EmulatedTask;
  /**
   * Lets a task run until it is ended by hand, or its record vanishes, whatever the script says. Throws `TASK_NOT_FOUND`
   * and `TASK_ENDED`.
   */
  hold(taskId: string): EmulatedTask;
  /** Lets a task fail now. Throws `TASK_NOT_FOUND`, `TASK_ENDED` and `INVALID_ARGUMENT`. */
  fail(taskId: string, failure: ScriptedFailure): EmulatedTask;
}

/** Most tasks of a page. */
export const MAX_TASK_PAGE = 1000;

/** What {@link tasksByHand} needs of each API version, whatever it keeps of a project. */
export type TaskKeeper = Pick<VersionRunner<unknown>, 'tasks' | 'findTask' | 'endTask' | 'holdTask' | 'resultOf'>;

/** The tasks of several API versions in one hand. */
export function tasksByHand(
  keepers: readonly TaskKeeper[],
  { accounts, clock, journal }: Pick<EmulatorContext, 'accounts' | 'clock' | 'journal'>,
): EmulatorTasks {
  const locate = (taskId: string): { readonly keeper: TaskKeeper; readonly found: HousedTask } => {
    if (typeof taskId !== 'string') throw invalidArgument('taskId', 'the id of a task', taskId);
    for (const keeper of keepers) {
      const found = keeper.findTask(taskId, clock.now());
      if (found !== undefined) return { keeper, found };
    }
    throw new MnsbusError({
      code: 'TASK_NOT_FOUND',
      message: `expected the id of a task, received ${describeValue(taskId)}, which no task has; list() shows them`,
    });
  };
  const change = (
    operation: 'finish-task' | 'fail-task' | 'hold-task',
    taskId: string,
    carryOut: (keeper: TaskKeeper, found: HousedTask) => { readonly ok: true } | Refused | undefined,
  ): EmulatedTask => {
    const { keeper, found } = locate(taskId);
    const label = accounts.tenantLabel(found.tenant);
    const isDone = journal.hold(() => {
      const result = carryOut(keeper, found);
      if (result?.ok === false && result.refusal === 'no-room') {
        const expected = 'a smaller one: stored tasks take all the memory that they may (imm.maxStoredBytes)';
        throw invalidArgument('outcome', expected, 'one for which there is no room');
      }
      const ok = result?.ok === true;
      if (ok) journal.lead({ kind: 'operated', operation, ...(label === undefined ? {} : { tenant: label }), taskId });
      return ok;
    });
    if (!isDone) {
      throw new MnsbusError({
        code: 'TASK_ENDED',
        message:
          `expected a task that has not ended, but ${taskId} has ${found.task.state}; ` +
          'hold it with a rule or with a path segment "hold" to end it by hand',
      });
    }
    return shown(locate(taskId).found);
  };
  const end = (
    operation: 'finish-task' | 'fail-task',
    taskId: string,
    outcomeOf: (keeper: TaskKeeper, found: HousedTask) => TaskOutcome,
  ): EmulatedTask =>
    change(operation, taskId, (keeper, found) => keeper.endTask(taskId, outcomeOf(keeper, found), clock.now()));
  return {
    list: () => keepers.flatMap((keeper) => keeper.tasks(clock.now()).map(shown)),
    page: ({ marker, limit = MAX_TASK_PAGE, newestFirst = false } = {}) => {
      if (!(Number.isInteger(limit) && limit >= 1 && limit <= MAX_TASK_PAGE)) {
        throw invalidArgument('limit', `a whole number from 1 to ${MAX_TASK_PAGE}`, limit);
      }
      const tasks = keepers.flatMap((keeper) => keeper.tasks(clock.now()));
      if (newestFirst) tasks.reverse();
      const last = marker === undefined ? -1 : tasks.findIndex(({ task }) => task.taskId === marker);
      if (marker !== undefined && last < 0)
        throw invalidArgument('marker', 'the nextMarker of the page before', marker);
      const items = tasks.slice(last + 1, last + 1 + limit).map(shown);
      return { items, nextMarker: last + 1 + limit < tasks.length ? items.at(-1)?.taskId : undefined };
    },
    get: (taskId) => shown(locate(taskId).found),
    finish: (taskId, result = {}) => {
      if (typeof result !== 'object' || result === null) {
        throw invalidArgument('result', 'an object of result members', result);
      }
      checkJsonValue('result', result);
      return end('finish-task', taskId, (keeper, found) => ({
        ok: true,
        result: { ...keeper.resultOf(found), ...result },
      }));
    },
    hold: (taskId) => change('hold-task', taskId, (keeper) => keeper.holdTask(taskId, clock.now())),
    fail: (taskId, failure) => {
      checkFailure('failure', failure);
      const { code, message = DEFAULT_FAILURE_MESSAGE } = failure;
      return end('fail-task', taskId, () => ({ ok: false, code, message }));
    },
  };
}

function shown({ apiVersion, tenant, task }: HousedTask): EmulatedTask {
  const { taskId, action, taskType, project, request, submittedAtMs, startedAtMs, endedAtMs, state, outcome } = task;
  return {
    apiVersion,
    tenant,
    taskId,
    action,
    taskType,
    project,
    request,
    submittedAtMs,
    startedAtMs,
    endedAtMs,
    state,
    outcome,
  };
}
