import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { alicloudClient } from '../mns/test-support/alicloud-client.js';
import { MAX_HINTS_OF_A_CODE, MAX_HINT_TEXT } from '../runtime/hints/hints.js';
import { MOST_UNREAD_BYTES, UnreliableOutlet } from './outlet.js';
import { MAIN, killStarted, ready } from './test-support/binary.js';

// The real program, as it is built and shipped, when nobody reads what it says.

/** How a reader is lost: it has never been there, it has left, or it has no room. */
const LOSSES = ['closed', 'left', 'full'] as const;
type Loss = (typeof LOSSES)[number];

async function startUnread(loss: Loss, args: readonly string[], cwd: string): Promise<ChildProcess> {
  const full = await open('/dev/full', 'w');
  const stdio: StdioOptions = loss === 'full' ? ['ignore', full.fd, full.fd] : ['ignore', 'pipe', 'pipe'];
  const closing = loss === 'closed' ? ['-c', 'exec "$@" >&- 2>&-'] : ['-c', 'exec "$@"'];
  const child = spawn('sh', [...closing, 'sh', process.execPath, MAIN, ...args], { stdio, cwd });
  child.stdout?.destroy();
  child.stderr?.destroy();
  await full.close();
  return child;
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Resolves when the emulator answers. */
async function answering(endpoint: string): Promise<void> {
  for (;;) {
    const isThere = await fetch(`${endpoint}/_emulator/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (isThere) return;
  }
}

async function hintsOf(served: string): Promise<{ readonly items: readonly unknown[] }> {
  return JSON.parse(await (await fetch(`${served}/_emulator/hints`)).text());
}

let folder: string;
let endpoint: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mns-unread-'));
  const { info } = await ready();
  endpoint = info['endpoint'] ?? '';
}, 30_000);
afterAll(async () => {
  killStarted();
  await rm(folder, { recursive: true });
});

const COMMANDS: readonly (readonly [code: number, ...args: string[]])[] = [
  [0, '--help'],
  [0, '--version'],
  [2],
  [2, 'start', '--no-such-option'],
  [0, 'init', 'LOSS.yaml'],
  [0, 'status'],
  [0, 'advance', '2d', '--json'],
  [0, 'snapshot', 'save', 'LOSS.json'],
  [1, 'publish', 'no-such-topic', 'news'],
  [7, 'exec', '--json', '--', process.execPath, '-e', 'process.exit(7)'],
  [127, 'exec', '--', 'no-such-program'],
];

describe.each(LOSSES)('a reader that is lost (%s)', { timeout: 60_000 }, (loss) => {
  it('does not make a command fail: it ends as it would have', async () => {
    const ends: unknown[] = [];
    for (const [, ...args] of COMMANDS) {
      const isCall = /^(?:status|advance|snapshot|publish)$/.test(args[0] ?? '');
      const named = [...args, ...(isCall ? ['--endpoint', endpoint] : [])].map((arg) => arg.replace('LOSS', loss));
      ends.push([await exitCode(await startUnread(loss, named, folder)), ...args]);
    }
    expect(ends).toEqual(COMMANDS);
  });

  it('does not end a server, neither at its start nor at its hints', async () => {
    const port = await freePort();
    const child = await startUnread(loss, ['start', '--json', '--port', String(port)], folder);
    onTestFinished(() => void child.kill('SIGKILL'));
    const served = `http://127.0.0.1:${port}`;
    await answering(served);
    const key = { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret' };
    const client = alicloudClient('1000000000000001', { endpoint: served, ...key });
    await client.createTopic('t');
    // Nobody gets it: a hint.
    await client.publishMessage('t', { MessageBody: 'news' });
    const { items } = await hintsOf(served);
    expect(items).toHaveLength(1);
    await client.publishMessage('t', { MessageBody: 'more' });
    child.kill('SIGTERM');
    expect(await exitCode(child)).toBe(0);
  });
});

describe('a reader that sleeps', { timeout: 60_000 }, () => {
  it('keeps neither the server from answering nor the process from ending', async () => {
    const port = await freePort();
    const args = [MAIN, 'start', '--json', '--port', String(port)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const served = `http://127.0.0.1:${port}`;
    await answering(served);
    const post = async (path: string, body: object): Promise<unknown> =>
      (
        await fetch(`${served}/_emulator${path}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).json();
    // A pipe holds 64 KiB, and each of these topics and keys gives a hint that names it several times.
    const names = Array.from({ length: MAX_HINTS_OF_A_CODE }, (_, index) => `${index}-${'n'.repeat(110)}`);
    expect(await post('/seed', { topics: names.map((name) => ({ name })) })).toEqual({ done: true });
    for (const topicName of names) await post('/publish', { topicName, body: 'news' });
    for (const name of names) {
      const key = { accessKeyId: name + 'k'.repeat(MAX_HINT_TEXT), accessKeySecret: 'none' };
      const client = alicloudClient('1000000000000001', { endpoint: served, ...key });
      await expect(client.createQueue('q')).rejects.toThrow(/access Id you provided does not exist/);
    }
    const { items } = await hintsOf(served);
    expect(JSON.stringify(items).length).toBeGreaterThan(80_000);
    child.kill('SIGTERM');
    expect(await exitCode(child)).toBe(0);
  });

  it('costs no more memory than a bound', async () => {
    const pipe = Object.assign(new PassThrough({ highWaterMark: 1 }), { isTTY: false });
    const outlet = new UnreliableOutlet(pipe);
    const line = 'x'.repeat(65_536);
    for (let count = 0; count < 100; count += 1) outlet.write(line);
    expect(pipe.writableLength).toBeGreaterThan(MOST_UNREAD_BYTES - line.length);
    expect(pipe.writableLength).toBeLessThanOrEqual(MOST_UNREAD_BYTES + line.length);
    const over = new AbortController();
    const drained = outlet.drained(over.signal);
    over.abort();
    expect(await drained).toBe(false);
    // Once somebody reads again, all that was taken arrives.
    pipe.resume();
    expect(await outlet.drained(new AbortController().signal)).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('a terminal that has gone', { timeout: 60_000 }, () => {
  it('does not keep the server from ending with 0', async () => {
    const code = join(folder, 'code');
    const port = await freePort();
    // In a session of its own, nobody tells it that the terminal has gone; its parent waits for its end as it did.
    const server = `"${process.execPath}" "${MAIN}" start --port ${port} & echo $! > "${code}.pid"; wait $!; echo $? > "${code}"`;
    const terminal = spawn('script', ['-qc', `setsid sh -c '${server}'; sleep 60`, '/dev/null'], { stdio: 'ignore' });
    await answering(`http://127.0.0.1:${port}`);
    terminal.kill('SIGKILL');
    await once(terminal, 'exit');
    const pid = Number(await readFile(`${code}.pid`, 'utf8'));
    process.kill(pid, 'SIGTERM');
    const ended = (): Promise<string> => readFile(code, 'utf8').catch(() => '');
    await expect.poll(ended).toBe('0\n');
  });
});
