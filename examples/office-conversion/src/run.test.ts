import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from './run.js';
import { cloudSettings } from './settings.js';

const FAST = { taskMs: [100, 200, 300], pollMs: 50 } as const;

describe('The example', () => {
  it.each(['kind', 'cloud'])(
    'shows raw messages, then typed events beside polling, and a table (%s)',
    async (profile) => {
      const lines: string[] = [];
      const environment = { MNS_EMULATOR_PROFILE: profile };
      const { outcomes, calls } = await run(environment, FAST, (line) => lines.push(line));
      const text = lines.join('\n');

      expect(text.match(/CreateOfficeConversionTask oss:/g)).toHaveLength(3);
      expect(text).toMatch(/receiveMessage\n +\{"TopicOwner":"1000000000000001","Message":"\{\\"events\\"/);
      expect(text).toContain('batchReceiveMessage');
      expect(text.match(/event: .* NoError, pages: \d+/g)).toHaveLength(3);

      expect(outcomes).toHaveLength(3);
      for (const { event, timing, polledAt, heardAt } of outcomes) {
        expect(event.data).toMatchObject({ code: 'NoError', percent: 100 });
        expect(event.data.pageCount).toBeGreaterThan(0);
        expect(timing.lags.publishMs).toBeGreaterThanOrEqual(150);
        expect(heardAt.getTime()).toBeGreaterThan(Number(event.occurredAt));
        expect(polledAt.getTime()).toBeGreaterThan(Number(event.occurredAt));
        expect(text).toMatch(new RegExp(`${event.data.taskId} +NoError +${event.data.pageCount} +\\d\\d:\\d\\d`));
      }
      expect(calls.polls).toBeGreaterThanOrEqual(6);
      expect(calls.mns).toBeGreaterThan(0);
      expect(text).toContain(`by events   ${calls.mns} calls of MNS`);
      expect(text).toContain(`by polling  ${calls.polls} calls of GetOfficeConversionTask`);
    },
  );

  it('never prints a secret', async () => {
    const lines: string[] = [];
    await run({}, FAST, (line) => lines.push(line));
    expect(lines.join('\n')).not.toContain('emuSecret');
  });

  it('says what is missing when only a part of the cloud settings is there', async () => {
    const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
    const env = { ...process.env, ALIBABA_CLOUD_ACCESS_KEY_ID: 'ak', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'sk-secret' };
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, [main], { env }, (error, _, output) => resolve({ code: error?.code, stderr: output }));
    });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'set ALIBABA_CLOUD_ACCOUNT_ID, ALIBABA_CLOUD_REGION, IMM_SOURCE_URI, IMM_TARGET_URI as well',
    );
    expect(stderr).not.toContain('sk-secret');
  });
});

describe('cloudSettings', () => {
  it('is nothing without an access key', () => {
    expect(cloudSettings({})).toBeUndefined();
    expect(cloudSettings({ ALIBABA_CLOUD_ACCESS_KEY_ID: '' })).toBeUndefined();
  });

  it('reads everything from the environment', () => {
    const settings = cloudSettings({
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'ak',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'sk',
      ALIBABA_CLOUD_SECURITY_TOKEN: 'token',
      ALIBABA_CLOUD_ACCOUNT_ID: '42',
      ALIBABA_CLOUD_REGION: 'cn-shanghai',
      IMM_SOURCE_URI: 'oss://b/a.docx',
      IMM_TARGET_URI: 'oss://b/out',
    });
    expect(settings).toMatchObject({
      accountId: '42',
      region: 'cn-shanghai',
      accessKeyId: 'ak',
      accessKeySecret: 'sk',
      securityToken: 'token',
      endpoint: undefined,
      sourceUris: ['oss://b/a.docx', 'oss://b/a.docx', 'oss://b/a.docx'],
      targetUri: 'oss://b/out',
    });
  });
});
