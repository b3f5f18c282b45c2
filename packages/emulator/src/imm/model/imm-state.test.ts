import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { NotedState } from '../../test-support/noted-state.js';
import { COPY, PLAN } from '../test-support/task-plan.js';
import type { ImmCommand, ImmCommandType } from './commands.js';
import { ImmModel } from './imm-model.js';
import { immModelRecord, recordedImmModel } from './imm-state.js';
import { TASK_RETENTION_MS } from './task-book.js';
import type { EventCopy, TaskPlan } from './task.js';

/** What the version of these tests keeps of a project. */
interface TestRecord {
  readonly units: number;
}

type TestModel = ImmModel<TestRecord>;

const asRecord = (record: unknown): TestRecord => ({ units: Number(Object(record).units) });

/** A model of what is left of another's record when it has been a file. */
function reread(model: TestModel, state: NotedState = new NotedState()): TestModel {
  return recordedImmModel(JSON.parse(JSON.stringify(immModelRecord(model))), asRecord, state.note);
}

const createProject = (model: TestModel, name = 'demo'): unknown =>
  model.apply({ type: 'createProject', name, record: { units: 1 } }, 0);

const createTask = (model: TestModel, plan: Partial<TaskPlan> = {}, nowMs = 10): unknown =>
  model.apply({ type: 'createTask', plan: { ...PLAN, ...plan } }, nowMs);

