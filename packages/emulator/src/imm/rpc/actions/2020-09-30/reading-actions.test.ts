import { describe, expect, it } from 'vitest';
import { immFixture, type ImmFixture, type TestReply } from '../../../test-support/imm-fixture.js';
import type { TestParameters } from '../../../test-support/rpc-request.js';
import { MAX_PROJECTS } from './projects.js';

const call = (fixture: ImmFixture, action: string, parameters: TestParameters = {}): Promise<TestReply> =>
  fixture.call(action, { Version: '2020-09-30', ...parameters });

const DEMO = { ProjectName: 'demo' } as const;

async function withProject(more: TestParameters = {}): Promise<ImmFixture> {
  const fixture = immFixture({ startMs: Date.UTC(2024, 7, 20, 7, 3, 7, 500) });
  await call(fixture, 'CreateProject', { ...DEMO, ...more });
  return fixture;
}

describe('projects of 2020-09-30', () => {
  it('have the documented members and defaults', async () => {
    const { members } = await call(await withProject(), 'GetProject', DEMO);
    expect(members['Project']).toEqual({
      ProjectName: 'demo',
      Description: '',
      ServiceRole: 'AliyunIMMDefaultRole',
      TemplateId: '',
      CreateTime: '2024-08-20T07:03:07.5Z',
      UpdateTime: '2024-08-20T07:03:07.5Z',
      ProjectQueriesPerSecond: 100,
      EngineConcurrency: 5,
      ProjectMaxDatasetCount: 1_000_000_000,
      DatasetMaxBindCount: 10,
      DatasetMaxFileCount: 10_000_000_000,
      DatasetMaxEntityCount: 10_000_000_000,
      DatasetMaxRelationCount: 100_000_000_000,
      DatasetMaxTotalFileSize: 90_000_000_000_000_000,
      DatasetCount: 0,
      FileCount: 0,
      TotalFileSize: 0,
      Tags: [],
    });
  });

  it('write the largest default as a plain number, in JSON and XML', async () => {
    const fixture = await withProject();
    expect((await call(fixture, 'GetProject', DEMO)).text).toContain('"DatasetMaxTotalFileSize":90000000000000000');
    expect((await call(fixture, 'GetProject', { ...DEMO, Format: 'XML' })).text).toContain(
      '<DatasetMaxTotalFileSize>90000000000000000</DatasetMaxTotalFileSize>',
    );
  });

  it('change in what an update names, and in when they were changed', async () => {
    const fixture = await withProject({ Description: 'old', Tag: '[{"Key":"k","Value":"v"}]' });
    await fixture.clock.advanceBy(1500);
    const { members } = await call(fixture, 'UpdateProject', { ...DEMO, Description: 'new', DatasetMaxBindCount: '3' });
    expect(members['Project']).toMatchObject({
      Description: 'new',
      DatasetMaxBindCount: 3,
      CreateTime: '2024-08-20T07:03:07.5Z',
      UpdateTime: '2024-08-20T07:03:09Z',
      Tags: [{ TagKey: 'k', TagValue: 'v' }],
    });
  });

  it.each<[TestParameters, boolean]>([
    [{ ProjectName: 'a'.repeat(128) }, true],
    [{ ProjectName: 'a'.repeat(129) }, false],
    [{ ProjectName: '_a-1' }, true],
    [{ ProjectName: '1a' }, false],
    [{ Description: 'x'.repeat(256) }, true],
    [{ Description: 'x'.repeat(257) }, false],
    [{ ProjectMaxDatasetCount: '0' }, false],
    [{ ProjectMaxDatasetCount: '1000000000' }, true],
    [{ ProjectMaxDatasetCount: '1000000001' }, false],
    [{ DatasetMaxBindCount: '10' }, true],
    [{ DatasetMaxBindCount: '11' }, false],
    [{ DatasetMaxTotalFileSize: '90000000000000000' }, true],
    [{ Tag: '[{"Key":"","Value":""}]' }, false],
    [{ Tag: '{}' }, false],
  ])('are created with %j: %s', async (parameters, isTaken) => {
    const reply = await call(immFixture(), 'CreateProject', { ...DEMO, ...parameters });
    expect([reply.status, reply.members['Code']]).toEqual(isTaken ? [200, undefined] : [400, 'InvalidArgument']);
  });

  it('exist once, and do not mix with those of the earlier version', async () => {
    const fixture = await withProject();
    expect((await call(fixture, 'CreateProject', DEMO)).members).toMatchObject({
      Code: 'ResourceAlreadyExists',
      Message: 'The specified resource project already exists.',
    });
    expect((await fixture.call('GetProject', { Project: 'demo' })).members['Code']).toBe('InvalidProject.NotFound');
    expect((await fixture.call('PutProject', { Project: 'demo' })).status).toBe(200);
  });

  it(`are ${MAX_PROJECTS} at most`, async () => {
    const fixture = immFixture();
    for (let index = 0; index < MAX_PROJECTS; index += 1) {
      await call(fixture, 'CreateProject', { ProjectName: `p${index}` });
    }
    expect((await call(fixture, 'CreateProject', DEMO)).members).toMatchObject({
      Code: 'LimitExceededError',
      Message: 'Message: resource count exceeds the limit',
    });
    await call(fixture, 'DeleteProject', { ProjectName: 'p0' });
    expect((await call(fixture, 'CreateProject', DEMO)).status).toBe(200);
  });

  it('are listed by name, prefix and tag, in pages', async () => {
    const fixture = immFixture();
    const tag = '[{"Key":"k","Value":"v"}]';
    for (const ProjectName of ['b2', 'a1', 'b1', 'b3']) {
      await call(fixture, 'CreateProject', { ProjectName, ...(ProjectName === 'b3' ? {} : { Tag: tag }) });
    }
    const list = async (parameters: TestParameters): Promise<unknown> => {
      const { members } = await call(fixture, 'ListProjects', parameters);
      const projects = Array.isArray(members['Projects']) ? members['Projects'] : [];
      return [projects.map(({ ProjectName }: { ProjectName: string }) => ProjectName), members['NextToken']];
    };
    expect(await list({})).toEqual([['a1', 'b1', 'b2', 'b3'], undefined]);
    expect(await list({ MaxResults: '0' })).toEqual([['a1', 'b1', 'b2', 'b3'], undefined]);
    expect(await list({ MaxResults: '2' })).toEqual([['a1', 'b1'], 'b1']);
    expect(await list({ MaxResults: '2', NextToken: 'b1' })).toEqual([['b2', 'b3'], undefined]);
    expect(await list({ Prefix: 'b', Tag: tag })).toEqual([['b1', 'b2'], undefined]);
    expect((await call(fixture, 'ListProjects', { MaxResults: '201' })).status).toBe(400);
  });

  it('cannot be deleted while a task runs', async () => {
    const fixture = await withProject();
    await call(fixture, 'CreateImageModerationTask', { ...DEMO, SourceURI: 'oss://bkt/a.jpg' });
    expect((await call(fixture, 'DeleteProject', DEMO)).members).toMatchObject({
      Code: 'StatusConflict',
      Message: 'Message: cannot delete when sub resoures exist',
    });
    await fixture.clock.advanceBy(60_000);
    expect((await call(fixture, 'DeleteProject', DEMO)).status).toBe(200);
    expect((await call(fixture, 'GetProject', DEMO)).members['Code']).toBe('ResourceNotFound');
  });

  it('live in regions that can be listed', async () => {
    const { members } = await call(immFixture(), 'ListRegions');
    expect(members['Regions']).toContainEqual({ RegionId: 'cn-beijing' });
  });
});

