import { describe, expect, it } from 'vitest';
import { immFixture } from '../../../test-support/imm-fixture.js';

describe('DescribeRegions', () => {
  it('names the regions, wrapped as the service wraps them', async () => {
    const { status, members } = await immFixture().call('DescribeRegions');
    expect(status).toBe(200);
    expect(members['Regions']).toEqual({
      Region: expect.arrayContaining([
        { RegionId: 'cn-beijing', ProjectTypes: ['DocStarter', 'PhotoStarter', 'VideoStarter'] },
      ]),
    });
  });
});

describe('ListProjectAPIs', () => {
  it('names every action, and each of them exists', async () => {
    const fixture = immFixture();
    await fixture.call('PutProject', { Project: 'demo' });
    const { members } = await fixture.call('ListProjectAPIs', { Project: 'demo' });
    expect(members).toMatchObject({ Project: 'demo', RequestId: expect.any(String) });
    const names = [members['APIs']].flat().map(String);
    expect(names).toEqual(names.toSorted());
    expect(names).toHaveLength(32);
    for (const name of names) expect((await fixture.call(name)).members['Code']).not.toBe('InvalidAction.NotFound');
  });

  it.each([
    [{}, 'MissingProject'],
    [{ Project: 'none' }, 'InvalidProject.NotFound'],
  ])('with %j answers %s', async (parameters, code) => {
    expect((await immFixture().call('ListProjectAPIs', parameters)).members['Code']).toBe(code);
  });
});

describe('OpenImmService', () => {
  it('answers with an order', async () => {
    const { members } = await immFixture().call('OpenImmService', { OwnerId: '1000000000000001' });
    expect(members).toEqual({ RequestId: expect.any(String), OrderId: expect.stringMatching(/^[1-9]\d{14}$/) });
  });

  it.each(['x', '1.5'])('does not take %s for an owner', async (OwnerId) => {
    const { members } = await immFixture().call('OpenImmService', { OwnerId });
    expect(members['Code']).toBe('InvalidParameter.OwnerId.WrongFormat');
  });
});

describe('actions that are not emulated', () => {
  it.each([
    'CreateSet',
    'DetectImageFaces',
    'CreateCADConversionTask',
    'PhotoProcess',
    'GetOfficePreviewURL',
    'putProject',
  ])('%s is not found', async (action) => {
    const { status, members } = await immFixture().call(action, { Project: 'demo' });
    expect([status, members['Code']]).toEqual([404, 'InvalidAction.NotFound']);
  });
});
