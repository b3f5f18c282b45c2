import { readXml } from '@mnsbus/core/internal';
import { describe, expect, it } from 'vitest';
import { immFixture, type ImmFixture } from '../../../test-support/imm-fixture.js';

const START_MS = Date.UTC(2018, 10, 20, 1, 2, 3, 987);

describe('PutProject', () => {
  it('answers with the project and its defaults', async () => {
    const { status, members } = await immFixture({ startMs: START_MS }).call('PutProject', { Project: 'demo' });
    expect(status).toBe(200);
    expect(members).toEqual({
      Project: 'demo',
      Type: 'DocStarter',
      CU: 1,
      BillingType: 'ByUsage',
      ServiceRole: '',
      Endpoint: 'imm.cn-beijing.aliyuncs.com',
      RegionId: 'cn-beijing',
      CreateTime: '2018-11-20T01:02:03Z',
      ModifyTime: '2018-11-20T01:02:03Z',
      RequestId: members['RequestId'],
    });
  });

  it('answers in XML', async () => {
    const reply = await immFixture({ startMs: START_MS }).call('PutProject', { Project: 'demo', Format: 'XML' });
    expect(reply.text.replace(/<RequestId>.*<\/RequestId>/, '')).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<PutProjectResponse><Project>demo</Project><Type>DocStarter</Type><CU>1</CU>' +
        '<BillingType>ByUsage</BillingType><ServiceRole></ServiceRole><Endpoint>imm.cn-beijing.aliyuncs.com</Endpoint>' +
        '<RegionId>cn-beijing</RegionId><CreateTime>2018-11-20T01:02:03Z</CreateTime>' +
        '<ModifyTime>2018-11-20T01:02:03Z</ModifyTime></PutProjectResponse>',
    );
  });

  it.each([
    { Project: 'a' },
    { Project: 'A1-' },
    { Project: `a${'b'.repeat(49)}` },
    { Project: 'ALLs' },
    { Project: 'all' },
    { CU: '0' },
    { CU: '10' },
    { CU: '' },
    { BillingType: 'ByCU' },
    { Type: 'VideoPOC' },
    { Type: '1' },
    { ServiceRole: 'AliyunIMMDefaultRole' },
    { Engines: 'x', Indexers: 'y' },
  ])('accepts %j', async (parameters) => {
    expect((await immFixture().call('PutProject', { Project: 'demo', ...parameters })).status).toBe(200);
  });

  it.each([
    [{ Project: '1a' }, 'InvalidParameter.Project'],
    [{ Project: '-a' }, 'InvalidParameter.Project'],
    [{ Project: 'a_b' }, 'InvalidParameter.Project'],
    [{ Project: 'a\n' }, 'InvalidParameter.Project'],
    [{ Project: `a${'b'.repeat(50)}` }, 'InvalidParameter.Project'],
    [{ Project: 'ALL' }, 'InvalidParameter.Project'],
    [{ CU: '-1' }, 'InvalidParameter.CU'],
    [{ CU: '11' }, 'InvalidParameter.CU'],
    [{ CU: '1.5' }, 'InvalidParameter.CU.WrongFormat'],
    [{ BillingType: 'Free' }, 'InvalidParameter.BillingType'],
    [{ Type: '\u{1}' }, 'InvalidParameter.Type.WrongFormat'],
  ])('refuses %j with %s', async (parameters, code) => {
    const fixture = immFixture();
    const { members } = await fixture.call('PutProject', { Project: 'demo', ...parameters });
    expect(members['Code']).toBe(code);
    expect((await fixture.call('ListProjects')).members['Projects']).toEqual([]);
  });
});

describe('GetProject', () => {
  it('gives back what was put, also later', async () => {
    const fixture = immFixture();
    const put = { Project: 'demo', Type: 'PhotoStarter', CU: '7', BillingType: 'ByCU', ServiceRole: 'Role' };
    const { members } = await fixture.call('PutProject', put);
    await fixture.clock.advanceBy(5000);
    const got = await fixture.call('GetProject', { Project: 'demo' });
    expect(got.members).toEqual({ ...members, RequestId: got.members['RequestId'] });
    expect(got.members).toMatchObject({ ...put, CU: 7 });
    expect(got.members['RequestId']).not.toBe(members['RequestId']);
  });
});

