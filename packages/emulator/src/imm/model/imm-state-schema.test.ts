import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { altered, problemsOf } from '../../test-support/record-problems.js';
import { COPY, PLAN } from '../test-support/task-plan.js';
import { immModelSchema } from './imm-state-schema.js';

const schema = immModelSchema(z.object({ units: z.int() }));

const planned = { atMs: 1.5, sequence: 0 };

const running = {
  taskId: 'task-1',
  action: 'CreateGrabFrameTask',
  taskType: 'GrabFrameTask',
  project: 'demo',
  eventId: 'E',
  requestId: 'R',
  request: { Project: 'demo', Targets: [{ Width: 1 }] },
  notify: { topicName: 'topic', endpoint: 'http://mns' },
  submittedAtMs: 10,
  startedAtMs: 10,
  state: 'running',
};

const succeeded = { ...running, endedAtMs: 20, state: 'succeeded', outcome: PLAN.outcome };

const entry = { task: running, plannedOutcome: PLAN.outcome, eventCopies: [COPY], expiry: planned };

const publication = { atMs: 30, task: succeeded, copy: COPY, copyNumber: 2, attempt: 3 };

/** A record with a member of every kind. */
const RECORD = {
  counters: { due: 0, overtaken: 3, tasks: 4 },
  projects: { demo: { record: { units: 1 }, createdAtMs: 1, modifiedAtMs: 2 } },
  blocked: { gone: 900 },
  tasks: {
    'task-1': { ...entry, idempotencyKey: 'once', exclusiveKey: 'alone', start: planned, end: planned },
    'task-2': { ...entry, task: { ...succeeded, taskId: 'task-2' } },
  },
  publications: {
    due: { 0: publication, 10: publication, 999999999999999: publication },
    overtaken: { 1: { ...publication, copy: { ...COPY, overtakenWithinMs: 5 } } },
  },
};

const problems = (...[place, value]: readonly [place: readonly (string | number)[], value: unknown]): unknown =>
  problemsOf(schema, altered(RECORD, place, value));

