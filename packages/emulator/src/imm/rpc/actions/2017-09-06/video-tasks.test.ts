import { decodeEvents } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { immFixture, type ImmFixture, type TestReply } from '../../../test-support/imm-fixture.js';
import type { TestParameters } from '../../../test-support/rpc-request.js';

const START_MS = Date.UTC(2021, 0, 28, 3, 24, 25, 915);
const NOTIFY = {
  NotifyEndpoint: 'http://1000000000000001.mns.cn-beijing.aliyuncs.com',
  NotifyTopicName: 'imm-events',
} as const;
const TARGETS = '[{"TargetUri":"oss://bkt/out/pre{002}suf.jpg"}]';

interface Creator {
  readonly action: string;
  readonly taskType: string;
  readonly required: TestParameters;
  readonly optional: TestParameters;
  readonly durationMs: number;
}

const VIDEO = { VideoUri: 'oss://bkt/in/a.mp4' } as const;

const CREATORS: readonly Creator[] = [
  {
    action: 'CreateVideoAnalyseTask',
    taskType: 'VideoAnalyseTask',
    required: VIDEO,
    optional: { TgtUri: 'oss://bkt/out', GrabType: 'diff', Interval: '5', StartTime: '0', EndTime: '10' },
    durationMs: 16_000,
  },
  {
    action: 'CreateVideoCompressTask',
    taskType: 'CompressVideoTask',
    required: VIDEO,
    optional: { TargetList: TARGETS, TargetSubtitle: '{"SubtitleUri":"oss://bkt/a.srt"}', CustomMessage: 'c1' },
    durationMs: 16_000,
  },
  {
    action: 'CreateGrabFrameTask',
    taskType: 'GrabFrameTask',
    required: { ...VIDEO, TargetList: TARGETS },
    optional: { CustomMessage: 'order-17' },
    durationMs: 1200,
  },
  {
    action: 'CreateVideoAbstractTask',
    taskType: 'VideoAbstractTask',
    required: VIDEO,
    optional: { AbstractLength: '30', TargetVideoUri: 'oss://bkt/out/v.mp4', TargetClipsUri: 'oss://bkt/out/clips' },
    durationMs: 16_000,
  },
  {
    action: 'CreateVideoProduceTask',
    taskType: 'VideoProduceTask',
    required: { Images: '["oss://bkt/1.jpg"]', TargetUri: 'oss://bkt/out/v.mp4' },
    optional: { Music: 'calm', TemplateName: 't', Width: '640', Height: '480', CustomMessage: 'c' },
    durationMs: 16_000,
  },
  {
    action: 'CreateMediaComplexTask',
    taskType: 'MediaComplexTask',
    required: { Parameters: '{"any":[1]}' },
    optional: {},
    durationMs: 16_000,
  },
  {
    action: 'CreateImageProcessTask',
    taskType: 'ImageProcessTask',
    required: { ImageUri: 'oss://bkt/in/a.jpg', TargetList: TARGETS },
    optional: {},
    durationMs: 1200,
  },
];

const STREAM = { StreamUri: 'rtmp://live.example.com/app/1' } as const;

const withProject = async (options: Parameters<typeof immFixture>[0] = {}): Promise<ImmFixture> => {
  const fixture = immFixture({ startMs: START_MS, ...options });
  await fixture.call('PutProject', { Project: 'demo' });
  return fixture;
};

const create = (fixture: ImmFixture, action: string, parameters: TestParameters): Promise<TestReply> =>
  fixture.call(action, { Project: 'demo', ...NOTIFY, ...parameters });

const get = async (fixture: ImmFixture, TaskType: string, TaskId: unknown): Promise<TestReply['members']> =>
  (await fixture.call('GetVideoTask', { Project: 'demo', TaskType, TaskId: String(TaskId) })).members;

