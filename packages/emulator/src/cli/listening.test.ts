import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { killStarted, ready, run } from './test-support/binary.js';

// Where the command listens, and to whom, when it is told nothing or little.
const LAUNCH_MS = 60_000;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mns-listening-'));
  await writeFile(join(folder, 'everywhere.yaml'), 'server: {host: 0.0.0.0}\n');
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(killStarted);

describe('the command', { timeout: LAUNCH_MS }, () => {
  it.each([
    ['an empty flag', ['--host', ''], {}],
    ['a blank flag', ['--host', '  '], {}],
    ['an empty variable', [], { MNS_EMULATOR_HOST: '' }],
    ['an empty flag before a file that names all', ['--host', '', '--config', 'everywhere.yaml'], {}],
    ['an empty variable before such a file', ['--config', 'everywhere.yaml'], { MNS_EMULATOR_HOST: '' }],
  ] as const)('listens at this machine’s own address for %s', async (_, args, env) => {
    const { info } = await ready([...args], { cwd: folder, env });
    expect(info['endpoint']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    // It is operated as one that nobody else reaches.
    expect(info['page']).toBe(`${info['endpoint']}/_emulator/ui`);
    const port = new URL(info['endpoint'] ?? '').port;
    await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toThrow('fetch failed');
  });

  it.each([
    ["''", 'at least 1 characters'],
    ["' '", 'an address or a host name'],
  ])('refuses a file that says the host is %s', async (host, expected) => {
    await writeFile(join(folder, 'empty.yaml'), `server: {host: ${host}}\n`);
    const { code, stderr } = await run(['start', '--port', '0', '--config', 'empty.yaml'], { cwd: folder });
    expect([code, stderr]).toEqual([3, expect.stringContaining(`server.host: expected ${expected}`)]);
  });

  it.each([
    ['a flag', ['--cors', 'http://localhost:3000, http://localhost:5173'], {}],
    ['a variable', [], { MNS_EMULATOR_CORS: 'http://localhost:5173' }],
    ['a file', ['--config', 'cors.yaml'], {}],
  ] as const)('lets in the pages that are named by %s', async (_, args, env) => {
    await writeFile(join(folder, 'cors.yaml'), 'server: {cors: [http://localhost:5173]}\n');
    const { info } = await ready([...args], { cwd: folder, env });
    const asked = (Origin: string): Promise<Response> => fetch(`${info['endpoint']}/queues`, { headers: { Origin } });
    const named = await asked('http://localhost:5173');
    expect([named.status, named.headers.get('access-control-allow-origin')]).toEqual([400, 'http://localhost:5173']);
    expect((await asked('http://localhost:8000')).status).toBe(403);
  });

  it('ends with 2 for an origin that is none', async () => {
    const { code, stderr } = await run(['start', '--port', '0', '--cors', '*'], { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining('cors: expected a list of origins')]);
  });
});
