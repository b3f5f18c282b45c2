import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it, vi } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from './emulator.js';
import { CONVERSION, readReply } from './imm/test-support/imm-fixture.js';
import { rpcRequest, type TestParameters } from './imm/test-support/rpc-request.js';

interface World {
  readonly emulator: Emulator;
  readonly clock: VirtualClock;
  readonly imm: (action: string, parameters: TestParameters) => Promise<Readonly<Record<string, unknown>>>;
}

const world = async (options: EmulatorOptions = {}): Promise<World> => {
  const clock = new VirtualClock();
  const emulator = createEmulator({
    clock,
    seed: 'tasks',
    accessKeyId: 'testid',
    accessKeySecret: 'testsecret',
    ...options,
  });
  const imm: World['imm'] = async (Action, parameters) =>
    readReply(await emulator.handle(rpcRequest({ Action, ...parameters }, clock.now()))).members;
  await imm('PutProject', { Project: 'demo' });
  return { emulator, clock, imm };
};

describe('emulator.tasks', () => {
  it('ends a held task by hand: the record first, the event after it, and a missing topic loses the event only', async () => {
    const { emulator, clock, imm } = await world();
    const SrcUri = 'oss://bkt/hold/a.docx';
    const { TaskId } = await imm('CreateOfficeConversionTask', { ...CONVERSION, SrcUri });
    await clock.advanceBy(3_600_000);
    const record = (): Promise<Readonly<Record<string, unknown>>> =>
      imm('GetOfficeConversionTask', { Project: 'demo', TaskId: String(TaskId) });
    expect(await record()).toMatchObject({ Status: 'Running' });
    emulator.tasks.finish(String(TaskId), { pageCount: 3 });
    expect(await record()).toMatchObject({ Status: 'Finished', PageCount: 3 });
    await clock.advanceBy(10_000);
    expect(emulator.journal.entries('event-lost')).toMatchObject([{ taskId: TaskId, reason: 'TopicNotExist' }]);
    expect(await record()).toMatchObject({ Status: 'Finished', PageCount: 3 });
  });

  it('fails a task by hand, and the real reply says why', async () => {
    const { emulator, imm } = await world({ imm: { durationMs: Infinity } });
    const { TaskId } = await imm('CreateOfficeConversionTask', CONVERSION);
    emulator.tasks.fail(String(TaskId), { code: 'OpenFileError' });
    const record = await imm('GetOfficeConversionTask', { Project: 'demo', TaskId: String(TaskId) });
    expect(record).toMatchObject({ Status: 'Failed', PageCount: 0, FailDetail: { Code: 'OpenFileError' } });
  });
});

describe('the two API versions', () => {
  const CURRENT = { Version: '2020-09-30' } as const;

  it('share neither projects nor tasks, and are ended by the same hand', async () => {
    const { emulator, clock, imm } = await world({ imm: { durationMs: Infinity } });
    const request = { ProjectName: 'demo', SourceURI: 'oss://bkt/a.docx', TargetURI: 'oss://bkt/o', TargetType: 'png' };
    const task = { ...CURRENT, ...request };
    expect(await imm('CreateOfficeConversionTask', task)).toMatchObject({ Code: 'ResourceNotFound' });
    await imm('CreateProject', { ...CURRENT, ProjectName: 'demo' });
    const legacy = String((await imm('CreateOfficeConversionTask', CONVERSION))['TaskId']);
    const current = String((await imm('CreateOfficeConversionTask', task))['TaskId']);
    const name = { ...CURRENT, ProjectName: 'demo', TaskType: 'OfficeConversion' };
    expect(await imm('GetTask', { ...name, TaskId: legacy })).toMatchObject({ Code: 'ResourceNotFound' });
    expect(await imm('GetOfficeConversionTask', { Project: 'demo', TaskId: current })).toMatchObject({
      Code: 'InvalidTask.NotFound',
    });
    expect(emulator.tasks.list().map(({ apiVersion, taskId }) => [apiVersion, taskId])).toEqual([
      ['2017-09-06', legacy],
      ['2020-09-30', current],
    ]);
    emulator.tasks.finish(current);
    emulator.tasks.fail(legacy, { code: 'OpenFileError' });
    expect(await imm('GetTask', { ...name, TaskId: current })).toMatchObject({ Status: 'Succeeded' });
    expect(await imm('GetOfficeConversionTask', { Project: 'demo', TaskId: legacy })).toMatchObject({
      Status: 'Failed',
    });
    expect(clock.pendingTimers).toBe(1);
  });
});

describe('the imm option', () => {
  it('scripts tasks by rules, per type, and by callback', async () => {
    const { emulator, clock, imm } = await world({
      imm: {
        durationMsByType: { GrabFrameTask: 10 },
        rules: [{ sourceUri: /\.xyz$/, fail: { code: 'UnsupportedSrcFile' } }],
        decide: ({ request }) => (request['UserData'] === 'slow' ? { durationMs: 60_000 } : undefined),
      },
    });
    await imm('CreateOfficeConversionTask', { ...CONVERSION, SrcUri: 'oss://bkt/a.xyz' });
    await imm('CreateOfficeConversionTask', { ...CONVERSION, UserData: 'slow' });
    const TargetList = '[{"TargetUri":"oss://bkt/o.jpg"}]';
    await imm('CreateGrabFrameTask', { Project: 'demo', VideoUri: 'oss://bkt/a.mp4', TargetList });
    await clock.advanceBy(4000);
    expect(emulator.tasks.list().map(({ taskType, state }) => [taskType, state])).toEqual([
      ['FormatConvertJob', 'failed'],
      ['FormatConvertJob', 'running'],
      ['GrabFrameTask', 'succeeded'],
    ]);
  });

  it.each([
    { durationMs: -1 },
    { pageCount: 1.5 },
    { projectDeletion: 'never' },
    { events: { lossProbability: 2 } },
    { rules: [{ sourceUri: 5 }] },
  ])('refuses %j', (imm) => {
    expect(() => createEmulator({ imm: imm as never })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('answers InternalError when a callback throws, creates nothing, and the journal says why', async () => {
    const { emulator, imm } = await world({
      imm: {
        decide: () => {
          throw new Error('my own mistake');
        },
      },
    });
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const reply = await imm('CreateOfficeConversionTask', CONVERSION);
    expect(warning).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'my own mistake' }));
    warning.mockRestore();
    expect(reply).toMatchObject({ Code: 'InternalError' });
    expect(emulator.tasks.list()).toEqual([]);
    expect(emulator.journal.entries('script-failed')).toMatchObject([
      { action: 'CreateOfficeConversionTask', project: 'demo', reason: 'my own mistake' },
    ]);
  });
});
