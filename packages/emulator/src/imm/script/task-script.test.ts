import { SeededRandom } from '@mnsbus/core';
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { ImmOptions } from '../imm-options.js';
import type { EventCopy } from '../model/task.js';
import type { ScriptedTask } from './task-decision.js';
import { TaskScript, type TaskFate, type UsualFate } from './task-script.js';

const TASK: ScriptedTask = {
  apiVersion: '2017-09-06',
  tenant: { accountId: '1', region: 'cn-beijing' },
  action: 'CreateGrabFrameTask',
  taskType: 'GrabFrameTask',
  project: 'demo',
  request: { VideoUri: 'oss://bkt/in/a.mp4' },
  sourceUris: ['oss://bkt/in/a.mp4', 'oss://bkt/in/b.mp4'],
  submittedAtMs: 5,
};

const USUAL: UsualFate = { durationMs: 1200, result: () => ({ frames: 1, size: 'big' }) };

const fateOf = (options: ImmOptions, task: Partial<ScriptedTask> = {}, seed = 'seed'): TaskFate =>
  new TaskScript(options).fate({ ...TASK, ...task }, USUAL, new SeededRandom(seed));

const USUALLY: TaskFate = {
  queueDelayMs: 0,
  durationMs: 1200,
  outcome: { ok: true, result: { frames: 1, size: 'big' } },
};

describe('without a script', () => {
  it('a task does what its kind does', () => {
    expect(fateOf({})).toEqual(USUALLY);
  });

  it('the segments of its sources decide', () => {
    const failed = { ok: false, code: 'Broken', message: 'unknown error' };
    expect(fateOf({}, { sourceUris: ['oss://b/fail-Broken/slow-70/a'] })).toEqual({
      queueDelayMs: 0,
      durationMs: 70,
      outcome: failed,
    });
    expect(fateOf({}, { sourceUris: ['oss://b/hold/slow-70/a'] }).durationMs).toBe(Infinity);
  });
});

describe('durations', () => {
  it.each<[ImmOptions, number]>([
    [{ durationMs: 7 }, 7],
    [{ durationMs: 7.6 }, 8],
    [{ durationMs: Infinity }, Infinity],
    [{ durationMs: { kind: 'uniform', leastMs: 3, mostMs: 3 } }, 3],
    [{ durationMs: ({ request }) => String(request['VideoUri']).length }, 18],
    [{ durationMs: () => ({ kind: 'list', valuesMs: [11] }) }, 11],
    [{ durationMs: 7, durationMsByType: { GrabFrameTask: 500 } }, 500],
    [{ durationMs: 7, durationMsByType: { Other: 500 } }, 7],
    [{ durationMsByType: { Other: 500 } }, 1200],
    [{ durationMs: 7, rules: [{ sourceUri: 'oss://', durationMs: 9 }] }, 9],
    [{ durationMs: 7, rules: [{ sourceUri: 'oss://', hold: true, durationMs: 9 }] }, Infinity],
  ])('of %j are %d', (options, durationMs) => {
    expect(fateOf(options)).toEqual({ ...USUALLY, durationMs });
  });

  it('and queue delays are drawn from the source of the task', () => {
    const wide = { kind: 'uniform', leastMs: 0, mostMs: 1e9 } as const;
    const options = { durationMs: wide, queueDelayMs: wide };
    const fate = fateOf(options);
    expect(fateOf(options)).toEqual(fate);
    expect(fate.durationMs).not.toBe(fate.queueDelayMs);
    expect(fateOf(options, {}, 'other').durationMs).not.toBe(fate.durationMs);
    // Another draw in front moves nothing.
    expect(fateOf({ ...options, queueDelayMs: 5 })).toEqual({ ...fate, queueDelayMs: 5 });
  });

  it('of the queue can depend on the task', () => {
    expect(fateOf({ queueDelayMs: ({ submittedAtMs }) => submittedAtMs * 2 }).queueDelayMs).toBe(10);
  });
});

describe('rules', () => {
  const failing = (code: string): TaskFate['outcome'] => ({ ok: false, code, message: 'unknown error' });

  it.each<[ImmOptions['rules'], TaskFate['outcome']]>([
    [[{ sourceUri: 'oss://bkt/in/b', fail: { code: 'X' } }], failing('X')],
    [[{ sourceUri: /\.mp4$/, fail: { code: 'X', message: 'why' } }], { ok: false, code: 'X', message: 'why' }],
    [[{ sourceUri: 'bkt/in/b', fail: { code: 'X' } }], USUALLY.outcome],
    [[{ sourceUri: /avi$/, fail: { code: 'X' } }], USUALLY.outcome],
    [
      [
        { sourceUri: /a/, fail: { code: 'First' } },
        { sourceUri: /a/, fail: { code: 'Second' } },
      ],
      failing('First'),
    ],
    [
      [
        { sourceUri: /a/, taskType: 'Other', fail: { code: 'First' } },
        { sourceUri: /a/, taskType: 'GrabFrameTask', fail: { code: 'Second' } },
      ],
      failing('Second'),
    ],
    [
      [{ sourceUri: /a/, result: { frames: 9, more: true } }],
      { ok: true, result: { frames: 9, size: 'big', more: true } },
    ],
  ])('%j lead to %j', (rules, outcome) => {
    expect(fateOf(rules === undefined ? {} : { rules }).outcome).toEqual(outcome);
  });

  it('count before the segments of the source, and the callback before them', () => {
    const rules = [{ sourceUri: /a/, fail: { code: 'Rule' } }];
    const task = { sourceUris: ['oss://b/fail-Segment/a'] };
    expect(fateOf({ rules }, task).outcome).toEqual(failing('Rule'));
    expect(fateOf({ rules, decide: () => undefined }, task).outcome).toEqual(failing('Rule'));
    expect(fateOf({ rules, decide: () => ({ fail: { code: 'Callback' } }) }, task).outcome).toEqual(
      failing('Callback'),
    );
    expect(fateOf({ rules, decide: () => ({}) }, task)).toEqual(USUALLY);
  });

  it('with a global pattern do not depend on the tasks before', () => {
    const script = new TaskScript({ rules: [{ sourceUri: /mp4/g, fail: { code: 'X' } }] });
    const codes = [1, 2, 3].map(() => script.fate(TASK, USUAL, new SeededRandom('s')).outcome);
    expect(codes).toEqual([failing('X'), failing('X'), failing('X')]);
  });
});

