import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { COPY, PLAN } from '../test-support/task-plan.js';
import { PUBLISH_RETRIES, PUBLISH_RETRY_DELAY_MS, TaskEngine, type TaskEffect } from './task-engine.js';
import { endedTask, startedTask, submittedTask, type EventCopy, type Task } from './task.js';

interface TestEntry {
  readonly copies: readonly EventCopy[];
  task: Task;
}

const newEngine = (): TaskEngine<TestEntry> =>
  new TaskEngine<TestEntry>({
    start: (entry, atMs) => (entry.task = startedTask(entry.task, atMs)),
    end: (entry, atMs) => ({
      task: (entry.task = endedTask(entry.task, PLAN.outcome, atMs)),
      copies: entry.copies,
    }),
  });

const entryOf = (taskId: string, copies: readonly EventCopy[] = [COPY], notify = true): TestEntry => ({
  copies,
  task: submittedTask({ ...PLAN, taskId, notify: notify ? PLAN.notify : undefined }, 0),
});

const taskOf = (effect: TaskEffect): Task => (effect.type === 'publish' ? effect.publication.task : effect.task);

const summary = (effects: readonly TaskEffect[]): readonly string[] =>
  effects.map((effect) => {
    const what = effect.type === 'event-disturbed' ? effect.disturbance : effect.type.replace('task-', '');
    return `${effect.atMs} ${what} ${taskOf(effect).taskId}`;
  });

describe('TaskEngine', () => {
  it('starts and ends a task at its instants and not before', () => {
    const engine = newEngine();
    const entry = entryOf('a');
    engine.plan(entry, 500, 1000);
    expect([engine.nextDueMs, engine.advance(499)]).toEqual([500, []]);
    expect(summary(engine.advance(500))).toEqual(['500 started a']);
    expect(entry.task).toMatchObject({ state: 'running', startedAtMs: 500 });
    expect(engine.advance(999)).toEqual([]);
    expect(summary(engine.advance(1000))).toEqual(['1000 ended a']);
    expect(entry.task).toMatchObject({ state: 'succeeded', startedAtMs: 500, endedAtMs: 1000 });
  });

  it('publishes at the end of the lag, with the record as it was when the task ended', () => {
    const engine = newEngine();
    const entry = entryOf('a');
    engine.plan(entry, undefined, 1000);
    engine.advance(1100);
    expect(engine.nextDueMs).toBe(1200);
    expect(engine.advance(1200)).toMatchObject([
      {
        type: 'publish',
        atMs: 1200,
        publication: { task: entry.task, notify: PLAN.notify, copyNumber: 1, attempt: 1 },
      },
    ]);
    expect(engine.nextDueMs).toBeUndefined();
  });

  it('shows the events on their way, and nothing else that is planned', () => {
    const engine = newEngine();
    engine.plan(entryOf('a'), undefined, 1000);
    engine.plan(entryOf('b'), 1000, 9000);
    engine.advance(1100);
    expect(engine.publications()).toMatchObject([{ place: 'due', item: { atMs: 1200, value: { copyNumber: 1 } } }]);
  });

  it('publishes nothing for a task that nobody wants to hear of', () => {
    const engine = newEngine();
    engine.plan(entryOf('a', [COPY], false), undefined, 1000);
    expect(summary(engine.advance(5000))).toEqual(['1000 ended a']);
  });

  it('reports in the order of the instants when it is called late', () => {
    const engine = newEngine();
    engine.plan(entryOf('late', [{ ...COPY, lagMs: 10 }]), 1200, 1300);
    engine.plan(entryOf('early', [{ ...COPY, lagMs: 250 }]), undefined, 1000);
    expect(summary(engine.advance(9999))).toEqual([
      '1000 ended early',
      '1200 started late',
      '1250 publish early',
      '1300 ended late',
      '1310 publish late',
    ]);
  });

  it('reports the same instant in the order of submission, and a start before an end', () => {
    const engine = newEngine();
    for (const taskId of ['b', 'a']) engine.plan(entryOf(taskId, [], false), 100, 100);
    expect(summary(engine.advance(100))).toEqual(['100 started b', '100 ended b', '100 started a', '100 ended a']);
  });

  it('neither starts, ends nor publishes a cancelled task', () => {
    const engine = newEngine();
    engine.cancel(engine.plan(entryOf('a'), 50, 100));
    expect([engine.nextDueMs, engine.advance(9999)]).toEqual([undefined, []]);
  });

  it('cannot take back the event of a task that has ended', () => {
    const engine = newEngine();
    const schedule = engine.plan(entryOf('a'), undefined, 100);
    engine.advance(100);
    engine.cancel(schedule);
    expect(summary(engine.advance(300))).toEqual(['300 publish a']);
  });

  it('ends a task at once when told to, and tells of it at the next call', () => {
    const engine = newEngine();
    const entry = entryOf('a');
    engine.cancel(engine.plan(entry, 500, 9000));
    engine.endNow(entry, 70);
    expect(entry.task).toMatchObject({ state: 'succeeded', startedAtMs: 70, endedAtMs: 70 });
    expect(summary(engine.advance(9999))).toEqual(['70 ended a', '270 publish a']);
  });

  it('tries again as often as it may, a second apart, and then gives up', () => {
    const engine = newEngine();
    engine.plan(entryOf('a', [{ ...COPY, lagMs: 0 }]), undefined, 0);
    const attempts: number[] = [];
    for (let nowMs = 0; ; nowMs += PUBLISH_RETRY_DELAY_MS) {
      const publish = engine.advance(nowMs).find((effect) => effect.type === 'publish');
      if (publish?.type !== 'publish') break;
      attempts.push(publish.publication.attempt);
      const retryAtMs = engine.retry(publish.publication, nowMs);
      expect(retryAtMs).toBe(attempts.length <= PUBLISH_RETRIES ? nowMs + PUBLISH_RETRY_DELAY_MS : undefined);
    }
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(engine.nextDueMs).toBeUndefined();
  });
});