describe('tasks of 2020-09-30', () => {
  const moderate = async (fixture: ImmFixture, more: TestParameters = {}): Promise<string> => {
    const reply = await call(fixture, 'CreateVideoModerationTask', {
      ...DEMO,
      SourceURI: 'oss://bkt/v.mp4',
      ...more,
    });
    return String(reply.members['TaskId']);
  };

  it('give their request back when they are asked to', async () => {
    const fixture = await withProject();
    const TaskId = await moderate(fixture, { Scenes: '["porn"]', Tags: '{"a":"b"}' });
    const name = { ...DEMO, TaskType: 'VideoModeration', TaskId };
    const { members } = await call(fixture, 'GetTask', { ...name, RequestDefinition: 'true' });
    expect(members['Tags']).toEqual({ a: 'b' });
    expect(JSON.parse(String(members['TaskRequestDefinition']))).toEqual({
      ProjectName: 'demo',
      SourceURI: 'oss://bkt/v.mp4',
      Scenes: ['porn'],
      Tags: { a: 'b' },
    });
    expect((await call(fixture, 'GetTask', name)).members).not.toHaveProperty('TaskRequestDefinition');
  });

  it('tell of a failure as the real one does', async () => {
    const fixture = await withProject();
    const TaskId = await moderate(fixture, { SourceURI: 'oss://bkt/fail-InternalError/v.mp4' });
    await fixture.clock.advanceBy(60_000);
    const { status, members } = await call(fixture, 'GetTask', { ...DEMO, TaskType: 'VideoModeration', TaskId });
    expect(status).toBe(200);
    expect(members).toEqual({
      RequestId: expect.any(String),
      ProjectName: 'demo',
      EventId: expect.any(String),
      TaskId,
      TaskType: 'VideoModeration',
      Status: 'Failed',
      Code: 'InternalError',
      Message: expect.stringMatching(/./),
      StartTime: '2024-08-20T07:03:07.5Z',
      EndTime: '2024-08-20T07:03:23.5Z',
      Progress: 0,
    });
  });

  it.each([
    ['CreateImageModerationTask', 'GetImageModerationResult', 'ImageModeration', 'ModerationResult'],
    ['CreateVideoModerationTask', 'GetVideoModerationResult', 'VideoModeration', 'ModerationResult'],
    ['CreateVideoLabelClassificationTask', 'GetVideoLabelClassificationResult', 'VideoLabelClassification', 'Labels'],
    ['CreateDecodeBlindWatermarkTask', 'GetDecodeBlindWatermarkResult', 'DecodeBlindWatermark', 'Content'],
  ])('%s has a result, which is always the same for the same source', async (action, getter, TaskType, member) => {
    const results: unknown[] = [];
    for (const seed of ['one', 'two']) {
      const fixture = immFixture({ seed });
      await call(fixture, 'CreateProject', DEMO);
      const created = await call(fixture, action, { ...DEMO, SourceURI: 'oss://bkt/v.mp4' });
      const name = { ...DEMO, TaskType, TaskId: String(created.members['TaskId']) };
      expect((await call(fixture, getter, name)).members).not.toHaveProperty(member);
      await fixture.clock.advanceBy(60_000);
      const { members } = await call(fixture, getter, name);
      expect(members).toMatchObject({ Status: 'Succeeded', TaskType });
      expect(members).not.toHaveProperty('Progress');
      results.push(members[member]);
    }
    expect(results[0]).toBeDefined();
    expect(results[1]).toEqual(results[0]);
  });

  it('are found by project, type and id together, for seven days', async () => {
    const fixture = await withProject();
    const TaskId = await moderate(fixture);
    const get = async (more: TestParameters): Promise<unknown> =>
      (await call(fixture, 'GetTask', { ...DEMO, TaskType: 'VideoModeration', TaskId, ...more })).members['Message'];
    expect(await get({ TaskType: 'ImageModeration' })).toBe('The specified resource TaskId is not found.');
    expect(await get({ TaskId: 'VideoModeration-none' })).toBe('The specified resource TaskId is not found.');
    expect(await get({ ProjectName: 'none' })).toBe('The specified resource project is not found.');
    await fixture.clock.advanceBy(7 * 86_400_000 - 1);
    expect(await get({})).toBeUndefined();
    await fixture.clock.advanceBy(1);
    expect(await get({})).toBe('The specified resource TaskId is not found.');
  });

  it('are listed with the length of the page as a text', async () => {
    const fixture = await withProject();
    for (let index = 0; index < 3; index += 1) await moderate(fixture);
    const { members } = await call(fixture, 'ListTasks', { ...DEMO, MaxResults: '2', Order: 'DES', Sort: 'StartTime' });
    expect(members).toMatchObject({ ProjectName: 'demo', MaxResults: '2', NextToken: expect.any(String) });
    const NextToken = String(members['NextToken']);
    const rest = (await call(fixture, 'ListTasks', { ...DEMO, Order: 'DES', Sort: 'StartTime', NextToken })).members;
    expect([rest['MaxResults'], 'NextToken' in rest]).toEqual(['100', false]);
    expect([members['Tasks'], rest['Tasks']].flat()).toHaveLength(3);
  });

  it.each<[TestParameters]>([
    [{ MaxResults: '0' }],
    [{ MaxResults: '101' }],
    [{ Order: 'DESC' }],
    [{ Sort: 'Status' }],
    [{ Status: 'Finished' }],
    [{ TagSelector: 'a' }],
    [{ TaskTypes: 'OfficeConversion' }],
    [{ StartTimeRange: '{"Start":"yesterday"}' }],
    [{ NextToken: 'x' }],
  ])('are not listed with %j', async (parameters) => {
    const reply = await call(await withProject(), 'ListTasks', { ...DEMO, ...parameters });
    expect(reply.status).toBe(400);
  });
});

