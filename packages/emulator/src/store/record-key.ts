import type { RecordPath } from '../runtime/note-change.js';

/** The key of a record: its path, each name with what could be taken for a separator spelled out. */
export function recordKey(path: RecordPath): string {
  return path.map((name) => (typeof name === 'number' ? String(name) : encoded(name))).join('/');
}

/** The path that a key was made of. */
export function recordPath(key: string): readonly string[] {
  return key.split('/').map(decoded);
}

// Half of a character has no UTF-8: it stands as %u and its number, which nothing else is written as.
function encoded(name: string): string {
  if (name.isWellFormed()) return encodeURIComponent(name);
  return name
    .split(/(\p{Surrogate})/u)
    .map((part, index) => (index % 2 === 0 ? encodeURIComponent(part) : `%u${part.charCodeAt(0).toString(16)}`))
    .join('');
}

function decoded(name: string): string {
  if (!name.includes('%u')) return decodeURIComponent(name);
  return name
    .split(/%u([0-9a-f]{4})/)
    .map((part, index) => (index % 2 === 0 ? decodeURIComponent(part) : String.fromCharCode(Number.parseInt(part, 16))))
    .join('');
}
