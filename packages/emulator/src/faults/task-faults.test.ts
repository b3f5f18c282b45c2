import { describe, expect, it } from 'vitest';
import { runnerFixture } from '../imm/test-support/runner-fixture.js';
import type { Fault } from './fault.js';

/** Submits a task of a second that fails, if at all, by fault; gives what became of it in ten minutes. */
async function lifeUnder(
  ...faults: readonly Fault[]
): Promise<{ kinds: string[]; journal: ReturnType<typeof runnerFixture>['journal'] }> {
  const fixture = runnerFixture({ events: { publishLagMs: 200 } });
  for (const fault of faults) fixture.faults.add(fault);
  fixture.submit();
  await fixture.clock.advanceBy(600_000);
  return { kinds: fixture.journal.entries().map(({ kind }) => kind), journal: fixture.journal };
}

const START_MS = Date.UTC(2026, 0, 1);
const USUAL = ['task-submitted', 'task-ended', 'event-published'];

describe('a fault of tasks', () => {
  it('is not there by itself', async () => {
    expect((await lifeUnder()).kinds).toEqual(USUAL);
  });

  it('does not strike other kinds, projects or versions', async () => {
    const { kinds } = await lifeUnder(
      { kind: 'hold-task', match: { taskType: 'Other' } },
      { kind: 'hold-task', match: { project: 'other' } },
      { kind: 'hold-task', match: { apiVersion: '2020-09-30' } },
    );
    expect(kinds).toEqual(USUAL);
  });

  it('holds a task', async () => {
    const { kinds, journal } = await lifeUnder({ kind: 'hold-task', match: { taskType: 'Counting', project: 'demo' } });
    expect(kinds).toEqual(['fault', 'task-submitted']);
    const [submitted] = journal.expect({ kind: 'task-submitted' }, 1);
    journal.expect({ kind: 'fault', fault: 'hold-task', taskId: submitted?.taskId ?? '', taskType: 'Counting' }, 1);
  });

  it('lets a task run longer', async () => {
    const { journal } = await lifeUnder({ kind: 'slow-task', extraMs: 5000 }, { kind: 'slow-task', extraMs: 500 });
    expect(journal.entries('task-ended')).toMatchObject([{ atMs: START_MS + 6500, state: 'succeeded' }]);
  });

  it('fails a task', async () => {
    const { journal } = await lifeUnder({ kind: 'fail-task', code: 'Broken', message: 'on purpose' });
    expect(journal.entries('task-ended')).toMatchObject([{ state: 'failed', code: 'Broken' }]);
    journal.expect({ kind: 'event-published' }, 1);
  });

  it('publishes an event twice', async () => {
    const { journal } = await lifeUnder({ kind: 'duplicate-event' });
    expect(journal.entries('event-published').map(({ copy }) => copy)).toEqual([undefined, 2]);
  });

  it('publishes no event', async () => {
    const { kinds, journal } = await lifeUnder({ kind: 'no-event' });
    expect(kinds).toEqual(['fault', 'task-submitted', 'task-ended', 'event-lost']);
    expect(journal.entries('event-lost')).toMatchObject([{ reason: expect.stringContaining('a fault') }]);
  });

  it('moves no other task: ids, durations and lags stay', async () => {
    const run = async (faults: readonly Fault[]): Promise<unknown> => {
      const fixture = runnerFixture({ durationMs: { kind: 'uniform', leastMs: 100, mostMs: 9000 } });
      for (const fault of faults) fixture.faults.add(fault);
      for (let count = 0; count < 5; count += 1) fixture.submit();
      await fixture.clock.advanceBy(60_000);
      return fixture.journal.entries('event-published').map(({ atMs, taskId }) => `${atMs} ${taskId}`);
    };
    const usual = await run([]);
    expect(await run([{ kind: 'slow-task', extraMs: 1, probability: 0 }])).toEqual(usual);
    expect(usual).toHaveLength(5);
  });
});
