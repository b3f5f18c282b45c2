import { constants } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { MnsbusError, SeededRandom, freshSeed } from '@mnsbus/core';

/** How a file is written. */
export interface WrittenFileOptions {
  /** Whether a file that is there is overwritten. */
  readonly isForced: boolean;
  /** Its permissions. Default as usual. */
  readonly mode?: number;
}

/**
 * Writes a file, whole or not at all.
 *
 * Rejects with `FILE_NOT_WRITTEN` when it is there and must not be overwritten, when something else than a file is there
 * (a symbolic link is not followed), or when it cannot be written; then what is there has stayed as it was.
 */
export async function writeNewFile(path: string, text: string, { isForced, mode }: WrittenFileOptions): Promise<void> {
  const draft = isForced ? `${path}.${new SeededRandom(freshSeed()).hex(16)}` : path;
  try {
    if (isForced) await checkFile(path);
    await writeWhole(draft, text, mode);
    if (isForced) await replace(draft, path);
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    const reason = isThere
      ? 'it is there already; --force overwrites it'
      : String(cause instanceof Error ? cause.message : cause);
    throw new MnsbusError({ code: 'FILE_NOT_WRITTEN', message: `cannot write ${path}: ${reason}`, cause });
  }
}

async function checkFile(path: string): Promise<void> {
  const there = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (there === undefined || there.isFile()) return;
  throw new Error(there.isSymbolicLink() ? 'it is a symbolic link: name the file itself' : 'it is no file');
}

async function writeWhole(path: string, text: string, mode: number | undefined): Promise<void> {
  // Exclusive: nothing that is there is opened, links included.
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function replace(draft: string, path: string): Promise<void> {
  try {
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