describe('a disturbed event', () => {
  it('is published once per copy, each after its own lag and delay', () => {
    const engine = newEngine();
    engine.plan(entryOf('a', [COPY, { ...COPY, lagMs: 300, extraDelayMs: 1000 }]), undefined, 0);
    expect(summary(engine.advance(9999))).toEqual([
      '0 ended a',
      '0 duplicated a',
      '0 delayed a',
      '200 publish a',
      '1300 publish a',
    ]);
  });

  const waiting: EventCopy = { ...COPY, overtakenWithinMs: 5000 };

  it('lets the next event go first, and follows it', () => {
    const engine = newEngine();
    engine.plan(entryOf('first', [waiting]), undefined, 0);
    engine.plan(entryOf('second', [waiting]), undefined, 10);
    engine.plan(entryOf('third'), undefined, 1000);
    expect(summary(engine.advance(1199)).slice(2)).toEqual([
      '200 overtaken first',
      '210 overtaken second',
      '1000 ended third',
    ]);
    expect(summary(engine.advance(99_999))).toEqual([
      '1200 publish third',
      '1200 publish first',
      '1200 publish second',
    ]);
    expect(engine.nextDueMs).toBeUndefined();
  });

  it('goes alone when nothing comes in its time', () => {
    const engine = newEngine();
    engine.plan(entryOf('first', [waiting]), undefined, 0);
    engine.plan(entryOf('late'), undefined, 5000);
    expect(summary(engine.advance(99_999))).toEqual([
      '0 ended first',
      '200 overtaken first',
      '5000 ended late',
      '5200 publish first',
      '5200 publish late',
    ]);
  });

  it('falls due by itself, whatever is planned for later', () => {
    const engine = newEngine();
    engine.plan(entryOf('first', [waiting]), undefined, 0);
    engine.plan(entryOf('much later'), undefined, 99_999);
    engine.advance(200);
    expect(engine.nextDueMs).toBe(5200);
    expect(summary(engine.advance(5200))).toEqual(['5200 publish first']);
    expect(engine.nextDueMs).toBe(99_999);
  });

  it('does not wait again when publishing is retried', () => {
    const engine = newEngine();
    engine.plan(entryOf('a', [waiting]), undefined, 0);
    const publish = engine.advance(5200).at(-1);
    if (publish?.type !== 'publish') throw new Error('expected an attempt to publish');
    engine.retry(publish.publication, 5200);
    expect(summary(engine.advance(9999))).toEqual(['6200 publish a']);
  });
});

describe('the engine under any schedule', () => {
  const copy = fc.record(
    {
      lagMs: fc.integer({ min: 0, max: 500 }),
      extraDelayMs: fc.constantFrom(0, 0, 700),
      lost: fc.boolean(),
      overtakenWithinMs: fc.constantFrom(0, 900),
    },
    { requiredKeys: ['lagMs', 'extraDelayMs', 'lost'] },
  );
  const task = fc.record({
    startsAtMs: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
    runsMs: fc.integer({ min: 0, max: 5000 }),
    copies: fc.array(copy, { minLength: 1, maxLength: 2 }),
    notify: fc.boolean(),
  });

  it.prop([fc.array(task, { maxLength: 30 }), fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 20 })])(
    'starts and ends each task once, and publishes each copy once, in its time, however often it is called',
    (tasks, stepsMs) => {
      const engine = newEngine();
      for (const [index, { startsAtMs, runsMs, copies, notify }] of tasks.entries()) {
        engine.plan(entryOf(String(index), copies, notify), startsAtMs, (startsAtMs ?? 0) + runsMs);
      }
      const effects: TaskEffect[] = [];
      let nowMs = 0;
      for (const stepMs of [...stepsMs, 20_000]) {
        nowMs += stepMs;
        effects.push(...engine.advance(nowMs));
        expect(engine.nextDueMs ?? Infinity).toBeGreaterThan(nowMs);
      }
      const instants = effects.map(({ atMs }) => atMs);
      expect(instants).toEqual(instants.toSorted((a, b) => a - b));
      const moves = summary(effects.filter(({ type }) => type === 'task-started' || type === 'task-ended'));
      const expected = tasks.flatMap(({ startsAtMs, runsMs }, index) => [
        ...(startsAtMs === undefined ? [] : [`${startsAtMs} started ${index}`]),
        `${(startsAtMs ?? 0) + runsMs} ended ${index}`,
      ]);
      expect(moves.toSorted()).toEqual(expected.toSorted());
      for (const [index, { copies, notify }] of tasks.entries()) {
        const published = effects.filter((effect) => effect.type === 'publish' && taskOf(effect).taskId === `${index}`);
        expect(published).toHaveLength(notify ? copies.length : 0);
        for (const effect of published) {
          if (effect.type !== 'publish') continue;
          const { lagMs, extraDelayMs, overtakenWithinMs = 0 } = effect.publication.copy;
          const dueMs = (effect.publication.task.endedAtMs ?? 0) + lagMs + extraDelayMs;
          expect(effect.atMs).toBeGreaterThanOrEqual(dueMs);
          expect(effect.atMs).toBeLessThanOrEqual(dueMs + overtakenWithinMs);
        }
      }
    },
  );
});
