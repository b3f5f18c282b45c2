import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MAIN, runProgram } from './test-support/binary.js';

/** What a shell session shows that differs from run to run. */
const settled = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT');

it('goes as the README shows a first session', { timeout: 60_000 }, async () => {
  const readme = await readFile(new URL('../../../../README.md', import.meta.url), 'utf8');
  const session = /```console\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const commands = session.split('\n').filter((line) => line.startsWith('$ '));
  expect(commands.length).toBeGreaterThan(4);
  const folder = await mkdtemp(join(tmpdir(), 'mns-session-'));
  onTestFinished(() => rm(folder, { recursive: true }));

  // One shell for all of it, with the built program in the place of the installed one.
  const npx = `npx() { shift; '${process.execPath}' '${MAIN}' "$@"; }`;
  const script = [npx, ...commands.flatMap((line) => [`cat <<'LINE'\n${line}\nLINE`, line.slice(2)])].join('\n');
  const { stdout } = await runProgram('sh', ['-c', `exec 2>&1\n${script}`], { cwd: folder });
  expect(settled(stdout)).toBe(settled(session));
});
