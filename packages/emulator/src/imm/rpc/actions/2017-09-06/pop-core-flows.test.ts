import RPCClient from '@alicloud/pop-core';
import { SystemClock, decodeEvents, type Imm2017Actions } from '@mnsbus/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listen, type EmulatorServer } from '../../../../mounts/http.js';
import { immFixture, type ImmFixture } from '../../../test-support/imm-fixture.js';
import { TEST_KEY } from '../../../test-support/rpc-request.js';

// The client stamps its requests with the machine's time, so the emulator's virtual time starts there.
let fixture: ImmFixture;
let server: EmulatorServer;

beforeEach(async () => {
  fixture = immFixture({ startMs: new SystemClock().now() });
  server = await listen(fixture.service);
});

afterEach(async () => {
  await server.close();
});

const NOTIFY = {
  NotifyEndpoint: 'http://1000000000000001.mns.cn-beijing.aliyuncs.com/',
  NotifyTopicName: 'imm-events',
} as const;

describe.each(['GET', 'POST'])('@alicloud/pop-core with %s', (method) => {
  const call = <Action extends keyof Imm2017Actions>(
    action: Action,
    request: Imm2017Actions[Action]['request'],
  ): Promise<Imm2017Actions[Action]['reply']> =>
    new RPCClient({
      endpoint: server.endpoint,
      apiVersion: '2017-09-06',
      accessKeyId: TEST_KEY.accessKeyId,
      accessKeySecret: TEST_KEY.accessKeySecret,
    }).request(action, { ...request }, { method });

  it('grabs frames, waits for the event, and reads, lists and deletes the record', async () => {
    await call('PutProject', { Project: 'demo' });
    const { TaskId, TaskType } = await call('CreateGrabFrameTask', {
      Project: 'demo',
      VideoUri: 'oss://bkt/in/电影 a.mp4',
      TargetList: JSON.stringify([{ TargetUri: 'oss://bkt/out/pre{002}suf.jpg', GrabType: 'interval', GrabNumber: 2 }]),
      CustomMessage: 'order "17" & more',
      ...NOTIFY,
    });
    await fixture.clock.advanceBy(10_000);
    expect(fixture.published.flatMap(({ body }) => decodeEvents(body))).toMatchObject([
      {
        name: 'GrabFrameTask',
        data: { taskId: TaskId, code: '', customMessage: 'order "17" & more', grabDurationSeconds: 2 },
      },
    ]);
    const name = { Project: 'demo', TaskType, TaskId };
    const record = await call('GetVideoTask', name);
    expect(record).toMatchObject({ TaskId, Status: 'Finished', Progress: 100, ...NOTIFY });
    expect(JSON.parse(record.Parameters)).toMatchObject({
      SrcUri: 'oss://bkt/in/电影 a.mp4',
      RequestId: expect.any(String),
    });
    expect((await call('ListVideoTasks', { Project: 'demo', TaskType, MaxKeys: 1 })).Tasks).toMatchObject([{ TaskId }]);
    await call('DeleteVideoTask', name);
    await expect(call('GetVideoTask', name)).rejects.toMatchObject({ code: 'InvalidTask.NotFound' });
  });

  it('reads the record of a failed task, because its error is no error of the call', async () => {
    await call('PutProject', { Project: 'demo' });
    const VideoUri = 'oss://bkt/fail-InvalidArgument/a.mp4';
    const { TaskId, TaskType } = await call('CreateVideoAnalyseTask', { Project: 'demo', VideoUri });
    await fixture.clock.advanceBy(20_000);
    expect(await call('GetVideoTask', { Project: 'demo', TaskType, TaskId })).toMatchObject({
      Status: 'Failed',
      ErrorMessage: 'InvalidArgument:unknown error',
    });
  });

  it('is told that a set is busy', async () => {
    await call('PutProject', { Project: 'demo' });
    const request = { Project: 'demo', SetId: 'set-1' };
    const { JobId, JobType } = await call('CreateGroupFacesJob', request);
    await expect(call('CreateMergeFaceGroupsJob', request)).rejects.toMatchObject({
      name: 'InvalidSet.ProcessingError',
      code: 'InvalidSet.Processing',
    });
    await fixture.clock.advanceBy(10_000);
    expect(await call('GetImageJob', { Project: 'demo', JobType, JobId })).toMatchObject({ Status: 'Finished' });
    expect((await call('ListImageJobs', { Project: 'demo', JobType })).Jobs).toMatchObject([{ JobId }]);
  });

  it('asks about regions and actions, changes a project, and indexes an image', async () => {
    const { Regions } = await call('DescribeRegions', {});
    expect(Regions.Region.map(({ RegionId }) => RegionId)).toContain('cn-shanghai');
    await call('PutProject', { Project: 'demo' });
    expect((await call('ListProjectAPIs', { Project: 'demo' })).APIs).toContain('IndexImage');
    expect(await call('UpdateProject', { Project: 'demo', NewCU: 5 })).toMatchObject({ CU: 5 });
    const indexed = { SetId: 'set-1', ImageUri: 'oss://bkt/a.jpg', RemarksA: 'a' };
    expect(await call('IndexImage', { Project: 'demo', ...indexed, ...NOTIFY })).toMatchObject(indexed);
    await fixture.clock.advanceBy(10_000);
    expect(fixture.published.flatMap(({ body }) => decodeEvents(body))).toMatchObject([{ name: 'IndexImage' }]);
  });
});
