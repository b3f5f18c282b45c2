import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, request, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { alicloudClient } from '../mns/test-support/alicloud-client.js';
import { killStarted, ready, run } from './test-support/binary.js';

// Whether commands find the emulator that they shall operate, and may.
const LAUNCH_MS = 60_000;
const TOKEN = 'correct-horse-battery';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mns-reached-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(killStarted);

const COMMANDS: readonly (readonly string[])[] = [
  ['status'],
  ['reset'],
  ['publish', 't', 'x'],
  ['task', 'list'],
  ['task', 'finish', 'x'],
  ['task', 'fail', 'x', 'X'],
  ['task', 'hold', 'x'],
  ['advance', '1m'],
  ['snapshot', 'save', 'never.json'],
];

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const http = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await portOf(createHttpServer(listener))}`;

describe('a command that operates an emulator', { timeout: LAUNCH_MS }, () => {
  it.each(COMMANDS.map((command) => [command.join(' '), command] as const))(
    'ends with 5 when nothing listens there: %s',
    async (_, command) => {
      const probe = createServer();
      const port = await portOf(probe);
      await new Promise((resolve) => probe.close(resolve));
      const endpoint = `http://127.0.0.1:${port}`;
      const reason = `no emulator at ${endpoint}: nothing listens there; "mns-emulator start" starts one, --endpoint or MNS_EMULATOR_ENDPOINT says where another is`;
      expect(await run([...command, '--json', '--endpoint', endpoint], { cwd: folder })).toEqual({
        code: 5,
        stdout: '',
        stderr: `${JSON.stringify({ event: 'error', code: 'EMULATOR_UNREACHABLE', message: reason, exitCode: 5 })}\n`,
      });
      expect(await readdir(folder)).not.toContain('never.json');
    },
  );

  it('ends with 5 when something else answers', async () => {
    const status = async (endpoint: string): Promise<readonly [number | null, string]> => {
      const { code, stderr } = await run(['status', '--endpoint', endpoint], { cwd: folder });
      return [code, stderr];
    };
    const other = createServer((socket) => {
      const change = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n';
      socket.on('error', () => {}).once('data', () => socket.write(change));
    });
    const changing = `http://127.0.0.1:${await portOf(other)}`;
    expect(await status(changing)).toEqual([
      5,
      `mns-emulator: no emulator at ${changing}: it ended the connection without an answer\n`,
    ]);
    const html = await http((_, response) => response.end('<html>'));
    expect(await status(html)).toEqual([
      5,
      `mns-emulator: no emulator at ${html}: what answers there is something else\n`,
    ]);
    const json = await http((_, response) => response.end('{"accounts":[],"clock":{}}'));
    expect(await status(`${json}///`)).toEqual([5, expect.stringContaining(`${json}: what answers`)]);
    const moved = await http((_, response) => response.writeHead(302, { Location: html }).end());
    expect(await status(moved)).toEqual([5, expect.stringContaining('something else')]);
    const later = await http((_, response) => response.writeHead(200, { 'X-Mnsbus-Admin-Api': '2' }).end('{}'));
    expect(await status(later)).toEqual([5, expect.stringContaining('another version, whose admin API is number 2')]);
    const silent = `http://127.0.0.1:${await portOf(createServer((socket) => socket.destroy()))}`;
    expect(await status(silent)).toEqual([
      5,
      expect.stringContaining('it hung up; with the other of http:// and https:// it may answer'),
    ]);
    const babbling = `http://127.0.0.1:${await portOf(createServer((socket) => socket.end('+PONG\r\n')))}`;
    expect(await status(babbling)).toEqual([5, expect.stringContaining('what answers there is no web server')]);
    expect(await status(html.replace('http:', 'https:'))).toEqual([5, expect.stringContaining('try http://')]);
    expect(await status('http://nowhere.invalid')).toEqual([5, expect.stringContaining('there is no such host')]);
  });

  it.each(['', 'localhost:9324', 'ftp://127.0.0.1', 'http://'])('ends with 2 for the endpoint %j', async (endpoint) => {
    const { code, stderr } = await run(['status', '--endpoint', endpoint], { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--endpoint: expected a URL such as http://127')]);
  });

  it('trusts the certificate that the emulator has made when it is told to', async () => {
    const { info } = await ready(['--tls', '--tls-dir', 'tls'], { cwd: folder });
    const { endpoint = '', caFile = '' } = info;
    const args = ['status', '--endpoint', endpoint];
    expect(await run(args, { cwd: folder })).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('its certificate is not trusted; set NODE_EXTRA_CA_CERTS'),
    });
    expect(await run(args, { cwd: folder, env: { NODE_EXTRA_CA_CERTS: caFile } })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  it('finds the token that an emulator of this machine is started with', async () => {
    const project = await mkdtemp(join(folder, 'project-'));
    await writeFile(join(project, 'mns-emulator.yaml'), `admin: {token: ${TOKEN}}\n`);
    const { info } = await ready([], { cwd: project });
    const endpoint = ['--endpoint', info['endpoint'] ?? ''];
    expect(await run(['status', ...endpoint], { cwd: project })).toMatchObject({ code: 0, stderr: '' });
    expect((await run(['advance', '1m', ...endpoint], { cwd: project })).code).toBe(0);
    expect((await run(['status', '--no-config', ...endpoint], { cwd: project })).stderr).toContain('no Authorization');
    const env = { MNS_EMULATOR_ADMIN_TOKEN: TOKEN };
    expect((await run(['status', '--no-config', ...endpoint], { cwd: project, env })).code).toBe(0);
    // A file that is wrong is told of where it is needed, and only there.
    await writeFile(join(project, 'mns-emulator.yaml'), 'admin: {tokne: x}\n');
    expect(await run(['status', ...endpoint], { cwd: project })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('tokne: unknown key'),
    });
    expect((await run(['status', '--token', TOKEN, ...endpoint], { cwd: project })).code).toBe(0);
    const open = await ready([], { cwd: folder });
    expect((await run(['status', '--endpoint', open.info['endpoint'] ?? ''], { cwd: project })).code).toBe(0);
  });

  it('brings the token from a flag or its variable, and is told when it lacks', async () => {
    const { started, info } = await ready(['--host', '0.0.0.0'], {
      cwd: folder,
      env: { MNS_EMULATOR_ADMIN_TOKEN: TOKEN },
    });
    expect(started.errors).toEqual([]);
    expect(JSON.stringify([info, started.lines])).not.toContain(TOKEN);
    expect(info['page']).toBe(`${info['endpoint']}/_emulator/ui`);
    const direct = await run(['status', '--endpoint', info['endpoint'] ?? ''], { cwd: folder });
    expect([direct.code, direct.stderr]).toEqual([1, expect.stringContaining('no Authorization header')]);
    // As another machine does: a proxy that says for whom it asks.
    const port = Number(new URL(info['endpoint'] ?? '').port);
    const endpoint = await http(({ url, method, headers }, response) => {
      const asked = { ...headers, 'x-forwarded-for': '192.0.2.7' };
      request({ host: '127.0.0.1', port, path: url, method, headers: asked }, (reply) => {
        response.writeHead(reply.statusCode ?? 0, reply.headers);
        reply.pipe(response);
      }).end();
    });
    const without = await run(['status', '--endpoint', endpoint], { cwd: folder });
    expect(without).toMatchObject({ code: 1, stdout: '' });
    expect(without.stderr).toMatch(
      /^mns-emulator: .*no Authorization header \(give it by --token or MNS_EMULATOR_TOKEN, or let the config file say it\)\n$/,
    );
    const wrong = await run(['status', '--json', '--endpoint', endpoint, '--token', `${TOKEN}x`], { cwd: folder });
    expect(JSON.parse(wrong.stderr)).toMatchObject({ code: 'TOKEN_REQUIRED', exitCode: 1 });
    expect(wrong.stderr).not.toContain(TOKEN);
    expect((await run(['status', '--endpoint', endpoint, '--token', TOKEN], { cwd: folder })).code).toBe(0);
    const blank = await run(['status', '--endpoint', endpoint, '--token', 'no blanks'], { cwd: folder });
    expect(blank).toMatchObject({
      code: 2,
      stderr: 'mns-emulator: --token: expected visible ASCII characters, received nothing\n',
    });
    const env = { MNS_EMULATOR_TOKEN: TOKEN, MNS_EMULATOR_ENDPOINT: endpoint };
    expect((await run(['status'], { cwd: folder, env })).code).toBe(0);
  });
});

