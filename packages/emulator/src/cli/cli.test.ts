import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import RPCClient from '@alicloud/pop-core';
import { afterEach, describe, expect, it } from 'vitest';
import { alicloudClient } from '../mns/test-support/alicloud-client.js';

// The real program, as it is built and shipped.
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

interface Started {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  readonly line: (pattern: RegExp) => Promise<string>;
  readonly ended: Promise<number | null>;
}

function start(...args: readonly string[]): Started {
  const child = spawn(process.execPath, [MAIN, 'start', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const { stdout } = child;
  if (stdout === null) throw new Error('no stdout');
  createInterface({ input: stdout }).on('line', (line) => {
    lines.push(line);
    for (const wake of waiting) wake();
  });
  const line = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((one) => pattern.test(one));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.add(resolve));
    }
  };
  return { child, lines, line, ended };
}

async function ready(...args: readonly string[]): Promise<{ started: Started; info: Record<string, string> }> {
  const started = start('--json', ...args);
  const info: Record<string, string> = JSON.parse(await started.line(/^\{/));
  return { started, info };
}

describe('mns-emulator start', () => {
  it('prints one line of JSON when ready, serves the real clients, and ends with 0 on Ctrl-C', async () => {
    const { started, info } = await ready('--task-duration', '0', '--seed', 's1');
    expect(info).toMatchObject({
      event: 'ready',
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      accountId: '1000000000000001',
      region: 'cn-beijing',
      accessKeyId: 'emuKey',
      accessKeySecret: 'emuSecret',
      seed: 's1',
      pid: started.child.pid,
    });
    const { endpoint = '', accountId = '', accessKeyId = '', accessKeySecret = '' } = info;
    const mns = alicloudClient(accountId, { endpoint, accessKeyId, accessKeySecret });
    await mns.createQueue('q');
    const imm = new RPCClient({ endpoint, apiVersion: '2017-09-06', accessKeyId, accessKeySecret });
    expect(await imm.request('PutProject', { Project: 'demo' })).toMatchObject({ Project: 'demo' });
    started.child.kill('SIGINT');
    expect(await started.ended).toBe(0);
    expect(started.lines).toHaveLength(1);
  });

  it('ends with 0 on SIGTERM in the middle of a long poll, which gets its answer', async () => {
    const { started, info } = await ready();
    const { endpoint = '', accountId = '', accessKeyId = '', accessKeySecret = '' } = info;
    const mns = alicloudClient(accountId, { endpoint, accessKeyId, accessKeySecret });
    await mns.createQueue('q');
    const poll = mns.receiveMessage('q', 30).then(
      () => 'a message',
      (error: Error) => error.name,
    );
    // The queue answers its attributes only after the poll was taken in, on the same keep-alive pool.
    await mns.getQueueAttributes('q');
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(await poll).toBe('MNSMessageNotExistError');
  });

  it('takes account, region and keys, and shows a snippet for each client', async () => {
    const started = start(
      '--account',
      '42',
      '--region',
      'cn-hangzhou',
      '--access-key-id',
      'ak',
      '--access-key-secret',
      'sk',
    );
    await started.line(/Ctrl-C ends it/);
    const text = started.lines.join('\n');
    expect(text).toMatch(/endpoint +http:\/\/127/);
    expect(text).toMatch(
      /account id +42\n.*region +cn-hangzhou\n.*access key id +ak\n.*access key secret +sk\n.*seed +\w/,
    );
    expect(text).toContain("new MNSClient('42', {");
    expect(text).toContain('new RPCClient({');
    expect(text).toContain('createBridge({');
    started.child.kill('SIGINT');
    expect(await started.ended).toBe(0);
  });

  it('ends with 1 and a clear message when the port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, stdout, stderr } = await run('start', '--port', String(port), '--json');
    server.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `mns-emulator: cannot listen on 127.0.0.1:${port}: the port is taken, perhaps by another emulator: choose another one, or 0 for any free port\n`,
    );
  });

  it.each([
    [['--port', 'x'], 'expected a whole number from 0 to 65535'],
    [['--port', '65536'], 'expected a whole number from 0 to 65535'],
    [['--task-duration', '-1'], 'expected a whole number'],
    [['--account', 'me'], 'accountId: expected digits, received the text "me"'],
    [['--region', 'Bei jing'], 'region: expected a region'],
    [['--access-key-id', 'a:b'], 'accessKeyId: expected a text without blanks and colons'],
    [['--frobnicate'], 'unknown option'],
  ])('ends with 1 and says why for %j', async (args, reason) => {
    const { code, stderr } = await run('start', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
  });

  it('never shows a secret that it refuses', async () => {
    const { code, stderr } = await run('start', '--access-key-secret', '');
    expect(code).toBe(1);
    expect(stderr).toContain('accessKeySecret: expected a text');
  });
});

describe('mns-emulator', () => {
  it('tells its version', async () => {
    const manifest: { version: string } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(await run('--version')).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it('lists every option of start in its help', async () => {
    const { code, stdout } = await run('start', '--help');
    expect(code).toBe(0);
    for (const option of [
      'port',
      'host',
      'account',
      'region',
      'access-key-id',
      'access-key-secret',
      'task-duration',
      'data-dir',
      'seed',
      'json',
    ]) {
      expect(stdout).toContain(`--${option}`);
    }
  });

  it('ends with 1 for an unknown command and without any', async () => {
    expect((await run('stop')).code).toBe(1);
    expect((await run()).code).toBe(1);
  });
});
