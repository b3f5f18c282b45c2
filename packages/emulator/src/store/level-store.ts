import { realpath, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClassicLevel } from 'classic-level';
import {
  ACKNOWLEDGED_FILE,
  RECORDS_FOLDER,
  RESTORE_ADVICE,
  acknowledgement,
  makeDirectory,
  openAcknowledged,
  restrict,
} from './data-directory.js';
import { diskTrouble } from '../runtime/disk-trouble.js';
import { isRecordKey } from './record-tree.js';
import type { RecordChange, RecordStore } from './record-store.js';
import { RecordSums } from './record-sums.js';
import { storeError } from './store-error.js';

/** The version of data directories that this release writes and reads. */
export const STORE_VERSION = 1;

// No record has this key: it has no path.
const META_KEY = '~';

interface Meta {
  readonly version: number;
  /** The number of the batch that this was written with. */
  readonly batch: number;
  readonly seed: string;
  readonly records: number;
  readonly checksum: string;
}

/**
 * The directories that are open in this process. LevelDB would notice as well, but while it refuses it lets go of the
 * lock that keeps other processes out: POSIX drops a file's locks when any descriptor of it is closed.
 */
const openHere = new Set<string>();

interface OpenedDirectory {
  readonly dataDir: string;
  /** The same without links. */
  readonly path: string;
  readonly makeLevel: () => ClassicLevel;
  readonly level: ClassicLevel;
  readonly acknowledged: FileHandle;
  readonly seed: string;
}

/**
 * A data directory: records in LevelDB, whose lock keeps other processes out and whose batches are whole or not there.
 *
 * LevelDB drops what it finds damaged in its log and goes on with the rest. So each batch carries a number, and a sum
 * over all records; and the number is written to a file beside it before anybody is told. What does not add up, or ends
 * before what was acknowledged, is refused. For the same reason nothing is written behind a batch that failed: the
 * database is opened anew first, which begins another log.
 */
export class LevelStore implements RecordStore {
  readonly #dataDir: string;
  readonly #path: string;
  readonly #makeLevel: () => ClassicLevel;
  readonly #acknowledged: FileHandle;
  #level: ClassicLevel;
  #sums = new RecordSums();
  #batch = 0;
  #seed: string;
  /** Whether a write has failed, so that nobody knows what the log ends with. */
  #isBroken = false;

  private constructor({ dataDir, path, makeLevel, level, acknowledged, seed }: OpenedDirectory) {
    this.#dataDir = dataDir;
    this.#path = path;
    this.#makeLevel = makeLevel;
    this.#level = level;
    this.#acknowledged = acknowledged;
    this.#seed = seed;
  }

  /**
   * Opens a data directory, or makes one that only its owner can look into; `seed` is that of a new one.
   *
   * Rejects with `STORE_UNAVAILABLE` without the package classic-level, `STORE_LOCKED` while somebody else has it open,
   * `STORE_CORRUPT` for a directory of something else or one that is damaged, `STORE_FAILED` when the disk does not let it.
   */
  static async open(dataDir: string, seed: string): Promise<LevelStore> {
    const { ClassicLevel: Level } = await loadLevel(dataDir);
    await makeDirectory(dataDir);
    const path = await realpath(dataDir);
    if (openHere.has(path)) throw locked(dataDir);
    openHere.add(path);
    const makeLevel = (): ClassicLevel => new Level(join(dataDir, RECORDS_FOLDER));
    const level = makeLevel();
    try {
      await level.open();
    } catch (error) {
      openHere.delete(path);
      throw openError(dataDir, error);
    }
    try {
      // Created only under the lock, and before anything is acknowledged.
      const acknowledged = await openAcknowledged(dataDir);
      return new LevelStore({ dataDir, path, makeLevel, level, acknowledged, seed });
    } catch (error) {
      await level.close();
      openHere.delete(path);
      throw storeError('STORE_FAILED', dataDir, diskTrouble(error) ?? 'cannot be written to', error);
    }
  }

  /** The seed of what is stored; that of a new directory until {@link load}. */
  get seed(): string {
    return this.#seed;
  }