const payload = (fixture: ImmFixture): string =>
  /"imm":(\{.*\})\}\]\}$/.exec(fixture.published[0]?.body ?? '')?.[1] ?? '';

describe.each(CREATORS)('$action', ({ action, taskType, required, optional, durationMs }) => {
  it.each([
    ['only what it needs', required],
    ['everything it knows', { ...required, ...optional }],
  ])('with %s answers with an id, runs, and tells of its end', async (_, parameters) => {
    const fixture = await withProject();
    const { status, members } = await create(fixture, action, parameters);
    const id = new RegExp(`^${taskType}-[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}$`);
    expect([status, members]).toEqual([
      200,
      { RequestId: expect.any(String), TaskId: expect.stringMatching(id), TaskType: taskType },
    ]);
    await fixture.clock.advanceBy(durationMs - 1);
    expect(await get(fixture, taskType, members['TaskId'])).toMatchObject({
      Status: 'Running',
      Progress: 0,
      Result: '',
    });
    await fixture.clock.advanceBy(1);
    expect(await get(fixture, taskType, members['TaskId'])).toMatchObject({ Status: 'Finished', Progress: 100 });
    await fixture.clock.advanceBy(10_000);
    expect(fixture.published.map(({ body }) => decodeEvents(body)[0])).toMatchObject([
      { name: taskType, occurredAt: new Date(START_MS + durationMs), data: { taskId: members['TaskId'], code: '' } },
    ]);
  });

  it.each(Object.keys(required).flatMap((name) => ['absent', 'empty'].map((how) => [name, how] as const)))(
    'needs %s, which must not be %s',
    async (name, how) => {
      const fixture = await withProject();
      const value = how === 'absent' ? undefined : '';
      const { status, members } = await create(fixture, action, { ...required, [name]: value });
      const code = how === 'absent' ? `Missing${name}` : `InvalidParameter.${name}.Empty`;
      expect([status, members['Code']]).toEqual([400, code]);
      expect(fixture.service.tasks.list()).toEqual([]);
    },
  );

  it('needs a project that exists', async () => {
    const fixture = await withProject();
    const codes = [{ Project: undefined }, { Project: 'none' }].map(
      async (project) => (await create(fixture, action, { ...required, ...project })).members['Code'],
    );
    expect(await Promise.all(codes)).toEqual(['MissingProject', 'InvalidProject.NotFound']);
  });

  it('tells nobody without a topic', async () => {
    const fixture = await withProject();
    await create(fixture, action, { ...required, NotifyTopicName: undefined });
    await fixture.clock.advanceBy(60_000);
    expect([fixture.published, fixture.context.journal.entries('task-ended').length]).toEqual([[], 1]);
  });
});

