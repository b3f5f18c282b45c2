import { readFile } from 'node:fs/promises';
import MNSClient from '@alicloud/mns';
import RPCClient from '@alicloud/pop-core';
import { createEmulator } from '@mnsbus/emulator';
import { mswHandlers } from '@mnsbus/emulator/msw';
import { setupServer } from 'msw/node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createResources } from './resources.js';

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('The README', () => {
  it.each([
    'subscribe.ts',
    'every-event.ts',
    'convert.ts',
    'offline.test.ts',
    'scripted.test.ts',
    'replies.test.ts',
    'cloud.test.ts',
  ])('prints %s as it is run here', async (file) => {
    const readme = await read('../../../README.md');
    expect(readme).toContain(`\`\`\`ts\n${await read(file)}\`\`\``);
  });

  it('prints what its first sample prints', async () => {
    const emulator = createEmulator({ imm: { durationMs: 50 }, seed: 'readme' });
    const network = setupServer(...mswHandlers(emulator));
    network.listen();
    await createResources(emulator);
    const { accountId, accessKeyId, accessKeySecret, region } = emulator;
    vi.stubEnv('ALIBABA_CLOUD_ACCOUNT_ID', accountId);
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', accessKeySecret);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});

    const { bus } = await import('./subscribe.js');
    const imm = new RPCClient({
      accessKeyId,
      accessKeySecret,
      endpoint: `http://imm.${region}.aliyuncs.com`,
      apiVersion: '2017-09-06',
    });
    const { TaskId } = await imm.request<{ TaskId: string }>('CreateOfficeConversionTask', {
      Project: 'demo',
      SrcUri: 'oss://bucket/report.docx',
      TgtUri: 'oss://bucket/out',
      TgtType: 'png',
      NotifyTopicName: 'imm-events',
      NotifyEndpoint: `http://${accountId}.mns.${region}.aliyuncs.com`,
    });
    await bus.waitFor({ taskId: TaskId });
    await bus.close();
    network.close();

    const shape = /^\S+: NoError, \d+ pages, event after \d+ ms$/;
    expect(log.mock.calls).toEqual([[expect.stringMatching(shape)]]);
    const printed = /subscribe\.ts prints[^]*?```\n(.*)\n```/.exec(await read('../../../README.md'))?.[1];
    expect(printed).toMatch(shape);
  });

  it('creates what it needs and converts, in its third sample', async () => {
    const emulator = createEmulator({ imm: { durationMs: 50 }, seed: 'readme' });
    const network = setupServer(...mswHandlers(emulator));
    network.listen();
    const { accountId, accessKeyId, accessKeySecret, region } = emulator;
    vi.resetModules();
    vi.stubEnv('ALIBABA_CLOUD_ACCOUNT_ID', accountId);
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', accessKeySecret);
    const endpoint = `https://imm.${region}.aliyuncs.com`;
    const client = new RPCClient({ accessKeyId, accessKeySecret, endpoint, apiVersion: '2020-09-30' });
    await client.request('CreateProject', { ProjectName: 'demo' });

    const { bus, imm, convert } = await import('./convert.js');
    expect(await convert('oss://bucket/report.docx', 'oss://bucket/out/report.pdf')).toMatch(
      /^OfficeConversion-\S+ ended at /,
    );
    const failing = convert('oss://bucket/fail-InternalError/report.docx', 'oss://bucket/out/report.pdf');
    expect(await failing).toMatch(/ failed with InternalError$/);
    await bus.close();
    imm.close();
    network.close();
  });

  it('has a listener for every kind of event in its second sample', async () => {
    const emulator = createEmulator({ seed: 'readme' });
    const network = setupServer(...mswHandlers(emulator));
    network.listen();
    await createResources(emulator);
    const { accountId, accessKeyId, accessKeySecret, region } = emulator;
    vi.stubEnv('ALIBABA_CLOUD_ACCOUNT_ID', accountId);
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', accessKeySecret);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});

    const { bus } = await import('./every-event.js');
    const mns = new MNSClient(accountId, { accessKeyId, accessKeySecret, region });
    const conversion = {
      ProjectName: 'demo',
      DatasetName: '',
      StartTime: '2024-05-02T08:00:10.278Z',
      EndTime: '2024-05-02T08:00:14.808Z',
      UserData: '',
      TaskType: 'OfficeConversion',
      TaskId: 'OfficeConversion-1',
      Status: 'Failed',
      Code: 'InternalError',
      Message: 'unknown error',
    };
    const created = {
      eventName: 'ObjectCreated:PutObject',
      eventSource: 'acs:oss',
      eventTime: '2021-03-05T02:10:44.000Z',
      eventVersion: '1.0',
      region,
      oss: {
        bucket: { arn: '', name: 'bucket', ownerIdentity: '' },
        object: { key: 'in/a.pptx', eTag: '', size: 12_990, deltaSize: 12_990 },
        ossSchemaVersion: '1.0',
        ruleId: 'rule-1',
      },
    };
    const texts = [
      conversion,
      { events: [created] },
      { events: [{ eventName: 'order:Shipped', orderId: '17' }] },
      { events: [{ eventName: 'BrandNew' }] },
    ].map((message) => JSON.stringify(message));
    for (const text of texts) await mns.publishMessage('imm-events', { MessageBody: text });
    await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(4), { timeout: 20_000 });
    await bus.close();
    network.close();
    expect(log.mock.calls.map((words) => words.join(' ')).toSorted()).toEqual([
      'OfficeConversion InternalError',
      'in/a.pptx has 12990 bytes',
      'no type yet for BrandNew',
      'order 17 is on its way',
    ]);
  });
});
