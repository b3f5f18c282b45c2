import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MAIN, runProgram } from './test-support/binary.js';

/** What a shell session shows that differs from run to run. */
const settled = (text: string): string =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/\b[0-9A-F-]{32}\b/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

it('goes as the README shows a first session', { timeout: 120_000 }, async () => {
  const readme = await readFile(new URL('../../../../README.md', import.meta.url), 'utf8');
  const session = /```console\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const commands = session.split('\n').filter((line) => line.startsWith('$ '));
  expect(commands.length).toBeGreaterThan(10);
  const folder = await mkdtemp(join(tmpdir(), 'mns-session-'));
  onTestFinished(() => rm(folder, { recursive: true }));

  // One shell for all of it, with the built program in the place of the installed one, and a port that is free here.
  const program = `'${process.execPath}' '${MAIN}'`;
  await writeFile(join(folder, 'npx'), `#!/bin/sh\nshift\nexec ${program} "$@"\n`, { mode: 0o755 });
  const port = String(await freePort());
  const env = {
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
    MNS_EMULATOR_PORT: port,
    MNS_EMULATOR_ENDPOINT: `http://127.0.0.1:${port}`,
  };
  // Who types waits for what has been started to say that it is ready.
  const whenReady = `while kill -0 $! && ! ${program} status --quiet 2>/dev/null; do :; done`;
  const script = commands.flatMap((line) => [
    `cat <<'LINE'\n${line}\nLINE`,
    line.slice(2),
    ...(line.endsWith(' &') ? [whenReady] : []),
  ]);
  const { stdout } = await runProgram('sh', ['-c', ['exec 2>&1', ...script].join('\n')], { cwd: folder, env });
  expect(settled(stdout)).toBe(settled(session));
});
