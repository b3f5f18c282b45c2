import { isJsonObject } from '../json-object.js';
import { someText, type Kind } from './kinds.js';
import type { JsonSchema } from './documented.js';
import type { Problems } from './problems.js';

/** A place in an event. */
export interface Place {
  readonly value: unknown;
  /** How problems name it; the empty string for the event itself. */
  readonly path: string;
}

/** A member that a producer documents. */
export interface Leaf {
  readonly path: readonly string[];
  readonly documented: JsonSchema;
  /** `nullable`: `null` says the same as nothing. */
  readonly presence: 'required' | 'optional' | 'nullable';
}

/** Where a value of a typed view comes from. */
export interface Source<Value> {
  readonly leaves: readonly Leaf[];
  /** The value, if it can be read; names what is wrong, and never throws. */
  readonly read: (place: Place, problems: Problems) => Value;
}

/** The paths of a documented shape that lead through objects, as `imm.taskId`. */
export type PathIn<Documented> = Documented extends readonly unknown[]
  ? never
  : Documented extends object
    ? {
        [Name in keyof Documented & string]: Name | `${Name}.${PathIn<NonNullable<Documented[Name]>>}`;
      }[keyof Documented & string]
    : never;

/** The sources within a documented shape. */
export interface SourcesIn<Path extends string> {
  /** Text without which nobody knows what the event is about: there is no typed view when it is missing. */
  readonly essential: (path: Path) => Source<string>;
  /** What is always sent, by the documents. */
  readonly expected: <Value>(path: Path, kind: Kind<Value>) => Source<Value | undefined>;
  /** What may be absent, which then means `absent`. With several paths, the first that is there counts. */
  readonly optional: OptionalSource<Path>;
  /** What may be absent or `null`, which then means `absent`. */
  readonly nullable: OptionalSource<Path>;
}

type OptionalSource<Path extends string> = <Value, const Absent = undefined>(
  path: Path | readonly Path[],
  kind: Kind<Value>,
  absent?: Absent,
) => Source<Value | Absent | undefined>;

/** A source of every member of a view. */
export type Members<View> = { readonly [Name in keyof View]: Source<View[Name]> };

/** A source that is read from a member. */
export function within<Value>(name: string, source: Source<Value>): Source<Value> {
  return {
    leaves: source.leaves.map((leaf) => ({ ...leaf, path: [name, ...leaf.path] })),
    read: (place, problems) => source.read(follow(place, [name]), problems),
  };
}

/** What stands at the place itself. */
export function itself<Value>(kind: Kind<Value>): Source<Value | undefined> {
  return {
    leaves: [{ path: [], documented: kind.documented, presence: 'required' }],
    read: ({ value, path }, problems) => kind.read(value, path, problems),
  };
}

/** The sources within a shape that a producer documents. */
export function sourcesIn<Documented>(): SourcesIn<PathIn<Documented>> {
  return sources;
}

/** What becomes of the members of a view, each read for itself. */
export function members<View>(table: Members<View>): Source<View>;
export function members(table: Readonly<Record<string, Source<unknown>>>): Source<unknown> {
  const entries = Object.entries(table);
  return {
    leaves: entries.flatMap(([, { leaves }]) => leaves),
    read: (place, problems) => Object.fromEntries(entries.map(([name, { read }]) => [name, read(place, problems)])),
  };
}

/** The members of two views as one. */
export function both<One, Other>(one: Source<One>, other: Source<Other>): Source<One & Other> {
  return {
    leaves: [...one.leaves, ...other.leaves],
    read: (place, problems) => ({ ...one.read(place, problems), ...other.read(place, problems) }),
  };
}

/** A source whose problems are named as well as those of another, of which the view has nothing. */
export function beside<Value>(source: Source<Value>, unseen: Source<unknown>): Source<Value> {
  return {
    leaves: [...source.leaves, ...unseen.leaves],
    read: (place, problems) => {
      const value = source.read(place, problems);
      unseen.read(place, problems);
      return value;
    },
  };
}

const sources: SourcesIn<string> = {
  essential: (path) => {
    const source = required(path, someText);
    return {
      ...source,
      read: (place, problems) => {
        const value = source.read(place, problems);
        if (value === undefined) problems.lackIdentity();
        return value ?? '';
      },
    };
  },
  expected: required,
  optional: (path, kind, absent) => unlessAbsent('optional', path, kind, absent),
  nullable: (path, kind, absent) => unlessAbsent('nullable', path, kind, absent),
};

function required<Value>(path: string, kind: Kind<Value>): Source<Value | undefined> {
  const names = namesIn(path);
  return {
    leaves: [{ path: names, documented: kind.documented, presence: 'required' }],
    read: (place, problems) => {
      const found = follow(place, names);
      if (found.state === 'there') return kind.read(found.value, found.path, problems);
      problems.add(found.path, found.isLast === true ? kind.expected : 'an object', found.value);
      return undefined;
    },
  };
}

function unlessAbsent<Value, Absent>(
  presence: 'optional' | 'nullable',
  path: string | readonly string[],
  kind: Kind<Value>,
  absent: Absent | undefined,
): Source<Value | Absent | undefined> {
  const ways = [path].flat().map(namesIn);
  return {
    leaves: ways.map((way) => ({ path: way, documented: kind.documented, presence })),
    read: (place, problems) => {
      for (const way of ways) {
        const found = follow(place, way);
        if (found.state === 'absent' || (presence === 'nullable' && found.value === null)) continue;
        if (found.state === 'there') return kind.read(found.value, found.path, problems);
        problems.add(found.path, 'an object', found.value);
        return undefined;
      }
      return absent;
    },
  };
}

interface Found extends Place {
  /** `blocked`: something that is no object stands in the way. */
  readonly state: 'there' | 'absent' | 'blocked';
  /** Of what is absent: whether the way was gone to its last name. */
  readonly isLast?: boolean;
}

function follow(from: Place, names: readonly string[]): Found {
  let { value, path } = from;
  for (const [index, name] of names.entries()) {
    if (!isJsonObject(value)) return { state: 'blocked', value, path };
    value = Object.hasOwn(value, name) ? value[name] : undefined;
    path = path === '' ? name : `${path}.${name}`;
    const isLast = index === names.length - 1;
    if (value === undefined) return { state: 'absent', value, path, isLast };
  }
  return { state: 'there', value, path };
}

function namesIn(path: string): readonly string[] {
  return path.split('.');
}
