import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@mnsbus/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rpcRequest } from '../imm/test-support/rpc-request.js';
import { messageXml, signedRequest } from '../mns/test-support/mns-fixture.js';
import { ACKNOWLEDGED_FILE, RECORDS_FOLDER } from '../store/data-directory.js';
import { killStarted, ready, run, type Ended, type Started, type Surroundings } from './test-support/binary.js';
import { sendSigned, type CallReply } from './test-support/signed-call.js';
import { limitedFiles, smallDisk, type SmallDisk } from './test-support/small-disk.js';

// The real program, as it is built and shipped, when the machine is against it. That it is killed: killed-emulator.test.ts.

let folder: string;
const disks: (() => Promise<void>)[] = [];

beforeEach(async () => {
  offsetMs = 0;
  folder = await mkdtemp(join(tmpdir(), 'mns-adversity-'));
});
afterEach(async () => {
  killStarted();
  for (const remove of disks.splice(0)) await remove();
  await rm(folder, { recursive: true, force: true });
});

interface Served {
  readonly started: Started;
  readonly pid: number;
  readonly endpoint: string;
  /** Dated by the time of day that the program is told. */
  readonly call: (method: string, target: string, body?: string) => Promise<CallReply>;
}

const machine = new SystemClock();
/** How far that is from the true one. */
let offsetMs = 0;

async function serve(args: readonly string[], surroundings: Surroundings = {}): Promise<Served> {
  const { started, info } = await ready(args, surroundings);
  const { endpoint = '', pid } = info;
  return {
    started,
    pid: Number(pid),
    endpoint,
    call: (method, target, body = '') =>
      sendSigned(endpoint, signedRequest(machine.now() + offsetMs, method, target, body)),
  };
}

/** Asks again and again until the answer is the wanted one. */
async function until(call: () => Promise<CallReply>, isWanted: (reply: CallReply) => boolean): Promise<CallReply> {
  for (;;) {
    const reply = await call();
    if (isWanted(reply)) return reply;
  }
}

const bodiesIn = ({ text }: CallReply): readonly string[] =>
  [...text.matchAll(/<MessageBody>([^<]*)</g)].map(([, body = '']) => body);

describe('a disk that is full', { timeout: 120_000 }, () => {
  it.each<[string, (parent: string) => Promise<SmallDisk>]>([
    ['has no room', smallDisk],
    ['lets no file grow', async (parent) => limitedFiles(parent)],
  ])('%s: what cannot be kept is refused, and nothing that was acknowledged is lost', async (_, disk) => {
    const { path, fill, makeRoom, remove } = await disk(folder);
    disks.push(remove);
    const dataDir = join(path, 'data');
    const first = await serve(['--data-dir', dataDir]);
    expect((await first.call('PUT', '/queues/q')).status).toBe(201);
    const acknowledged: string[] = [];
    const refused: CallReply[] = [];
    let sent = 0;
    const send = async (): Promise<CallReply> => {
      const body = `${sent++}-${'x'.repeat(2000)}`;
      const reply = await first.call('POST', '/queues/q/messages', messageXml(body));
      if (reply.status === 201) acknowledged.push(body);
      else refused.push(reply);
      return reply;
    };
    for (let count = 0; count < 10; count += 1) await send();
    expect(acknowledged).toHaveLength(10);
    await fill(first.pid);
    await until(send, ({ status }) => status !== 201);
    for (let count = 0; count < 3; count += 1) expect((await send()).status).toBe(503);
    const kept = acknowledged.length;
    await makeRoom(first.pid);
    await until(send, ({ status }) => status === 201);
    for (let count = 0; count < 5; count += 1) await send();
    expect(acknowledged).toHaveLength(kept + 6);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    const news = first.started.errors.map((line): unknown => JSON.parse(line));
    expect(news).toEqual([
      { event: 'store', state: 'failing', message: expect.stringContaining('there is no room left on its disk') },
      { event: 'store', state: 'recovered', message: expect.stringContaining('nothing is missing') },
    ]);
    first.started.child.kill('SIGKILL');
    await first.started.ended;

    const second = await serve(['--data-dir', dataDir]);
    const found: string[] = [];
    for (;;) {
      const reply = await second.call('GET', '/queues/q/messages?numOfMessages=16&waitseconds=0');
      if (reply.status !== 200) break;
      found.push(...bodiesIn(reply));
    }
    expect(new Set(found).size).toBe(found.length);
    expect(acknowledged.filter((body) => !found.includes(body))).toEqual([]);
  });

  it('does not keep the program from ending, which says what is missing', async () => {
    const { path, fill } = limitedFiles(folder);
    const { started, pid, call } = await serve(['--data-dir', join(path, 'data')]);
    await fill(pid);
    expect((await call('PUT', '/queues/q')).status).toBe(503);
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(1);
    expect(JSON.parse(started.errors.at(-1) ?? '')).toMatchObject({ event: 'error', code: 'STORE_FAILED' });
  });
});

