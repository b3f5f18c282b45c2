import { describe, expect, it } from 'vitest';
import { runnerFixture } from './test-support/runner-fixture.js';
import { tasksByHand } from './tasks-by-hand.js';

const HELD = 'oss://bkt/hold/a';
const failure = (code: string): object => expect.objectContaining({ name: 'MnsbusError', code });

describe('the tasks of an emulator', () => {
  it('are shown with all that is known of them', async () => {
    const { submit, tasks, clock, call } = runnerFixture();
    const taskId = submit();
    const startMs = clock.now();
    const running = {
      apiVersion: '2017-09-06',
      tenant: call().tenant,
      taskId,
      action: 'CreateCountingTask',
      taskType: 'Counting',
      project: 'demo',
      request: { SourceURI: 'oss://bkt/a' },
      submittedAtMs: startMs,
      startedAtMs: startMs,
      endedAtMs: undefined,
      state: 'running',
      outcome: undefined,
    };
    expect([tasks.get(taskId), tasks.list()]).toEqual([running, [running]]);
    await clock.advanceBy(1000);
    expect(tasks.get(taskId)).toMatchObject({ state: 'succeeded', endedAtMs: startMs + 1000, outcome: { ok: true } });
  });

  it('are those of every API version', () => {
    const [first, second] = [runnerFixture(), runnerFixture({ version: '2020-09-30' })];
    const ids = [first.submit(), second.submit()];
    const tasks = tasksByHand([first.runner, second.runner], first.context);
    expect(tasks.list().map(({ taskId, apiVersion }) => [taskId, apiVersion])).toEqual([
      [ids[0], '2017-09-06'],
      [ids[1], '2020-09-30'],
    ]);
    expect(ids.map((taskId) => tasks.get(taskId).taskId)).toEqual(ids);
  });

  it('are given page by page, from either end', () => {
    const { submit, tasks } = runnerFixture();
    const ids = Array.from({ length: 7 }, () => submit());
    for (const newestFirst of [false, true]) {
      for (const limit of [1, 3, 7, 1000]) {
        const found: string[] = [];
        for (let marker: string | undefined, pages = 0; pages === 0 || marker !== undefined; pages += 1) {
          const page = tasks.page({ limit, newestFirst, ...(marker === undefined ? {} : { marker }) });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          found.push(...page.items.map(({ taskId }) => taskId));
          marker = page.nextMarker;
        }
        expect(found).toEqual(newestFirst ? ids.toReversed() : ids);
      }
    }
    expect(tasks.page().items).toEqual(tasks.list());
  });

  it.each([{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { marker: 'nobody' }])('are not given for %o', (choice) => {
    const { submit, tasks } = runnerFixture();
    submit();
    expect(() => tasks.page(choice)).toThrow(failure('INVALID_ARGUMENT'));
  });

  it('are gone with their records', async () => {
    const { submit, tasks, clock } = runnerFixture();
    const taskId = submit();
    await clock.advanceBy(7 * 86_400_000);
    expect(tasks.list()).toEqual([]);
    expect(() => tasks.get(taskId)).toThrow(failure('TASK_NOT_FOUND'));
  });
});

describe('a task that is held', () => {
  it('runs until it is ended by hand, whatever the script says', async () => {
    const { submit, tasks, clock, published, journal } = runnerFixture();
    const taskId = submit();
    await clock.advanceBy(999);
    expect(tasks.hold(taskId)).toMatchObject({ state: 'running', endedAtMs: undefined });
    await clock.advanceBy(3_600_000);
    expect([tasks.get(taskId).state, clock.pendingTimers]).toEqual(['running', 0]);
    expect(tasks.finish(taskId)).toMatchObject({ state: 'succeeded', outcome: { result: { of: 'oss://bkt/a' } } });
    await clock.advanceBy(10_000);
    expect(published).toHaveLength(1);
    expect(journal.entries('operated')).toMatchObject([
      { operation: 'hold-task', taskId },
      { operation: 'finish-task', taskId },
    ]);
  });

  it('still leaves the queue at its time when it waits there', async () => {
    const { submit, tasks, clock } = runnerFixture({ queueDelayMs: 5000 });
    const taskId = submit();
    const startMs = clock.now();
    expect(tasks.hold(taskId).state).toBe('submitted');
    await clock.advanceBy(86_400_000);
    expect(tasks.get(taskId)).toMatchObject({ state: 'running', startedAtMs: startMs + 5000 });
    await clock.advanceBy(6 * 86_400_000);
    expect(() => tasks.get(taskId)).toThrow(failure('TASK_NOT_FOUND'));
  });

  it('must exist, and must not have ended', async () => {
    const { submit, tasks, clock, journal } = runnerFixture();
    const taskId = submit();
    await clock.advanceBy(1000);
    expect(() => tasks.hold(taskId)).toThrow(failure('TASK_ENDED'));
    expect(() => tasks.hold('nobody')).toThrow(failure('TASK_NOT_FOUND'));
    expect(journal.entries('operated')).toEqual([]);
  });
});

describe('a closed emulator', () => {
  it('keeps its tasks as they are, and publishes nothing more', async () => {
    const { submit, tasks, runner, clock, published, journal } = runnerFixture();
    const [running, held] = [submit(), submit(HELD)];
    runner.close();
    expect(clock.pendingTimers).toBe(0);
    await clock.advanceBy(60_000);
    expect([tasks.get(running).state, tasks.list().length]).toEqual(['running', 2]);
    expect(tasks.finish(held).state).toBe('succeeded');
    await clock.advanceBy(60_000);
    expect(journal.entries().map(({ kind }) => kind)).toEqual(['task-submitted', 'task-submitted', 'operated']);
    expect([published, clock.pendingTimers]).toEqual([[], 0]);
  });
});

describe('a held task', () => {
  it('runs until somebody finishes it, with the result it would have had', async () => {
    const { submit, tasks, clock, published, journal } = runnerFixture({ events: { publishLagMs: 200 } });
    const [free, taskId] = [submit('oss://bkt/a'), submit(HELD)];
    await clock.advanceBy(3_600_000);
    expect([tasks.get(free).state, tasks.get(taskId).state]).toEqual(['succeeded', 'running']);
    const endMs = clock.now();
    const finished = tasks.finish(taskId);
    expect(finished).toMatchObject({
      state: 'succeeded',
      endedAtMs: endMs,
      outcome: { ok: true, result: { of: HELD, count: expect.any(Number) } },
    });
    // The record is final before its event.
    expect(journal.entries('task-ended').at(-1)).toMatchObject({ taskId, atMs: endMs });
    expect(published).toHaveLength(1);
    await clock.advanceBy(200);
    expect(published.at(-1)).toMatchObject({
      atMs: endMs + 200,
      body: `${taskId} succeeded at ${endMs} in cn-beijing`,
    });
    expect(tasks.get(taskId)).toEqual(finished);
  });

  it('can be given members of the result', () => {
    const { submit, tasks } = runnerFixture();
    const taskId = submit(HELD);
    expect(tasks.finish(taskId, { count: 7, extra: true }).outcome).toEqual({
      ok: true,
      result: { of: HELD, count: 7, extra: true },
    });
  });

  it('keeps what a rule has planned for its result', () => {
    const { submit, tasks } = runnerFixture({ rules: [{ sourceUri: 'oss://', hold: true, result: { count: 5 } }] });
    expect(tasks.finish(submit()).outcome).toMatchObject({ ok: true, result: { count: 5 } });
  });

  it('can succeed although a failure was planned', () => {
    const { submit, tasks } = runnerFixture();
    const source = 'oss://bkt/hold/fail-X/a';
    expect(tasks.finish(submit(source)).outcome).toMatchObject({ ok: true, result: { of: source } });
  });

  it.each([
    [{ code: 'Broken' }, { ok: false, code: 'Broken', message: 'unknown error' }],
    [
      { code: 'Broken', message: 'by hand' },
      { ok: false, code: 'Broken', message: 'by hand' },
    ],
  ])('can be failed with %j', async (reason, outcome) => {
    const { submit, tasks, clock, published, journal } = runnerFixture();
    const taskId = submit(HELD);
    expect(tasks.fail(taskId, reason)).toMatchObject({ state: 'failed', outcome });
    await clock.advanceBy(1000);
    expect(published).toHaveLength(1);
    expect(journal.entries('task-ended')).toMatchObject([{ taskId, state: 'failed', code: 'Broken' }]);
  });

  it('needs not be held: any task that has not ended can be ended', async () => {
    const { submit, tasks, clock, journal } = runnerFixture({ queueDelayMs: 500 });
    const [queued, running] = [submit(), submit('oss://bkt/slow-9000/a')];
    tasks.finish(queued);
    await clock.advanceBy(600);
    tasks.fail(running, { code: 'X' });
    await clock.advanceBy(60_000);
    expect(journal.entries('task-ended').map(({ taskId }) => taskId)).toEqual([queued, running]);
  });
});

describe('a task that cannot be ended', () => {
  it('has ended: nothing changes, and the error says so', async () => {
    const { submit, tasks, clock, published } = runnerFixture();
    const taskId = submit();
    await clock.advanceBy(10_000);
    const before = tasks.get(taskId);
    expect(() => tasks.finish(taskId)).toThrow(failure('TASK_ENDED'));
    expect(() => tasks.fail(taskId, { code: 'X' })).toThrow(failure('TASK_ENDED'));
    await clock.advanceBy(10_000);
    expect([tasks.get(taskId), published.length]).toEqual([before, 1]);
  });

  it.each(['none', '__proto__', ''])('does not exist: %j', (taskId) => {
    const { tasks } = runnerFixture();
    for (const act of [() => tasks.get(taskId), () => tasks.finish(taskId), () => tasks.fail(taskId, { code: 'X' })]) {
      expect(act).toThrow(failure('TASK_NOT_FOUND'));
    }
  });

  it('is asked for with something else than it should be', () => {
    const { submit, tasks } = runnerFixture();
    const taskId = submit(HELD);
    for (const act of [
      () => tasks.get(5 as never),
      () => tasks.finish(taskId, 'done' as never),
      () => tasks.finish(taskId, null as never),
      () => tasks.fail(taskId, undefined as never),
      () => tasks.fail(taskId, { code: '' }),
      () => tasks.fail(taskId, { code: 'NoError' }),
      () => tasks.fail(taskId, { code: 'X', message: 5 as never }),
    ]) {
      expect(act).toThrow(failure('INVALID_ARGUMENT'));
    }
    expect(tasks.get(taskId).state).toBe('running');
  });
});