describe('an emulator that nobody may operate', { timeout: LAUNCH_MS }, () => {
  it.each([
    ['a flag', ['--no-admin'], {}],
    ['a variable', [], { MNS_EMULATOR_NO_ADMIN: '1' }],
  ] as const)('says so to commands, and names no page: %s', async (_, args, env) => {
    const { started, info } = await ready(args, { cwd: folder, env });
    expect(info).not.toHaveProperty('page');
    expect(started.errors).toEqual([]);
    const { code, stderr } = await run(['status', '--endpoint', info['endpoint'] ?? ''], { cwd: folder });
    expect([code, stderr]).toEqual([5, expect.stringContaining('it has no admin API: it was started with --no-admin')]);
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
  });

  it('is one that other machines can reach, without a token, which it says', async () => {
    const { started, info } = await ready(['--host', '0.0.0.0'], { cwd: folder });
    expect(info).not.toHaveProperty('page');
    const message = 'there is no admin API: at 0.0.0.0, where other machines can connect, it needs --admin-token';
    await expect.poll(() => started.errors).toEqual([JSON.stringify({ event: 'notice', message })]);
    const { code } = await run(['status', '--endpoint', info['endpoint'] ?? ''], { cwd: folder });
    expect(code).toBe(5);
    const plain = await run(['exec', '--host', '0.0.0.0', 'true'], { cwd: folder });
    expect(plain).toEqual({ code: 0, stdout: '', stderr: `mns-emulator: ${message}\n` });
    expect((await run(['exec', '--host', '0.0.0.0', '--quiet', 'true'], { cwd: folder })).stderr).toBe('');
  });

  it('is not one whose variable says no', async () => {
    const { info } = await ready([], { cwd: folder, env: { MNS_EMULATOR_NO_ADMIN: 'false' } });
    expect(info['page']).toBe(`${info['endpoint']}/_emulator/ui`);
  });
});

