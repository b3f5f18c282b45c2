import { readFile } from 'node:fs/promises';
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
  it.each(['subscribe.ts', 'offline.test.ts'])('prints %s as it is run here', async (file) => {
    const readme = await read('../../../README.md');
    expect(readme).toContain(`\`\`\`ts\n${await read(file)}\`\`\``);
  });

  it('prints what its first sample prints', async () => {
    const emulator = createEmulator({ taskDurationMs: 50, seed: 'readme' });
    const network = setupServer(...mswHandlers(emulator));
    network.listen();
    await createResources(emulator);
    const { accountId, accessKeyId, accessKeySecret, region } = emulator;
    vi.stubEnv('ACCOUNT_ID', accountId);
    vi.stubEnv('ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('ACCESS_KEY_SECRET', accessKeySecret);
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
});
