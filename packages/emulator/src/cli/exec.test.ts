import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MAIN, killStarted, run, start } from './test-support/binary.js';

const PYTHON_CLIENT = fileURLToPath(new URL('test-support/mns_client.py', import.meta.url));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mns-exec-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(killStarted);

const LAUNCH_MS = 30_000;

describe('mns-emulator exec', { timeout: LAUNCH_MS }, () => {
  it('runs a program in Python’s standard library against it, and ends as that does', async () => {
    expect(await run(['exec', 'python3', PYTHON_CLIENT, '42'], { cwd: folder })).toEqual({
      code: 42,
      stdout: 'python: sent, received, hid, deleted, moved the clock at http\n',
      stderr: '',
    });
  });

  it('does so over TLS, and sees to it that the program trusts it', async () => {
    const args = ['exec', '--tls', '--tls-dir', join(folder, 'tls'), '--json', '--', 'python3', PYTHON_CLIENT];
    const { code, stdout, stderr } = await run(args, { cwd: folder });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'python: sent, received, hid, deleted, moved the clock at https\n',
    });
    expect(JSON.parse(stderr)).toMatchObject({
      event: 'ready',
      endpoint: expect.stringMatching(/^https:/),
      caFile: join(folder, 'tls', 'ca.pem'),
    });
    // Node.js as well, with the official client.
    const script = join(folder, 'client.cjs');
    const sdk = fileURLToPath(new URL('../../node_modules/@alicloud/mns', import.meta.url));
    await writeFile(
      script,
      `const Client = require(${JSON.stringify(sdk)});
const { ALIBABA_CLOUD_ACCOUNT_ID: id, MNS_ENDPOINT: endpoint } = process.env;
const { ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret } = process.env;
new Client(id, { endpoint, accessKeyId, accessKeySecret }).createQueue('q').then(({ code }) => console.log(code, endpoint.slice(0, 5)));`,
    );
    const again = ['exec', '--tls', '--tls-dir', join(folder, 'tls'), process.execPath, script];
    expect(await run(again, { cwd: folder })).toEqual({ code: 0, stdout: '201 https\n', stderr: '' });
  });

  it('gives the command the usual variables, takes a real session’s token away, and proxies when asked to', async () => {
    const env = { ALIBABA_CLOUD_SECURITY_TOKEN: 'real', NO_PROXY: 'my.test' };
    const flags = ['--account', '42', '--region', 'cn-hangzhou', '--access-key-id', 'ak', '--access-key-secret', 'sk'];
    const print = 'process.stdout.write(JSON.stringify(process.env))';
    const { stdout } = await run(['exec', ...flags, '--proxy', '--', process.execPath, '-e', print], {
      cwd: folder,
      env,
    });
    const given: Record<string, string> = JSON.parse(stdout);
    expect(given).toMatchObject({
      MNS_ENDPOINT: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      IMM_ENDPOINT: given['MNS_ENDPOINT'],
      MNS_EMULATOR_ENDPOINT: given['MNS_ENDPOINT'],
      ALIBABA_CLOUD_ACCOUNT_ID: '42',
      ALIBABA_CLOUD_REGION: 'cn-hangzhou',
      ALIBABA_CLOUD_REGION_ID: 'cn-hangzhou',
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'ak',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'sk',
      HTTP_PROXY: given['MNS_ENDPOINT'],
      http_proxy: given['MNS_ENDPOINT'],
      NO_PROXY: 'my.test,localhost,127.0.0.1,::1',
    });
    expect(given).not.toHaveProperty('ALIBABA_CLOUD_SECURITY_TOKEN');
    expect(given).not.toHaveProperty('MNS_EMULATOR_TOKEN');
    expect(given).not.toHaveProperty('NODE_EXTRA_CA_CERTS');
  });

  it('lets the command steer it by mns-emulator itself, also where a token is asked for', async () => {
    const script = `"$0" "$1" advance 90s && "$0" "$1" status`;
    const steer = ['sh', '-c', script, process.execPath, MAIN];
    const plain = await run(['exec', ...steer], { cwd: folder });
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(
      /^mns-emulator: the clock is offset, \S+Z, 1m30s ahead of the machine’s\nendpoint: http/,
    );
    const flags = ['--host', '0.0.0.0', '--admin-token', 'correct-horse-battery'];
    const guarded = await run(['exec', ...flags, ...steer], { cwd: folder });
    expect(guarded).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('1m30s ahead') });
    const print = ['-e', 'console.log(process.env.MNS_EMULATOR_TOKEN)'];
    expect((await run(['exec', ...flags, process.execPath, ...print], { cwd: folder })).stdout).toBe(
      'correct-horse-battery\n',
    );
    const without = await run(['exec', '--no-admin', ...steer], { cwd: folder });
    expect(without).toMatchObject({ code: 5, stderr: expect.stringContaining('it was started with --no-admin') });
  });

  it('is reached at the services’ own hosts through --proxy, and other servers of this machine are not', async () => {
    const program = `
import os, urllib.error, urllib.request
for host in ("1000000000000001.mns.cn-beijing.aliyuncs.com", os.environ["MNS_ENDPOINT"][7:]):
    try:
        urllib.request.urlopen(f"http://{host}/queues")
    except urllib.error.HTTPError as error:
        print(error.code, "MissingAuthorizationHeader" in error.read().decode(), host[:4])
print(sorted(urllib.request.getproxies()), urllib.request.proxy_bypass("127.0.0.1") != 0)`;
    const { code, stdout, stderr } = await run(['exec', '--proxy', 'python3', '-c', program], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe("400 True 1000\n400 True 127.\n['http', 'no'] True\n");
  });

  it('passes on options behind the command, stdin, and both outputs as they are', async () => {
    const { code, stdout, stderr } = await run(
      ['exec', 'sh', '-c', 'echo "$0 $1"; echo oops >&2; exit 3', '--port', '--json'],
      { cwd: folder },
    );
    expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '--port --json\n', stderr: 'oops\n' });
  });

  it('passes signals on, and lets the command decide', async () => {
    const trap = `process.on('SIGTERM', () => process.exit(5)); process.on('SIGHUP', () => console.log('hup')); console.log('up'); setInterval(() => {}, 1000)`;
    const { child, line, ended } = start(['exec', process.execPath, '-e', trap], { cwd: folder });
    await line(/^up$/);
    child.kill('SIGHUP');
    await line(/^hup$/);
    child.kill('SIGTERM');
    expect(await ended).toBe(5);
  });

  it('ends with 128 and the number of the signal that ended the command', async () => {
    const { code } = await run(['exec', 'sh', '-c', 'kill -KILL $$'], { cwd: folder });
    expect(code).toBe(128 + 9);
  });

  it('ends with 127 when there is no such command, and 126 when it cannot be run', async () => {
    expect(await run(['exec', '--', 'no-such-command-here'], { cwd: folder })).toEqual({
      code: 127,
      stdout: '',
      stderr: 'mns-emulator: cannot run no-such-command-here: there is no such command\n',
    });
    const { code, stderr } = await run(['exec', '--', folder], { cwd: folder });
    expect(code).toBe(126);
    expect(stderr).toContain(`mns-emulator: cannot run ${folder}: `);
  });

  it('ends with 2 for wrong usage: no command, or a proxy over TLS', async () => {
    const none = await run(['exec'], { cwd: folder });
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toContain("missing required argument 'command'");
    const both = await run(['exec', '--proxy', '--tls', '--tls-dir', join(folder, 'tls'), 'true'], { cwd: folder });
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('--proxy: expected plain HTTP');
  });

  it('prints hints beside the command’s output, as JSON if that is wished, and none with --quiet', async () => {
    const publish = `
import sys; sys.argv = ["x"]
source = open(${JSON.stringify(PYTHON_CLIENT)}).read().replace("sys.exit(main())", "")
exec(source)
mns = Mns(os.environ)
mns.call("PUT", "/topics/t", "<Topic/>")
mns.call("POST", "/topics/t/messages", "<Message><MessageBody>hi</MessageBody></Message>")
mns.call("POST", "/topics/t/messages", "<Message><MessageBody>hi</MessageBody></Message>")`;
    const plain = await run(['exec', 'python3', '-c', publish], { cwd: folder });
    expect(plain).toMatchObject({ code: 0, stdout: '' });
    expect(plain.stderr).toMatch(
      /^mns-emulator: hint: A message was published to topic t, which has no subscription: nobody gets it\. .*\n$/,
    );
    const json = await run(['exec', '--json', 'python3', '-c', publish], { cwd: folder });
    const events: readonly object[] = json.stderr
      .trim()
      .split('\n')
      .map((line): object => JSON.parse(line));
    expect(events).toMatchObject([
      { event: 'ready' },
      { event: 'hint', code: 'topic-without-subscription', subject: 'topics/t' },
    ]);
    expect(await run(['exec', '--quiet', 'python3', '-c', publish], { cwd: folder })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});