describe('what is said of the clock and the rest', { timeout: LAUNCH_MS }, () => {
  const TIME = '2030-01-01T00:00:00Z';

  it('by flags and variables holds at the start', async () => {
    const frozen = await ready(['--clock', 'frozen', '--time', TIME], { cwd: folder });
    const { stdout } = await run(['status', '--endpoint', frozen.info['endpoint'] ?? ''], { cwd: folder });
    expect(stdout).toMatch(/^clock: frozen, 2030-01-01T00:00:00\.000Z, .* the machine’s$/m);
    const env = { MNS_EMULATOR_CLOCK: 'offset', MNS_EMULATOR_TIME: TIME };
    const offset = await ready([], { cwd: folder, env });
    const said = await run(['status', '--json', '--endpoint', offset.info['endpoint'] ?? ''], { cwd: folder });
    const { clock } = JSON.parse(said.stdout);
    expect(clock.mode).toBe('offset');
    expect(clock.nowMs).toBeGreaterThan(Date.parse(TIME));
  });

  it.each([
    [['--clock', 'fast'], 'Allowed choices are real, offset, frozen'],
    [['--time', TIME], '--time: expected a clock that is offset or frozen (--clock)'],
    [['--clock', 'frozen', '--time', 'now'], '--time: expected a time with its zone'],
    [['--admin-token', 'short'], 'admin.token: expected 16 or more visible ASCII characters'],
  ])('by flags that are wrong ends with 2: %j', async (args, reason) => {
    const { code, stdout, stderr } = await run(['start', '--port', '0', ...args], { cwd: folder });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(reason)]);
    expect(stderr).not.toContain("'short'");
  });

  it('by a file holds, too: what goes wrong, who operates, where the state is', async () => {
    const file = join(folder, 'all.yaml');
    await writeFile(
      file,
      `clock: {mode: offset, offsetMs: 60000}
dataDir: ${JSON.stringify(join(folder, 'state'))}
admin: {token: ${TOKEN}}
queues: [{name: q}]
faults: [{kind: refuse, code: AccessDeniedByRamPolicy, match: {operation: SendMessage}, times: 1, name: closed}]
`,
    );
    const first = await ready(['--config', file], { cwd: folder });
    const { endpoint = '', accountId = '', accessKeyId = '', accessKeySecret = '' } = first.info;
    const mns = alicloudClient(accountId, { endpoint, accessKeyId, accessKeySecret });
    await expect(mns.sendMessage('q', { MessageBody: 'a' })).rejects.toMatchObject({
      name: 'MNSAccessDeniedByRamPolicyError',
    });
    await mns.sendMessage('q', { MessageBody: 'b' });
    const { stdout } = await run(['status', '--endpoint', endpoint, '--config', file], { cwd: folder });
    expect(stdout).toContain('1m ahead of the machine’s\n');
    expect(stdout).toContain('fault: closed: refuse, struck 1x\n');
    first.started.child.kill('SIGKILL');
    await first.started.ended;
    const second = await ready(['--config', file], { cwd: folder });
    const again = alicloudClient(accountId, { endpoint: second.info['endpoint'] ?? '', accessKeyId, accessKeySecret });
    expect((await again.receiveMessage('q')).body).toMatchObject({ MessageBody: 'b' });
  });
});