describe('UpdateProject', () => {
  const withProject = async (): Promise<ImmFixture> => {
    const fixture = immFixture({ startMs: START_MS });
    await fixture.call('PutProject', { Project: 'demo', ServiceRole: 'Old', CU: '3' });
    await fixture.clock.advanceBy(60_000);
    return fixture;
  };

  it('changes what it is told to, and shows no endpoint and no billing', async () => {
    const fixture = await withProject();
    const { status, members } = await fixture.call('UpdateProject', { Project: 'demo', NewCU: '7' });
    expect([status, members]).toEqual([
      200,
      {
        Project: 'demo',
        Type: 'DocStarter',
        CU: 7,
        ServiceRole: 'Old',
        RegionId: 'cn-beijing',
        CreateTime: '2018-11-20T01:02:03Z',
        ModifyTime: '2018-11-20T01:03:03Z',
        RequestId: expect.any(String),
      },
    ]);
    await fixture.call('UpdateProject', { Project: 'demo', NewServiceRole: 'New' });
    const got = await fixture.call('GetProject', { Project: 'demo' });
    expect(got.members).toMatchObject({ CU: 7, ServiceRole: 'New', ModifyTime: '2018-11-20T01:03:03Z' });
  });

  it.each([
    [{}, 'InvalidParameter', 'The resource Paramater is not valid. Please check.'],
    [{ NewCU: '' }, 'InvalidParameter', 'The resource Paramater is not valid. Please check.'],
    [{ NewCU: '11' }, 'InvalidParameter.NewCU', expect.any(String)],
    [{ NewCU: '-1' }, 'InvalidParameter.NewCU', expect.any(String)],
    [{ NewCU: 'x' }, 'InvalidParameter.NewCU.WrongFormat', expect.any(String)],
    [{ Project: 'none', NewCU: '1' }, 'InvalidProject.NotFound', expect.any(String)],
    [{ Project: undefined, NewCU: '1' }, 'MissingProject', expect.any(String)],
  ])('with %j is refused with %s, and changes nothing', async (parameters, code, message) => {
    const fixture = await withProject();
    const { status, members } = await fixture.call('UpdateProject', { Project: 'demo', ...parameters });
    expect([status, members['Code'], members['Message']]).toEqual([400, code, message]);
    const { members: project } = await fixture.call('GetProject', { Project: 'demo' });
    expect([project['CU'], project['ModifyTime']]).toEqual([3, project['CreateTime']]);
  });
});

describe('DeleteProject', () => {
  it('blocks the name until the next morning, when the option says so', async () => {
    const fixture = immFixture({ startMs: Date.UTC(2020, 0, 1, 21), projectDeletion: 'next-morning' });
    await fixture.call('PutProject', { Project: 'demo' });
    expect((await fixture.call('DeleteProject', { Project: 'demo' })).status).toBe(200);
    const codes = async (): Promise<readonly unknown[]> => {
      const replies = [
        await fixture.call('PutProject', { Project: 'demo' }),
        await fixture.call('UpdateProject', { Project: 'demo', NewCU: '1' }),
        await fixture.call('DeleteProject', { Project: 'demo' }),
        await fixture.call('ListVideoTasks', { Project: 'demo', TaskType: 'GrabFrameTask' }),
        await fixture.call('GetProject', { Project: 'demo' }),
      ];
      return replies.map(({ members }) => members['Code']);
    };
    await fixture.clock.advanceBy(3_600_000 - 1);
    const deleting = 'InvalidProject.Deleting';
    expect(await codes()).toEqual([deleting, deleting, deleting, deleting, 'InvalidProject.NotFound']);
    expect((await fixture.call('ListProjects')).members['Projects']).toEqual([]);
    await fixture.clock.advanceBy(1);
    expect((await fixture.call('PutProject', { Project: 'demo' })).status).toBe(200);
  });

  it('deletes at once, and frees the name', async () => {
    const fixture = immFixture();
    await fixture.call('PutProject', { Project: 'demo' });
    const { status, members } = await fixture.call('DeleteProject', { Project: 'demo' });
    expect([status, Object.keys(members)]).toEqual([200, ['RequestId']]);
    expect((await fixture.call('GetProject', { Project: 'demo' })).members['Code']).toBe('InvalidProject.NotFound');
    expect((await fixture.call('DeleteProject', { Project: 'demo' })).members['Code']).toBe('InvalidProject.NotFound');
    expect((await fixture.call('PutProject', { Project: 'demo' })).status).toBe(200);
  });
});

describe('ListProjects', () => {
  const withProjects = async (...names: readonly string[]): Promise<ImmFixture> => {
    const fixture = immFixture();
    for (const Project of names) await fixture.call('PutProject', { Project });
    return fixture;
  };

  it('gives pages until none is left', async () => {
    const fixture = await withProjects('c', 'a', 'b');
    const first = await fixture.call('ListProjects', { MaxKeys: '2' });
    expect(first.members).toMatchObject({ Projects: [{ Project: 'a', CU: 1 }, { Project: 'b' }], NextMarker: 'b' });
    const second = await fixture.call('ListProjects', { MaxKeys: '2', Marker: 'b' });
    expect(second.members['Projects']).toMatchObject([{ Project: 'c' }]);
    expect(second.members).not.toHaveProperty('NextMarker');
  });

  it('wraps its members in XML', async () => {
    const fixture = await withProjects('a', 'b');
    const root = readXml((await fixture.call('ListProjects', { Format: 'XML' })).text);
    const list = root.children.find(({ name }) => name === 'Projects');
    const names = list?.children.map((item) => [item.name, item.children[0]?.name, item.children[0]?.text]);
    expect(names).toEqual([
      ['Project', 'Project', 'a'],
      ['Project', 'Project', 'b'],
    ]);
  });

  it.each([
    ['1', 200],
    ['100', 200],
    ['', 200],
    ['0', 'InvalidMaxKeys'],
    ['101', 'InvalidMaxKeys'],
    ['-1', 'InvalidMaxKeys'],
    ['x', 'InvalidMaxKeys'],
  ])('with MaxKeys=%s gives %s', async (MaxKeys, expected) => {
    const { status, members } = await immFixture().call('ListProjects', { MaxKeys });
    expect(members['Code'] ?? status).toBe(expected);
  });
});