describe('parameters of video tasks', () => {
  const bad: readonly (readonly [string, TestParameters, string])[] = [
    ['CreateVideoAnalyseTask', { VideoUri: 'http://bkt/a' }, 'InvalidParameter.VideoUri.WrongFormat'],
    ['CreateVideoAnalyseTask', { ...VIDEO, TgtUri: 'out/' }, 'InvalidParameter.TgtUri.WrongFormat'],
    ...[
      'x',
      '{}',
      '[1]',
      '[{}]',
      '[{"TargetUri":"oss://bkt/o","GrabNumber":{"toString":1}}]',
      '[{"TargetUri":5}]',
      '[{"TargetUri":"out"}]',
      '[null]',
      'null',
    ].map(
      (TargetList) =>
        ['CreateGrabFrameTask', { ...VIDEO, TargetList }, 'InvalidParameter.TargetList.WrongFormat'] as const,
    ),
    ...['0', '-1', '1.5', 'x', '12345678'].map(
      (GrabNumber) =>
        [
          'CreateGrabFrameTask',
          { ...VIDEO, TargetList: JSON.stringify([{ TargetUri: 'oss://bkt/o', GrabNumber }]) },
          'InvalidParameter.TargetList.WrongFormat',
        ] as const,
    ),
    ['CreateGrabFrameTask', { ...VIDEO, TargetList: '[]' }, 'InvalidParameter.TargetList.Empty'],
    ['CreateVideoCompressTask', { ...VIDEO, TargetList: '{}' }, 'InvalidParameter.TargetList.WrongFormat'],
    ...['x', '5', '[5]', 'null'].map(
      (TargetSubtitle) =>
        [
          'CreateVideoCompressTask',
          { ...VIDEO, TargetSubtitle },
          'InvalidParameter.TargetSubtitle.WrongFormat',
        ] as const,
    ),
    ...['0', '-1'].map(
      (AbstractLength) =>
        ['CreateVideoAbstractTask', { ...VIDEO, AbstractLength }, 'InvalidParameter.AbstractLength'] as const,
    ),
    ['CreateVideoAbstractTask', { ...VIDEO, AbstractLength: 'x' }, 'InvalidParameter.AbstractLength.WrongFormat'],
    ['CreateVideoAbstractTask', { ...VIDEO, TargetVideoUri: 'x' }, 'InvalidParameter.TargetVideoUri.WrongFormat'],
    ['CreateVideoAbstractTask', { ...VIDEO, TargetClipsUri: 'x' }, 'InvalidParameter.TargetClipsUri.WrongFormat'],
    ...['Width', 'Height'].map(
      (name) =>
        [
          'CreateVideoProduceTask',
          { Images: '[1]', TargetUri: 'oss://bkt/v', [name]: '0' },
          `InvalidParameter.${name}`,
        ] as const,
    ),
    ['CreateVideoProduceTask', { Images: '{}', TargetUri: 'oss://bkt/v' }, 'InvalidParameter.Images.WrongFormat'],
    ['CreateVideoProduceTask', { Images: '[]', TargetUri: 'oss://bkt/v' }, 'InvalidParameter.Images.Empty'],
    ['CreateVideoProduceTask', { Images: '[1]', TargetUri: 'v' }, 'InvalidParameter.TargetUri.WrongFormat'],
    ['CreateMediaComplexTask', { Parameters: '[]' }, 'InvalidParameter.Parameters.WrongFormat'],
    ['CreateMediaComplexTask', { Parameters: '{' }, 'InvalidParameter.Parameters.WrongFormat'],
    ['CreateImageProcessTask', { ImageUri: 'a.jpg', TargetList: TARGETS }, 'InvalidParameter.ImageUri.WrongFormat'],
    ['CreateStreamAnalyseTask', {}, 'MissingStreamUri'],
    ['CreateStreamAnalyseTask', { ...STREAM, TgtUri: 'x' }, 'InvalidParameter.TgtUri.WrongFormat'],
  ];

  it.each(bad)('of %s: %j is refused with %s', async (action, parameters, code) => {
    const fixture = await withProject();
    const { status, members } = await create(fixture, action, parameters);
    expect([status, members['Code']]).toEqual([400, code]);
    expect(fixture.service.tasks.list()).toEqual([]);
  });

  it.each(['[{"SubtitleUri":"a"}]', '{}', '[]'])(
    'of CreateVideoCompressTask: TargetSubtitle %s is accepted',
    async (text) => {
      const { status } = await create(await withProject(), 'CreateVideoCompressTask', {
        ...VIDEO,
        TargetSubtitle: text,
      });
      expect(status).toBe(200);
    },
  );
});

