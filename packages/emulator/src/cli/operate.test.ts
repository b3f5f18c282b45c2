import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import RPCClient from '@alicloud/pop-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alicloudClient, type SdkClient } from '../mns/test-support/alicloud-client.js';
import { killStarted, ready, run, runProgram, MAIN, type Ended } from './test-support/binary.js';

// The commands that operate a running emulator: the real binary against itself.
const LAUNCH_MS = 60_000;
const ISO = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;

let folder: string;
let endpoint: string;
let mns: SdkClient;
let imm: RPCClient;

const operate = (...args: readonly string[]): Promise<Ended> =>
  run(args, { cwd: folder, env: { MNS_EMULATOR_ENDPOINT: endpoint } });
const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
  const { stdout } = await operate(...args, '--json');
  return JSON.parse(stdout);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mns-operate-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  const { info } = await ready(['--seed', 'operate'], { cwd: folder });
  const { accountId = '', accessKeyId = '', accessKeySecret = '' } = info;
  endpoint = info['endpoint'] ?? '';
  mns = alicloudClient(accountId, { endpoint, accessKeyId, accessKeySecret });
  imm = new RPCClient({ endpoint, apiVersion: '2017-09-06', accessKeyId, accessKeySecret });
});
afterEach(killStarted);

const admin = (path: string, body: object): Promise<Response> =>
  fetch(`${endpoint}/_emulator${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
  });

const newTask = async (): Promise<string> => {
  await admin('/seed', { projects: [{ name: 'demo', apiVersions: ['2017-09-06'] }] });
  const source = { SrcUri: 'oss://bkt/hold/a.doc', TgtUri: 'oss://bkt/o', TgtType: 'pdf' };
  const { TaskId } = await imm.request<{ TaskId: string }>('CreateOfficeConversionTask', {
    Project: 'demo',
    ...source,
  });
  return TaskId;
};

describe('mns-emulator status', { timeout: LAUNCH_MS }, () => {
  it('shows what there is, what time it is, what goes wrong, and what looks wrong', async () => {
    const empty = await operate('status');
    expect(empty).toMatchObject({ code: 0, stderr: '' });
    expect(empty.stdout).toMatch(
      new RegExp(`^endpoint: ${endpoint}\nclock: real, ${ISO}\naccounts: nothing was made or asked for yet\n$`),
    );
    await mns.createQueue('q');
    await mns.createTopic('t');
    await mns.publishMessage('t', { MessageBody: 'x' });
    await newTask();
    await admin('/faults', { fault: { kind: 'delay', delayMs: 1, name: 'slow\u001B[2J' } });
    const { stdout } = await operate('status');
    expect(stdout).toContain('1000000000000001/cn-beijing: 1 queue, 1 topic, 1 project, 1 task\n');
    expect(stdout).toContain('fault: slow?[2J: delay, struck 0x\n');
    expect(stdout).toContain('hint: A message was published to topic t, which has no subscription');
    expect(await json('status')).toMatchObject({
      event: 'status',
      endpoint,
      accounts: [{ regions: [{ queues: 1, topics: 1, projects: 1, tasks: 1 }] }],
      clock: { mode: 'real' },
      faults: [{ fault: { kind: 'delay' } }],
      hints: [{ code: 'topic-without-subscription' }],
    });
    expect(await operate('status', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

/** Runs a command with what `printf` makes of a text on its stdin. */
const pipe = (text: string, command: string): ReturnType<typeof runProgram> =>
  runProgram('sh', ['-c', `printf '${text}' | "$0" "$1" ${command}`, process.execPath, MAIN], {
    cwd: folder,
    env: { MNS_EMULATOR_ENDPOINT: endpoint },
  });

describe('mns-emulator publish', { timeout: LAUNCH_MS }, () => {
  it('brings a body to the queues of a topic, from an argument or stdin, with its tag', async () => {
    await mns.createQueue('q');
    await mns.createTopic('t');
    const subscription = { name: 's', queue: 'q', filterTag: 'x', notifyContentFormat: 'SIMPLIFIED' };
    await admin('/seed', { topics: [{ name: 't', subscriptions: [subscription] }] });
    expect((await operate('publish', 't', 'for nobody')).stdout).toMatch(
      /^mns-emulator: published [0-9A-F-]{32} to t\n$/,
    );
    await operate('publish', 't', 'hello', '--tag', 'x');
    expect((await mns.receiveMessage('q')).body).toMatchObject({ MessageBody: 'hello' });
    const piped = await pipe('Grüße\\n', 'publish t - --tag x --json');
    expect(JSON.parse(piped.stdout)).toEqual({ event: 'published', topicName: 't', messageId: expect.any(String) });
    expect((await mns.receiveMessage('q')).body).toMatchObject({ MessageBody: 'Grüße\n' });
  });

  it('takes stdin as it is: a byte-order mark stays, and what is no UTF-8 is refused', async () => {
    await mns.createQueue('q');
    await mns.createTopic('t');
    const subscription = { name: 's', queue: 'q', notifyContentFormat: 'SIMPLIFIED' };
    await admin('/seed', { topics: [{ name: 't', subscriptions: [subscription] }] });
    expect((await pipe('\\357\\273\\277{}', 'publish t -')).stderr).toBe('');
    expect((await mns.receiveMessage('q')).body).toMatchObject({ MessageBody: '\uFEFF{}' });
    const refused = await pipe('\\377', 'publish t -');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('UTF-8') });
  });

  it('ends with 1 for a topic that is not there, and 2 for what cannot be published', async () => {
    expect(await operate('publish', 'nowhere', 'x')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'mns-emulator: TopicNotExist: The topic you provided does not exist.\n',
    });
    expect(await operate('publish', 't', '')).toMatchObject({ code: 2, stderr: expect.stringContaining('body: ') });
    expect(await operate('publish', 't')).toMatchObject({ code: 2, stderr: expect.stringContaining("'body'") });
    const region = await operate('publish', 't', 'x', '--region', 'Bei jing', '--json');
    expect(JSON.parse(region.stderr)).toMatchObject({ event: 'error', code: 'INVALID_ARGUMENT', exitCode: 2 });
    expect(await operate('publish', 't', 'x', '--account', '77')).toMatchObject({ code: 2 });
  });
});

describe('mns-emulator task', { timeout: LAUNCH_MS }, () => {
  it('lists, holds, finishes and fails tasks', async () => {
    expect((await operate('task', 'list')).stdout).toBe('mns-emulator: no tasks\n');
    const [first, second] = [await newTask(), await newTask()];
    expect((await operate('task', 'list')).stdout).toBe(
      `${first} running FormatConvertJob demo\n${second} running FormatConvertJob demo\n`,
    );
    expect((await operate('task', 'hold', first)).code).toBe(0);
    expect(await json('task', 'finish', first, '--result', '{"pageCount": 3}')).toMatchObject({
      event: 'task',
      taskId: first,
      state: 'succeeded',
      outcome: { ok: true, result: { pageCount: 3 } },
    });
    expect((await operate('task', 'fail', second, 'ConvertTimeout', '--message', 'too long')).stdout).toMatch(
      new RegExp(`^${second} failed \\(ConvertTimeout\\) \\w+ demo\n$`),
    );
    expect(await json('task', 'list')).toMatchObject({
      event: 'tasks',
      items: [{ taskId: first }, { taskId: second, outcome: { message: 'too long' } }],
    });
  });

  it('ends with 1 for a task that is not there or has ended, and 2 for wrong usage', async () => {
    const taskId = await newTask();
    await operate('task', 'finish', taskId);
    for (const args of [
      ['finish', taskId],
      ['hold', taskId],
      ['fail', taskId, 'X'],
      ['hold', '../reset'],
      ['finish', 'nobody'],
    ]) {
      const { code, stderr } = await operate('task', ...args);
      expect([args, code, stderr]).toEqual([args, 1, expect.stringMatching(/^mns-emulator: .*task/)]);
    }
    expect(await operate('task', 'finish', taskId, '--result', '[3]')).toMatchObject({
      code: 2,
      stderr: 'mns-emulator: --result: expected a JSON object, received the text "[3]"\n',
    });
    expect((await operate('task', 'fail', taskId)).code).toBe(2);
    expect((await operate('task')).code).toBe(2);
    expect((await operate('task', 'finsh', taskId)).stderr).toContain('(Did you mean finish?)');
  });
});

describe('mns-emulator advance', { timeout: LAUNCH_MS }, () => {
  it('lets what is due happen, and time stand or go', async () => {
    await mns.createQueue('q');
    await mns.sendMessage('q', { MessageBody: 'later', DelaySeconds: 300 });
    const { stdout, stderr } = await operate('advance', '5m');
    expect(stdout).toMatch(new RegExp(`^mns-emulator: the clock is offset, ${ISO}, 5m ahead of the machine’s\n$`));
    expect(stderr).toBe('');
    expect((await mns.receiveMessage('q')).body).toMatchObject({ MessageBody: 'later' });
    const frozen = await json('advance', '--freeze');
    expect(frozen).toMatchObject({ event: 'clock', mode: 'frozen' });
    const nowMs = Number(frozen['nowMs']);
    expect(await json('advance', '1m')).toMatchObject({ mode: 'frozen', nowMs: nowMs + 60_000 });
    const to = new Date(nowMs + 120_000).toISOString();
    expect(await json('advance', '--to', to)).toMatchObject({ mode: 'frozen', nowMs: nowMs + 120_000 });
    expect(await json('advance', '--offset')).toMatchObject({ mode: 'offset' });
    expect(await json('advance', '--real')).toMatchObject({ mode: 'real', offsetMs: 0 });
  });

  it('warns when clients are going to be refused', async () => {
    const far = await operate('advance', '16m', '--freeze');
    expect(far.stdout).toContain('frozen');
    expect(far.stderr).toMatch(/^mns-emulator: the clock is more than 15 minutes off: clients .* are refused\n$/);
    await expect(mns.createQueue('q')).rejects.toThrow(/TimeExpired|expired/i);
  });

  it('ends with 2 for wrong usage, and nothing has moved', async () => {
    for (const [args, reason] of [
      [[], 'advance: expected a duration, --to, --freeze, --offset or --real'],
      [['10'], 'duration: expected a duration with its unit'],
      [['-5m'], 'unknown option'],
      [['400d'], 'deltaMs'],
      [['5m', '--to', '2030-01-01T00:00:00Z'], '--to: expected either a duration or --to'],
      [['--to', '2030-01-01'], '--to: expected a time with its zone'],
      [['--to', '2001-01-01T00:00:00Z', '--freeze'], 'expected a time from'],
      [['--freeze', '--real'], 'advance: expected one of --freeze, --offset and --real'],
      [['5m', '--real'], '--real: expected no duration and no --to'],
    ] as const) {
      const { code, stderr } = await operate('advance', ...args);
      expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining(reason)]);
    }
    expect(Number((await json('advance', '--offset'))['offsetMs'])).toBeLessThan(1000);
  });
});

describe('mns-emulator reset', { timeout: LAUNCH_MS }, () => {
  it('forgets everything, or one account', async () => {
    await mns.createQueue('q');
    expect(await operate('reset', '--account', '77')).toMatchObject({ code: 2 });
    expect((await json('reset', '--account', '1000000000000001'))['accountId']).toBe('1000000000000001');
    await expect(mns.getQueueAttributes('q')).rejects.toMatchObject({ name: 'MNSQueueNotExistError' });
    await mns.createQueue('q');
    expect((await operate('reset')).stdout).toBe('mns-emulator: forgot everything\n');
    await expect(mns.getQueueAttributes('q')).rejects.toMatchObject({ name: 'MNSQueueNotExistError' });
  });
});

describe('mns-emulator snapshot', { timeout: LAUNCH_MS }, () => {
  it('saves a state that only its owner may read, and loads it, byte for byte', async () => {
    await mns.createQueue('q');
    await mns.sendMessage('q', { MessageBody: 'kept' });
    expect((await operate('snapshot', 'save', 'state.json')).stdout).toBe('mns-emulator: saved state.json\n');
    const path = join(folder, 'state.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const saved = await readFile(path, 'utf8');
    await operate('reset');
    expect(await json('snapshot', 'load', 'state.json')).toEqual({ event: 'loaded', path });
    expect(await json('snapshot', 'save', 'state.json', '--force')).toEqual({ event: 'saved', path });
    expect(await readFile(path, 'utf8')).toBe(saved);
    expect((await mns.receiveMessage('q')).body).toMatchObject({ MessageBody: 'kept' });
  });

  it('ends with 1 or 2 and says why when it cannot be saved or loaded', async () => {
    await writeFile(join(folder, 'mine.json'), '{"mine": true}');
    await writeFile(join(folder, 'broken.json'), '{');
    await writeFile(join(folder, 'list.json'), 'null');
    for (const [args, code, reason] of [
      [['save', 'mine.json'], 1, 'cannot write mine.json: it is there already; --force overwrites it'],
      [['save', 'no/such/folder.json'], 1, 'cannot write no/such/folder.json: ENOENT'],
      [['load', 'nowhere.json'], 1, 'cannot read nowhere.json: ENOENT'],
      [['load', 'broken.json'], 1, 'cannot read broken.json: '],
      [['load', 'list.json'], 1, 'cannot read list.json: it is no JSON object'],
      [['load', 'mine.json'], 2, 'format: expected'],
    ] as const) {
      const ended = await operate('snapshot', ...args);
      expect([args, ended.code, ended.stderr]).toEqual([args, code, expect.stringContaining(reason)]);
    }
    expect(await readFile(join(folder, 'mine.json'), 'utf8')).toBe('{"mine": true}');
  });
});

describe('mns-emulator reply', { timeout: LAUNCH_MS }, () => {
  it('sets, lists, refuses and removes what is answered, and status shows it', async () => {
    expect((await operate('reply', 'list')).stdout).toBe('mns-emulator: no replies\n');
    const call = (): Promise<unknown> => imm.request('GetWebofficeURL', { Project: 'demo' });
    await expect(call()).rejects.toMatchObject({ code: 'InvalidAction.NotFound' });
    expect((await operate('status')).stdout).toContain('mns-emulator reply set 2017-09-06 GetWebofficeURL');
    const which = ['2017-09-06', 'GetWebofficeURL'];
    expect(await operate('reply', 'set', ...which, '{"WebofficeURL": "https://x"}')).toEqual({
      code: 0,
      stdout: '2017-09-06 GetWebofficeURL: {"WebofficeURL":"https://x"}, answered 0x\n',
      stderr: '',
    });
    expect(await call()).toMatchObject({ WebofficeURL: 'https://x' });
    expect((await operate('status')).stdout).toContain(
      'reply: 2017-09-06 GetWebofficeURL: {"WebofficeURL":"https://x"}',
    );
    expect((await operate('reply', 'refuse', ...which, 'NoPermission', '--message', 'not you')).code).toBe(0);
    await expect(call()).rejects.toMatchObject({ code: 'NoPermission', data: { Message: 'not you' } });
    await operate('reply', 'refuse', '2017-09-06', 'PutProject', 'X', '--status', '409', '--overrides');
    await expect(imm.request('PutProject', { Project: 'a' })).rejects.toMatchObject({ code: 'X' });
    expect(await json('reply', 'list')).toMatchObject({
      event: 'replies',
      items: [{ reply: { refuse: { code: 'NoPermission' } }, answeredCount: 1 }, { reply: { overrides: true } }],
    });
    expect((await operate('reply', 'remove', ...which)).stdout).toBe(
      'mns-emulator: removed 2017-09-06 GetWebofficeURL: refused with NoPermission, answered 1x\n',
    );
    expect((await operate('reply', 'clear')).stdout).toBe('mns-emulator: removed 1 reply\n');
    const piped = await runProgram(
      'sh',
      ['-c', `echo '{"Id": 7}' | "$0" "$1" reply set 2020-09-30 GetStory - --json`, process.execPath, MAIN],
      { cwd: folder, env: { MNS_EMULATOR_ENDPOINT: endpoint } },
    );
    expect(JSON.parse(piped.stdout)).toMatchObject({ event: 'reply', reply: { reply: { Id: 7 } } });
  });

  it('ends with 2 for wrong usage, with 1 for what is not answered, and nothing is set', async () => {
    for (const [args, code, reason] of [
      [['set', '2020-09-30', 'GetStory', '[]'], 2, 'members: expected a JSON object, received the text "[]"'],
      [['set', '2020-09-30', 'GetTask', '{}'], 2, 'overrides: expected true'],
      [['set', '2020-09-31', 'GetStory', '{}'], 2, 'apiVersion: expected 2017-09-06 or 2020-09-30'],
      [['set', '2020-09-30', 'Getstory', '{}'], 2, 'expected GetStory, in just this spelling'],
      [['refuse', '2020-09-30', 'GetStory', 'X', '--status', '200'], 2, 'from 400 to 599'],
      [['remove', '2020-09-30', 'GetStory'], 1, 'no script answers GetStory of 2020-09-30'],
    ] as const) {
      const ended = await operate('reply', ...args);
      expect([args, ended.code, ended.stderr]).toEqual([args, code, expect.stringContaining(reason)]);
    }
    expect((await operate('reply', 'list')).stdout).toBe('mns-emulator: no replies\n');
  });
});
