import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock, type WireResponse } from '@mnsbus/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAdminApp } from './admin/admin-app.js';
import { parseConfig } from './config/config-file.js';
import { createEmulator } from './emulator.js';
import { rpcRequest } from './imm/test-support/rpc-request.js';
import { signedRequest } from './mns/test-support/mns-fixture.js';
import { openEmulator, type PersistentEmulator } from './open-emulator.js';
import { MAX_SNAPSHOT_DEPTH, MAX_VALUE_DEPTH } from './runtime/json-value.js';

// Whatever is nested too deeply is refused where it comes in: what takes a stack to write would be found out only when
// the state is written, and nothing could be written any more.

const KEY = { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret' };
const DEPTHS = [MAX_VALUE_DEPTH + 1, 5000, 100_000];
const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;

function deepValue(levels: number): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (let level = 1; level < levels; level += 1) value = { a: value };
  return value;
}

const clock = new SystemClock();
const textOf = ({ status, body }: WireResponse): string => `${status} ${Buffer.from(body).toString()}`;

async function onDisk(): Promise<PersistentEmulator> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mnsbus-depth-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const emulator = await openEmulator({ dataDir });
  onTestFinished(() => emulator.close());
  return emulator;
}

const imm =
  (emulator: Pick<PersistentEmulator, 'handle'>) =>
  async (Version: string, Action: string, parameters: Record<string, string>): Promise<string> =>
    textOf(
      await emulator.handle(
        rpcRequest({ AccessKeyId: KEY.accessKeyId, Version, Action, ...parameters }, clock.now(), {
          method: 'POST',
          accessKeySecret: KEY.accessKeySecret,
        }),
      ),
    );

const CONVERSION = {
  ProjectName: 'demo',
  SourceURI: 'oss://bkt/a.docx',
  TargetType: 'png',
  TargetURIPrefix: 'oss://bkt/out',
};

describe('an emulator with a data directory', () => {
  it.each(DEPTHS)('refuses a parameter of %i levels, and goes on', async (levels) => {
    const emulator = await onDisk();
    const call = imm(emulator);
    expect(await call('2020-09-30', 'CreateProject', { ProjectName: 'demo' })).toMatch(/^200 /);
    const create = (TrimPolicy: string): Promise<string> =>
      call('2020-09-30', 'CreateOfficeConversionTask', { ...CONVERSION, TrimPolicy });
    expect(await create(nested(levels))).toMatch(/^400 .*InvalidJSON Array parsing error,TrimPolicy/s);
    expect(await create(nested(MAX_VALUE_DEPTH))).toMatch(/^200 /);
    await emulator.flushed();
    expect(() => emulator.restore(emulator.snapshot())).not.toThrow();
    await emulator.flushed();
  });

  it.each(DEPTHS)('refuses a parameter of %i levels that is kept as text, too', async (levels) => {
    const call = imm(await onDisk());
    expect(await call('2017-09-06', 'PutProject', { Project: 'demo' })).toMatch(/^200 /);
    const reply = await call('2017-09-06', 'CreateMediaComplexTask', {
      Project: 'demo',
      Parameters: nested(levels),
    });
    expect(reply).toMatch(/^400 .*InvalidParameter.Parameters.WrongFormat/s);
  });

  it.each(DEPTHS)('refuses message attributes of %i levels', async (levels) => {
    const emulator = await onDisk();
    const call = async (method: string, target: string, body = ''): Promise<string> =>
      textOf(await emulator.handle(signedRequest(clock.now(), method, target, body, { key: KEY })));
    await call('PUT', '/topics/news');
    const publish = (json: string): Promise<string> =>
      call(
        'POST',
        '/topics/news/messages',
        `<Message><MessageBody>b</MessageBody><MessageAttributes><DirectMail>${json}</DirectMail></MessageAttributes></Message>`,
      );
    expect(await publish(nested(levels))).toMatch(/^400 .*InvalidArgument.*DirectMail/s);
    expect(await publish(nested(MAX_VALUE_DEPTH))).toMatch(/^201 /);
  });

  it.each(DEPTHS)('refuses a result by hand, by rule and by function of %i levels', async (levels) => {
    const emulator = await onDisk();
    const call = imm(emulator);
    await call('2020-09-30', 'CreateProject', { ProjectName: 'demo' });
    const reply = await call('2020-09-30', 'CreateOfficeConversionTask', {
      ...CONVERSION,
      SourceURI: 'oss://bkt/hold/a.docx',
    });
    const taskId = /"TaskId":"([^"]+)"/.exec(reply)?.[1] ?? '';
    const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('levels') });
    expect(() => emulator.tasks.finish(taskId, deepValue(levels))).toThrow(invalid);
    expect(emulator.tasks.get(taskId).state).toBe('running');
    const rules = [{ sourceUri: 'oss://', result: deepValue(levels) }];
    expect(() => createEmulator({ imm: { rules } })).toThrow(invalid);
    const scripted = createEmulator({ imm: { decide: () => ({ result: deepValue(levels) }) } });
    await imm(scripted)('2020-09-30', 'CreateProject', { ProjectName: 'demo' });
    const failed = await imm(scripted)('2020-09-30', 'CreateOfficeConversionTask', CONVERSION);
    expect(failed).toMatch(/^500 /);
    expect(scripted.journal.entries('script-failed')).toMatchObject([{ reason: expect.stringContaining('levels') }]);
    scripted.close();
  });
});

describe('a snapshot', () => {
  it.each([MAX_SNAPSHOT_DEPTH + 1, 5000, 100_000])('of %i levels is refused, and nothing has changed', (levels) => {
    const emulator = createEmulator({ resources: { queues: [{ name: 'q' }] } });
    const before = JSON.stringify(emulator.snapshot());
    const snapshot = { ...emulator.snapshot(), streams: deepValue(levels - 1) };
    const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('levels') });
    expect(() => emulator.restore(snapshot as never)).toThrow(invalid);
    expect(JSON.stringify(emulator.snapshot())).toBe(before);
    emulator.close();
  });
});

describe('the admin API', () => {
  it.each([MAX_SNAPSHOT_DEPTH + 1, 5000, 100_000])('refuses a body of %i levels at every route', async (levels) => {
    const emulator = createEmulator();
    onTestFinished(() => emulator.close());
    const app = createAdminApp(emulator);
    const headers = { 'Content-Type': 'application/json' };
    for (const path of ['restore', 'seed', 'send', 'tasks/x/finish', 'faults']) {
      const request = new Request(`http://e/_emulator/${path}`, { method: 'POST', headers, body: nested(levels) });
      const reply = await app(request, new AbortController().signal);
      const { error } = (await reply.json()) as { readonly error: { readonly code: string; readonly message: string } };
      expect([path, reply.status, error.code]).toEqual([path, 400, 'JSON_MALFORMED']);
      expect(error.message).toContain(`nested deeper than ${MAX_SNAPSHOT_DEPTH} levels`);
    }
  });
});

describe('a config file', () => {
  it.each(DEPTHS)('with a result of %i levels is refused', (levels) => {
    const text = `tasks: {rules: [{sourceUri: "oss://", result: ${nested(levels)}}]}`;
    const invalid = expect.objectContaining({ code: 'CONFIG_INVALID' });
    expect(() => parseConfig(text, 'deep.yaml')).toThrow(invalid);
  });

  it('with more open brackets than a parser has room for is refused at once', () => {
    for (const text of [`x: ${'['.repeat(1_000_000)}`, '{a: '.repeat(1_000_000), `${'- '.repeat(5000)}a`]) {
      expect(() => parseConfig(text, 'deep.yaml')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    }
  });
});