/** Root may do everything; without its capabilities it is subject to rights like everybody. */
const BOUND: readonly string[] =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all'] : [];

describe('rights that are missing', { timeout: 60_000 }, () => {
  /** A data directory with a queue in it, closed. */
  const used = async (): Promise<string> => {
    const dataDir = join(folder, 'data');
    const { started, call } = await serve(['--data-dir', dataDir], { by: BOUND });
    expect((await call('PUT', '/queues/q')).status).toBe(201);
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    return dataDir;
  };

  const start = (dataDir: string): Promise<Ended> =>
    run(['start', '--port', '0', '--data-dir', dataDir], { by: BOUND });

  const REFUSED = {
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^mns-emulator: data directory .*: this user has no right to it/),
  };

  it.each([
    ['the directory', '.', 0o000],
    ['its records', RECORDS_FOLDER, 0o000],
    ['what was acknowledged', ACKNOWLEDGED_FILE, 0o400],
    ['the lock', join(RECORDS_FOLDER, 'LOCK'), 0o000],
    ['the current file', join(RECORDS_FOLDER, 'CURRENT'), 0o000],
  ])('to %s are named, with what to do, and good data is left alone', async (_, name, mode) => {
    const dataDir = await used();
    const before = (await stat(join(dataDir, name))).mode;
    await chmod(join(dataDir, name), mode);
    const { stderr, ...ended } = await start(dataDir);
    expect({
      ...ended,
      stderr: stderr.replace('cannot be made or read: ', '').replace('cannot be opened: ', ''),
    }).toEqual(REFUSED);
    expect(stderr).not.toMatch(/empty|delete|remove/i);
    await chmod(join(dataDir, name), before);
    const { call } = await serve(['--data-dir', dataDir], { by: BOUND });
    expect((await call('GET', '/queues/q')).status).toBe(200);
  });

  it('to make the directory are missed', async () => {
    await chmod(folder, 0o500);
    const { stderr } = await start(join(folder, 'data'));
    expect(stderr).toContain('this user has no right to it');
  });

  it('are given to nobody else: not to the directory, its files, and snapshots', async () => {
    const dataDir = join(folder, 'data');
    const { info } = await ready(['--data-dir', dataDir]);
    const saved = join(folder, 'state.json');
    const { code } = await run(['snapshot', 'save', saved, '--endpoint', info['endpoint'] ?? '']);
    const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
    const files = await readdir(join(dataDir, RECORDS_FOLDER));
    const modes = await Promise.all(files.map((name) => mode(join(dataDir, RECORDS_FOLDER, name))));
    expect([code, await mode(saved), await mode(dataDir), await mode(join(dataDir, RECORDS_FOLDER))]).toEqual([
      0,
      '600',
      '700',
      '700',
    ]);
    expect([...new Set([...modes, await mode(join(dataDir, ACKNOWLEDGED_FILE))])]).toEqual(['600']);
  });
});

/** A library that tells a program another time of day; the monotonic clock is left as it is. */
class FakeTime {
  readonly #file: string;
  readonly env: Readonly<Record<string, string>>;

