import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VirtualClock, type WireRequest } from '@mnsbus/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { START_MS, messageXml, signedRequest, subscriptionXml } from './mns/test-support/mns-fixture.js';
import { openEmulator, type OpenEmulatorOptions, type PersistentEmulator } from './open-emulator.js';
import { rpcRequest } from './imm/test-support/rpc-request.js';
import { ACKNOWLEDGED_FILE, RECORDS_FOLDER } from './store/data-directory.js';

const KEY = { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret' };

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'mnsbus-store-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

interface World {
  readonly clock: VirtualClock;
  readonly emulator: PersistentEmulator;
  readonly call: (method: string, target: string, body?: string) => Promise<string>;
}

async function opened(
  dataDir: string,
  startMs: number = START_MS,
  options: Partial<OpenEmulatorOptions> = {},
): Promise<World> {
  const clock = new VirtualClock(startMs);
  const emulator = await openEmulator({ dataDir, clock, region: 'cn-hangzhou', ...options });
  onTestFinished(() => emulator.close());
  const send = async (request: WireRequest): Promise<string> => {
    const { status, body } = await emulator.handle(request);
    return `${status} ${Buffer.from(body).toString()}`;
  };
  return {
    clock,
    emulator,
    call: (method, target, body = '') => send(signedRequest(clock.now(), method, target, body, { key: KEY })),
  };
}

const count = (text: string): readonly string[] =>
  [...text.matchAll(/<(?:Active|Inactive|Delay)Messages>(\d+)</g)].map(([, digits = '']) => digits).toSorted();
const handleIn = (text: string): string => /<ReceiptHandle>([^<]*)</.exec(text)?.[1] ?? 'none';

/** A directory with a queue of some messages, closed. */
async function used(messages: number = 3): Promise<string> {
  const dataDir = await directory();
  const { emulator, call } = await opened(dataDir, START_MS, { seed: 'first' });
  await call('PUT', '/queues/orders');
  for (let index = 0; index < messages; index += 1)
    await call('POST', '/queues/orders/messages', messageXml(`m${index}`));
  await emulator.close();
  return dataDir;
}

describe('an emulator with a data directory', () => {
  it('is the same again after it was closed and opened: state, seed and handles', async () => {
    const dataDir = await directory();
    const first = await opened(dataDir, START_MS, { seed: 'mine' });
    await first.call('PUT', '/queues/orders');
    await first.call('POST', '/queues/orders/messages', messageXml('kept'));
    await first.call('POST', '/queues/orders/messages', messageXml('deleted'));
    const handles = [
      handleIn(await first.call('GET', '/queues/orders/messages')),
      handleIn(await first.call('GET', '/queues/orders/messages')),
    ];
    await first.call('DELETE', `/queues/orders/messages?ReceiptHandle=${handles[1]}`);
    const before = JSON.stringify(first.emulator.snapshot());
    await first.emulator.close();

    const second = await opened(dataDir);
    expect(second.emulator.seed).toBe('mine');
    expect(JSON.stringify(second.emulator.snapshot())).toBe(before);
    expect(await second.call('DELETE', `/queues/orders/messages?ReceiptHandle=${handles[1]}`)).toContain(
      'MessageNotExist',
    );
    expect(await second.call('DELETE', `/queues/orders/messages?ReceiptHandle=${handles[0]}`)).toMatch(/^204/);
    await second.emulator.close();
    const third = await opened(dataDir);
    expect(count(await third.call('GET', '/queues/orders'))).toEqual(['0', '0', '0']);
  });

  it('lets the clock go on while it is closed: what has expired is gone from the disk, too, and tasks have ended', async () => {
    const dataDir = await directory();
    const first = await opened(dataDir);
    await first.call('PUT', '/queues/short', '<Queue><MessageRetentionPeriod>60</MessageRetentionPeriod></Queue>');
    await first.call('POST', '/queues/short/messages', messageXml('an expired body'));
    await first.call('PUT', '/queues/events');
    await first.call('PUT', '/topics/events');
    await first.call('PUT', '/topics/events/subscriptions/q', subscriptionXml('events'));
    const imm = async (parameters: Readonly<Record<string, string>>): Promise<unknown> => {
      const request = rpcRequest({ AccessKeyId: KEY.accessKeyId, ...parameters }, first.clock.now(), {
        accessKeySecret: KEY.accessKeySecret,
      });
      return (await first.emulator.handle(request)).status;
    };
    expect(await imm({ Action: 'PutProject', Project: 'demo' })).toBe(200);
    const task = { SrcUri: 'oss://bkt/slow-90000/a.docx', TgtUri: 'oss://bkt/out', TgtType: 'png' };
    const notify = {
      NotifyEndpoint: 'http://1000000000000001.mns.cn-hangzhou.aliyuncs.com',
      NotifyTopicName: 'events',
    };
    expect(await imm({ Action: 'CreateOfficeConversionTask', Project: 'demo', ...task, ...notify })).toBe(200);
    await first.emulator.close();

    const second = await opened(dataDir, START_MS + 600_000);
    expect(second.emulator.tasks.list()).toMatchObject([{ state: 'succeeded', endedAtMs: START_MS + 90_000 }]);
    expect(count(await second.call('GET', '/queues/events'))).toEqual(['0', '0', '1']);
    expect(count(await second.call('GET', '/queues/short'))).toEqual(['0', '0', '0']);
    await second.emulator.close();
    const third = await opened(dataDir, START_MS);
    expect(count(await third.call('GET', '/queues/short'))).toEqual(['0', '0', '0']);
  });

  it('keeps a delivery that was under way, and makes it again', async () => {
    const dataDir = await directory();
    const pushed: string[] = [];
    const hangs = await opened(dataDir, START_MS, { push: { sender: () => new Promise(() => undefined) } });
    await hangs.call('PUT', '/topics/events');
    await hangs.call(
      'PUT',
      '/topics/events/subscriptions/web',
      '<Subscription><Endpoint>http://127.0.0.1/x</Endpoint></Subscription>',
    );
    await hangs.call('POST', '/topics/events/messages', messageXml('news'));
    await hangs.clock.advanceBy(1);
    await hangs.emulator.close();
    const sender: NonNullable<OpenEmulatorOptions['push']>['sender'] = async ({ url }) => {
      pushed.push(url);
      return { status: 200 };
    };
    const second = await opened(dataDir, START_MS + 1000, { push: { sender } });
    await second.clock.advanceBy(0);
    expect(pushed).toHaveLength(1);
    await second.emulator.close();
    const third = await opened(dataDir, START_MS + 2000, { push: { sender } });
    await third.clock.advanceBy(60_000);
    expect(pushed).toHaveLength(1);
  });

  it('keeps a reset and a restored snapshot', async () => {
    const dataDir = await used();
    const first = await opened(dataDir);
    const snapshot = first.emulator.snapshot();
    first.emulator.reset();
    await first.emulator.flushed();
    await first.emulator.close();
    const second = await opened(dataDir);
    expect(second.emulator.snapshot()).toEqual({ format: 'mnsbus-emulator', version: 1 });
    second.emulator.restore(snapshot);
    await second.emulator.close();
    const third = await opened(dataDir);
    expect(third.emulator.snapshot()).toEqual(snapshot);
  });

  it('answers nothing as done once it is closed', async () => {
    const dataDir = await used();
    const world = await opened(dataDir);
    await world.emulator.close();
    expect(await world.call('POST', '/queues/orders/messages', messageXml('late'))).toMatch(/^503 /);
    const again = await opened(dataDir);
    expect(count(await again.call('GET', '/queues/orders'))).toEqual(['0', '0', '3']);
  });

  it('answers who waits in a long poll when it is closed', async () => {
    const world = await opened(await used(0));
    const poll = world.call('GET', '/queues/orders/messages?waitseconds=30');
    await world.emulator.flushed();
    await world.emulator.close();
    expect(await poll).toContain('MessageNotExist');
    expect(world.clock.pendingTimers).toBe(0);
  });
});

describe('resources of the options', () => {
  const queues = [{ name: 'orders', visibilityTimeoutSeconds: 77 }];

  it('are made beside what was kept, which stays as it is', async () => {
    const dataDir = await directory();
    const first = await opened(dataDir, START_MS, { resources: { queues } });
    // Nobody has done that by hand.
    expect(first.emulator.journal.entries()).toEqual([]);
    await first.call('POST', '/queues/orders/messages', messageXml('kept'));
    await first.emulator.close();
    const resources = { queues: [...queues, { name: 'bills' }] };
    const second = await opened(dataDir, START_MS + 60_000, { resources });
    expect(second.emulator.journal.entries('operated')).toEqual([]);
    expect(second.emulator.inspect().queues().items).toMatchObject([
      { name: 'bills', createdAtMs: START_MS + 60_000 },
      { name: 'orders', createdAtMs: START_MS, counts: { active: 1 } },
    ]);
    const snapshot = second.emulator.snapshot();
    await second.emulator.close();
    expect((await opened(dataDir, START_MS + 60_000)).emulator.snapshot()).toEqual(snapshot);
  });

  it('are refused where others were kept under their names, which are left as they are', async () => {
    const dataDir = await directory();
    const first = await opened(dataDir, START_MS, { resources: { queues } });
    await first.call('PUT', '/topics/events');
    await first.call('PUT', '/topics/events/subscriptions/early', subscriptionXml('to-come'));
    await first.call('POST', '/topics/events/messages', messageXml('put off'));
    const snapshot = first.emulator.snapshot();
    await first.emulator.close();
    const clock = new VirtualClock(START_MS);
    const resources = { queues: [{ name: 'orders' }] };
    await expect(openEmulator({ dataDir, clock, region: 'cn-hangzhou', resources })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      path: ['queues', 0],
    });
    expect(clock.pendingTimers).toBe(0);
    expect((await opened(dataDir)).emulator.snapshot()).toEqual(snapshot);
  });
});

