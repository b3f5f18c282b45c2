import { writeFile } from 'node:fs/promises';
import { MnsbusError } from '@mnsbus/core';

/** How a file is written. */
export interface WrittenFileOptions {
  /** Whether a file that is there is overwritten. */
  readonly isForced: boolean;
  /** Its permissions when it is made. Default as usual. */
  readonly mode?: number;
}

/** Writes a file. Rejects with `FILE_NOT_WRITTEN` when it is there and must not be overwritten, or cannot be written. */
export async function writeNewFile(path: string, text: string, { isForced, mode }: WrittenFileOptions): Promise<void> {
  try {
    await writeFile(path, text, { flag: isForced ? 'w' : 'wx', ...(mode === undefined ? {} : { mode }) });
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    const reason = isThere
      ? 'it is there already; --force overwrites it'
      : String(cause instanceof Error ? cause.message : cause);
    throw new MnsbusError({ code: 'FILE_NOT_WRITTEN', message: `cannot write ${path}: ${reason}`, cause });
  }
}
