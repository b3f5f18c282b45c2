import { decodeEvents } from '@mnsbus/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { immFixture, type ImmFixture, type TestReply } from '../../../test-support/imm-fixture.js';
import type { TestParameters } from '../../../test-support/rpc-request.js';

const NOTIFY = {
  NotifyEndpoint: 'http://1000000000000001.mns.cn-beijing.aliyuncs.com',
  NotifyTopicName: 'imm-events',
} as const;

let fixture: ImmFixture;

const create = (action: string, parameters: TestParameters = {}): Promise<TestReply> =>
  fixture.call(action, { Project: 'demo', SetId: 'set-1', ...NOTIFY, ...parameters });

const name = (JobType: string, JobId: unknown): TestParameters => ({ Project: 'demo', JobType, JobId: String(JobId) });

beforeEach(async () => {
  fixture = immFixture({ startMs: Date.UTC(2019, 2, 2, 10, 20, 30, 64) });
  await fixture.call('PutProject', { Project: 'demo' });
});

describe('CreateGroupFacesJob', () => {
  it('answers with a job, which ends and tells of it', async () => {
    const { status, members } = await create('CreateGroupFacesJob');
    expect([status, members]).toEqual([
      200,
      {
        RequestId: expect.any(String),
        JobId: expect.stringMatching(/^GroupFacesJob-[\da-f-]{36}$/),
        JobType: 'GroupFacesJob',
        SetId: 'set-1',
      },
    ]);
    await fixture.clock.advanceBy(10_000);
    expect(fixture.published.map(({ body }) => body)).toEqual([
      '{"events":[{"eventName":"GroupFacesJob","eventSource":"acs:imm","eventTime":"2019-03-02T10:20:30.264Z",' +
        `"eventVersion":"1.0","imm":{"ErrorCode":"","JobId":"${String(members['JobId'])}"}}]}`,
    ]);
  });

  it.each([
    [{ SetId: undefined }, 'MissingSetId'],
    [{ SetId: '' }, 'InvalidParameter.SetId.Empty'],
    [{ Project: undefined }, 'MissingProject'],
    [{ Project: 'none' }, 'InvalidProject.NotFound'],
  ])('with %j is refused with %s', async (parameters, code) => {
    const { members } = await create('CreateGroupFacesJob', parameters);
    expect([members['Code'], fixture.service.tasks.list()]).toEqual([code, []]);
  });
});

describe('CreateMergeFaceGroupsJob', () => {
  it('gives its groups back, and its message in the event', async () => {
    const groups = { GroupIdFrom: 'Group-1', GroupIdTo: 'Group-2' };
    const { members } = await create('CreateMergeFaceGroupsJob', { ...groups, CustomMessage: 'abc' });
    expect(members).toMatchObject({ JobType: 'MergeFaceGroupsJob', SetId: 'set-1', ...groups });
    await fixture.clock.advanceBy(10_000);
    const [body = ''] = fixture.published.map((event) => event.body);
    expect(body).toContain(`"imm":{"CustomMessage":"abc","ErrorCode":"","JobId":"${String(members['JobId'])}"}`);
    expect(decodeEvents(body)).toMatchObject([
      { name: 'MergeFaceGroupsJob', data: { taskId: members['JobId'], customMessage: 'abc', code: '' } },
    ]);
  });

  it('needs no group', async () => {
    const { members } = await create('CreateMergeFaceGroupsJob');
    expect(members).toMatchObject({ GroupIdFrom: '', GroupIdTo: '' });
  });

  it.each([
    ['a'.repeat(1024), 200],
    ['\u{1F600}'.repeat(1024), 200],
    ['a'.repeat(1025), 'InvalidParameter.CustomMessage'],
  ])('takes a message of 1024 characters and no more', async (CustomMessage, expected) => {
    const { status, members } = await create('CreateMergeFaceGroupsJob', { CustomMessage });
    expect(members['Code'] ?? status).toBe(expected);
  });
});

