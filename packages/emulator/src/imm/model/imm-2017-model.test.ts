import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { ImmResult } from './commands.js';
import { IDEMPOTENCY_MS, Imm2017Model, TASK_RETENTION_MS } from './imm-2017-model.js';
import type { OfficeTask, OfficeTaskPlan } from './office-task.js';
import type { ProjectSettings } from './project.js';

const SETTINGS: ProjectSettings = {
  name: 'demo',
  type: 'DocStarter',
  capacityUnits: 1,
  billingType: 'ByUsage',
  serviceRole: '',
};

const PLAN: OfficeTaskPlan = {
  taskId: 'task-1',
  project: 'demo',
  srcUri: 'oss://bkt/a.docx',
  tgtUri: 'oss://bkt/out',
  tgtType: 'png',
  notifyEndpoint: 'http://mns',
  notifyTopicName: 'topic',
  durationMs: 4000,
  publishLagMs: 200,
  outcome: { code: 'NoError', pageCount: 5 },
};

function modelWithProject(): Imm2017Model {
  const model = new Imm2017Model();
  model.apply({ type: 'putProject', settings: SETTINGS }, 0);
  return model;
}

function valueOf<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result)}`);
  return result.value;
}

function getTask(model: Imm2017Model, nowMs: number, taskId: string = 'task-1'): ImmResult<'getOfficeTask'> {
  return model.apply({ type: 'getOfficeTask', project: 'demo', taskId }, nowMs);
}

const refused = (refusal: string): object => ({ ok: false, refusal });

describe('projects of the model', () => {
  it('are kept as they were put', () => {
    const model = modelWithProject();
    const expected = { ok: true, value: { ...SETTINGS, createdAtMs: 0, modifiedAtMs: 0 } };
    expect(model.apply({ type: 'getProject', project: 'demo' }, 5)).toEqual(expected);
  });

  it('cannot be put twice, and the second attempt changes nothing', () => {
    const model = modelWithProject();
    expect(model.apply({ type: 'putProject', settings: { ...SETTINGS, capacityUnits: 9 } }, 7)).toEqual(
      refused('project-exists'),
    );
    expect(valueOf(model.apply({ type: 'getProject', project: 'demo' }, 8)).capacityUnits).toBe(1);
  });

  it('can be put again after they were deleted, without their tasks', () => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN }, 10);
    expect(model.apply({ type: 'deleteProject', project: 'demo' }, 20)).toEqual({ ok: true, value: undefined });
    expect(model.apply({ type: 'getProject', project: 'demo' }, 20)).toEqual(refused('project-not-found'));
    expect(model.nextDueMs).toBeUndefined();
    model.apply({ type: 'putProject', settings: SETTINGS }, 30);
    expect(getTask(model, 40)).toEqual(refused('task-not-found'));
    expect(model.advance(TASK_RETENTION_MS * 2)).toEqual([]);
  });

  it('are listed by name, in pages', () => {
    const model = new Imm2017Model();
    for (const name of ['c', 'a', 'b']) model.apply({ type: 'putProject', settings: { ...SETTINGS, name } }, 0);
    const page = (marker: string): unknown => {
      const { items, nextMarker } = valueOf(model.apply({ type: 'listProjects', marker, maxKeys: 2 }, 1));
      return [items.map(({ name }) => name), nextMarker];
    };
    expect([page(''), page('b')]).toEqual([
      [['a', 'b'], 'b'],
      [['c'], undefined],
    ]);
  });

  it.each([
    { type: 'getProject', project: 'none' },
    { type: 'deleteProject', project: 'none' },
    { type: 'findRepeatedTask', project: 'none' },
    { type: 'getOfficeTask', project: 'none', taskId: 'task-1' },
    { type: 'listOfficeTasks', project: 'none', marker: '', maxKeys: 1 },
    { type: 'deleteOfficeTask', project: 'none', taskId: 'task-1' },
    { type: 'createOfficeTask', ...PLAN, project: 'none' },
  ] as const)('that do not exist refuse $type', (command) => {
    expect(modelWithProject().apply(command, 1)).toEqual(refused('project-not-found'));
  });
});

describe('tasks of the model', () => {
  it('run with nothing to show', () => {
    const model = modelWithProject();
    const task = valueOf(model.apply({ type: 'createOfficeTask', ...PLAN }, 1000));
    expect(task).toEqual({
      taskId: 'task-1',
      srcUri: 'oss://bkt/a.docx',
      tgtUri: 'oss://bkt/out',
      tgtType: 'png',
      notifyEndpoint: 'http://mns',
      notifyTopicName: 'topic',
      status: 'Running',
      percent: 0,
      pageCount: 0,
      failCode: 'NoError',
      createdAtMs: 1000,
      finishedAtMs: undefined,
    });
    expect(model.advance(4999)).toEqual([]);
    expect(getTask(model, 4999)).toEqual({ ok: true, value: task });
  });

  it('finish at their instant: record, event and its due time', () => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN }, 1000);
    expect(model.nextDueMs).toBe(5000);
    expect(model.advance(5000)).toEqual([{ type: 'task-ended', atMs: 5000, taskId: 'task-1', status: 'Finished' }]);
    expect(valueOf(getTask(model, 5000))).toMatchObject({
      status: 'Finished',
      percent: 100,
      pageCount: 5,
      failCode: 'NoError',
      finishedAtMs: 5000,
    });
    expect(model.nextDueMs).toBe(5200);
    expect(model.advance(5200)).toEqual([
      {
        type: 'publish',
        atMs: 5200,
        publication: {
          taskId: 'task-1',
          endpoint: 'http://mns',
          topicName: 'topic',
          attempt: 1,
          event: {
            eventName: 'FormatConvertJob:JobFinished',
            eventTimeMs: 5000,
            imm: { code: 'NoError', pageCount: '5', percent: '100', taskId: 'task-1' },
          },
        },
      },
    ]);
  });

  it('fail with percent, pages and finish time empty, and with an event that says why', () => {
    const model = modelWithProject();
    const outcome = { code: 'ConvertTimeout', pageCount: 0 };
    model.apply({ type: 'createOfficeTask', ...PLAN, outcome }, 0);
    const [, publish] = model.advance(9000);
    expect(valueOf(getTask(model, 9000))).toMatchObject({
      status: 'Failed',
      percent: 0,
      pageCount: 0,
      failCode: 'ConvertTimeout',
      finishedAtMs: undefined,
    });
    expect(publish).toMatchObject({
      publication: {
        event: {
          eventName: 'FormatConvertJob:JobFinished',
          imm: { code: 'ConvertTimeout', pageCount: '0', percent: '0', taskId: 'task-1' },
        },
      },
    });
  });

  it.each([
    ['no endpoint', { notifyEndpoint: '' }],
    ['no topic', { notifyTopicName: '' }],
    ['neither', { notifyEndpoint: '', notifyTopicName: '' }],
  ])('end without an event with %s', (_, missing) => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN, ...missing }, 0);
    expect(model.advance(99_999).map(({ type }) => type)).toEqual(['task-ended']);
  });

  it('have ids of their own', () => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN }, 0);
    expect(model.apply({ type: 'createOfficeTask', ...PLAN }, 1)).toEqual(refused('task-exists'));
  });

  it('belong to one project', () => {
    const model = modelWithProject();
    model.apply({ type: 'putProject', settings: { ...SETTINGS, name: 'other' } }, 0);
    model.apply({ type: 'createOfficeTask', ...PLAN }, 0);
    expect(model.apply({ type: 'getOfficeTask', project: 'other', taskId: 'task-1' }, 1)).toEqual(
      refused('task-not-found'),
    );
  });

  it('end without an event when they are deleted while they run', () => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN }, 0);
    expect(model.apply({ type: 'deleteOfficeTask', project: 'demo', taskId: 'task-1' }, 10).ok).toBe(true);
    expect(getTask(model, 10)).toEqual(refused('task-not-found'));
    expect(model.apply({ type: 'deleteOfficeTask', project: 'demo', taskId: 'task-1' }, 10)).toEqual(
      refused('task-not-found'),
    );
    expect(model.advance(TASK_RETENTION_MS)).toEqual([]);
  });

  it('still publish when they are deleted between their end and their event', () => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN }, 0);
    model.advance(4000);
    model.apply({ type: 'deleteOfficeTask', project: 'demo', taskId: 'task-1' }, 4100);
    expect(model.advance(4200)).toMatchObject([{ type: 'publish', atMs: 4200 }]);
  });

  it('vanish seven days after their creation, to the millisecond', () => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN }, 1000);
    model.advance(1000 + TASK_RETENTION_MS - 1);
    expect(getTask(model, 0).ok).toBe(true);
    model.advance(1000 + TASK_RETENTION_MS);
    expect(getTask(model, 0)).toEqual(refused('task-not-found'));
  });

  it('publish although the clock jumps over their end and their retention at once', () => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN }, 0);
    expect(model.advance(2 * TASK_RETENTION_MS).map(({ type, atMs }) => [type, atMs])).toEqual([
      ['task-ended', 4000],
      ['publish', 4200],
    ]);
    expect(getTask(model, 0)).toEqual(refused('task-not-found'));
  });

  it.each([Infinity, TASK_RETENTION_MS])('of %d ms vanish without an end', (durationMs) => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN, durationMs }, 0);
    expect(model.nextDueMs).toBeUndefined();
    expect(model.advance(2 * TASK_RETENTION_MS)).toEqual([]);
    expect(getTask(model, 0)).toEqual(refused('task-not-found'));
  });

  it('are listed by id, in pages', () => {
    const model = modelWithProject();
    for (const taskId of ['b', 'c', 'a']) model.apply({ type: 'createOfficeTask', ...PLAN, taskId }, 0);
    const page = valueOf(model.apply({ type: 'listOfficeTasks', project: 'demo', marker: 'a', maxKeys: 1 }, 1));
    expect([page.items.map(({ taskId }) => taskId), page.nextMarker]).toEqual([['b'], 'b']);
  });

  it('hand out records that later changes do not touch', () => {
    const model = modelWithProject();
    const before = valueOf(model.apply({ type: 'createOfficeTask', ...PLAN }, 0));
    model.advance(4000);
    expect(before.status).toBe('Running');
  });
});

describe('repeated requests', () => {
  const find = (model: Imm2017Model, nowMs: number, idempotencyKey: string = 'key'): OfficeTask | undefined =>
    valueOf(model.apply({ type: 'findRepeatedTask', project: 'demo', idempotencyKey }, nowMs));

  it('find their task for twelve hours, ended or not', () => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN, idempotencyKey: 'key' }, 100);
    model.advance(100 + IDEMPOTENCY_MS - 1);
    expect(find(model, 100 + IDEMPOTENCY_MS - 1)?.taskId).toBe('task-1');
    expect(find(model, 100 + IDEMPOTENCY_MS)).toBeUndefined();
  });

  it('find nothing with another key, and nothing without one', () => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN, idempotencyKey: 'key' }, 0);
    expect(find(model, 1, 'other')).toBeUndefined();
    expect(valueOf(model.apply({ type: 'findRepeatedTask', project: 'demo' }, 1))).toBeUndefined();
  });

  it('find nothing once the task is deleted', () => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN, idempotencyKey: 'key' }, 0);
    model.apply({ type: 'deleteOfficeTask', project: 'demo', taskId: 'task-1' }, 1);
    expect(find(model, 2)).toBeUndefined();
  });

  it('find the newer task after the older one with the same key has vanished', () => {
    const model = modelWithProject();
    model.apply({ type: 'createOfficeTask', ...PLAN, idempotencyKey: 'key' }, 0);
    model.apply({ type: 'createOfficeTask', ...PLAN, taskId: 'task-2', idempotencyKey: 'key' }, TASK_RETENTION_MS - 1);
    model.advance(TASK_RETENTION_MS);
    expect(find(model, TASK_RETENTION_MS)?.taskId).toBe('task-2');
  });
});

describe('the model under any schedule', () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 3000 }),
    durationMs: fc.integer({ min: 0, max: 8000 }),
    publishLagMs: fc.integer({ min: 150, max: 350 }),
    code: fc.constantFrom('NoError', 'ConvertTimeout'),
    notify: fc.boolean(),
    deleteEarlier: fc.boolean(),
  });

  it.prop([fc.array(step, { maxLength: 30 })])(
    'ends every kept task once, writes its record first, and publishes exactly one event',
    (steps) => {
      const model = modelWithProject();
      const created = new Map<
        string,
        { readonly endsAtMs: number; readonly dueMs: number; readonly notify: boolean }
      >();
      const deleted = new Set<string>();
      const ended = new Map<string, number>();
      const published = new Map<string, number>();
      const observe = (nowMs: number): void => {
        for (const effect of model.advance(nowMs)) {
          if (effect.type === 'task-ended') {
            expect(ended.has(effect.taskId)).toBe(false);
            ended.set(effect.taskId, effect.atMs);
            expect(valueOf(getTask(model, nowMs, effect.taskId)).status).not.toBe('Running');
          } else {
            const { taskId } = effect.publication;
            expect([ended.has(taskId), published.has(taskId)]).toEqual([true, false]);
            published.set(taskId, effect.atMs);
          }
        }
      };
      let nowMs = 0;
      for (const [index, { waitMs, durationMs, publishLagMs, code, notify, deleteEarlier }] of steps.entries()) {
        nowMs += waitMs;
        observe(nowMs);
        const taskId = `task-${index}`;
        const notifyTopicName = notify ? 'topic' : '';
        const outcome = { code, pageCount: code === 'NoError' ? 3 : 0 };
        const plan = { ...PLAN, taskId, durationMs, publishLagMs, outcome, notifyTopicName };
        valueOf(model.apply({ type: 'createOfficeTask', ...plan }, nowMs));
        created.set(taskId, { endsAtMs: nowMs + durationMs, dueMs: nowMs + durationMs + publishLagMs, notify });
        const earlier = `task-${index - 1}`;
        if (deleteEarlier && index > 0 && !ended.has(earlier)) {
          valueOf(model.apply({ type: 'deleteOfficeTask', project: 'demo', taskId: earlier }, nowMs));
          deleted.add(earlier);
        }
      }
      observe(nowMs + 100_000);
      const kept = [...created].filter(([taskId]) => !deleted.has(taskId));
      expect(ended).toEqual(new Map(kept.map(([taskId, { endsAtMs }]) => [taskId, endsAtMs])));
      const notified = kept.filter(([, { notify }]) => notify);
      expect(published).toEqual(new Map(notified.map(([taskId, { dueMs }]) => [taskId, dueMs])));
      expect(model.nextDueMs).toBeUndefined();
    },
  );
});