describe('the event of a video task, to the byte', () => {
  const targets = JSON.stringify([
    { TargetUri: 'oss://bkt/out/a.jpg', GrabType: 'key', GrabNumber: 3 },
    { TargetUri: 'oss://bkt/out/b.jpg', GrabNumber: '2' },
    { TargetUri: 'oss://bkt/out/c.jpg' },
  ]);

  it('of a frame grab has results and billed seconds', async () => {
    const fixture = await withProject();
    const { members } = await create(fixture, 'CreateGrabFrameTask', {
      ...VIDEO,
      TargetList: targets,
      CustomMessage: 'order-17',
    });
    await fixture.clock.advanceBy(10_000);
    const results = [
      { Success: 'true', GrabType: 'key', TargetUri: 'oss://bkt/out/a.jpg' },
      { Success: 'true', GrabType: 'interval', TargetUri: 'oss://bkt/out/b.jpg' },
      { Success: 'true', GrabType: 'interval', TargetUri: 'oss://bkt/out/c.jpg' },
    ];
    expect(fixture.published[0]?.body).toBe(
      '{"events":[{"eventName":"GrabFrameTask","eventSource":"acs:imm","eventTime":"2021-01-28T03:24:27.115Z",' +
        '"eventVersion":"1.0","imm":{"CustomMessage":"order-17","ErrorCode":"","GrabDuration":"6",' +
        `"JobId":"${String(members['TaskId'])}","Results":${JSON.stringify(JSON.stringify(results))}}}]}`,
    );
  });

  it('of a failed frame grab bills nothing, and says why', async () => {
    const fixture = await withProject();
    const { members } = await create(fixture, 'CreateGrabFrameTask', {
      VideoUri: 'oss://bkt/fail-InvalidArgument/a.mp4',
      TargetList: TARGETS,
    });
    await fixture.clock.advanceBy(10_000);
    const results = [{ Success: 'false', GrabType: 'interval', TargetUri: 'oss://bkt/out/pre{002}suf.jpg' }];
    expect(payload(fixture)).toBe(
      `{"ErrorCode":"InvalidArgument","GrabDuration":"0","JobId":"${String(members['TaskId'])}",` +
        `"Results":${JSON.stringify(JSON.stringify(results))}}`,
    );
  });

  it('of a compression has results', async () => {
    const fixture = await withProject();
    const TargetList = '[{"TargetUri":"oss://bkt/out/a.m3u8"}]';
    const { members } = await create(fixture, 'CreateVideoCompressTask', { ...VIDEO, TargetList, CustomMessage: 'c1' });
    await fixture.clock.advanceBy(20_000);
    expect(payload(fixture)).toBe(
      `{"CustomMessage":"c1","ErrorCode":"","JobId":"${String(members['TaskId'])}",` +
        '"Results":"[{\\"Success\\":\\"true\\",\\"TargetUri\\":\\"oss://bkt/out/a.m3u8\\"}]"}',
    );
  });

  it.each(['CreateVideoAnalyseTask', 'CreateVideoAbstractTask'])(
    'of %s has nothing but error and id',
    async (action) => {
      const fixture = await withProject();
      const { members } = await create(fixture, action, { VideoUri: 'oss://bkt/fail-Broken/a.mp4' });
      await fixture.clock.advanceBy(20_000);
      expect(payload(fixture)).toBe(`{"ErrorCode":"Broken","JobId":"${String(members['TaskId'])}"}`);
    },
  );
});

