import type { ListTasksRequest } from '@mnsbus/core';
import type { Task } from '../../../model/task.js';
import { invalidParameter } from './read-request.js';
import { startOf, statusOf } from './task-info.js';

/** The length of a page when the request names none, and the longest there is (spec imm §4.4). */
export const MAX_TASK_RESULTS = 100;

/** A part of a list of tasks. */
export interface TaskPage {
  readonly tasks: readonly Task[];
  /** Present when there are more. */
  readonly nextToken: string | undefined;
}

/** Filters, sorts and cuts the tasks of a project as `ListTasks` is asked to (spec imm §4.4). Throws an `RpcFault` for a bad token. */
export function listTasks(tasks: readonly Task[], request: ListTasksRequest): TaskPage {
  const { Sort = 'TaskId', Order = 'ASC', MaxResults = MAX_TASK_RESULTS, NextToken } = request;
  const direction = Order === 'ASC' ? 1 : -1;
  const keyed = tasks
    .filter((task) => isWanted(task, request))
    .map((task): Keyed => ({ task, key: sortKey(task, Sort) }))
    .toSorted((a, b) => direction * compare(a, b));
  const after = NextToken === undefined ? undefined : readToken(NextToken);
  const rest = after === undefined ? keyed : keyed.filter((one) => direction * compare(one, after) > 0);
  const page = rest.slice(0, MaxResults);
  const last = page.at(-1);
  return {
    tasks: page.map(({ task }) => task),
    nextToken: last === undefined || page.length === rest.length ? undefined : writeToken(last),
  };
}

interface Place {
  readonly key: number;
  readonly task: Pick<Task, 'taskId'>;
}

interface Keyed extends Place {
  readonly task: Task;
}

function sortKey(task: Task, sort: NonNullable<ListTasksRequest['Sort']>): number {
  if (sort === 'TaskId') return 0;
  // What has not ended comes before all that has.
  return sort === 'StartTime' ? startOf(task) : (task.endedAtMs ?? 0);
}

/** Equal times are told apart by id, so that pages neither overlap nor leave anything out. */
function compare(a: Place, b: Place): number {
  if (a.key !== b.key) return a.key - b.key;
  if (a.task.taskId === b.task.taskId) return 0;
  return a.task.taskId < b.task.taskId ? -1 : 1;
}

function isWanted(task: Task, request: ListTasksRequest): boolean {
  const { TaskTypes, Status, TagSelector, StartTimeRange, EndTimeRange } = request;
  return (
    (TaskTypes === undefined || TaskTypes.includes(task.taskType)) &&
    (Status === undefined || statusOf(task) === Status) &&
    (TagSelector === undefined || hasTag(task, TagSelector)) &&
    (StartTimeRange === undefined || lies(startOf(task), StartTimeRange)) &&
    (EndTimeRange === undefined || (task.endedAtMs !== undefined && lies(task.endedAtMs, EndTimeRange)))
  );
}

function hasTag({ request }: Task, selector: string): boolean {
  const equals = selector.indexOf('=');
  const tags: unknown = request['Tags'];
  if (typeof tags !== 'object' || tags === null || !Object.hasOwn(tags, selector.slice(0, equals))) return false;
  return Reflect.get(tags, selector.slice(0, equals)) === selector.slice(equals + 1);
}

function lies(atMs: number, { Start, End }: NonNullable<ListTasksRequest['StartTimeRange']>): boolean {
  return (Start === undefined || atMs >= Date.parse(Start)) && (End === undefined || atMs <= Date.parse(End));
}

function writeToken({ key, task }: Place): string {
  return Buffer.from(`${key} ${task.taskId}`).toString('base64url');
}

function readToken(token: string): Place {
  const [, key = '', taskId = ''] = /^(\d+) (.+)$/s.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  if (key === '') throw invalidParameter('The parameter NextToken is not valid: expected one that a reply gave.');
  return { key: Number(key), task: { taskId } };
}
