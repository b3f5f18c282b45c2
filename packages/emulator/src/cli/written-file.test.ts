import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeNewFile } from './written-file.js';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'mns-written-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const refused = (reason: string): unknown =>
  expect.objectContaining({ code: 'FILE_NOT_WRITTEN', message: expect.stringContaining(reason) });

describe('a file that is written', () => {
  it('is there whole, with its rights, and alone', async () => {
    const inside = await folder();
    const path = join(inside, 'state.json');
    await writeNewFile(path, 'first', { isForced: false, mode: 0o600 });
    expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777]).toEqual(['first', 0o600]);
    await expect(writeNewFile(path, 'second', { isForced: false })).rejects.toEqual(refused('--force overwrites it'));
    expect(await readFile(path, 'utf8')).toBe('first');
  });

  it('takes the place of one that others could read, and lets them no more', async () => {
    const inside = await folder();
    const path = join(inside, 'state.json');
    await writeFile(path, 'open to all', { mode: 0o644 });
    await writeNewFile(path, 'secret', { isForced: true, mode: 0o600 });
    expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777]).toEqual(['secret', 0o600]);
    expect(await readdir(inside)).toEqual(['state.json']);
  });

  it.each([true, false])('follows no link, neither to a file nor to nowhere (--force: %j)', async (isForced) => {
    const inside = await folder();
    await writeFile(join(inside, 'precious'), 'mine');
    await symlink(join(inside, 'precious'), join(inside, 'link'));
    await symlink(join(inside, 'nowhere'), join(inside, 'dangling'));
    const reason = isForced ? 'it is a symbolic link' : '--force overwrites it';
    for (const name of ['link', 'dangling']) {
      await expect(writeNewFile(join(inside, name), 'theirs', { isForced })).rejects.toEqual(refused(reason));
    }
    expect(await readFile(join(inside, 'precious'), 'utf8')).toBe('mine');
    expect(await readdir(inside)).toEqual(['dangling', 'link', 'precious']);
  });

  it('takes the place of nothing but a file', async () => {
    const inside = await folder();
    await mkdir(join(inside, 'folder'));
    const options = { isForced: true };
    await expect(writeNewFile(join(inside, 'folder'), 'x', options)).rejects.toEqual(refused('it is no file'));
    await expect(writeNewFile('/dev/null', 'x', options)).rejects.toEqual(refused('it is no file'));
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
    await expect(writeNewFile(join(inside, 'none', 'f'), 'x', options)).rejects.toEqual(refused('ENOENT'));
  });
});
