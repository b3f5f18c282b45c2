import { fc, it } from '@fast-check/vitest';
import type { ListTasksRequest } from '@mnsbus/core';
import { describe, expect } from 'vitest';
import type { Task } from '../../../model/task.js';
import { MAX_TASK_RESULTS, listTasks } from './task-list.js';

const START_MS = 1_724_137_387_000;

const anyTask: fc.Arbitrary<Task> = fc
  .record({
    uuid: fc.uuid(),
    taskType: fc.constantFrom('OfficeConversion', 'MediaConvert'),
    startedAtMs: fc.option(fc.integer({ min: START_MS, max: START_MS + 5 }), { nil: undefined }),
    runsMs: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
    isGood: fc.boolean(),
    tag: fc.constantFrom('a', 'b', undefined),
  })
  .map(({ uuid, taskType, startedAtMs, runsMs, isGood, tag }): Task => {
    const endedAtMs = startedAtMs === undefined || runsMs === undefined ? undefined : startedAtMs + runsMs;
    return {
      taskId: `${taskType}-${uuid}`,
      action: `Create${taskType}Task`,
      taskType,
      project: 'demo',
      eventId: '',
      requestId: '',
      request: tag === undefined ? {} : { Tags: { kind: tag } },
      notify: undefined,
      submittedAtMs: START_MS,
      startedAtMs,
      endedAtMs,
      state: endedAtMs === undefined ? 'running' : isGood ? 'succeeded' : 'failed',
      outcome:
        endedAtMs === undefined
          ? undefined
          : isGood
            ? { ok: true, result: {} }
            : { ok: false, code: 'InternalError', message: '' },
    };
  });

const anyTasks = fc.uniqueArray(anyTask, { selector: ({ taskId }) => taskId, maxLength: 40 });

const anyRequest: fc.Arbitrary<ListTasksRequest> = fc.record(
  {
    ProjectName: fc.constant('demo'),
    Sort: fc.constantFrom('TaskId', 'StartTime', 'EndTime'),
    Order: fc.constantFrom('ASC', 'DES'),
    MaxResults: fc.integer({ min: 1, max: 10 }),
    Status: fc.constantFrom('Running', 'Succeeded', 'Failed'),
    TaskTypes: fc.subarray(['OfficeConversion', 'MediaConvert', 'Other']),
    TagSelector: fc.constantFrom('kind=a', 'kind=c', 'toString=x'),
    EndTimeRange: fc.constant({ Start: new Date(START_MS + 2).toISOString() }),
    StartTimeRange: fc.constant({
      Start: new Date(START_MS + 1).toISOString(),
      End: new Date(START_MS + 3).toISOString(),
    }),
  },
  { requiredKeys: ['ProjectName'] },
);

/** All pages of a list, one after the other. */
function pagesOf(tasks: readonly Task[], request: ListTasksRequest): readonly (readonly Task[])[] {
  const pages: (readonly Task[])[] = [];
  for (let token: string | undefined = ''; token !== undefined;) {
    const page = listTasks(tasks, token === '' ? request : { ...request, NextToken: token });
    pages.push(page.tasks);
    token = page.nextToken;
  }
  return pages;
}

/** The same filters once more, in the plainest way. */
function isExpected(task: Task, request: ListTasksRequest): boolean {
  const status = task.outcome === undefined ? 'Running' : task.outcome.ok ? 'Succeeded' : 'Failed';
  const startMs = task.startedAtMs ?? task.submittedAtMs;
  const { TaskTypes, Status, TagSelector, StartTimeRange, EndTimeRange } = request;
  if (TaskTypes !== undefined && !TaskTypes.some((type) => type === task.taskType)) return false;
  if (Status !== undefined && Status !== status) return false;
  if (TagSelector !== undefined && JSON.stringify(task.request) !== '{"Tags":{"kind":"a"}}') return false;
  if (TagSelector !== undefined && TagSelector !== 'kind=a') return false;
  if (StartTimeRange !== undefined && (startMs < START_MS + 1 || startMs > START_MS + 3)) return false;
  return EndTimeRange === undefined || (task.endedAtMs ?? 0) >= START_MS + 2;
}

describe('listTasks', () => {
  it.prop([anyTasks, anyRequest])('gives, in pages, each wanted task once and no other', (tasks, request) => {
    const pages = pagesOf(tasks, request);
    const ids = pages.flatMap((page) => page.map(({ taskId }) => taskId));
    const expected = tasks.filter((task) => isExpected(task, request)).map(({ taskId }) => taskId);
    expect(ids.toSorted()).toEqual(expected.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    const most = request.MaxResults ?? MAX_TASK_RESULTS;
    expect(pages.slice(0, -1).every((page) => page.length === most)).toBe(true);
    expect(pages.at(-1)?.length).toBeLessThanOrEqual(most);
  });

  it.prop([anyTasks, anyRequest])('sorts as it is asked to, equal ones by id', (tasks, request) => {
    const { Sort = 'TaskId', Order = 'ASC' } = request;
    const keys = pagesOf(tasks, request)
      .flat()
      .map(({ taskId, startedAtMs, submittedAtMs, endedAtMs }) => {
        const time = Sort === 'TaskId' ? 0 : Sort === 'StartTime' ? (startedAtMs ?? submittedAtMs) : (endedAtMs ?? 0);
        return `${String(time).padStart(15, '0')} ${taskId}`;
      });
    expect(keys).toEqual(Order === 'ASC' ? keys.toSorted() : keys.toSorted().toReversed());
  });

  it.prop([anyTasks, fc.string()])('refuses a token that it has not given, or takes it as a place', (tasks, token) => {
    try {
      const { tasks: page } = listTasks(tasks, { ProjectName: 'demo', NextToken: token });
      expect(page.length).toBeLessThanOrEqual(tasks.length);
    } catch (error) {
      expect(error).toMatchObject({ status: 400, code: 'InvalidArgument' });
    }
  });
});