describe('StopStreamAnalyseTask', () => {
  it('ends what goes on until then, and its event follows', async () => {
    const fixture = await withProject();
    const { members } = await create(fixture, 'CreateStreamAnalyseTask', { ...STREAM, TgtUri: 'oss://bkt/out' });
    const TaskId = String(members['TaskId']);
    await fixture.clock.advanceBy(86_400_000);
    expect(await get(fixture, 'StreamAnalyseTask', TaskId)).toMatchObject({ Status: 'Running' });
    const stopped = await fixture.call('StopStreamAnalyseTask', { Project: 'demo', TaskId });
    expect(stopped.members).toEqual({ RequestId: expect.any(String), TaskId });
    expect(fixture.context.journal.entries('task-ended')).toMatchObject([
      { taskId: TaskId, atMs: fixture.clock.now() },
    ]);
    expect(await get(fixture, 'StreamAnalyseTask', TaskId)).toMatchObject({ Status: 'Finished' });
    await fixture.clock.advanceBy(1000);
    expect(payload(fixture)).toBe(`{"ErrorCode":"","JobId":"${TaskId}"}`);
    const again = await fixture.call('StopStreamAnalyseTask', { Project: 'demo', TaskId });
    expect([again.status, again.members['Code']]).toEqual([400, 'InvalidTask.Finished']);
  });

  it.each([
    [{ TaskId: 'none' }, 'InvalidTask.NotFound'],
    [{ TaskId: undefined }, 'MissingTaskId'],
    [{ Project: 'none', TaskId: 'none' }, 'InvalidProject.NotFound'],
  ])('with %j answers %s', async (parameters, code) => {
    const { members } = await (await withProject()).call('StopStreamAnalyseTask', { Project: 'demo', ...parameters });
    expect(members['Code']).toBe(code);
  });

  it('does not stop tasks of another type', async () => {
    const fixture = await withProject();
    const { members } = await create(fixture, 'CreateVideoAnalyseTask', VIDEO);
    const reply = await fixture.call('StopStreamAnalyseTask', { Project: 'demo', TaskId: String(members['TaskId']) });
    expect(reply.members['Code']).toBe('InvalidTask.NotFound');
    expect(await get(fixture, 'VideoAnalyseTask', members['TaskId'])).toMatchObject({ Status: 'Running' });
  });
});

describe('GetVideoTask', () => {
  it('shows a finished task: the request and the result as JSON texts', async () => {
    const fixture = await withProject();
    const { members } = await create(fixture, 'CreateVideoAnalyseTask', {
      ...VIDEO,
      TgtUri: 'oss://bkt/out',
      Interval: '5',
    });
    await fixture.clock.advanceBy(16_000);
    const record = await get(fixture, 'VideoAnalyseTask', members['TaskId']);
    expect(record).toEqual({
      TaskId: members['TaskId'],
      TaskType: 'VideoAnalyseTask',
      Status: 'Finished',
      Progress: 100,
      Parameters: JSON.stringify({
        Interval: '5',
        RequestId: members['RequestId'],
        SrcUri: 'oss://bkt/in/a.mp4',
        TaskType: 'VideoAnalyseTask',
        TgtUri: 'oss://bkt/out',
      }),
      Result: expect.any(String),
      ErrorMessage: '',
      StartTime: '2021-01-28T03:24:25.915000Z',
      EndTime: '2021-01-28T03:24:41.915000Z',
      ...NOTIFY,
      RequestId: expect.any(String),
    });
    const result: unknown = JSON.parse(JSON.parse(String(record['Result'])).Key);
    expect(result).toEqual({
      TgtUri: 'oss://bkt/out',
      ImgsUri: 'oss://bkt/out/imgs',
      AudioUri: 'oss://bkt/out/audio',
      ResultUri: 'oss://bkt/out/result/result.txt',
      ProcessLength: expect.stringMatching(/^\d+$/),
    });
  });

  it('shows a failed task: why, and nothing else', async () => {
    const fixture = await withProject();
    const { members } = await create(fixture, 'CreateVideoAnalyseTask', { VideoUri: 'oss://bkt/fail-Broken/a.mp4' });
    await fixture.clock.advanceBy(16_000);
    const record = await get(fixture, 'VideoAnalyseTask', members['TaskId']);
    expect(record).toMatchObject({
      Status: 'Failed',
      Progress: 0,
      Result: '',
      EndTime: '',
      ErrorMessage: 'Broken:unknown error',
    });
    expect(record).not.toHaveProperty('Code');
  });

  it('shows a queued task as running since its submission', async () => {
    const fixture = await withProject({ queueDelayMs: 500 });
    const { members } = await create(fixture, 'CreateVideoAnalyseTask', VIDEO);
    const record = await get(fixture, 'VideoAnalyseTask', members['TaskId']);
    expect(record).toMatchObject({ Status: 'Running', StartTime: '2021-01-28T03:24:25.915000Z' });
    await fixture.clock.advanceBy(500);
    const started = await get(fixture, 'VideoAnalyseTask', members['TaskId']);
    expect(started).toMatchObject({ Status: 'Running', StartTime: '2021-01-28T03:24:26.415000Z' });
  });

  it.each(['GetVideoTask', 'DeleteVideoTask'])('and its kin name one task: %s', async (action) => {
    const fixture = await withProject();
    const { members } = await create(fixture, 'CreateVideoAnalyseTask', VIDEO);
    const TaskId = String(members['TaskId']);
    const name = { Project: 'demo', TaskType: 'VideoAnalyseTask', TaskId };
    const codes: unknown[] = [];
    for (const change of [
      { TaskType: undefined },
      { TaskType: 'FormatConvertJob' },
      { TaskType: 'GrabFrameTask' },
      { TaskId: undefined },
      { TaskId: 'none' },
      { Project: 'none' },
      { Project: undefined },
    ]) {
      codes.push((await fixture.call(action, { ...name, ...change })).members['Code']);
    }
    expect(codes).toEqual([
      'MissingTaskType',
      'InvalidParameter.TaskType',
      'InvalidTask.NotFound',
      'MissingTaskId',
      'InvalidTask.NotFound',
      'InvalidProject.NotFound',
      'MissingProject',
    ]);
    expect((await fixture.call(action, name)).status).toBe(200);
  });
});