describe('a data directory', () => {
  const refused = (code: string, message: string): unknown =>
    expect.objectContaining({ code, message: expect.stringContaining(message) });

  it('is refused while another emulator has it open, in this process or another', async () => {
    const dataDir = await directory();
    const world = await opened(dataDir);
    await expect(openEmulator({ dataDir })).rejects.toEqual(refused('STORE_LOCKED', 'another emulator has it open'));
    const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
    const stderr = await new Promise<string>((resolve) => {
      execFile(process.execPath, [main, 'start', '--port', '0', '--data-dir', dataDir], (_, __, text) => resolve(text));
    });
    expect(stderr).toContain('another emulator has it open');
    await world.call('PUT', '/queues/orders');
    await world.emulator.close();
    expect((await opened(dataDir)).emulator.snapshot().mns).toBeDefined();
  }, 20_000);

  it('is refused with another seed, and with accounts that do not have what is in it', async () => {
    const dataDir = await used();
    await expect(openEmulator({ dataDir, seed: 'second' })).rejects.toEqual(
      refused('INVALID_ARGUMENT', 'seed: expected that of the data directory'),
    );
    await expect(openEmulator({ dataDir, accountId: '42' })).rejects.toEqual(
      refused('INVALID_ARGUMENT', 'an account of this emulator'),
    );
    expect((await opened(dataDir, START_MS, { seed: 'first' })).emulator.seed).toBe('first');
  });

  it('is refused when it holds something else, and left as it is', async () => {
    const dataDir = await directory();
    await writeFile(join(dataDir, 'thesis.txt'), 'mine');
    await expect(openEmulator({ dataDir })).rejects.toEqual(refused('STORE_CORRUPT', 'expected an empty directory'));
    expect(await readdir(dataDir)).toEqual(['thesis.txt']);
    await expect(openEmulator({ dataDir: join(dataDir, 'thesis.txt') })).rejects.toEqual(
      refused('STORE_FAILED', 'cannot be made or read'),
    );
    await expect(openEmulator({ dataDir: '' })).rejects.toEqual(refused('INVALID_ARGUMENT', 'dataDir'));
  });

  it('makes nothing on the disk for options that are refused', async () => {
    const dataDir = await directory();
    await expect(openEmulator({ dataDir, region: '?' })).rejects.toEqual(refused('INVALID_ARGUMENT', 'region'));
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('is refused with advice where classic-level is not installed', async () => {
    const dataDir = await directory();
    const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
    const hook = `export const resolve = (name, context, next) => {
      if (name === 'classic-level') throw Object.assign(new Error('not installed'), { code: 'ERR_MODULE_NOT_FOUND' });
      return next(name, context);
    };`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`;
    const imported = `data:text/javascript,${encodeURIComponent(register)}`;
    const ended = await new Promise((resolve) => {
      execFile(
        process.execPath,
        ['--import', imported, main, 'start', '--port', '0', '--data-dir', dataDir],
        (error, _, stderr) => resolve({ code: error?.code, stderr }),
      );
    });
    expect(ended).toEqual({ code: 1, stderr: expect.stringContaining('npm install classic-level') });
    expect(await readdir(dataDir)).toEqual([]);
  }, 20_000);

  /** The files of the database whose names end so. */
  const files = async (dataDir: string, ending: string): Promise<readonly string[]> => {
    const folder = join(dataDir, RECORDS_FOLDER);
    return (await readdir(folder)).filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
  };

  it.each([0.1, 0.5, 0.9, 0.999])('is refused when the end of its log is missing (kept: %d)', async (kept) => {
    const dataDir = await used(40);
    const [log = ''] = await files(dataDir, '.log');
    const bytes = await readFile(log);
    await truncate(log, Math.floor(bytes.length * kept));
    await expect(openEmulator({ dataDir })).rejects.toEqual(refused('STORE_CORRUPT', 'were acknowledged'));
  });

  it('is refused wherever a byte of its log has another value', async () => {
    const source = await used(10);
    const [log = ''] = await files(source, '.log');
    const bytes = await readFile(log);
    for (let offset = 3; offset < bytes.length; offset += Math.ceil(bytes.length / 25)) {
      const dataDir = await directory();
      await cp(source, dataDir, { recursive: true });
      const altered = Buffer.from(bytes);
      altered[offset] = (altered[offset] ?? 0) ^ 0x10;
      await writeFile(log.replace(source, dataDir), altered);
      await expect(openEmulator({ dataDir }), `byte ${offset}`).rejects.toEqual(
        refused('STORE_CORRUPT', 'none of it was used'),
      );
    }
  });

  it('is refused without its database, and when its count is none', async () => {
    const gone = await used();
    for (const name of await readdir(join(gone, RECORDS_FOLDER))) await rm(join(gone, RECORDS_FOLDER, name));
    await expect(openEmulator({ dataDir: gone })).rejects.toEqual(refused('STORE_CORRUPT', 'its records are missing'));
    const miscounted = await used();
    await writeFile(join(miscounted, ACKNOWLEDGED_FILE), 'many');
    await expect(openEmulator({ dataDir: miscounted })).rejects.toEqual(refused('STORE_CORRUPT', 'holds no number'));
  });
});

describe('a clock that is set while nobody runs', () => {
  it.each([
    [-172_800_000, 30_000],
    [-5000, 30_000],
    [0, 30_000],
    [12_000, 18_000],
    [172_800_000, 0],
  ])('lets so much time have passed as it says, and never less than none (%d ms)', async (awayMs, leftMs) => {
    const dataDir = await directory();
    const first = await opened(dataDir);
    await first.call('PUT', '/queues/orders', '<Queue><VisibilityTimeout>30</VisibilityTimeout></Queue>');
    await first.call('POST', '/queues/orders/messages', messageXml('m'));
    const handle = handleIn(await first.call('GET', '/queues/orders/messages'));
    await first.clock.advanceBy(1);
    await first.emulator.close();
    const second = await opened(dataDir, START_MS + 1 + awayMs);
    if (leftMs > 0) {
      await second.clock.advanceBy(leftMs - 2);
      expect(count(await second.call('GET', '/queues/orders'))).toEqual(['0', '0', '1']);
      expect(await second.call('GET', '/queues/orders/messages')).toContain('MessageNotExist');
    }
    await second.clock.advanceBy(1);
    const again = await second.call('GET', '/queues/orders/messages');
    expect(handleIn(again)).not.toBe(handle);
    expect(/<EnqueueTime>(\d+)</.exec(again)?.[1]).toBe(String(START_MS));
    expect(/<NextVisibleTime>(\d+)</.exec(again)?.[1]).toBe(String(second.clock.now() + 30_000));
  });

  it('goes on with the corrections that were made while somebody ran', async () => {
    const dataDir = await directory();
    const first = await opened(dataDir);
    await first.call('PUT', '/queues/orders', '<Queue><VisibilityTimeout>30</VisibilityTimeout></Queue>');
    await first.call('POST', '/queues/orders/messages', messageXml('m'));
    await first.call('GET', '/queues/orders/messages');
    await first.clock.advanceBy(1);
    first.clock.stepWall(-3_600_000);
    await first.call('GET', '/queues/orders');
    await first.emulator.close();
    const second = await opened(dataDir, first.clock.now() + 10_000);
    await second.clock.advanceBy(19_998);
    expect(await second.call('GET', '/queues/orders/messages')).toContain('MessageNotExist');
    await second.clock.advanceBy(1);
    expect(await second.call('GET', '/queues/orders/messages')).toContain(`<EnqueueTime>${START_MS}<`);
  });
});
