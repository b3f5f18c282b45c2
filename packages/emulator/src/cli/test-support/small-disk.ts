import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './binary.js';

/** A disk that a test can fill, and give room again. */
export interface SmallDisk {
  /** What of this disk is free to use: a directory. */
  readonly path: string;
  /** Takes all the room that is left from the process of this id. */
  fill(pid: number): Promise<void>;
  /** Gives it back. */
  makeRoom(pid: number): Promise<void>;
  remove(): Promise<void>;
}

const BALLAST_BYTES = 65_536;

/** A disk of four megabytes in memory; where this user may mount none, a directory in which files may not grow. */
export async function smallDisk(parent: string): Promise<SmallDisk> {
  const path = join(parent, 'disk');
  await mkdir(path);
  const mounted = await runProgram('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', path]);
  if (mounted.code !== 0) return limitedFiles(path);
  const ballast = join(path, 'ballast');
  return {
    path,
    fill: () => grow(ballast),
    makeRoom: () => rm(ballast),
    remove: async () => {
      await runProgram('umount', ['-l', path]);
    },
  };
}

async function grow(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let bytes = BALLAST_BYTES; bytes >= 1;) {
      const isWritten = await file.write(Buffer.alloc(bytes)).then(
        () => true,
        () => false,
      );
      if (!isWritten) bytes = Math.floor(bytes / 2);
    }
  } finally {
    await file.close();
  }
}

/** A directory in whose files a process may be kept from writing more. */
export function limitedFiles(path: string): SmallDisk {
  const limit = async (pid: number, bytes: string): Promise<void> => {
    const { code, stderr } = await runProgram('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
    if (code !== 0) throw new Error(stderr);
  };
  return {
    path,
    fill: (pid) => limit(pid, '1'),
    makeRoom: (pid) => limit(pid, 'unlimited'),
    remove: async () => {},
  };
}
