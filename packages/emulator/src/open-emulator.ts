import { freshSeed, type WireRequest, type WireResponse } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { assembleEmulator, type Emulator, type EmulatorOptions } from './emulator.js';
import { SNAPSHOT_FORMAT, SNAPSHOT_VERSION } from './snapshot.js';
import { LevelStore } from './store/level-store.js';
import { treeOf } from './store/record-tree.js';
import { StateKeeper } from './store/state-keeper.js';
import { storeNewsText, type StoreNews } from './store/store-news.js';

/** What an emulator that keeps its state may be told. */
export interface OpenEmulatorOptions extends EmulatorOptions {
  /** The directory of its state: made when it does not exist, else one that is empty or was used so before. */
  readonly dataDir: string;
  /**
   * Told when the disk refuses a write, which is tried again until it is done; when that is over; and of a record that
   * cannot be kept. Default a warning of the process.
   */
  readonly onStoreNews?: (news: StoreNews) => void;
  /** The seed of a new directory; one that has been used goes on with its own, and refuses another. */
  readonly seed?: string | number;
}

/** An emulator whose state is on a disk. */
export interface PersistentEmulator extends Omit<Emulator, 'close'> {
  readonly dataDir: string;
  /**
   * Answers every waiting long poll, stops every task, push and retry, writes what is left, and lets go of the
   * directory; deliveries that were under way are made when it is next opened. Rejects with `STORE_FAILED`.
   */
  close(): Promise<void>;
}

/**
 * Opens an emulator whose state is kept in a directory, over restarts and over the sudden end of the process.
 *
 * No answer leaves before what it acknowledges is on the disk; changes of one turn share one write. The clock has gone
 * on meanwhile: what has expired is expired, and what has fallen due happens at once. A clock that is behind the last
 * write was set back, and then no time has passed; one that was set forward cannot be told from one that went on. Rejects with `STORE_UNAVAILABLE`
 * without the package classic-level, `STORE_LOCKED` while another emulator has it open, `STORE_CORRUPT` for a directory
 * that is damaged or not an emulator's, `STORE_FAILED` when the disk fails, and `INVALID_ARGUMENT` for an option out of
 * range, a seed that is not that of the directory, state of an account that is not among the options, and `resources` that
 * are in the directory with other attributes.
 *
 * While the disk refuses to be written to, requests are answered with status 503 and change nothing. Those that were
 * under way when it began are answered so, too, once three attempts have failed: what they have changed is written as soon
 * as it can be, so that their outcome is as unknown as after any 5xx.
 */
export async function openEmulator(options: OpenEmulatorOptions): Promise<PersistentEmulator> {
  const { dataDir, seed, resources, onStoreNews = warn, ...rest } = options;
  if (typeof dataDir !== 'string' || dataDir === '')
    throw invalidArgument('dataDir', 'the path of a directory', dataDir);
  // Options are checked before anything is made on the disk.
  createdForItsErrors({ ...rest, ...(resources === undefined ? {} : { resources }) });
  const store = await LevelStore.open(dataDir, String(seed ?? freshSeed()));
  let restored: Emulator | undefined;
  try {
    const records = await store.load();
    if (seed !== undefined && String(seed) !== store.seed) {
      throw invalidArgument('seed', `that of the data directory, ${JSON.stringify(store.seed)}, or none`, String(seed));
    }
    const keeper = new StateKeeper(store, onStoreNews);
    const { emulator, streams, time, makeResources, takeUp } = assembleEmulator({ ...rest, seed: store.seed }, keeper);
    restored = emulator;
    if (records.size > 0) takeUp(snapshotOf(records));
    // After what the directory holds, which would take their place.
    if (resources !== undefined) makeResources(resources);
    keeper.attach({ streams, time, snapshot: () => emulator.snapshot() });
    await keeper.committed();
    return kept(emulator, keeper, dataDir);
  } catch (error) {
    // Its timers would keep the process.
    restored?.close();
    await store.close();
    throw error;
  }
}

function createdForItsErrors({ onHint: _onHint, ...options }: EmulatorOptions): void {
  assembleEmulator(options).emulator.close();
}

function snapshotOf(records: ReadonlyMap<string, string>): Record<string, unknown> {
  const parsed = Array.from(records, ([key, text]) => [key, JSON.parse(text)] as const);
  return { format: SNAPSHOT_FORMAT, version: SNAPSHOT_VERSION, ...treeOf(parsed) };
}

function kept(emulator: Emulator, keeper: StateKeeper, dataDir: string): PersistentEmulator {
  let closing: Promise<void> | undefined;
  const { activity } = emulator.clock;
  const handle = async (request: WireRequest): Promise<WireResponse> => {
    if (keeper.failure !== undefined)
      return unavailable(`The emulator does nothing that it cannot keep: ${keeper.failure.message}`);
    const response = await emulator.handle(request);
    try {
      const written = keeper.committed();
      // A virtual clock must not move on while the disk is at work.
      if (written !== undefined) await (activity === undefined ? written : activity.during(written));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return unavailable(`The emulator could not keep what this request has changed: ${reason}`);
    }
    return response;
  };
  return {
    ...emulator,
    dataDir,
    handle,
    flushed: async () => keeper.committed(),
    close: () => {
      emulator.close();
      closing ??= keeper.close();
      return closing;
    },
  };
}

/** Neither service has words for it: nothing that is asked for may be taken for done. */
function unavailable(reason: string): WireResponse {
  return { status: 503, headers: [['Content-Type', 'text/plain; charset=utf-8']], body: Buffer.from(`${reason}\n`) };
}

function warn(news: StoreNews): void {
  process.emitWarning(storeNewsText(news));
}