describe('the record of a model', () => {
  const TASK = {
    taskId: 'task-1',
    action: 'CreateGrabFrameTask',
    taskType: 'GrabFrameTask',
    project: 'demo',
    eventId: 'E',
    requestId: 'R',
    request: PLAN.request,
    notify: PLAN.notify,
    submittedAtMs: 10,
  };
  const PROJECT = { record: { units: 1 }, createdAtMs: 0, modifiedAtMs: 0 };
  const expiry = { atMs: 10 + TASK_RETENTION_MS, sequence: 0 };

  it('is empty before anything was done, and makes an empty model', () => {
    const model: TestModel = new ImmModel();
    expect(immModelRecord(model)).toEqual({});
    expect(immModelRecord(recordedImmModel({}, asRecord))).toEqual({});
  });

  it('has projects by name, and until when the names of deleted ones are taken', () => {
    const model: TestModel = new ImmModel();
    for (const name of ['b', 'a', 'gone', 'left']) createProject(model, name);
    model.apply({ type: 'updateProject', project: 'a', change: ({ units }) => ({ units: units + 1 }) }, 5);
    model.apply({ type: 'deleteProject', project: 'left', goneAtMs: 900 }, 6);
    model.apply({ type: 'deleteProject', project: 'gone', goneAtMs: 800 }, 6);
    expect(JSON.stringify(immModelRecord(model))).toBe(
      JSON.stringify({
        projects: { a: { record: { units: 2 }, createdAtMs: 0, modifiedAtMs: 5 }, b: PROJECT },
        blocked: { gone: 800, left: 900 },
      }),
    );
  });

  it('has a task as it waits, runs, is held and has ended', () => {
    const model: TestModel = new ImmModel();
    createProject(model);
    createTask(model, { queueDelayMs: 100, idempotencyKey: 'once', exclusiveKey: 'alone' });
    const task = (): unknown => immModelRecord(model).tasks?.['task-1'];
    const whole = {
      plannedOutcome: PLAN.outcome,
      eventCopies: [COPY],
      idempotencyKey: 'once',
      exclusiveKey: 'alone',
      expiry,
    };
    const [start, end] = [
      { atMs: 110, sequence: 0 },
      { atMs: 4110, sequence: 1 },
    ];
    expect(task()).toStrictEqual({ task: { ...TASK, state: 'submitted' }, ...whole, start, end });
    model.advance(110);
    expect(task()).toStrictEqual({ task: { ...TASK, state: 'running', startedAtMs: 110 }, ...whole, end });
    model.apply({ type: 'holdTask', taskId: 'task-1' }, 120);
    expect(task()).toStrictEqual({ task: { ...TASK, state: 'running', startedAtMs: 110 }, ...whole });
    model.apply({ type: 'endTask', taskId: 'task-1', outcome: { ok: false, code: 'X', message: 'why' } }, 130);
    const outcome = { ok: false, code: 'X', message: 'why' };
    expect(task()).toStrictEqual({
      task: { ...TASK, state: 'failed', startedAtMs: 110, endedAtMs: 130, outcome },
      ...whole,
      plannedOutcome: outcome,
    });
    expect(immModelRecord(model).counters).toEqual({ due: 3, overtaken: 0, tasks: 1 });
  });

  it('leaves out what a task does not have', () => {
    const model: TestModel = new ImmModel();
    createProject(model);
    createTask(model, { notify: undefined, durationMs: Infinity });
    const { notify: _, ...task } = TASK;
    expect(immModelRecord(model).tasks).toStrictEqual({
      'task-1': {
        task: { ...task, state: 'running', startedAtMs: 10 },
        plannedOutcome: PLAN.outcome,
        eventCopies: [COPY],
        expiry,
      },
    });
  });

  it('has the events on their way by where they wait, with the task as it ended', () => {
    const model: TestModel = new ImmModel();
    createProject(model);
    const late: EventCopy = { ...COPY, extraDelayMs: 5, lost: true };
    const overtaken: EventCopy = { ...COPY, lagMs: 1, overtakenWithinMs: 7000 };
    createTask(model, { eventCopies: [late, overtaken] });
    model.advance(4011);
    const task = { ...TASK, state: 'succeeded', startedAtMs: 10, endedAtMs: 4010, outcome: PLAN.outcome };
    expect(immModelRecord(model).publications).toStrictEqual({
      due: { 1: { atMs: 4215, task, copy: late, copyNumber: 1, attempt: 1 } },
      overtaken: { 0: { atMs: 11_011, task, copy: overtaken, copyNumber: 2, attempt: 1 } },
    });
  });

  it('makes no model when the event of a task goes nowhere', () => {
    const model: TestModel = new ImmModel();
    createProject(model);
    createTask(model);
    model.advance(4010);
    const record = JSON.parse(JSON.stringify(immModelRecord(model)));
    delete record.publications.due[1].task.notify;
    expect(() => recordedImmModel(record, asRecord)).toThrow('no target for the event of task-1');
  });

  it('is taken up in the order of submission, whatever the ids', () => {
    const model: TestModel = new ImmModel();
    createProject(model);
    for (const taskId of ['c', 'a', 'b']) createTask(model, { taskId });
    const again = reread(model);
    expect(again.tasks().map(({ taskId }) => taskId)).toEqual(['c', 'a', 'b']);
    expect(again.advance(9000)).toEqual(model.advance(9000));
  });

  it('lets nothing new have the number of something old', () => {
    const model: TestModel = new ImmModel();
    createProject(model);
    createTask(model, { taskId: 'first' });
    model.apply({ type: 'deleteTask', project: 'demo', taskType: PLAN.taskType, taskId: 'first' }, 20);
    const again = reread(model);
    for (const each of [model, again]) createTask(each, { taskId: 'second' });
    expect(immModelRecord(again)).toEqual(immModelRecord(model));
    expect(immModelRecord(again).counters).toEqual({ due: 2, overtaken: 0, tasks: 2 });
  });

  it('has a task that would outlast its record, with neither start nor end', () => {
    const model: TestModel = new ImmModel();
    createProject(model);
    createTask(model, { queueDelayMs: TASK_RETENTION_MS });
    expect(immModelRecord(model).tasks?.['task-1']).toStrictEqual({
      task: { ...TASK, state: 'submitted' },
      plannedOutcome: PLAN.outcome,
      eventCopies: [COPY],
      expiry,
    });
  });

  it('has its counters when any of them has counted', () => {
    const counters = { due: 1, overtaken: 1, tasks: 0 };
    expect(immModelRecord(recordedImmModel({ counters }, asRecord))).toEqual({ counters });
  });

  it('numbers what is new after all that it has, whatever its counters say', () => {
    const model: TestModel = new ImmModel();
    createProject(model);
    const overtaken: EventCopy = { ...COPY, lagMs: 1, overtakenWithinMs: 7000 };
    createTask(model, { durationMs: 1, eventCopies: [overtaken] });
    createTask(model, { taskId: 'task-2', queueDelayMs: 1000 });
    model.advance(20);
    const { counters, ...record } = immModelRecord(model);
    expect(counters).toEqual({ due: 4, overtaken: 1, tasks: 2 });
    const again = recordedImmModel(record, asRecord);
    expect(immModelRecord(again).counters).toEqual({ due: 3, overtaken: 1, tasks: 2 });
    const more = recordedImmModel({ ...record, counters: { due: 9, overtaken: 8, tasks: 7 } }, asRecord);
    expect(immModelRecord(more).counters).toEqual({ due: 9, overtaken: 8, tasks: 7 });
  });
});

/** Something that is done to a model, after a wait. */
interface Step {
  readonly waitMs: number;
  /** Whether publishing fails of what falls due in the wait. */
  readonly isOffline: boolean;
  /** Whether the state is kept after it. */
  readonly isKept: boolean;
  readonly text: string;
  readonly run: (model: TestModel, nowMs: number) => unknown;
}

const projects = fc.constantFrom('demo', 'other');
const taskIds = fc.constantFrom('t1', 't2', 't3', 't4');
const optional = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined });

const copies: fc.Arbitrary<readonly EventCopy[]> = fc.array(
  fc.record(
    {
      lagMs: fc.constantFrom(0, 200),
      extraDelayMs: fc.constantFrom(0, 50),
      lost: fc.boolean(),
      overtakenWithinMs: fc.constantFrom(100, 3000),
    },
    { requiredKeys: ['lagMs', 'extraDelayMs', 'lost'] },
  ),
  { maxLength: 3 },
);

