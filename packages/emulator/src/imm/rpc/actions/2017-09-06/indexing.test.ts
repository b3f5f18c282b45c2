import { decodeEvents } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { immFixture, type ImmFixture } from '../../../test-support/imm-fixture.js';
import type { TestParameters } from '../../../test-support/rpc-request.js';

const NOTIFY = {
  NotifyEndpoint: 'http://1000000000000001.mns.cn-beijing.aliyuncs.com',
  NotifyTopicName: 'imm-events',
} as const;
const TIME = '2021-01-21T07:40:41.683Z';
const REMARKS = { ExternalId: 'x', RemarksA: 'a', RemarksB: 'b', RemarksC: 'c', RemarksD: 'd' } as const;

const withProject = async (): Promise<ImmFixture> => {
  const fixture = immFixture({ startMs: Date.parse(TIME) });
  await fixture.call('PutProject', { Project: 'demo' });
  return fixture;
};

const cases: readonly { readonly action: string; readonly uriName: string; readonly own: TestParameters }[] = [
  {
    action: 'IndexImage',
    uriName: 'ImageUri',
    own: { RemarksArrayA: '["a"]', RemarksArrayB: '[]', SourceType: 's', SourceUri: 'u', SourcePosition: '3' },
  },
  { action: 'IndexVideo', uriName: 'VideoUri', own: {} },
];

describe.each(cases)('$action', ({ action, uriName, own }) => {
  const uri = 'oss://bkt/in/a.bin';
  const request = { Project: 'demo', SetId: 'set-1', [uriName]: uri, ...NOTIFY };

  it('gives back what was written beside it, and no task id', async () => {
    const { status, members } = await (await withProject()).call(action, { ...request, ...REMARKS, ...own });
    expect([status, members]).toEqual([
      200,
      {
        SetId: 'set-1',
        [uriName]: uri,
        ...REMARKS,
        ...own,
        CreateTime: TIME,
        ModifyTime: TIME,
        RequestId: expect.any(String),
      },
    ]);
  });

  it('gives back what was not written as empty', async () => {
    const { members } = await (await withProject()).call(action, request);
    for (const name of [...Object.keys(REMARKS), ...Object.keys(own)]) expect(members[name]).toBe('');
  });

  it.each([
    [uri, ''],
    ['oss://bkt/fail-InvalidArgument/a.bin', 'InvalidArgument'],
  ])('tells of the end of its work on %s with code "%s"', async (source, code) => {
    const fixture = await withProject();
    await fixture.call(action, { ...request, [uriName]: source });
    await fixture.clock.advanceBy(10_000);
    const [body = '', ...more] = fixture.published.map((event) => event.body);
    const members = { ErrorCode: code, [uriName]: source, SetId: 'set-1' };
    const sorted = Object.fromEntries(Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    expect(more).toEqual([]);
    expect(body).toBe(
      `{"events":[{"eventName":"${action}","eventSource":"acs:imm","eventTime":"2021-01-21T07:40:42.317Z",` +
        `"eventVersion":"1.0","imm":${JSON.stringify(sorted)}}]}`,
    );
    expect(decodeEvents(body)).toMatchObject([{ name: action, data: { code, setId: 'set-1', uri: source } }]);
  });

  it.each([
    [{ SetId: undefined }, 'MissingSetId'],
    [{ [uriName]: undefined }, `Missing${uriName}`],
    [{ [uriName]: 'a.bin' }, `InvalidParameter.${uriName}.WrongFormat`],
    [{ Project: 'none' }, 'InvalidProject.NotFound'],
  ])('with %j is refused with %s', async (change, code) => {
    const fixture = await withProject();
    const { members } = await fixture.call(action, { ...request, ...change });
    expect([members['Code'], fixture.service.tasks.list()]).toEqual([code, []]);
  });
});
