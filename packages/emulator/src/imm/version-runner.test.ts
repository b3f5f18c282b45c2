import { fc, it } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { COUNTING, runnerFixture } from './test-support/runner-fixture.js';

const thrown = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
  return undefined;
};

describe('a submitted task', () => {
  it('has ids of its own, the request, and a result that depends on the request alone', async () => {
    const [one, two] = [runnerFixture({ seed: 'one' }), runnerFixture({ seed: 'two' })];
    const ids = [one, one, two].map((fixture) => fixture.submit('oss://bkt/a'));
    expect(new Set(ids).size).toBe(3);
    for (const { clock } of [one, two]) await clock.advanceBy(1000);
    const outcomes = [...one.tasks.list(), ...two.tasks.list()].map(({ outcome }) => outcome);
    expect(outcomes[0]).toEqual({ ok: true, result: { of: 'oss://bkt/a', count: expect.any(Number) } });
    expect(outcomes).toEqual([outcomes[0], outcomes[0], outcomes[0]]);
    const others = [
      one.submit('oss://bkt/b'),
      one.submit('oss://bkt/a', {}, { ...COUNTING, action: 'CreateOtherTask' }),
    ];
    await one.clock.advanceBy(1000);
    for (const other of others) expect(one.tasks.get(other).outcome).not.toEqual(outcomes[0]);
  });

  it('ends, and tells of it through its kind', async () => {
    const fixture = runnerFixture({ events: { publishLagMs: 200 } });
    const startMs = fixture.clock.now();
    const taskId = fixture.submit();
    await fixture.clock.advanceBy(5000);
    expect(fixture.published).toEqual([
      {
        atMs: startMs + 1200,
        topicName: 'topic',
        tenant: fixture.call().tenant,
        body: `${taskId} succeeded at ${startMs + 1000} in cn-beijing`,
      },
    ]);
    expect(fixture.journal.entries()).toMatchObject([
      { atMs: startMs, kind: 'task-submitted', taskId, taskType: 'Counting', project: 'demo' },
      { atMs: startMs + 1000, kind: 'task-ended', taskId, taskType: 'Counting', state: 'succeeded' },
      { atMs: startMs + 1200, kind: 'event-published', taskId, topicName: 'topic', messageId: 'message-1' },
    ]);
  });

  it('is told of in the journal when it leaves the queue, and why it failed', async () => {
    const fixture = runnerFixture({ queueDelayMs: 50 });
    const taskId = fixture.submit('oss://bkt/fail-Broken/a', { notify: undefined });
    expect(fixture.tasks.get(taskId)).toMatchObject({ state: 'submitted' });
    await fixture.clock.advanceBy(5000);
    const startMs = fixture.clock.now() - 5000;
    expect(fixture.journal.entries()).toMatchObject([
      { atMs: startMs, kind: 'task-submitted', taskId },
      { atMs: startMs + 50, kind: 'task-started', taskId, taskType: 'Counting' },
      { atMs: startMs + 1050, kind: 'task-ended', taskId, taskType: 'Counting', state: 'failed', code: 'Broken' },
    ]);
  });

  it('is the earlier one of a repeated request, for which nothing is drawn', () => {
    const ids = (repeat: boolean): readonly string[] => {
      const { submit } = runnerFixture();
      const first = submit('oss://bkt/a', { idempotencyKey: 'key' });
      if (repeat) expect(submit('oss://bkt/a', { idempotencyKey: 'key' })).toBe(first);
      return [first, submit()];
    };
    expect(ids(true)).toEqual(ids(false));
  });

  it('is refused while another one holds its exclusive key, and then nothing is drawn', () => {
    const ids = (refuse: boolean): readonly string[] => {
      const { submit } = runnerFixture();
      const first = submit('oss://bkt/a', { exclusiveKey: 'set' });
      if (refuse) expect(thrown(() => submit('oss://bkt/a', { exclusiveKey: 'set' }))).toBe('resource-busy');
      return [first, submit()];
    };
    expect(ids(true)).toEqual(ids(false));
  });

  it('belongs to its tenant', () => {
    const { world, call, runner, clock } = runnerFixture();
    const submission = { project: 'demo', request: {}, notify: undefined };
    const { taskId, taskType } = world.submit(call('cn-shanghai'), COUNTING, submission);
    const get = { type: 'getTask', project: 'demo', taskType, taskId } as const;
    expect(thrown(() => world.carryOut(call('cn-beijing'), get))).toBe('task-not-found');
    expect(world.carryOut(call('cn-shanghai'), get).taskId).toBe(taskId);
    expect(runner.findTask(taskId, clock.now())?.tenant.region).toBe('cn-shanghai');
  });

  it('has other ids in another API version, from the same seed at the same time', () => {
    const [first, second] = ['2017-09-06', '2020-09-30'].map((version) => runnerFixture({ version }).submit());
    expect(first).not.toBe(second);
  });
});