  async load(): Promise<ReadonlyMap<string, string>> {
    const records = new Map<string, string>();
    let metaText: string | undefined;
    try {
      for await (const [key, text] of this.#level.iterator()) {
        if (key === META_KEY) metaText = text;
        else records.set(key, text);
      }
    } catch (error) {
      throw openError(this.#dataDir, error);
    }
    const acknowledged = await this.#readAcknowledged();
    const meta = metaText === undefined ? undefined : readMeta(metaText);
    this.#sums = new RecordSums();
    for (const [key, text] of records) this.#sums.set(key, text);
    const fault = this.#faultOf(records, metaText, meta, acknowledged);
    if (fault !== undefined) throw storeError('STORE_CORRUPT', this.#dataDir, `${fault}; ${RESTORE_ADVICE}`);
    if (meta !== undefined) {
      this.#batch = meta.batch;
      this.#seed = meta.seed;
    }
    return records;
  }

  keys(): Iterable<string> {
    return this.#sums.keys();
  }

  async write(changes: readonly RecordChange[]): Promise<void> {
    try {
      const batch = this.#level.batch();
      for (const [key, text] of changes) {
        // What stands there already costs nothing.
        if (!this.#sums.set(key, text)) continue;
        if (text === undefined) batch.del(key);
        else batch.put(key, text);
      }
      this.#batch += 1;
      batch.put(META_KEY, JSON.stringify(this.#meta()));
      await batch.write({ sync: true });
      const told = acknowledgement(this.#batch);
      await this.#acknowledged.write(told, 0, told.length, 0);
    } catch (error) {
      this.#isBroken = true;
      throw storeError('STORE_FAILED', this.#dataDir, diskTrouble(error) ?? 'cannot be written to', error);
    }
  }

  async recover(): Promise<void> {
    if (!this.#isBroken) return;
    await this.#level.close();
    this.#level = this.#makeLevel();
    try {
      await this.#level.open();
    } catch (error) {
      throw openError(this.#dataDir, error);
    }
    // What has failed may be there nevertheless.
    await this.load();
    await restrict(this.#dataDir);
    this.#isBroken = false;
  }

  async close(): Promise<void> {
    await this.#acknowledged.close();
    await this.#level.close();
    await restrict(this.#dataDir);
    openHere.delete(this.#path);
  }

  #meta(): Meta {
    const { size, checksum } = this.#sums;
    return { version: STORE_VERSION, batch: this.#batch, seed: this.#seed, records: size, checksum };
  }

  async #readAcknowledged(): Promise<number> {
    const { buffer, bytesRead } = await this.#acknowledged.read(Buffer.alloc(32), 0, 32, 0);
    const text = buffer.toString('latin1', 0, bytesRead).trim();
    if (text === '') return 0;
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw storeError('STORE_CORRUPT', this.#dataDir, `${ACKNOWLEDGED_FILE} holds no number; ${RESTORE_ADVICE}`);
  }

  #faultOf(
    records: ReadonlyMap<string, string>,
    metaText: string | undefined,
    meta: Meta | undefined,
    acknowledged: number,
  ): string | undefined {
    if (metaText !== undefined && meta === undefined) return 'its description cannot be read';
    if (meta === undefined && records.size > 0) return 'its description is missing';
    if (meta !== undefined && meta.version !== STORE_VERSION) {
      return `expected version ${STORE_VERSION}, received ${meta.version}: another release has written it`;
    }
    const batch = meta?.batch ?? 0;
    if (meta === undefined && acknowledged > 0) {
      return `its records are missing, although ${acknowledged} writes were acknowledged`;
    }
    if (batch < acknowledged) return `it ends with write ${batch}, but ${acknowledged} were acknowledged`;
    if (meta !== undefined && (meta.records !== this.#sums.size || meta.checksum !== this.#sums.checksum)) {
      return `its records do not add up: expected ${meta.records}, found ${this.#sums.size}, or some have other contents`;
    }
    for (const key of records.keys()) if (!isRecordKey(key)) return `it has a record of no known kind, ${key}`;
    return undefined;
  }
}

async function loadLevel(dataDir: string): Promise<typeof import('classic-level')> {
  try {
    return await import('classic-level');
  } catch (error) {
    throw storeError(
      'STORE_UNAVAILABLE',
      dataDir,
      'needs the package classic-level, which is not installed or has no build for this machine: npm install classic-level',
      error,
    );
  }
}

function locked(dataDir: string, cause?: unknown): Error {
  const message = 'another emulator has it open: stop that one, or choose another directory';
  return storeError('STORE_LOCKED', dataDir, message, cause);
}

function openError(dataDir: string, error: unknown): Error {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'LEVEL_LOCKED') return locked(dataDir, cause);
  const reason = cause instanceof Error ? cause.message : String(cause);
  // A name that leads nowhere is damage; anything else that the disk says no for is not.
  const trouble = /No such file/i.test(reason) || code === 'LEVEL_CORRUPTION' ? undefined : diskTrouble(cause);
  if (trouble !== undefined) return storeError('STORE_FAILED', dataDir, `cannot be opened: ${trouble}`, cause);
  return storeError('STORE_CORRUPT', dataDir, `cannot be opened: it is damaged (${reason}); ${RESTORE_ADVICE}`, cause);
}

function readMeta(text: string): Meta | undefined {
  try {
    const meta: unknown = JSON.parse(text);
    return isMeta(meta) ? meta : undefined;
  } catch {
    return undefined;
  }
}

function isMeta(value: unknown): value is Meta {
  if (typeof value !== 'object' || value === null) return false;
  const { version, batch, seed, records, checksum } = { ...value } as Record<string, unknown>;
  const numbers = [version, batch, records].every((part) => Number.isSafeInteger(part));
  return numbers && typeof seed === 'string' && typeof checksum === 'string';
}
