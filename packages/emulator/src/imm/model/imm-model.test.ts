import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Page } from '../../runtime/sorted-map.js';
import { COPY, PLAN } from '../test-support/task-plan.js';
import type { ImmResult } from './commands.js';
import { ImmModel } from './imm-model.js';
import { IDEMPOTENCY_MS, TASK_RETENTION_MS } from './task-book.js';
import type { TaskEffect } from './task-engine.js';
import { hasEnded, type Task, type TaskPlan } from './task.js';

/** What the version of these tests keeps of a project. */
interface TestRecord {
  readonly units: number;
}

type TestModel = ImmModel<TestRecord>;

function modelWithProject(): TestModel {
  const model: TestModel = new ImmModel();
  model.apply({ type: 'createProject', name: 'demo', record: { units: 1 } }, 0);
  return model;
}

function valueOf<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result)}`);
  return result.value;
}

const create = (model: TestModel, plan: Partial<TaskPlan>, nowMs: number): ImmResult<TestRecord, 'createTask'> =>
  model.apply({ type: 'createTask', plan: { ...PLAN, ...plan } }, nowMs);

const getTask = (
  model: TestModel,
  nowMs: number,
  { taskId = 'task-1', taskType = PLAN.taskType }: { taskId?: string; taskType?: string } = {},
): ImmResult<TestRecord, 'getTask'> => model.apply({ type: 'getTask', project: 'demo', taskType, taskId }, nowMs);

const refused = (refusal: string): object => ({ ok: false, refusal });

const kinds = (effects: readonly TaskEffect[]): readonly unknown[] => effects.map(({ type, atMs }) => [type, atMs]);

describe('projects of the model', () => {
  it('are kept as they were created, and as they were changed', () => {
    const model = modelWithProject();
    const created = { name: 'demo', record: { units: 1 }, createdAtMs: 0, modifiedAtMs: 0 };
    expect(model.apply({ type: 'getProject', project: 'demo' }, 5)).toEqual({ ok: true, value: created });
    const change = ({ units }: TestRecord): TestRecord => ({ units: units + 1 });
    const changed = { ...created, record: { units: 2 }, modifiedAtMs: 7 };
    expect(model.apply({ type: 'updateProject', project: 'demo', change }, 7)).toEqual({ ok: true, value: changed });
    expect(model.apply({ type: 'getProject', project: 'demo' }, 9)).toEqual({ ok: true, value: changed });
  });

  it('cannot be created twice, and the second attempt changes nothing', () => {
    const model = modelWithProject();
    expect(model.apply({ type: 'createProject', name: 'demo', record: { units: 9 } }, 7)).toEqual(
      refused('project-exists'),
    );
    expect(valueOf(model.apply({ type: 'getProject', project: 'demo' }, 8)).record).toEqual({ units: 1 });
  });

  it('can be limited in number', () => {
    const model = modelWithProject();
    const second = { type: 'createProject', name: 'second', record: { units: 1 } } as const;
    expect(model.apply({ ...second, limit: 1 }, 1)).toEqual(refused('too-many-projects'));
    expect(model.apply({ ...second, limit: 2 }, 1).ok).toBe(true);
  });

  it('can be created again after they were deleted, without their tasks', () => {
    const model = modelWithProject();
    create(model, {}, 10);
    expect(model.apply({ type: 'deleteProject', project: 'demo' }, 20)).toEqual({ ok: true, value: undefined });
    expect(model.apply({ type: 'getProject', project: 'demo' }, 20)).toEqual(refused('project-not-found'));
    expect(model.nextDueMs).toBeUndefined();
    model.apply({ type: 'createProject', name: 'demo', record: { units: 1 } }, 30);
    expect(getTask(model, 40)).toEqual(refused('task-not-found'));
    expect(model.advance(TASK_RETENTION_MS * 2)).toEqual([]);
  });

  it('can block their name for a while after they were deleted', () => {
    const model = modelWithProject();
    model.apply({ type: 'deleteProject', project: 'demo', goneAtMs: 1000 }, 20);
    const again = { type: 'createProject', name: 'demo', record: { units: 1 } } as const;
    model.advance(999);
    expect(model.apply(again, 999)).toEqual(refused('project-deleting'));
    expect(create(model, {}, 999)).toEqual(refused('project-deleting'));
    expect(model.apply({ type: 'deleteProject', project: 'demo' }, 999)).toEqual(refused('project-deleting'));
    expect(model.apply({ type: 'updateProject', project: 'demo', change: (record) => record }, 999)).toEqual(
      refused('project-deleting'),
    );
    expect(model.apply({ type: 'getProject', project: 'demo' }, 999)).toEqual(refused('project-not-found'));
    expect(valueOf(model.apply({ type: 'listProjects', marker: '', maxKeys: 9 }, 999)).items).toEqual([]);
    model.advance(1000);
    expect(model.apply(again, 1000).ok).toBe(true);
  });

  it('can be kept while a task of theirs has not ended', () => {
    const model = modelWithProject();
    const deletion = { type: 'deleteProject', project: 'demo', onlyIfIdle: true } as const;
    expect(modelWithProject().apply(deletion, 10).ok).toBe(true);
    create(model, {}, 0);
    create(model, { taskId: 'other' }, 0);
    expect(model.apply(deletion, 10)).toEqual(refused('project-busy'));
    model.apply({ type: 'deleteTask', project: 'demo', taskType: PLAN.taskType, taskId: 'other' }, 10);
    expect(model.apply(deletion, 10)).toEqual(refused('project-busy'));
    model.advance(4000);
    expect(model.apply(deletion, 4000).ok).toBe(true);
  });

  it('are listed by name, in pages, those with a prefix', () => {
    const model: TestModel = new ImmModel();
    for (const name of ['c', 'a', 'b', 'x']) model.apply({ type: 'createProject', name, record: { units: 1 } }, 0);
    const page = (marker: string, prefix?: string): unknown => {
      const part = prefix === undefined ? {} : { prefix };
      const { items, nextMarker } = valueOf(model.apply({ type: 'listProjects', marker, maxKeys: 2, ...part }, 1));
      return [items.map(({ name }) => name), nextMarker];
    };
    expect([page(''), page('b'), page('', 'x')]).toEqual([
      [['a', 'b'], 'b'],
      [['c', 'x'], undefined],
      [['x'], undefined],
    ]);
  });

  it.each([
    { type: 'getProject', project: 'none' },
    { type: 'updateProject', project: 'none', change: (record: TestRecord) => record },
    { type: 'deleteProject', project: 'none' },
    { type: 'findRepeatedTask', project: 'none' },
    { type: 'getTask', project: 'none', taskType: PLAN.taskType, taskId: 'task-1' },
    { type: 'listTasks', project: 'none', taskType: PLAN.taskType, marker: '', maxKeys: 1 },
    { type: 'scanTasks', project: 'none' },
    { type: 'deleteTask', project: 'none', taskType: PLAN.taskType, taskId: 'task-1' },
    { type: 'createTask', plan: { ...PLAN, project: 'none' } },
  ] as const)('that do not exist refuse $type', (command) => {
    expect(modelWithProject().apply(command, 1)).toEqual(refused('project-not-found'));
  });
});

describe('tasks of the model', () => {
  it('run with nothing to show', () => {
    const model = modelWithProject();
    const task = valueOf(create(model, {}, 1000));
    const { action, taskType, eventId, requestId, request, notify } = PLAN;
    expect(task).toEqual({
      taskId: 'task-1',
      action,
      taskType,
      project: 'demo',
      eventId,
      requestId,
      request,
      notify,
      submittedAtMs: 1000,
      startedAtMs: 1000,
      endedAtMs: undefined,
      state: 'running',
      outcome: undefined,
    });
    expect(model.advance(4999)).toEqual([]);
    expect(getTask(model, 4999)).toEqual({ ok: true, value: task });
  });

  it('wait before they run, when they are told to', () => {
    const model = modelWithProject();
    expect(valueOf(create(model, { queueDelayMs: 300 }, 1000))).toMatchObject({
      state: 'submitted',
      startedAtMs: undefined,
    });
    expect(kinds(model.advance(1300))).toEqual([['task-started', 1300]]);
    expect(valueOf(getTask(model, 1300))).toMatchObject({ state: 'running', startedAtMs: 1300, submittedAtMs: 1000 });
    expect(kinds(model.advance(5300))).toEqual([['task-ended', 5300]]);
  });

  it('end at their instant: record, event and its due time', () => {
    const model = modelWithProject();
    create(model, {}, 1000);
    expect(model.nextDueMs).toBe(5000);
    expect(kinds(model.advance(5000))).toEqual([['task-ended', 5000]]);
    const record = valueOf(getTask(model, 5000));
    expect(record).toMatchObject({ state: 'succeeded', endedAtMs: 5000, outcome: PLAN.outcome });
    expect(model.nextDueMs).toBe(5200);
    expect(model.advance(5200)).toEqual([
      {
        type: 'publish',
        atMs: 5200,
        publication: { task: record, notify: PLAN.notify, copy: COPY, copyNumber: 1, attempt: 1 },
      },
    ]);
  });

  it('fail with the code and message of their plan', () => {
    const model = modelWithProject();
    const outcome = { ok: false, code: 'ConvertTimeout', message: 'too slow' } as const;
    create(model, { outcome }, 0);
    model.advance(4000);
    expect(valueOf(getTask(model, 4000))).toMatchObject({ state: 'failed', endedAtMs: 4000, outcome });
  });

  it('end without an event when nobody has asked for one', () => {
    const model = modelWithProject();
    create(model, { notify: undefined }, 0);
    expect(model.advance(99_999).map(({ type }) => type)).toEqual(['task-ended']);
  });

  it('have ids of their own', () => {
    const model = modelWithProject();
    create(model, {}, 0);
    expect(create(model, {}, 1)).toEqual(refused('task-exists'));
  });

  it('belong to one project and one type', () => {
    const model = modelWithProject();
    model.apply({ type: 'createProject', name: 'other', record: { units: 1 } }, 0);
    create(model, {}, 0);
    const { taskType } = PLAN;
    expect(model.apply({ type: 'getTask', project: 'other', taskType, taskId: 'task-1' }, 1)).toEqual(
      refused('task-not-found'),
    );
    expect(getTask(model, 1, { taskType: 'Other' })).toEqual(refused('task-not-found'));
  });

  it('are found by their id alone, with the outcome that is planned for them', () => {
    const model = modelWithProject();
    const task = valueOf(create(model, {}, 0));
    expect([model.find('task-1'), model.plannedOutcome('task-1')]).toEqual([task, PLAN.outcome]);
    expect([model.find('none'), model.plannedOutcome('none')]).toEqual([undefined, undefined]);
    model.advance(4000);
    expect([model.find('task-1')?.state, model.plannedOutcome('task-1')]).toEqual(['succeeded', PLAN.outcome]);
  });

  it('publish again after a failed attempt, until the event is given up', () => {
    const model = modelWithProject();
    create(model, {}, 0);
    const publish = model.advance(4200).find((effect) => effect.type === 'publish');
    if (publish?.type !== 'publish') throw new Error('expected an attempt to publish');
    const { publication } = publish;
    expect(model.apply({ type: 'retryPublication', publication }, 4200)).toEqual({ ok: true, value: 5200 });
    expect(kinds(model.advance(9999))).toEqual([['publish', 5200]]);
    const last = { ...publication, attempt: 4 };
    expect(model.apply({ type: 'retryPublication', publication: last }, 9999)).toEqual({ ok: true, value: undefined });
    expect(model.nextDueMs).toBeUndefined();
  });

  it('end without an event when they are deleted while they run', () => {
    const model = modelWithProject();
    create(model, {}, 0);
    const deletion = { type: 'deleteTask', project: 'demo', taskType: PLAN.taskType, taskId: 'task-1' } as const;
    expect(model.apply(deletion, 10).ok).toBe(true);
    expect(getTask(model, 10)).toEqual(refused('task-not-found'));
    expect(model.apply(deletion, 10)).toEqual(refused('task-not-found'));
    expect(model.advance(TASK_RETENTION_MS)).toEqual([]);
  });

  it('still publish when they are deleted between their end and their event', () => {
    const model = modelWithProject();
    create(model, {}, 0);
    model.advance(4000);
    model.apply({ type: 'deleteTask', project: 'demo', taskType: PLAN.taskType, taskId: 'task-1' }, 4100);
    expect(kinds(model.advance(4200))).toEqual([['publish', 4200]]);
  });

  it('vanish seven days after their submission, to the millisecond', () => {
    const model = modelWithProject();
    create(model, {}, 1000);
    model.advance(1000 + TASK_RETENTION_MS - 1);
    expect(getTask(model, 0).ok).toBe(true);
    model.advance(1000 + TASK_RETENTION_MS);
    expect(getTask(model, 0)).toEqual(refused('task-not-found'));
    expect([model.tasks(), model.find('task-1')]).toEqual([[], undefined]);
  });

  it('are not forgotten with an earlier task that had their id', () => {
    const model = modelWithProject();
    create(model, {}, 0);
    model.apply({ type: 'deleteTask', project: 'demo', taskType: PLAN.taskType, taskId: 'task-1' }, 1);
    create(model, {}, 2);
    model.advance(TASK_RETENTION_MS);
    expect(getTask(model, TASK_RETENTION_MS).ok).toBe(true);
    model.advance(TASK_RETENTION_MS + 2);
    expect(getTask(model, TASK_RETENTION_MS + 2)).toEqual(refused('task-not-found'));
  });

  it('publish although the clock jumps over their end and their retention at once', () => {
    const model = modelWithProject();
    create(model, {}, 0);
    expect(kinds(model.advance(2 * TASK_RETENTION_MS))).toEqual([
      ['task-ended', 4000],
      ['publish', 4200],
    ]);
    expect(getTask(model, 0)).toEqual(refused('task-not-found'));
  });

  it.each([
    [{ durationMs: Infinity }],
    [{ durationMs: TASK_RETENTION_MS }],
    [{ queueDelayMs: TASK_RETENTION_MS }],
    [{ queueDelayMs: Infinity }],
  ])('with %j vanish without an end', (plan) => {
    const model = modelWithProject();
    create(model, plan, 0);
    expect(model.nextDueMs).toBeUndefined();
    expect(model.advance(2 * TASK_RETENTION_MS)).toEqual([]);
    expect(getTask(model, 0)).toEqual(refused('task-not-found'));
  });

  it('are listed by id, in pages, those of one type', () => {
    const model = modelWithProject();
    for (const taskId of ['b', 'c', 'a']) create(model, { taskId }, 0);
    create(model, { taskId: 'bb', taskType: 'Other' }, 0);
    const list = { type: 'listTasks', project: 'demo', maxKeys: 1 } as const;
    const page = valueOf(model.apply({ ...list, taskType: PLAN.taskType, marker: 'a' }, 1));
    expect([page.items.map(({ taskId }) => taskId), page.nextMarker]).toEqual([['b'], 'b']);
    const none = valueOf(model.apply({ ...list, taskType: 'Third', marker: '' }, 1));
    expect(none).toEqual({ items: [], nextMarker: undefined });
  });

  it('are scanned in the order of submission', () => {
    const model = modelWithProject();
    for (const taskId of ['b', 'c', 'a']) create(model, { taskId }, 0);
    const scanned = valueOf(model.apply({ type: 'scanTasks', project: 'demo' }, 1));
    expect(scanned.map(({ taskId }) => taskId)).toEqual(['b', 'c', 'a']);
    expect(model.tasks()).toEqual(scanned);
  });

  it('hand out records that later changes do not touch', () => {
    const model = modelWithProject();
    const before = valueOf(create(model, {}, 0));
    model.advance(4000);
    expect(before.state).toBe('running');
  });
});

describe('a task that is ended by hand', () => {
  const end = (model: TestModel, nowMs: number, outcome?: Task['outcome']): ImmResult<TestRecord, 'endTask'> =>
    model.apply({ type: 'endTask', taskId: 'task-1', ...(outcome === undefined ? {} : { outcome }) }, nowMs);

  it.each([
    ['held', { durationMs: Infinity }, 50],
    ['running', {}, 50],
    ['queued', { queueDelayMs: 1000 }, 50],
  ])('is final at once, and its event follows: %s', (_, plan, nowMs) => {
    const model = modelWithProject();
    create(model, plan, 0);
    const outcome = { ok: false, code: 'X', message: 'by hand' } as const;
    expect(valueOf(end(model, nowMs, outcome))).toMatchObject({ state: 'failed', endedAtMs: nowMs, outcome });
    expect(kinds(model.advance(99_999))).toEqual([
      ['task-ended', nowMs],
      ['publish', nowMs + 200],
    ]);
  });

  it('ends as planned when nothing else is said', () => {
    const model = modelWithProject();
    create(model, { durationMs: Infinity }, 0);
    expect(valueOf(end(model, 9)).outcome).toEqual(PLAN.outcome);
  });

  it('cannot be ended again, and cannot be ended after it has ended by itself', () => {
    const model = modelWithProject();
    create(model, {}, 0);
    expect(end(model, 9).ok).toBe(true);
    expect(end(model, 9)).toEqual(refused('task-ended'));
    create(model, { taskId: 'task-2' }, 10);
    model.advance(9999);
    expect(model.apply({ type: 'endTask', taskId: 'task-2' }, 9999)).toEqual(refused('task-ended'));
    expect(model.apply({ type: 'endTask', taskId: 'none' }, 9999)).toEqual(refused('task-not-found'));
  });
});

describe('a task that is held', () => {
  const hold = (model: TestModel, taskId = 'task-1'): ImmResult<TestRecord, 'holdTask'> =>
    model.apply({ type: 'holdTask', taskId }, 50);

  it('starts in its time, and runs until somebody ends it', () => {
    const model = modelWithProject();
    create(model, { queueDelayMs: 1000 }, 0);
    expect(valueOf(hold(model))).toMatchObject({ state: 'submitted' });
    expect(kinds(model.advance(99_999))).toEqual([['task-started', 1000]]);
    expect(model.apply({ type: 'endTask', taskId: 'task-1' }, 99_999).ok).toBe(true);
  });

  it('never starts when it is deleted before', () => {
    const model = modelWithProject();
    create(model, { queueDelayMs: 1000 }, 0);
    hold(model);
    model.apply({ type: 'deleteTask', project: 'demo', taskType: PLAN.taskType, taskId: 'task-1' }, 60);
    expect(model.advance(99_999)).toEqual([]);
  });

  it('has not ended, and is there', () => {
    const model = modelWithProject();
    create(model, { durationMs: 0 }, 0);
    model.advance(10);
    expect([hold(model), hold(model, 'none')]).toEqual([refused('task-ended'), refused('task-not-found')]);
  });
});

describe('repeated requests', () => {
  const find = (model: TestModel, nowMs: number, idempotencyKey: string = 'key'): Task | undefined =>
    valueOf(model.apply({ type: 'findRepeatedTask', project: 'demo', idempotencyKey }, nowMs));

  it('find their task for twelve hours, ended or not', () => {
    const model = modelWithProject();
    create(model, { idempotencyKey: 'key' }, 100);
    model.advance(100 + IDEMPOTENCY_MS - 1);
    expect(find(model, 100 + IDEMPOTENCY_MS - 1)?.taskId).toBe('task-1');
    expect(find(model, 100 + IDEMPOTENCY_MS)).toBeUndefined();
  });

  it('find nothing with another key, and nothing without one', () => {
    const model = modelWithProject();
    expect(find(model, 0)).toBeUndefined();
    create(model, { idempotencyKey: 'key' }, 0);
    expect(find(model, 1, 'other')).toBeUndefined();
    expect(valueOf(model.apply({ type: 'findRepeatedTask', project: 'demo' }, 1))).toBeUndefined();
  });

  it('find nothing once the task is deleted', () => {
    const model = modelWithProject();
    create(model, { taskId: 'task-2' }, 0);
    create(model, { idempotencyKey: 'key' }, 0);
    model.apply({ type: 'deleteTask', project: 'demo', taskType: PLAN.taskType, taskId: 'task-1' }, 1);
    expect(find(model, 2)).toBeUndefined();
  });

  it('find the newer task after the older one with the same key has vanished', () => {
    const model = modelWithProject();
    create(model, { idempotencyKey: 'key' }, 0);
    create(model, { taskId: 'task-2', idempotencyKey: 'key' }, TASK_RETENTION_MS - 1);
    model.advance(TASK_RETENTION_MS);
    expect(find(model, TASK_RETENTION_MS)?.taskId).toBe('task-2');
  });
});

describe('an exclusive key', () => {
  const admit = (model: TestModel, nowMs: number): unknown =>
    model.apply({ type: 'findRepeatedTask', project: 'demo', exclusiveKey: 'set-1' }, nowMs);
  const exclusive = { taskId: 'task-2', exclusiveKey: 'set-1' };

  it('is free again when its task has ended', () => {
    const model = modelWithProject();
    expect(admit(model, 0)).toEqual({ ok: true, value: undefined });
    create(model, { exclusiveKey: 'set-1' }, 0);
    expect([admit(model, 1), create(model, exclusive, 1)]).toEqual([
      refused('resource-busy'),
      refused('resource-busy'),
    ]);
    expect(model.tasks()).toHaveLength(1);
    model.advance(4000);
    expect([admit(model, 4000), create(model, exclusive, 4000).ok]).toEqual([{ ok: true, value: undefined }, true]);
  });

  it('is free again when its task is deleted', () => {
    const model = modelWithProject();
    create(model, { exclusiveKey: 'set-1' }, 0);
    model.apply({ type: 'deleteTask', project: 'demo', taskType: PLAN.taskType, taskId: 'task-1' }, 1);
    expect(create(model, exclusive, 1).ok).toBe(true);
  });

  it('counts within its project, and stays taken when an older task with it is forgotten', () => {
    const model = modelWithProject();
    model.apply({ type: 'createProject', name: 'other', record: { units: 1 } }, 0);
    create(model, { exclusiveKey: 'set-1' }, 0);
    expect(create(model, { ...exclusive, project: 'other' }, 0).ok).toBe(true);
    model.advance(4000);
    create(model, { taskId: 'task-3', exclusiveKey: 'set-1', durationMs: Infinity }, TASK_RETENTION_MS - 1);
    model.advance(TASK_RETENTION_MS);
    expect(admit(model, TASK_RETENTION_MS)).toEqual(refused('resource-busy'));
  });
});

describe('the model under any schedule', () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 3000 }),
    queueDelayMs: fc.constantFrom(0, 0, 500),
    durationMs: fc.oneof(fc.integer({ min: 0, max: 8000 }), fc.constant(Infinity)),
    lagMs: fc.integer({ min: 150, max: 350 }),
    fails: fc.boolean(),
    notify: fc.boolean(),
    earlier: fc.constantFrom('kept', 'kept', 'deleted', 'ended by hand'),
  });

  it.prop([fc.array(step, { maxLength: 30 }), fc.boolean()])(
    'ends every kept task once, writes its record first, publishes exactly one event, and forgets all after seven days',
    (steps, lookOften) => {
      const model = modelWithProject();
      const ended = new Map<string, number>();
      const published = new Map<string, number>();
      const expectedEnds = new Map<string, number>();
      const expectedEvents = new Map<string, number>();
      const observe = (nowMs: number): void => {
        for (const effect of model.advance(nowMs)) {
          if (effect.type === 'task-ended') {
            const { taskId } = effect.task;
            expect(ended.has(taskId)).toBe(false);
            ended.set(taskId, effect.atMs);
            const record = model.find(taskId);
            expect(record === undefined || hasEnded(record)).toBe(true);
          } else if (effect.type === 'publish') {
            const { taskId } = effect.publication.task;
            expect([ended.has(taskId), published.has(taskId)]).toEqual([true, false]);
            published.set(taskId, effect.atMs);
          }
        }
      };
      const expectEnd = (taskId: string, endMs: number, lagMs: number, notify: boolean): void => {
        expectedEnds.set(taskId, endMs);
        if (notify) expectedEvents.set(taskId, endMs + lagMs);
      };
      let nowMs = 0;
      for (const [index, { waitMs, queueDelayMs, durationMs, lagMs, fails, notify, earlier }] of steps.entries()) {
        nowMs += waitMs;
        if (lookOften) observe(nowMs - Math.ceil(waitMs / 2));
        observe(nowMs);
        const taskId = `task-${index}`;
        valueOf(
          create(
            model,
            {
              taskId,
              queueDelayMs,
              durationMs,
              eventCopies: [{ ...COPY, lagMs }],
              outcome: fails ? { ok: false, code: 'X', message: '' } : PLAN.outcome,
              notify: notify ? PLAN.notify : undefined,
            },
            nowMs,
          ),
        );
        if (durationMs !== Infinity) expectEnd(taskId, nowMs + queueDelayMs + durationMs, lagMs, notify);
        const previous = steps[index - 1];
        const previousId = `task-${index - 1}`;
        if (previous === undefined || ended.has(previousId)) continue;
        if (earlier === 'deleted') {
          const { taskType } = PLAN;
          valueOf(model.apply({ type: 'deleteTask', project: 'demo', taskType, taskId: previousId }, nowMs));
          expectedEnds.delete(previousId);
          expectedEvents.delete(previousId);
        } else if (earlier === 'ended by hand') {
          valueOf(model.apply({ type: 'endTask', taskId: previousId }, nowMs));
          expectEnd(previousId, nowMs, previous.lagMs, previous.notify);
        }
      }
      observe(nowMs + 100_000);
      expect(ended).toEqual(expectedEnds);
      expect(published).toEqual(expectedEvents);
      expect(model.nextDueMs).toBeUndefined();
      model.advance(nowMs + TASK_RETENTION_MS);
      expect([model.tasks(), valueOf(model.apply({ type: 'scanTasks', project: 'demo' }, 0))]).toEqual([[], []]);
    },
  );
});

describe('lists of the model', () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 40 });

  it.prop([ids, fc.integer({ min: 1, max: 9 }), fc.func(fc.boolean())])(
    'give every task that is left once, by id, whatever the length of a page',
    (taskIds, maxKeys, isDeleted) => {
      const model = modelWithProject();
      const { taskType } = PLAN;
      for (const taskId of taskIds) create(model, { taskId }, 0);
      const deleted = taskIds.filter((taskId) => isDeleted(taskId));
      for (const taskId of deleted) valueOf(model.apply({ type: 'deleteTask', project: 'demo', taskType, taskId }, 1));
      const seen: string[] = [];
      for (let marker: string | undefined = ''; marker !== undefined;) {
        const page: Page<Task> = valueOf(
          model.apply({ type: 'listTasks', project: 'demo', taskType, marker, maxKeys }, 1),
        );
        expect(page.items.length).toBeLessThanOrEqual(maxKeys);
        seen.push(...page.items.map(({ taskId }) => taskId));
        marker = page.nextMarker;
      }
      expect(seen).toEqual(taskIds.filter((taskId) => !deleted.includes(taskId)).toSorted());
    },
  );
});
