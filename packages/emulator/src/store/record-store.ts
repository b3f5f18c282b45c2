/** A change of one record: its new text, or `undefined` for one that is gone. */
export type RecordChange = readonly [key: string, text: string | undefined];

/** Texts by key, on a disk. */
export interface RecordStore {
  /** Everything that is stored. Rejects when part of it cannot be read. */
  load(): Promise<ReadonlyMap<string, string>>;
  /** The keys of everything that is stored, after {@link load}. */
  keys(): Iterable<string>;
  /** Carries out all changes or none; resolves when they would survive the end of the machine. */
  write(changes: readonly RecordChange[]): Promise<void>;
  /** Makes the store usable again after a write has failed; rejects while the disk does not let it. */
  recover(): Promise<void>;
  /** Lets go of the disk. */
  close(): Promise<void>;
}