describe('a set', () => {
  it('has one job at a time, whichever it is', async () => {
    await create('CreateGroupFacesJob');
    for (const action of ['CreateGroupFacesJob', 'CreateMergeFaceGroupsJob']) {
      const { status, members } = await create(action);
      expect([status, members['Code'], members['Message']]).toEqual([
        400,
        'InvalidSet.Processing',
        'The resource Set is processing. Please check.',
      ]);
    }
    expect((await create('CreateGroupFacesJob', { SetId: 'set-2' })).status).toBe(200);
    await fixture.clock.advanceBy(200);
    expect((await create('CreateMergeFaceGroupsJob')).status).toBe(200);
  });

  it('is free again when its job is deleted, or has failed', async () => {
    const { members } = await create('CreateGroupFacesJob');
    await fixture.call('DeleteImageJob', name('GroupFacesJob', members['JobId']));
    expect((await create('CreateGroupFacesJob')).status).toBe(200);
    const SetId = 'fail-InternalError';
    await create('CreateGroupFacesJob', { SetId });
    await fixture.clock.advanceBy(10_000);
    expect(fixture.published.some(({ body }) => body.includes('"ErrorCode":"InternalError"'))).toBe(true);
    expect((await create('CreateGroupFacesJob', { SetId })).status).toBe(200);
  });
});

describe('GetImageJob', () => {
  it('shows a job', async () => {
    const { members } = await create('CreateMergeFaceGroupsJob', { GroupIdFrom: 'Group-1', CustomMessage: 'abc' });
    await fixture.clock.advanceBy(200);
    const record = await fixture.call('GetImageJob', name('MergeFaceGroupsJob', members['JobId']));
    expect(record.members).toEqual({
      JobId: members['JobId'],
      JobType: 'MergeFaceGroupsJob',
      Status: 'Finished',
      Progress: 100,
      Parameters: JSON.stringify({
        CustomMessage: 'abc',
        GroupIdFrom: 'Group-1',
        RequestId: members['RequestId'],
        SetId: 'set-1',
        TaskType: 'MergeFaceGroupsJob',
      }),
      Result: '{"Key":"{}"}',
      StartTime: '2019-03-02T10:20:30.064000Z',
      EndTime: '2019-03-02T10:20:30.264000Z',
      ErrorMessage: '',
      ...NOTIFY,
      RequestId: expect.any(String),
    });
  });

  it.each(['GetImageJob', 'DeleteImageJob'])('and its kin name one job: %s', async (action) => {
    const { members } = await create('CreateGroupFacesJob');
    const right = name('GroupFacesJob', members['JobId']);
    const codes: unknown[] = [];
    for (const change of [
      { JobType: undefined },
      { JobType: 'TagJob' },
      { JobType: 'MergeFaceGroupsJob' },
      { JobId: undefined },
      { JobId: 'none' },
      { Project: 'none' },
    ]) {
      codes.push((await fixture.call(action, { ...right, ...change })).members['Code']);
    }
    expect(codes).toEqual([
      'MissingJobType',
      'InvalidParameter.JobType',
      'InvalidTask.NotFound',
      'MissingJobId',
      'InvalidTask.NotFound',
      'InvalidProject.NotFound',
    ]);
    expect((await fixture.call(action, right)).status).toBe(200);
  });
});

describe('ListImageJobs', () => {
  it('gives every job of one type once, by id, page by page', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.push(String((await create('CreateGroupFacesJob', { SetId: `set-${index}` })).members['JobId']));
      await create('CreateMergeFaceGroupsJob', { SetId: `other-${index}` });
    }
    const seen: unknown[] = [];
    for (let marker: string | undefined = ''; marker !== undefined;) {
      const page = { Project: 'demo', JobType: 'GroupFacesJob', MaxKeys: '2', Marker: marker };
      const { members } = await fixture.call('ListImageJobs', page);
      seen.push(members['Jobs']);
      const next = members['NextMarker'];
      marker = typeof next === 'string' ? next : undefined;
    }
    expect(seen.flat()).toMatchObject(ids.toSorted().map((JobId) => ({ JobId, JobType: 'GroupFacesJob' })));
    expect(seen).toHaveLength(3);
  });

  it.each([
    [{ JobType: undefined }, 'MissingJobType'],
    [{ JobType: 'x' }, 'InvalidParameter.JobType'],
    [{ MaxKeys: '0' }, 'InvalidMaxKeys'],
  ])('with %j answers %s', async (parameters, code) => {
    const page = { Project: 'demo', JobType: 'GroupFacesJob', ...parameters };
    expect((await fixture.call('ListImageJobs', page)).members['Code']).toBe(code);
  });
});
