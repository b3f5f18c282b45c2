import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { emulatorOptions } from '../config/emulator-options.js';
import { Hints } from '../runtime/hints/hints.js';
import { createEmulator } from '../emulator.js';
import { MIN_TASK_BYTES } from './imm-options.js';
import { immFixture, type ImmFixture, type TestReply } from './test-support/imm-fixture.js';
import { runnerFixture, type RunnerFixture } from './test-support/runner-fixture.js';

const SOURCE_BYTES = 90_000;
const SOURCES = JSON.stringify([{ URI: `oss://bkt/${'x'.repeat(SOURCE_BYTES)}` }]);
const refusedWith = (code: string): object => expect.objectContaining({ code });

function compress(to: ImmFixture, more: Readonly<Record<string, string>> = {}): Promise<TestReply> {
  const TargetURI = 'oss://bkt/all.zip';
  const parameters = { Version: '2020-09-30', ProjectName: 'demo', Sources: SOURCES, TargetURI, ...more };
  return to.call('CreateFileCompressionTask', parameters, { method: 'POST' });
}

async function world(): Promise<ImmFixture> {
  const fixture = immFixture({ maxStoredBytes: MIN_TASK_BYTES });
  await fixture.call('CreateProject', { Version: '2020-09-30', ProjectName: 'demo' });
  await fixture.call('PutProject', { Project: 'demo' });
  return fixture;
}

/** Creates tasks until one is refused; gives how many there were, and the refusal. */
async function fill(to: ImmFixture): Promise<{ readonly count: number; readonly refusal: TestReply }> {
  for (let count = 0; ; count += 1) {
    const refusal = await compress(to);
    if (refusal.status !== 200) return { count, refusal };
  }
}