  constructor(file: string) {
    const library = readdirSync('/usr/lib')
      .map((name) => `/usr/lib/${name}/faketime/libfaketime.so.1`)
      .find((path) => existsSync(path));
    if (library === undefined) throw new Error('expected libfaketime, found none: apt-get install faketime');
    this.#file = file;
    this.env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** How far the time of day is from the true one from now on, in seconds. */
  async set(offsetSeconds: number): Promise<void> {
    await writeFile(this.#file, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}\n`);
    offsetMs = offsetSeconds * 1000;
  }
}

const QUEUE = (visibilitySeconds: number): string =>
  `<Queue><VisibilityTimeout>${visibilitySeconds}</VisibilityTimeout></Queue>`;
const BACK_SECONDS = [-5, -3600, -172_800] as const;

describe('a clock that is set', { timeout: 120_000 }, () => {
  const RECEIVE = '/queues/q/messages?waitseconds=20';

  it.each(BACK_SECONDS)('back by %d s holds up no lease, no delay and no task', async (offsetSeconds) => {
    const time = new FakeTime(join(folder, 'time'));
    await time.set(0);
    const { endpoint, call } = await serve(['--task-duration', '3000'], { env: time.env });
    const imm = (parameters: Readonly<Record<string, string>>): Promise<CallReply> =>
      sendSigned(
        endpoint,
        rpcRequest({ AccessKeyId: 'emuKey', ...parameters }, machine.now() + offsetMs, {
          method: 'POST',
          accessKeySecret: 'emuSecret',
        }),
      );
    await call('PUT', '/queues/q', QUEUE(4));
    await call('POST', '/queues/q/messages', messageXml('leased'));
    expect(bodiesIn(await call('GET', RECEIVE))).toEqual(['leased']);
    const leasedMs = machine.monotonic();
    await call('POST', '/queues/q/messages', messageXml('delayed', '<DelaySeconds>2</DelaySeconds>'));
    expect(await imm({ Action: 'PutProject', Project: 'demo' })).toMatchObject({ status: 200 });
    const uris = { SrcUri: 'oss://bkt/a.docx', TgtUri: 'oss://bkt/o', TgtType: 'png' };
    expect((await imm({ Action: 'CreateOfficeConversionTask', Project: 'demo', ...uris })).status).toBe(200);
    await time.set(offsetSeconds);
    const delayed = await call('GET', RECEIVE);
    const leased = await call('GET', RECEIVE);
    const tookMs = machine.monotonic() - leasedMs;
    expect([bodiesIn(delayed), bodiesIn(leased)]).toEqual([['delayed'], ['leased']]);
    expect(tookMs).toBeGreaterThan(3900);
    expect(tookMs).toBeLessThan(20_000);
    // Instants are named by the time of day as it is.
    const [, nextVisible = ''] = /<NextVisibleTime>(\d+)</.exec(leased.text) ?? [];
    expect(Math.abs(Number(nextVisible) - (machine.now() + offsetMs + 4000))).toBeLessThan(3500);
    const tasks = await (await fetch(`${endpoint}/_emulator/tasks`)).text();
    expect(JSON.parse(tasks)).toMatchObject({ items: [{ state: 'succeeded' }] });
  });

  it('forward by two days ends no lease early, and lets no message expire', async () => {
    const time = new FakeTime(join(folder, 'time'));
    await time.set(0);
    const { call } = await serve([], { env: time.env });
    await call('PUT', '/queues/q', '<Queue><MessageRetentionPeriod>3600</MessageRetentionPeriod></Queue>');
    await call('POST', '/queues/q/messages', messageXml('leased'));
    await call('GET', RECEIVE);
    await call('POST', '/queues/q/messages', messageXml('delayed', '<DelaySeconds>3600</DelaySeconds>'));
    await time.set(172_800);
    expect((await call('GET', '/queues/q/messages?waitseconds=0')).text).toContain('MessageNotExist');
    const { text } = await call('GET', '/queues/q');
    expect(text).toContain('<InactiveMessages>1<');
    expect(text).toContain('<DelayMessages>1<');
  });

  it('back by two days while the program is dead does not hold up what it finds', async () => {
    const time = new FakeTime(join(folder, 'time'));
    await time.set(0);
    const args = ['--data-dir', join(folder, 'data')];
    const first = await serve(args, { env: time.env });
    await first.call('PUT', '/queues/q', QUEUE(4));
    await first.call('POST', '/queues/q/messages', messageXml('leased'));
    expect(bodiesIn(await first.call('GET', RECEIVE))).toEqual(['leased']);
    first.started.child.kill('SIGKILL');
    await first.started.ended;
    await time.set(-172_800);
    const second = await serve(args, { env: time.env });
    expect((await second.call('GET', '/queues/q/messages?waitseconds=0')).text).toContain('MessageNotExist');
    expect(bodiesIn(await second.call('GET', RECEIVE))).toEqual(['leased']);
  });
});
