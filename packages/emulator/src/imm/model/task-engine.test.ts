import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { PUBLISH_RETRIES, PUBLISH_RETRY_DELAY_MS, TaskEngine, type Ending, type TaskEffect } from './task-engine.js';

interface TestTask {
  readonly taskId: string;
  readonly publishLagMs: number;
  readonly notify: boolean;
}

function endTask({ taskId, publishLagMs, notify }: TestTask, atMs: number): Ending<string> {
  const ending = { taskId, status: 'Finished', publishLagMs };
  if (!notify) return ending;
  const event = `${taskId} ended at ${atMs}`;
  return { ...ending, publication: { taskId, endpoint: 'http://mns', topicName: 'topic', event, attempt: 1 } };
}

const newEngine = (): TaskEngine<TestTask, string> => new TaskEngine(endTask);

const summary = (effects: readonly TaskEffect<string>[]): readonly string[] =>
  effects.map((effect) =>
    effect.type === 'publish'
      ? `${effect.atMs} publish ${effect.publication.taskId}`
      : `${effect.atMs} end ${effect.taskId}`,
  );

describe('TaskEngine', () => {
  it('ends a task at its instant and not before', () => {
    const engine = newEngine();
    engine.start({ taskId: 'a', publishLagMs: 200, notify: true }, 1000);
    expect(engine.nextDueMs).toBe(1000);
    expect(engine.advance(999)).toEqual([]);
    expect(engine.advance(1000)).toEqual([{ type: 'task-ended', atMs: 1000, taskId: 'a', status: 'Finished' }]);
  });

  it('publishes at the end of the lag, with the event as built when the task ended', () => {
    const engine = newEngine();
    engine.start({ taskId: 'a', publishLagMs: 200, notify: true }, 1000);
    engine.advance(1100);
    expect(engine.nextDueMs).toBe(1200);
    const [effect] = engine.advance(1200);
    expect(effect).toMatchObject({
      type: 'publish',
      atMs: 1200,
      publication: { event: 'a ended at 1000', attempt: 1 },
    });
    expect(engine.nextDueMs).toBeUndefined();
  });

  it('publishes nothing for a task without a topic', () => {
    const engine = newEngine();
    engine.start({ taskId: 'a', publishLagMs: 200, notify: false }, 1000);
    expect(summary(engine.advance(5000))).toEqual(['1000 end a']);
  });

  it('reports in the order of the instants when it is called late', () => {
    const engine = newEngine();
    engine.start({ taskId: 'late', publishLagMs: 10, notify: true }, 1300);
    engine.start({ taskId: 'early', publishLagMs: 250, notify: true }, 1000);
    expect(summary(engine.advance(9999))).toEqual([
      '1000 end early',
      '1250 publish early',
      '1300 end late',
      '1310 publish late',
    ]);
  });

  it('reports the same instant in the order of submission', () => {
    const engine = newEngine();
    for (const taskId of ['b', 'a', 'c']) engine.start({ taskId, publishLagMs: 5, notify: false }, 100);
    expect(summary(engine.advance(100))).toEqual(['100 end b', '100 end a', '100 end c']);
  });

  it('neither ends nor publishes a cancelled task', () => {
    const engine = newEngine();
    const running = engine.start({ taskId: 'a', publishLagMs: 5, notify: true }, 100);
    expect(engine.cancel(running)).toBe(true);
    expect(engine.cancel(running)).toBe(false);
    expect(engine.advance(9999)).toEqual([]);
  });

  it('cannot cancel a task that has ended: its event is still published', () => {
    const engine = newEngine();
    const running = engine.start({ taskId: 'a', publishLagMs: 50, notify: true }, 100);
    engine.advance(100);
    expect(engine.cancel(running)).toBe(false);
    expect(summary(engine.advance(150))).toEqual(['150 publish a']);
  });

  it('tries again as often as it may, a second apart, and then gives up', () => {
    const engine = newEngine();
    engine.start({ taskId: 'a', publishLagMs: 0, notify: true }, 0);
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

  it.prop([
    fc.array(
      fc.record({
        endsAtMs: fc.integer({ min: 0, max: 5000 }),
        publishLagMs: fc.integer({ min: 0, max: 500 }),
        notify: fc.boolean(),
      }),
      { maxLength: 40 },
    ),
    fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 20 }),
  ])('ends each task once and publishes each event once, after the end, whenever it is called', (tasks, stepsMs) => {
    const engine = newEngine();
    tasks.forEach((task, index) => engine.start({ ...task, taskId: String(index) }, task.endsAtMs));
    const effects: TaskEffect<string>[] = [];
    let nowMs = 0;
    for (const stepMs of [...stepsMs, 10_000]) {
      nowMs += stepMs;
      const due = engine.advance(nowMs);
      expect(due.every((effect) => effect.atMs <= nowMs)).toBe(true);
      effects.push(...due);
      expect(engine.nextDueMs ?? Infinity).toBeGreaterThan(nowMs);
    }
    expect(effects.map((effect) => effect.atMs)).toEqual(
      effects.map((effect) => effect.atMs).toSorted((a, b) => a - b),
    );
    const lines = summary(effects);
    const expected = tasks.flatMap(({ endsAtMs, publishLagMs, notify }, index) => [
      `${endsAtMs} end ${index}`,
      ...(notify ? [`${endsAtMs + publishLagMs} publish ${index}`] : []),
    ]);
    expect(lines.toSorted()).toEqual(expected.toSorted());
  });
});