describe('ListVideoTasks', () => {
  it('gives every task of one type once, by id, page by page', async () => {
    const fixture = await withProject();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.push(String((await create(fixture, 'CreateVideoAnalyseTask', VIDEO)).members['TaskId']));
      await create(fixture, 'CreateVideoAbstractTask', VIDEO);
    }
    const seen: unknown[] = [];
    for (let marker: string | undefined = ''; marker !== undefined;) {
      const { members } = await fixture.call('ListVideoTasks', {
        Project: 'demo',
        TaskType: 'VideoAnalyseTask',
        MaxKeys: '2',
        Marker: marker,
      });
      seen.push(members['Tasks']);
      const next = members['NextMarker'];
      marker = typeof next === 'string' ? next : undefined;
    }
    expect(seen.flat()).toMatchObject(
      ids.toSorted().map((TaskId) => ({ TaskId, TaskType: 'VideoAnalyseTask', Status: 'Running' })),
    );
    expect(seen).toHaveLength(3);
  });

  it.each([
    [{ TaskType: undefined }, 'MissingTaskType'],
    [{ TaskType: 'x' }, 'InvalidParameter.TaskType'],
    [{ Project: 'none' }, 'InvalidProject.NotFound'],
    [{ MaxKeys: '101' }, 'InvalidMaxKeys'],
  ])('with %j answers %s', async (parameters, code) => {
    const name = { Project: 'demo', TaskType: 'VideoAnalyseTask' };
    const { members } = await (await withProject()).call('ListVideoTasks', { ...name, ...parameters });
    expect(members['Code']).toBe(code);
  });
});

describe('DeleteVideoTask', () => {
  it('removes a running task, whose event never comes', async () => {
    const fixture = await withProject();
    const { members } = await create(fixture, 'CreateVideoAnalyseTask', VIDEO);
    const name = { Project: 'demo', TaskType: 'VideoAnalyseTask', TaskId: String(members['TaskId']) };
    const reply = await fixture.call('DeleteVideoTask', name);
    expect([reply.status, Object.keys(reply.members)]).toEqual([200, ['RequestId']]);
    expect((await fixture.call('GetVideoTask', name)).members['Code']).toBe('InvalidTask.NotFound');
    await fixture.clock.advanceBy(60_000);
    expect(fixture.published).toEqual([]);
  });
});
