/** Where a record of the state belongs: names from the outside in, for example `['queues', 'orders', 'settings']`. */
export type RecordPath = readonly (string | number)[];

/**
 * Takes note that a record of the state has changed, for whoever keeps the state elsewhere.
 *
 * `read` gives the record as it is when it is written, which may be after more changes; `undefined` when it is gone.
 */
export type NoteChange = (path: RecordPath, read: () => unknown) => void;

/** Notes changes of a part of the state, whose records lie under `parent`; nothing when nobody takes note. */
export function noteWithin(note: NoteChange | undefined, ...parent: RecordPath): NoteChange | undefined {
  return note === undefined ? undefined : (path, read) => note([...parent, ...path], read);
}
