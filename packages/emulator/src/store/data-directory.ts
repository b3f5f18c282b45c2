import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { diskTrouble } from '../runtime/disk-trouble.js';
import { storeError } from './store-error.js';

/** The name of the file that says how many batches were acknowledged. */
export const ACKNOWLEDGED_FILE = 'acknowledged';

/** The folder of the database. */
export const RECORDS_FOLDER = 'records';

/** What to do about a directory that is damaged. */
export const RESTORE_ADVICE =
  'none of it was used or changed; keep it, and put a copy in its place or choose another directory';

/**
 * Makes a directory that only its owner can look into, or takes one that is empty or was used so before.
 *
 * Rejects with `STORE_FAILED` when the disk does not let it, `STORE_CORRUPT` for one of something else.
 */
export async function makeDirectory(dataDir: string): Promise<void> {
  let entries: readonly string[];
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    // A disk that was just formatted has a folder of its own.
    entries = (await readdir(dataDir)).filter((name) => name !== 'lost+found');
  } catch (error) {
    const reason = diskTrouble(error) ?? String(error);
    throw storeError('STORE_FAILED', dataDir, `cannot be made or read: ${reason}`, error);
  }
  if (entries.length > 0 && !entries.includes(RECORDS_FOLDER)) {
    const isOurs = entries.includes(ACKNOWLEDGED_FILE);
    const found = isOurs ? `its folder ${RECORDS_FOLDER} is missing; ${RESTORE_ADVICE}` : EXPECTED_DIRECTORY;
    throw storeError('STORE_CORRUPT', dataDir, found);
  }
  try {
    // One that somebody else has made for us is ours from now on.
    if (entries.length === 0) await chmod(dataDir, 0o700);
    await mkdir(join(dataDir, RECORDS_FOLDER), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storeError('STORE_FAILED', dataDir, diskTrouble(error) ?? 'cannot be written to', error);
  }
}

const EXPECTED_DIRECTORY = 'expected an empty directory or one that this emulator has made';

/** Opens the file, with room for what will stand in it, so that a disk that is full later does not keep it from being written. */
export async function openAcknowledged(dataDir: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  const file = await open(join(dataDir, ACKNOWLEDGED_FILE), flags, 0o600);
  try {
    const none = acknowledgement(0);
    if ((await file.stat()).size === 0) await file.write(none, 0, none.length, 0);
    await restrict(dataDir);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What stands in it after so many writes, always of the same length. */
export function acknowledgement(batch: number): Buffer {
  return Buffer.from(`${String(batch).padStart(16)}\n`);
}

/** Lets nobody but the owner look into what is kept. LevelDB makes its files as it likes: what is new is inside a folder that is closed. */
export async function restrict(dataDir: string): Promise<void> {
  const folder = join(dataDir, RECORDS_FOLDER);
  const names = await readdir(folder).catch(() => []);
  const files = [join(dataDir, ACKNOWLEDGED_FILE), ...names.map((name) => join(folder, name))];
  // LevelDB may have removed one meanwhile, and on some disks rights cannot be set.
  await Promise.all([chmod(folder, 0o700), ...files.map((file) => chmod(file, 0o600))].map(ignored));
}

function ignored(work: Promise<void>): Promise<void> {
  return work.catch(() => {});
}