describe('a callback', () => {
  it('sees the whole task, and decides all of it', () => {
    const seen: ScriptedTask[] = [];
    const fate = fateOf({
      decide: (task) => {
        seen.push(task);
        return { queueDelayMs: 1, durationMs: 2, result: { frames: 3 } };
      },
    });
    expect(seen).toEqual([TASK]);
    expect(fate).toEqual({ queueDelayMs: 1, durationMs: 2, outcome: { ok: true, result: { frames: 3, size: 'big' } } });
  });

  it.each<ImmOptions>([
    { decide: () => ({ durationMs: -1 }) },
    { decide: () => ({ fail: { code: '' } }) },
    { decide: () => ({ fail: { code: 'NoError' } }) },
    { decide: () => 'fail' as never },
    { durationMs: () => Number.NaN },
    { queueDelayMs: () => -1 },
  ])('that gives what is out of range is told so: %o', (options) => {
    expect(() => fateOf(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('that throws is not hidden', () => {
    const decide = (): never => {
      throw new Error('mine');
    };
    expect(() => fateOf({ decide })).toThrow('mine');
  });
});

describe('the script', () => {
  it.each([
    { durationMs: -1 },
    { durationMs: 'long' },
    { durationMsByType: { GrabFrameTask: -1 } },
    { queueDelayMs: Number.NaN },
    { rules: 'none' },
    { rules: [null] },
    { rules: [{ sourceUri: '' }] },
    { rules: [{ fail: { code: 'X' } }] },
    { rules: [{ sourceUri: /a/, durationMs: -1 }] },
    { rules: [{ sourceUri: /a/, queueDelayMs: -1 }] },
    { rules: [{ sourceUri: /a/, fail: 'X' }] },
    { rules: [{ sourceUri: /a/, fail: { code: 'a b' } }] },
    { rules: [{ sourceUri: /a/, fail: { code: 'X', message: 5 } }] },
    { rules: [{ sourceUri: /a/, result: 5 }] },
    { decide: 'no function' },
    { events: { publishLagMs: -1 } },
    { events: { extraDelayMs: -1 } },
    { events: { reorderWaitMs: Infinity } },
    ...['duplicate', 'loss', 'delay', 'reorder'].flatMap((name) =>
      [-0.1, 1.1, Number.NaN, 'often'].map((value) => ({ events: { [`${name}Probability`]: value } })),
    ),
  ])('refuses to be created with %j', (options) => {
    expect(() => new TaskScript(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('the copies of an event', () => {
  const copies = (events: ImmOptions['events'], seed = 'seed'): readonly EventCopy[] =>
    new TaskScript(events === undefined ? {} : { events }).eventCopies(new SeededRandom(seed));

  it.prop([fc.string()])('are one, with a lag of 150 to 350 ms, when nobody says otherwise', (seed) => {
    const [copy, ...more] = copies(undefined, seed);
    expect([copy, more]).toEqual([{ lagMs: expect.any(Number), extraDelayMs: 0, lost: false }, []]);
    expect(copy?.lagMs).toBeGreaterThanOrEqual(150);
    expect(copy?.lagMs).toBeLessThanOrEqual(350);
  });

  it.each<[NonNullable<ImmOptions['events']>, unknown]>([
    [{ publishLagMs: 5 }, [{ lagMs: 5, extraDelayMs: 0, lost: false }]],
    [
      { publishLagMs: 5, duplicateProbability: 1 },
      [
        { lagMs: 5, extraDelayMs: 0, lost: false },
        { lagMs: 5, extraDelayMs: 0, lost: false },
      ],
    ],
    [{ publishLagMs: 5, lossProbability: 1 }, [{ lagMs: 5, extraDelayMs: 0, lost: true }]],
    [{ publishLagMs: 5, delayProbability: 1 }, [{ lagMs: 5, extraDelayMs: 5000, lost: false }]],
    [{ publishLagMs: 5, delayProbability: 1, extraDelayMs: 70 }, [{ lagMs: 5, extraDelayMs: 70, lost: false }]],
    [{ publishLagMs: 5, reorderProbability: 1 }, [{ lagMs: 5, extraDelayMs: 0, lost: false, overtakenWithinMs: 5000 }]],
    [
      { publishLagMs: 5, reorderProbability: 1, reorderWaitMs: 80 },
      [{ lagMs: 5, extraDelayMs: 0, lost: false, overtakenWithinMs: 80 }],
    ],
  ])('with %j are %j', (events, expected) => {
    expect(copies(events)).toEqual(expected);
  });
});
