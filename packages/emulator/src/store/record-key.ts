import type { RecordPath } from '../runtime/note-change.js';

/** The key of a record: its path, each name with what could be taken for a separator spelled out. */
export function recordKey(path: RecordPath): string {
  return path.map((name) => (typeof name === 'number' ? String(name) : encodeURIComponent(name))).join('/');
}

/** The path that a key was made of. */
export function recordPath(key: string): readonly string[] {
  return key.split('/').map((name) => decodeURIComponent(name));
}