const plans: fc.Arbitrary<Partial<TaskPlan>> = fc.record(
  {
    taskId: taskIds,
    project: projects,
    taskType: fc.constantFrom('GrabFrameTask', 'OfficeTask'),
    queueDelayMs: fc.constantFrom(0, 0, 150),
    durationMs: fc.constantFrom(0, 300, 4000, Infinity),
    eventCopies: copies,
    idempotencyKey: fc.constantFrom('i1', 'i2'),
    exclusiveKey: fc.constantFrom('x1', 'x2'),
  },
  { requiredKeys: ['taskId', 'project', 'taskType', 'queueDelayMs', 'durationMs', 'eventCopies'] },
);

const deeds: fc.Arbitrary<Pick<Step, 'text' | 'run'>> = fc.oneof(
  { weight: 2, arbitrary: projects.map((name) => told({ type: 'createProject', name, record: { units: 1 } })) },
  projects.map((project) => told({ type: 'updateProject', project, change: () => ({ units: 7 }) })),
  fc.tuple(projects, optional(fc.constantFrom(100, 5000)), fc.boolean()).map(([project, afterMs, onlyIfIdle]) => ({
    text: `deleteProject ${project} ${afterMs} ${onlyIfIdle}`,
    run: (model: TestModel, nowMs: number) =>
      model.apply(
        {
          type: 'deleteProject',
          project,
          onlyIfIdle,
          ...(afterMs === undefined ? {} : { goneAtMs: nowMs + afterMs }),
        },
        nowMs,
      ),
  })),
  { weight: 6, arbitrary: plans.map((plan) => told({ type: 'createTask', plan: { ...PLAN, ...plan } })) },
  plans.map(({ project = '', idempotencyKey = 'i1', exclusiveKey = 'x1' }) =>
    told({ type: 'findRepeatedTask', project, idempotencyKey, exclusiveKey }),
  ),
  taskIds.map((taskId) => told({ type: 'deleteTask', project: 'demo', taskType: PLAN.taskType, taskId })),
  taskIds.map((taskId) => told({ type: 'endTask', taskId })),
  taskIds.map((taskId) => told({ type: 'endTask', taskId, outcome: { ok: false, code: 'X', message: '' } })),
  taskIds.map((taskId) => told({ type: 'holdTask', taskId })),
  projects.map((project) => told({ type: 'scanTasks', project })),
);

function told<T extends ImmCommandType>(command: ImmCommand<TestRecord, T>): Pick<Step, 'text' | 'run'> {
  return { text: JSON.stringify(command), run: (model, nowMs) => model.apply(command, nowMs) };
}

const steps = (maxLength: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc
      .record({
        waitMs: fc.constantFrom(0, 0, 50, 200, 1000, 5000, TASK_RETENTION_MS),
        isOffline: fc.boolean(),
        isKept: fc.boolean(),
        deed: deeds,
      })
      .map(({ deed, ...rest }) => ({ ...rest, ...deed })),
    { maxLength, size: 'max' },
  );

/** Does it all from `startMs` on; gives what came of it, and the instant at the end. */
function run(
  model: TestModel,
  all: readonly Step[],
  startMs: number,
  state: NotedState = new NotedState(),
): { readonly nowMs: number; readonly outcomes: readonly unknown[] } {
  let nowMs = startMs;
  const outcomes: unknown[] = [];
  for (const step of all) {
    nowMs += step.waitMs;
    const effects = model.advance(nowMs);
    outcomes.push(model.nextDueMs, ...effects);
    for (const effect of step.isOffline ? effects : []) {
      if (effect.type !== 'publish') continue;
      outcomes.push(model.apply({ type: 'retryPublication', publication: effect.publication }, nowMs));
    }
    outcomes.push(step.run(model, nowMs));
    if (step.isKept) state.keep();
  }
  // As its driver does: nobody takes a record between a command and what it has brought about at that very instant.
  outcomes.push(...model.advance(nowMs));
  state.keep();
  return { nowMs, outcomes };
}

describe('a model of a record', () => {
  it.prop([steps(40), steps(20)])(
    'is known from its notes alone, and goes on as the first one does',
    (before, after) => {
      const state = new NotedState();
      const model: TestModel = new ImmModel(state.note);
      const { nowMs } = run(model, before, 1000, state);
      expect(state.tree()).toEqual(immModelRecord(model));

      const again = reread(model);
      expect(JSON.stringify(immModelRecord(again))).toBe(JSON.stringify(immModelRecord(model)));
      expect(run(again, after, nowMs)).toEqual(run(model, after, nowMs, state));
      expect(immModelRecord(again)).toEqual(immModelRecord(model));
      expect(state.tree()).toEqual(immModelRecord(model));
    },
  );

  it('tells of its own changes, and of none while it is made', () => {
    const model: TestModel = new ImmModel();
    createProject(model);
    createTask(model);
    const state = new NotedState();
    const again = reread(model, state);
    expect(state.changed).toEqual([]);
    again.apply({ type: 'holdTask', taskId: 'task-1' }, 20);
    expect(state.changed).toEqual(['tasks/task-1', 'counters']);
  });
});
