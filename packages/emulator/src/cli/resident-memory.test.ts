import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@mnsbus/core';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { rpcRequest } from '../imm/test-support/rpc-request.js';
import { messageXml, signedRequest } from '../mns/test-support/mns-fixture.js';
import { killStarted, ready } from './test-support/binary.js';

// The real command, each bound pushed beyond its end: what the process holds when it is over is bounded by a stated number.

/** How much more the process may hold after a load than before it, its own caches and compiled code included. */
const MAY_GROW_BY_MIB = 96;

/** What the process may hold in the middle of a load beyond what it held before: bodies under way, and garbage. */
const MAY_PEAK_BY_MIB = 400;

const clock = new SystemClock();
const KEY = { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret' };
afterEach(killStarted);

interface Reply {
  readonly status: number;
  readonly text: string;
}

interface Loaded {
  /** Sends so many requests, a few at a time; gives how often each status came. */
  readonly load: (count: number, make: (index: number) => Sent) => Promise<ReadonlyMap<number, number>>;
  readonly send: (sent: Sent) => Promise<Reply>;
  readonly residentMib: () => Promise<number>;
  readonly peakMib: () => Promise<number>;
}

type Sent = Omit<ReturnType<typeof signedRequest>, 'signal'>;

async function emulator(limits: object = {}): Promise<Loaded> {
  const folder = await mkdtemp(join(tmpdir(), 'mnsbus-memory-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, 'limits.json');
  const projects = [{ name: 'demo' }];
  await writeFile(config, JSON.stringify({ limits, queues: [{ name: 'q' }], projects }));
  const { info, started } = await ready(['--config', config, '--task-duration', '0']);
  const { hostname, port, host } = new URL(info['endpoint'] ?? '');
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  onTestFinished(() => agent.destroy());
  const send = ({ method, target, headers, body }: Sent): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const lines = [
        ...headers.filter(([name]) => name.toLowerCase() !== 'host'),
        ['Host', host],
        ['Content-Length', String(body.length)],
      ];
      const sent = request({ hostname, port, agent, method, path: target, headers: lines.flat() }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.once('end', () => resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      sent.once('error', reject);
      sent.end(body);
    });
  const memoryOf = async (name: string): Promise<number> => {
    const status = await readFile(`/proc/${started.child.pid}/status`, 'utf8');
    return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  };
  return {
    send,
    load: async (count, make) => {
      const statuses = new Map<number, number>();
      let next = 0;
      const worker = async (): Promise<void> => {
        while (next < count) {
          next += 1;
          const { status } = await send(make(next));
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: 8 }, worker));
      return statuses;
    },
    residentMib: () => memoryOf('VmRSS'),
    peakMib: () => memoryOf('VmHWM'),
  };
}

const form = (body: string): Sent => ({
  method: 'POST',
  target: '/',
  headers: [['Content-Type', 'application/x-www-form-urlencoded']],
  body: Buffer.from(body, 'latin1'),
});
const mns = (method: string, target: string, body = ''): Sent =>
  signedRequest(clock.now(), method, target, body, { key: KEY });
const imm = (parameters: Record<string, string>): Sent =>
  rpcRequest({ AccessKeyId: KEY.accessKeyId, Version: '2020-09-30', ...parameters }, clock.now(), {
    method: 'POST',
    accessKeySecret: KEY.accessKeySecret,
  });

/** Every kind of code that the loads below run has been compiled, so that what comes is data. */
async function warmed({ load, residentMib }: Loaded): Promise<number> {
  await load(100, (index) =>
    index % 2 === 0
      ? mns('POST', '/queues/none/messages', messageXml('b'))
      : imm({ Action: 'GetProject', ProjectName: 'demo', Pad: 'x'.repeat(20_000) }),
  );
  return residentMib();
}

/** Waits until the process has given back what it can. */
async function settled({ residentMib }: Loaded, boundMib: number): Promise<number> {
  return vi.waitFor(
    async () => {
      const mib = await residentMib();
      expect(mib).toBeLessThan(boundMib);
      return mib;
    },
    { timeout: 30_000, interval: 500 },
  );
}

const TIMEOUT_MS = 120_000;

describe.runIf(process.platform === 'linux')('the memory of the real command', () => {
  it('after unsigned actions of 2 and of 5 MB', { timeout: TIMEOUT_MS }, async () => {
    const loaded = await emulator();
    const before = await warmed(loaded);
    const acting = form(`Action=${'A'.repeat(2_000_000)}`);
    const tooLarge = form(`Action=${'A'.repeat(5_000_000)}`);
    expect(await loaded.load(60, () => acting)).toEqual(new Map([[400, 60]]));
    const refused = await loaded.send(tooLarge);
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining('more than 2097152 bytes of parameters'),
    ]);
    expect(await loaded.load(30, () => tooLarge)).toEqual(new Map([[400, 30]]));
    expect(await settled(loaded, before + MAY_GROW_BY_MIB)).toBeLessThan(before + MAY_GROW_BY_MIB);
    expect(await loaded.peakMib()).toBeLessThan(before + MAY_PEAK_BY_MIB);
  });

  it('after forms of 2.7 million fields', { timeout: TIMEOUT_MS }, async () => {
    const loaded = await emulator();
    const before = await warmed(loaded);
    const many = form('a=1'.concat('&b='.repeat(2_700_000)).slice(0, 8_000_000));
    expect((await loaded.send(form('a=1&'.repeat(10_001)))).text).toContain('more than 10000 parameters');
    expect(await loaded.load(5, () => many)).toEqual(new Map([[400, 5]]));
    expect(await settled(loaded, before + MAY_GROW_BY_MIB)).toBeLessThan(before + MAY_GROW_BY_MIB);
    expect(await loaded.peakMib()).toBeLessThan(before + MAY_PEAK_BY_MIB);
  });

  it('when messages take all the room that they may', { timeout: TIMEOUT_MS }, async () => {
    const roomMib = 8;
    const loaded = await emulator({ maxStoredBytes: roomMib * 1024 * 1024 });
    const before = await warmed(loaded);
    const padding = `<Junk>${'y'.repeat(70_000)}</Junk>`;
    const count = Math.floor((roomMib * 1024 * 1024) / (60_000 + 600));
    const statuses = await loaded.load(2 * count, () =>
      mns('POST', '/queues/q/messages', messageXml('x'.repeat(60_000), padding)),
    );
    expect(statuses).toEqual(
      new Map([
        [201, count],
        [429, count],
      ]),
    );
    expect(await settled(loaded, before + roomMib + MAY_GROW_BY_MIB)).toBeLessThan(before + roomMib + MAY_GROW_BY_MIB);
    await loaded.send(mns('DELETE', '/queues/q'));
    await loaded.load(1, () => mns('PUT', '/queues/q'));
    expect(await settled(loaded, before + MAY_GROW_BY_MIB)).toBeLessThan(before + MAY_GROW_BY_MIB);
  });

  it('after a journal that is full of long names', { timeout: TIMEOUT_MS }, async () => {
    const loaded = await emulator({ journalBytes: 8 * 1024 * 1024 });
    const before = await warmed(loaded);
    const statuses = await loaded.load(3000, (index) => form(`Action=${index}${'A'.repeat(3000)}`));
    expect(statuses).toEqual(new Map([[400, 3000]]));
    expect(await settled(loaded, before + MAY_GROW_BY_MIB)).toBeLessThan(before + MAY_GROW_BY_MIB);
  });

  it('after nonces and requests that are nested, malformed and signed', { timeout: TIMEOUT_MS }, async () => {
    const loaded = await emulator();
    const before = await warmed(loaded);
    const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    await loaded.load(40, (index) =>
      imm({
        Action: 'CreateOfficeConversionTask',
        ProjectName: 'demo',
        SourceURI: 'oss://bkt/a.docx',
        TargetType: 'png',
        TargetURIPrefix: 'oss://bkt/b',
        TrimPolicy: nested,
        SignatureNonce: `${index}${'n'.repeat(20_000)}`,
      }),
    );
    const statuses = await loaded.load(40, () => mns('POST', '/queues/q/messages', `<Message>${'<a>'.repeat(50_000)}`));
    expect(statuses).toEqual(new Map([[400, 40]]));
    expect(await settled(loaded, before + MAY_GROW_BY_MIB)).toBeLessThan(before + MAY_GROW_BY_MIB);
  });
});
