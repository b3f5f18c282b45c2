import { recordKey, recordPath } from './record-key.js';

/** What is one record, written whole (`true`), and what is a folder of more; `*` stands for any name. */
type Shape = true | { readonly [name: string]: Shape };

const IN_MNS: Shape = {
  model: {
    sequence: true,
    account: true,
    queues: { '*': { settings: true, sent: true, messages: { '*': { sent: true, life: true } } } },
    topics: { '*': { settings: true, published: { '*': true } } },
  },
  deliveries: { '*': true },
};

const IN_IMM: Shape = {
  counters: true,
  projects: { '*': true },
  blocked: { '*': true },
  tasks: { '*': true },
  publications: { due: { '*': true }, overtaken: { '*': true } },
};

/**
 * How a snapshot falls into records: small enough that a request changes few of them, and those alone are written.
 * The paths are those that the models name when they tell of a change.
 */
const SHAPE: Shape = {
  time: true,
  streams: { '*': true },
  temporaryKeys: { '*': true },
  nonces: { '*': true },
  replies: { '*': { '*': true } },
  mns: { '*': { '*': IN_MNS } },
  imm: { '*': { draws: true, rehearsalDraws: true, tenants: { '*': { '*': IN_IMM } } } },
};

/** The records of a snapshot, by their keys. */
export function recordsOf(snapshot: object): ReadonlyMap<string, unknown> {
  const records = new Map<string, unknown>();
  collect(snapshot, SHAPE, [], records);
  return records;
}

/** Whether a key is that of a record. */
export function isRecordKey(key: string): boolean {
  let shape: Shape | undefined = SHAPE;
  for (const name of recordPath(key)) {
    if (shape === undefined || shape === true) return false;
    shape = childOf(shape, name);
  }
  return shape === true;
}

/** What the records of a snapshot make together, without its format and version. */
export function treeOf(records: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const root: Folder = new Map();
  for (const [key, value] of records) {
    const path = recordPath(key);
    let folder = root;
    for (const name of path.slice(0, -1)) {
      const inner = folder.get(name);
      const next: Folder = inner instanceof Map ? inner : new Map();
      folder.set(name, next);
      folder = next;
    }
    folder.set(path.at(-1) ?? '', value);
  }
  return asObject(root);
}

// Maps, because a name may be `__proto__`.
type Folder = Map<string, unknown>;

function asObject(folder: Folder): Record<string, unknown> {
  return Object.fromEntries(
    Array.from(folder, ([name, value]) => [name, value instanceof Map ? asObject(value) : value] as const),
  );
}

function collect(value: unknown, shape: Shape, path: readonly string[], records: Map<string, unknown>): void {
  if (shape === true) {
    records.set(recordKey(path), value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    const inner = childOf(shape, name);
    if (inner !== undefined) collect(member, inner, [...path, name], records);
  }
}

function childOf(shape: Exclude<Shape, true>, name: string): Shape | undefined {
  return Object.hasOwn(shape, name) ? shape[name] : shape['*'];
}