describe('a rehearsed task', () => {
  it('tells how a task would go, creates none, and draws nothing from those that are created', () => {
    const ids = (rehearse: boolean): string => {
      const { world, call, submit, tasks } = runnerFixture();
      const submission = { project: 'demo', request: { SourceURI: 'oss://b/slow-7/fail-X/a' }, notify: undefined };
      if (rehearse) {
        const fate = world.rehearse(call(), COUNTING, submission);
        expect(fate).toEqual({ durationMs: 7, outcome: { ok: false, code: 'X', message: 'unknown error' } });
        expect(tasks.list()).toEqual([]);
      }
      return submit();
    };
    expect(ids(true)).toBe(ids(false));
  });

  it('needs its project', () => {
    const { world, call } = runnerFixture();
    const submission = { project: 'none', request: {}, notify: undefined };
    expect(thrown(() => world.rehearse(call(), COUNTING, submission))).toBe('project-not-found');
  });
});

describe('a function of the options that throws', () => {
  const broken = (): never => {
    throw new Error('my script is broken');
  };

  it.each([{ decide: broken }, { durationMs: broken }, { queueDelayMs: broken }])(
    'refuses the request, creates nothing, and is told of in the journal: %o',
    async (options) => {
      const fixture = runnerFixture(options);
      expect(thrown(() => fixture.submit())).toBe('my script is broken');
      await fixture.clock.advanceBy(10_000);
      expect([fixture.tasks.list(), fixture.published]).toEqual([[], []]);
      expect(fixture.journal.entries()).toMatchObject([
        { kind: 'script-failed', action: 'CreateCountingTask', project: 'demo', reason: 'my script is broken' },
      ]);
    },
  );

  it('moves no other task', () => {
    const ids = (fails: boolean): string => {
      const { submit } = runnerFixture({
        decide: ({ sourceUris }) => (sourceUris[0] === 'oss://bkt/broken' ? broken() : undefined),
      });
      if (fails) thrown(() => submit('oss://bkt/broken'));
      return submit();
    };
    expect(ids(true)).toBe(ids(false));
  });

  it('when it builds an event loses the event, not the process, and not the task', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const fixture = runnerFixture();
    const taskId = fixture.submit('oss://bkt/a', {}, { ...COUNTING, eventText: broken });
    await fixture.clock.advanceBy(60_000);
    expect(fixture.tasks.get(taskId).state).toBe('succeeded');
    expect(fixture.journal.entries('event-lost')).toMatchObject([{ taskId, reason: 'InternalError' }]);
    expect(warning).toHaveBeenCalledTimes(4);
    warning.mockRestore();
  });
});