describe.each([
  ['Trigger', 'trigger-', 'Running'],
  ['Batch', 'batch-', 'Succeeded'],
])('a %s', (word, prefix, laterState) => {
  const plural = word === 'Batch' ? 'Batches' : 'Triggers';
  const request = {
    ...DEMO,
    Input: '{"OSS":{"Bucket":"bkt","Prefix":"in/"}}',
    Actions: '[{"Name":"doc/convert","Parameters":["target_png"]}]',
    ServiceRole: 'role',
    Notification: '{"MNS":{"TopicName":"ends"}}',
  };

  it('is created, read, listed and deleted', async () => {
    const fixture = await withProject();
    const created = await call(fixture, `Create${word}`, request);
    const Id = String(created.members['Id']);
    expect(Id.startsWith(prefix)).toBe(true);
    await fixture.clock.advanceBy(60_000);
    const { members } = await call(fixture, `Get${word}`, { ...DEMO, Id });
    expect(members[word]).toMatchObject({
      Id,
      State: laterState,
      ServiceRole: 'role',
      Input: { OSS: { Bucket: 'bkt', Prefix: 'in/' } },
      Actions: [{ Name: 'doc/convert', Parameters: ['target_png'] }],
    });
    expect((await call(fixture, `List${plural}`, DEMO)).members[plural]).toHaveLength(1);
    expect((await call(fixture, 'ListTasks', DEMO)).members['Tasks']).toEqual([]);
    expect((await call(fixture, `Delete${word}`, { ...DEMO, Id })).status).toBe(200);
    expect((await call(fixture, `Get${word}`, { ...DEMO, Id })).members['Code']).toBe('ResourceNotFound');
    expect(fixture.published).toHaveLength(word === 'Batch' ? 1 : 0);
  });

  it('wants its input, its actions and its role', async () => {
    const fixture = await withProject();
    for (const name of ['Input', 'Actions', 'ServiceRole']) {
      expect((await call(fixture, `Create${word}`, { ...request, [name]: undefined })).members['Message']).toBe(
        `The parameter ${name} is required but not provided.`,
      );
    }
  });
});