describe('tasks, which are kept for seven days', () => {
  it('are refused when they take all the room of every project, region and version, until there is some', async () => {
    const to = await world();
    const { count, refusal } = await fill(to);
    expect(count).toBeGreaterThan(MIN_TASK_BYTES / SOURCE_BYTES / 1.2);
    expect(count).toBeLessThanOrEqual(MIN_TASK_BYTES / SOURCE_BYTES);
    expect([refusal.status, refusal.members['Code']]).toEqual([400, 'Throttling.User']);
    const old = {
      Project: 'demo',
      SrcUri: `oss://bkt/${'x'.repeat(SOURCE_BYTES)}`,
      TgtUri: 'oss://bkt/o',
      TgtType: 'png',
    };
    expect((await to.call('CreateOfficeConversionTask', old, { method: 'POST' })).members['Code']).toBe(
      'Throttling.User',
    );
    expect(to.service.tasks.list()).toHaveLength(count);
    await to.clock.advanceBy(86_400_000);
    await to.call('DeleteProject', { Version: '2020-09-30', ProjectName: 'demo' });
    await to.call('CreateProject', { Version: '2020-09-30', ProjectName: 'demo' });
    expect((await fill(to)).count).toBe(count);
    await to.clock.advanceBy(7 * 86_400_000);
    expect((await fill(to)).count).toBe(count);
  });

  it('are still given to those who ask again for one that is there', () => {
    const { submit, tasks } = runnerFixture({ maxStoredBytes: MIN_TASK_BYTES });
    const again = { idempotencyKey: 'once' };
    const first = submit('oss://bkt/hold/a', again);
    fillWith(submit);
    expect(submit('oss://bkt/hold/a', again)).toBe(first);
    const count = tasks.list().length;
    expect(() => submit(`oss://bkt/${'x'.repeat(50_000)}`)).toThrow(refusedWith('no-room'));
    expect(tasks.list()).toHaveLength(count);
  });

  it('take no result by hand for which there is no room, and stay as they were', () => {
    const { submit, tasks } = runnerFixture({ maxStoredBytes: MIN_TASK_BYTES });
    const result = { text: 'x'.repeat(300_000) };
    const ids = Array.from({ length: 5 }, () => submit('oss://bkt/hold/a'));
    for (const taskId of ids.slice(0, 3)) tasks.finish(taskId, result);
    const [next = '', last = ''] = ids.slice(3);
    expect(() => tasks.finish(next, result)).toThrow(refusedWith('INVALID_ARGUMENT'));
    expect(() => tasks.finish(ids[0] ?? '', result)).toThrow(refusedWith('TASK_ENDED'));
    expect(tasks.get(next)).toMatchObject({ state: 'running', outcome: undefined });
    expect(tasks.finish(next)).toMatchObject({ state: 'succeeded' });
    expect(tasks.fail(last, { code: 'E' })).toMatchObject({ state: 'failed' });
  });

  it('that are too many come back with a snapshot, and no others then', async () => {
    const source = immFixture();
    await source.call('CreateProject', { Version: '2020-09-30', ProjectName: 'demo' });
    for (let count = 0; count < 20; count += 1) await compress(source);
    const to = await world();
    to.service.prepare(source.service.records())();
    expect(to.service.tasks.list()).toHaveLength(20);
    expect((await compress(to)).members['Code']).toBe('Throttling.User');
  });

  it('are told of by a hint', () => {
    const hints = new Hints({
      now: () => 0,
      time: () => 0,
      world: { findKey: () => undefined, regionsWith: () => [] },
      onHint: () => {},
    });
    const tenant = { accountId: '1', region: 'cn-beijing' };
    hints.observe({ kind: 'tasks-full', tenant, maxBytes: MIN_TASK_BYTES });
    expect(hints.list()).toMatchObject([{ code: 'store-full', subject: 'stored tasks' }]);
  });

  it.each([0, MIN_TASK_BYTES - 1, 1.5, Number.NaN])('are not bounded by %s', (maxStoredBytes) => {
    expect(() => createEmulator({ imm: { maxStoredBytes } })).toThrow(refusedWith('INVALID_ARGUMENT'));
  });

  it('are bounded by a config file too', () => {
    expect(emulatorOptions({ limits: { maxTaskBytes: MIN_TASK_BYTES } }).imm).toMatchObject({
      maxStoredBytes: MIN_TASK_BYTES,
    });
  });

  const act = fc.constantFrom('submit', 'finish', 'fail', 'wait', 'drop', 'restore');
  prop.prop([fc.array(act, { maxLength: 30 })], { numRuns: 50 })(
    'leave all the room when they are all gone, whatever happened',
    async (acts) => {
      const { submit, tasks, clock, world: imm, call, runner } = runnerFixture({ maxStoredBytes: MIN_TASK_BYTES });
      const result = { text: 'x'.repeat(20_000) };
      const held: string[] = [];
      for (const next of acts) {
        if (next === 'submit') held.push(submit('oss://bkt/hold/a'));
        const taskId = next === 'finish' || next === 'fail' ? held.pop() : undefined;
        if (taskId !== undefined && next === 'finish') tasks.finish(taskId, result);
        if (taskId !== undefined && next === 'fail') tasks.fail(taskId, { code: 'E' });
        if (next === 'wait') await clock.advanceBy(86_400_000);
        if (next === 'restore') runner.prepare(runner.record(clock.now()))();
        if (next !== 'drop') continue;
        held.length = 0;
        imm.carryOut(call(), { type: 'deleteProject', project: 'demo' });
        imm.carryOut(call(), { type: 'createProject', name: 'demo', record: null });
      }
      await clock.advanceBy(8 * 86_400_000);
      expect(fillWith(submit)).toBe(fillWith(runnerFixture({ maxStoredBytes: MIN_TASK_BYTES }).submit));
    },
  );
});

function fillWith(submit: RunnerFixture['submit']): number {
  for (let count = 0; ; count += 1) {
    try {
      submit(`oss://bkt/${'x'.repeat(50_000)}`);
    } catch {
      return count;
    }
  }
}