describe('a disturbed event', () => {
  it('that is lost is told of, and the task stands', async () => {
    const fixture = runnerFixture({ events: { lossProbability: 1 } });
    const taskId = fixture.submit();
    await fixture.clock.advanceBy(60_000);
    expect([fixture.published, fixture.tasks.get(taskId).state]).toEqual([[], 'succeeded']);
    expect(fixture.journal.entries('event-lost')).toMatchObject([
      { taskId, topicName: 'topic', reason: 'lost on purpose (imm.events.lossProbability, or a fault)' },
    ]);
  });

  it('that is duplicated comes twice, the same to the byte', async () => {
    const fixture = runnerFixture({ events: { duplicateProbability: 1 } });
    fixture.submit();
    await fixture.clock.advanceBy(60_000);
    const bodies = fixture.published.map(({ body }) => body);
    expect(bodies).toEqual([bodies[0], bodies[0]]);
    expect(fixture.journal.entries('event-disturbed')).toMatchObject([{ disturbance: 'duplicated', copy: 2 }]);
    const copies = fixture.journal.entries('event-published').map(({ copy = 1 }) => copy);
    expect(new Set(copies)).toEqual(new Set([1, 2]));
  });

  it('that is delayed comes so much later', async () => {
    const fixture = runnerFixture({ events: { publishLagMs: 200, delayProbability: 1, extraDelayMs: 3000 } });
    const startMs = fixture.clock.now();
    fixture.submit();
    await fixture.clock.advanceBy(60_000);
    expect(fixture.published.map(({ atMs }) => atMs - startMs)).toEqual([4200]);
    expect(fixture.journal.entries('event-disturbed')).toMatchObject([{ disturbance: 'delayed', copy: 1 }]);
  });

  it('that is overtaken comes after the event of a later task', async () => {
    // Half of twenty events wait for the next one.
    const fixture = runnerFixture({ events: { publishLagMs: 200, reorderProbability: 0.5 } });
    const order: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      order.push(fixture.submit());
      await fixture.clock.advanceBy(100);
    }
    await fixture.clock.advanceBy(60_000);
    const published = fixture.published.map(({ body }) => body.split(' ')[0]);
    expect(published.toSorted()).toEqual(order.toSorted());
    expect(published).not.toEqual(order);
    const overtaken = fixture.journal.entries('event-disturbed');
    expect(overtaken.length).toBeGreaterThan(0);
    expect(overtaken.every(({ disturbance }) => disturbance === 'overtaken')).toBe(true);
  });

  it('that nobody sends, because its transport is not emulated, is told of', async () => {
    const fixture = runnerFixture();
    const notify = { topicName: 'topic', endpoint: '', notSentBecause: 'RocketMQ is not emulated' };
    const taskId = fixture.submit('oss://bkt/a', { notify });
    await fixture.clock.advanceBy(60_000);
    expect(fixture.published).toEqual([]);
    expect(fixture.journal.entries('event-lost')).toMatchObject([{ taskId, reason: 'RocketMQ is not emulated' }]);
  });

  it.prop(
    [
      fc.record({
        duplicateProbability: fc.double({ min: 0, max: 1, noNaN: true }),
        lossProbability: fc.double({ min: 0, max: 1, noNaN: true }),
        delayProbability: fc.double({ min: 0, max: 1, noNaN: true }),
        reorderProbability: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.array(fc.nat({ max: 900 }), { minLength: 1, maxLength: 25 }),
    ],
    { numRuns: 40 },
  )('is accounted for: what was published and what was lost is one per task and duplicate', async (events, waitsMs) => {
    const fixture = runnerFixture({ events });
    for (const waitMs of waitsMs) {
      fixture.submit();
      await fixture.clock.advanceBy(waitMs);
    }
    await fixture.clock.advanceBy(60_000);
    const { journal, published, clock } = fixture;
    const disturbed = journal.entries('event-disturbed');
    const duplicates = disturbed.filter(({ disturbance }) => disturbance === 'duplicated').length;
    expect(published.length + journal.entries('event-lost').length).toBe(waitsMs.length + duplicates);
    expect(journal.entries('event-published')).toHaveLength(published.length);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('task timing (a function of seed and submission time)', () => {
  const submissions = fc.array(
    fc.record({ waitMs: fc.nat({ max: 2000 }), source: fc.constantFrom('a', 'fail-X/b', 'slow-9/c') }),
    { minLength: 1, maxLength: 20 },
  );
  const wide = { kind: 'lognormal', medianMs: 900, sigma: 1, mostMs: 60_000 } as const;

  const run = async (
    seed: string,
    steps: readonly { readonly waitMs: number; readonly source: string }[],
    noise: boolean,
  ): Promise<unknown> => {
    const events = noise ? { duplicateProbability: 0.5, delayProbability: 0.5, reorderProbability: 0.5 } : {};
    const { clock, submit, tasks, published } = runnerFixture({ seed, durationMs: wide, queueDelayMs: wide, events });
    for (const { waitMs, source } of steps) {
      await clock.advanceBy(noise ? waitMs - (waitMs >> 1) : waitMs);
      if (noise) {
        tasks.list();
        await clock.advanceBy(waitMs >> 1);
      }
      submit(`oss://bkt/${source}`);
    }
    await clock.advanceBy(200_000);
    const times = tasks.list().map(({ taskId, startedAtMs, endedAtMs, outcome }) => ({
      taskId,
      startedAtMs,
      endedAtMs,
      outcome,
    }));
    return noise ? times : { times, published };
  };

  it.prop([fc.string(), submissions], { numRuns: 30 })('replays, events and all', async (seed, steps) => {
    expect(await run(seed, steps, false)).toEqual(await run(seed, steps, false));
  });

  it.prop([fc.string(), submissions], { numRuns: 30 })(
    'is moved neither by who looks when, nor by what happens to events',
    async (seed, steps) => {
      const quiet = await run(seed, steps, false);
      expect(quiet).toMatchObject({ times: await run(seed, steps, true) });
    },
  );
});
