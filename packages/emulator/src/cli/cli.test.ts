import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import RPCClient from '@alicloud/pop-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { alicloudClient } from '../mns/test-support/alicloud-client.js';
import { MAIN, killStarted, ready, run, runProgram, start } from './test-support/binary.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mns-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(killStarted);

const LAUNCH_MS = 30_000;

describe('mns-emulator start', { timeout: LAUNCH_MS }, () => {
  it('prints one line of JSON when ready, serves the real clients, and ends with 0 on Ctrl-C', async () => {
    const { started, info } = await ready(['--task-duration', '0', '--seed', 's1'], { cwd: folder });
    expect(info).toMatchObject({
      event: 'ready',
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      accountId: '1000000000000001',
      region: 'cn-beijing',
      accessKeyId: 'emuKey',
      accessKeySecret: 'emuSecret',
      seed: 's1',
      page: `${info['endpoint']}/_emulator/ui`,
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
    expect(started.errors).toEqual([]);
  });

  it('ends with 0 on SIGTERM in the middle of a long poll, which gets its answer', async () => {
    const { started, info } = await ready([], { cwd: folder });
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

  it('takes flags before variables, variables before the file in its folder, and that before defaults', async () => {
    const config =
      'server: {port: 1}\nregion: cn-shanghai\nseed: from-file\nqueues: [{name: q}]\naccounts:\n  - accountId: "42"\n    accessKeys: [{accessKeyId: ak, accessKeySecret: sk}]\n';
    await writeFile(join(folder, 'mns-emulator.yaml'), config);
    const env = {
      MNS_EMULATOR_PROFILE: 'cloud',
      MNS_EMULATOR_SEED: 'from-env',
      MNS_EMULATOR_REGION: 'cn-qingdao',
      MNS_EMULATOR_TLS: 'false',
    };
    const { started, info } = await ready(['--region', 'cn-hangzhou'], { cwd: folder, env });
    expect(info).toMatchObject({
      region: 'cn-hangzhou',
      seed: 'from-env',
      profile: 'cloud',
      accountId: '42',
      accessKeyId: 'ak',
      accessKeySecret: 'sk',
    });
    expect(info['endpoint']).toMatch(/^http:/);
    const { endpoint = '' } = info;
    const mns = alicloudClient('42', { endpoint, accessKeyId: 'ak', accessKeySecret: 'sk' });
    expect((await mns.getQueueAttributes('q')).code).toBe(200);
    started.child.kill('SIGTERM');
    await started.ended;
    const without = await ready(['--no-config'], { cwd: folder });
    expect(without.info).toMatchObject({ region: 'cn-beijing', accountId: '1000000000000001' });
    await rm(join(folder, 'mns-emulator.yaml'));
  });

  it('is as unkind as it is told to be, says so, and refuses to be so while the time stands still', async () => {
    const { started, info } = await ready(['--profile', 'cloud'], { cwd: folder });
    expect(info).toMatchObject({ profile: 'cloud' });
    const { endpoint = '' } = info;
    const health = await (await fetch(`${endpoint}/_emulator/health`)).json();
    expect(health).toMatchObject({ profile: 'cloud' });
    const status = await run(['status', '--endpoint', endpoint]);
    expect(status.stdout).toContain('profile: cloud');
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    const frozen = await run(['start', '--profile', 'cloud', '--clock', 'frozen', '--port', '0']);
    expect(frozen.code).toBe(2);
    expect(frozen.stderr).toContain('a clock that goes');
    const unknown = await run(['start', '--profile', 'unkind']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('kind, cloud');
  });

  it('off a terminal says in one line where it is, and nothing with --quiet', async () => {
    const plain = start(['start', '--port', '0'], { cwd: folder });
    expect(await plain.line(/./)).toMatch(/^mns-emulator: ready at http:\/\/127\.0\.0\.1:\d+$/);
    plain.child.kill('SIGINT');
    expect(await plain.ended).toBe(0);
    expect(plain.lines).toHaveLength(1);
    // Quiet in every way: seen by its clients only, so it gets a port that is known.
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const address = probe.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => probe.close(resolve));
    const quiet = start(['start', '--quiet', '--port', String(port)], { cwd: folder });
    const answered = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/queues`)).status;
    await expect.poll(() => answered().catch(() => 0), { timeout: 10_000 }).toBe(400);
    quiet.child.kill('SIGINT');
    expect(await quiet.ended).toBe(0);
    expect([...quiet.lines, ...quiet.errors]).toEqual([]);
  });

  // Python's standard library has terminals to run programs in.
  const IN_A_TERMINAL = `
import os, pty, signal, sys
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
ended = False
while True:
    try:
        chunk = os.read(master, 4096)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
    if not ended and b"Ctrl-C ends it." in seen:
        ended = True
        os.write(master, b"\\x03")
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

  it('on a terminal shows a snippet for each client, in colours unless NO_COLOR says otherwise', async () => {
    const flags = ['--account', '42', '--region', 'cn-hangzhou', '--access-key-id', 'ak', '--access-key-secret', 'sk'];
    const command = ['-c', IN_A_TERMINAL, process.execPath, MAIN, 'start', '--port', '0', ...flags];
    const colourful = await runProgram('python3', command, { cwd: folder, env: { TERM: 'xterm' } });
    expect(colourful).toMatchObject({ code: 0, stderr: '' });
    expect(colourful.stdout).toContain('\u001B[1mIMM and MNS are ready.');
    const plain = await runProgram('python3', command, { cwd: folder, env: { TERM: 'xterm', NO_COLOR: '1' } });
    expect(plain.code).toBe(0);
    const text = plain.stdout.replaceAll('\r\n', '\n');
    expect(text).not.toContain('\u001B');
    expect(text).toMatch(/endpoint +(http:\/\/127\S+)\n +page +\1\/_emulator\/ui\n/);
    expect(text).toMatch(
      /account id +42\n.*region +cn-hangzhou\n.*access key id +ak\n.*access key secret +sk\n.*seed +\w/,
    );
    expect(text).toContain("new MNSClient('42', {");
    expect(text).toContain('new RPCClient({');
    expect(text).toContain('createBridge({');
  });

  it('listens by HTTPS with --tls, and says how to trust it', async () => {
    const { started, info } = await ready(['--tls', '--tls-dir', 'certificates'], { cwd: folder });
    expect(info['endpoint']).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await readFile(join(folder, 'certificates', 'ca.pem'), 'utf8')).toMatch(/^-----BEGIN CERTIFICATE/);
    expect(JSON.parse(started.errors[0] ?? '{}')).toMatchObject({
      event: 'certificate',
      isNew: true,
      caFile: info['caFile'],
    });
    started.child.kill('SIGINT');
    expect(await started.ended).toBe(0);
  });

  it('ends with 4 and a clear message when the port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const reason = `cannot listen on 127.0.0.1:${port}: the port is taken, perhaps by another emulator: choose another one, or 0 for any free port`;
    expect(await run(['start', '--port', String(port)], { cwd: folder })).toEqual({
      code: 4,
      stdout: '',
      stderr: `mns-emulator: ${reason}\n`,
    });
    const json = await run(['start', '--port', String(port), '--json'], { cwd: folder });
    server.close();
    expect(JSON.parse(json.stderr)).toEqual({ event: 'error', code: 'LISTEN_FAILED', message: reason, exitCode: 4 });
  });

  it('ends with 1 when the certificate cannot be kept', async () => {
    await writeFile(join(folder, 'no-directory'), '');
    const { code, stderr } = await run(['start', '--tls', '--tls-dir', 'no-directory'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain('mns-emulator: cannot keep a certificate in no-directory: ');
  });

  it.each([
    [['--port', 'x'], 'expected a whole number from 0 to 65535'],
    [['--port', '65536'], 'expected a whole number from 0 to 65535'],
    [['--task-duration', '-1'], 'expected a whole number'],
    [['--account', 'me'], 'accountId: expected digits, received the text "me"'],
    [['--region', 'Bei jing'], 'region: expected a region'],
    [['--access-key-id', 'a:b'], 'accessKeyId: expected a text without blanks and colons'],
    [['--prot', '1'], "unknown option '--prot'\n(Did you mean --port?)"],
    [['extra'], 'too many arguments'],
    // A secret that it refuses is not shown.
    [['--access-key-secret', ''], 'accessKeySecret: expected a text, received nothing'],
  ])('ends with 2 and says why for %j', async (args, reason) => {
    const { code, stdout, stderr } = await run(['start', ...args], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
  });

  it('ends with 3 and every place for a config file that is not valid', async () => {
    await writeFile(join(folder, 'bad.yaml'), 'quues: []\nserver: {port: x}\n');
    const problems = [
      'bad.yaml:1:1: quues: unknown key; did you mean "queues"?',
      'bad.yaml:2:16: server.port: expected a number, received the text "x"',
    ];
    const { code, stderr } = await run(['start', '--config', 'bad.yaml'], { cwd: folder });
    expect(code).toBe(3);
    expect(stderr).toBe(`mns-emulator: the config file is not valid\n${problems.join('\n')}\n`);
    const json = await run(['start', '--json', '--config', 'bad.yaml'], { cwd: folder });
    expect(JSON.parse(json.stderr)).toMatchObject({
      event: 'error',
      code: 'CONFIG_INVALID',
      problems: [
        { path: ['quues'], line: 1, column: 1 },
        { path: ['server', 'port'], line: 2, column: 16 },
      ],
      exitCode: 3,
    });
    expect((await run(['start', '--config', 'missing.yaml'], { cwd: folder })).code).toBe(3);
    await writeFile(join(folder, 'twice.json'), '{"queues": [{"name": "q"}, {"name": "q", "delaySeconds": 1}]}');
    const twice = await run(['start', '--config', 'twice.json'], { cwd: folder });
    expect(twice.code).toBe(3);
    expect(twice.stderr).toContain('twice.json:1:28: queues[1]: QueueAlreadyExist');
  });
});

describe('mns-emulator init', { timeout: LAUNCH_MS }, () => {
  it('writes a file that start takes, and overwrites one only by force', async () => {
    expect(await run(['init'], { cwd: folder })).toEqual({
      code: 0,
      stdout: 'mns-emulator: wrote mns-emulator.yaml\n',
      stderr: '',
    });
    const path = join(folder, 'mns-emulator.yaml');
    const text = await readFile(path, 'utf8');
    const [, schema = ''] = /^# yaml-language-server: \$schema=(file:\S+)\n/.exec(text) ?? [];
    expect((await stat(new URL(schema))).isFile()).toBe(true);
    const { started, info } = await ready([], { cwd: folder });
    const { endpoint = '', accountId = '', accessKeyId = '', accessKeySecret = '' } = info;
    const mns = alicloudClient(accountId, { endpoint, accessKeyId, accessKeySecret });
    expect((await mns.getQueueAttributes('imm-events')).code).toBe(200);
    started.child.kill('SIGTERM');
    await started.ended;

    await writeFile(path, 'mine');
    expect(await run(['init'], { cwd: folder })).toMatchObject({
      code: 1,
      stderr: 'mns-emulator: cannot write mns-emulator.yaml: it is there already; --force overwrites it\n',
    });
    expect(await readFile(path, 'utf8')).toBe('mine');
    const forced = await run(['init', '--force', '--json'], { cwd: folder });
    expect(JSON.parse(forced.stdout)).toEqual({ event: 'written', path });
    expect(await readFile(path, 'utf8')).toBe(text);
    await rm(path);
  });

  it('ends with 1 where nothing can be written', async () => {
    const { code, stderr } = await run(['init', 'no/such/folder.yaml'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain('cannot write no/such/folder.yaml: ENOENT');
  });
});

describe('mns-emulator', { timeout: LAUNCH_MS }, () => {
  it('tells its version', async () => {
    const manifest: { version: string } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it('lists commands, options, their variables, exit codes and examples in its help', async () => {
    const all = await run(['--help']);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    const commands = ['start', 'exec', 'init', 'status', 'publish', 'task', 'reply', 'advance', 'reset', 'snapshot'];
    for (const command of commands) {
      expect(all.stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
      const help = await run([command, '--help']);
      expect(help).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toMatch(/Examples:\n +mns-emulator [^]*Exit status:/);
    }
    for (const command of ['status', 'publish', 'advance', 'reset']) {
      const help = await run([command, '--help']);
      for (const name of ['ENDPOINT', 'TOKEN', 'JSON', 'QUIET']) expect(help.stdout).toContain(`MNS_EMULATOR_${name}`);
      expect(help.stdout.replaceAll(/\s+/g, ' ')).toContain('(default: http://127.0.0.1:9324');
    }
    const { stdout } = await run(['start', '--help']);
    const options =
      'config port host account region access-key-id access-key-secret task-duration seed profile data-dir clock time admin-token no-admin tls tls-dir cors json quiet';
    for (const name of options.split(' ')) {
      expect(stdout).toContain(`--${name}`);
      expect(stdout).toContain(`MNS_EMULATOR_${name.toUpperCase().replaceAll('-', '_')}`);
    }
    expect(stdout).toMatch(/Examples:\n +mns-emulator start/);
    expect(stdout).toMatch(/Exit status:\n +0 .*\n +1 .*\n +2 .*\n +3 .*\n +4 .*\n +5 /);
    expect((await run(['exec', '--help'])).stdout).toMatch(/126, 127[^]*128 and the number/);
  });

  it('ends with 2 for an unknown command and without any, in JSON if that is wished', async () => {
    const unknown = await run(['strt']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("unknown command 'strt'\n(Did you mean start?)");
    expect((await run([])).code).toBe(2);
    const json = await run(['start', '--nonsense'], { env: { MNS_EMULATOR_JSON: '1' } });
    expect(JSON.parse(json.stderr)).toMatchObject({ event: 'error', code: 'USAGE', exitCode: 2 });
  });
});