describe('a record of a model', () => {
  it('is taken as it is, with all it may have', () => {
    expect(schema.parse(RECORD)).toEqual(RECORD);
  });

  it.each(['counters', 'blocked', 'publications'])('may be without %s', (member) => {
    expect(problems([member], undefined)).toEqual([]);
  });

  it('may be empty', () => {
    expect([{}, { projects: {} }, { publications: {} }].flatMap((record) => problemsOf(schema, record))).toEqual([]);
  });

  it('has no other member, at any depth', () => {
    const places = [
      [],
      ['counters'],
      ['tasks', 'task-1'],
      ['tasks', 'task-1', 'task'],
      ['tasks', 'task-1', 'task', 'notify'],
      ['tasks', 'task-1', 'plannedOutcome'],
      ['tasks', 'task-1', 'eventCopies', 0],
      ['tasks', 'task-1', 'expiry'],
      ['publications'],
      ['publications', 'due', 0],
    ];
    for (const place of places) {
      expect(problems([...place, 'more'], 1)).toEqual([`${place.join('.')}: Unrecognized key: "more"`]);
    }
  });

  it('has projects as their API version keeps them', () => {
    expect(problems(['projects', 'demo', 'record'], { units: 'many' })).toEqual([
      'projects.demo.record.units: Invalid input: expected number, received string',
    ]);
    expect(problems(['projects', 'demo', 'createdAtMs'], 'now')).toHaveLength(1);
    expect(problems(['blocked', 'gone'], 'now')).toHaveLength(1);
  });

  it('counts from 0, in whole numbers', () => {
    for (const place of [
      ['counters', 'due'],
      ['counters', 'tasks'],
      ['tasks', 'task-1', 'start', 'sequence'],
    ]) {
      expect([-1, 1.5].map((value) => problems(place, value))).toEqual([
        [`${place.join('.')}: Too small: expected number to be >=0`],
        [`${place.join('.')}: Invalid input: expected int, received number`],
      ]);
    }
  });

  it('counts copies and attempts from 1', () => {
    for (const member of ['copyNumber', 'attempt']) {
      expect(problems(['publications', 'due', 0, member], 0)).toEqual([
        `publications.due.0.${member}: Too small: expected number to be >=1`,
      ]);
    }
  });

  it.each(['01', 'x1', '1x', 'x', '', '-1', '1.5', '1000000000000000'])('has no event of number %j', (number) => {
    const { publications } = RECORD;
    const record = { ...RECORD, publications: { ...publications, due: { [number]: publication } } };
    expect(problemsOf(schema, record)).toEqual([`publications.due.${number}: expected a whole number from 0`]);
  });

  it('has each task under its id', () => {
    expect(problems(['tasks', 'task-3'], entry)).toEqual(['tasks.task-3.task.taskId: expected task-3']);
    expect(problems(['tasks', ''], { ...entry, task: { ...running, taskId: '' } })).toEqual([
      'tasks..task.taskId: Too small: expected string to have >=1 characters',
    ]);
  });

  it('has no task of a project that it does not have', () => {
    expect(problems(['projects', 'demo'], undefined)).toEqual(
      ['task-1', 'task-2'].map(
        (taskId) => `tasks.${taskId}.task.project: expected a project of this record, received "demo"`,
      ),
    );
    expect(problems(['projects'], undefined)).toHaveLength(2);
  });

  it('is refused in words of its own, which are shown as they are', () => {
    const { projects: _, ...without } = RECORD;
    const misplaced = { ...RECORD, tasks: { ...RECORD.tasks, 'task-3': entry } };
    for (const record of [without, misplaced]) {
      const codes = schema.safeParse(record).error?.issues.map(({ code }) => code);
      expect(new Set(codes)).toEqual(new Set(['custom']));
    }
  });

  it('has events of tasks only that have ended, and that somebody wants to hear of', () => {
    const said = ['publications.due.0.task: expected a task that has ended, and whose event goes somewhere'];
    expect(problems(['publications', 'due', 0, 'task', 'notify'], undefined)).toEqual(said);
    expect(problems(['publications', 'due', 0, 'task'], running)).toEqual(said);
  });

  it('tells of each outcome what belongs to it', () => {
    const failed = { ok: false, code: 'X', message: 'why' };
    const withOutcome = (outcome: unknown): unknown => problems(['tasks', 'task-1', 'plannedOutcome'], outcome);
    expect([failed, { ok: true, result: {} }].map(withOutcome)).toEqual([[], []]);
    for (const outcome of [{ ...failed, ok: true }, { ok: false, result: {} }, { ok: 1 }, {}]) {
      expect(withOutcome(outcome)).not.toEqual([]);
    }
  });

  describe('tells the state of a task once', () => {
    const failure = { ok: false, code: 'X', message: '' };
    const { startedAtMs: _, state: __, ...submitted } = running;
    const saidOf = (members: object): unknown => problems(['tasks', 'task-1', 'task'], { ...submitted, ...members });
    const all = ['submitted', 'running', 'succeeded', 'failed'];

    it.each([
      ['submitted', {}],
      ['running', { startedAtMs: 1 }],
      ['succeeded', { startedAtMs: 1, endedAtMs: 2, outcome: PLAN.outcome }],
      ['failed', { startedAtMs: 1, endedAtMs: 2, outcome: failure }],
    ])('as %s', (state, members) => {
      const fitting = all.filter((other) => JSON.stringify(saidOf({ ...members, state: other })) === '[]');
      expect(fitting).toEqual([state]);
    });

    it.each([
      [{ endedAtMs: 2, outcome: failure }],
      [{ startedAtMs: 1, endedAtMs: 2 }],
      [{ startedAtMs: 1, outcome: failure }],
      [{ endedAtMs: 2 }],
      [{ outcome: failure }],
    ])('and has none for %j', (members) => {
      for (const state of all) {
        expect(saidOf({ ...members, state })).toEqual([
          'tasks.task-1.task.state: expected the state that startedAtMs, endedAtMs and outcome tell of',
        ]);
      }
    });
  });
});
