import { isXmlName } from '../rpc/xml-writer.js';

/** Most bytes of the JSON of one reply. */
export const MAX_REPLY_BYTES: number = 1024 * 1024;

/** Most levels of objects and lists in a reply. */
export const MAX_REPLY_DEPTH = 50;

/** What is wrong with the members of a reply: where, and what was expected instead. */
export interface MembersProblem {
  readonly path: readonly (string | number)[];
  readonly expected: string;
}

/**
 * What is wrong with something that is to be the members of a reply; `undefined` when nothing is: both formats can carry it.
 *
 * Members that are `undefined` count as absent, as they do in JSON.
 */
export function membersProblem(value: unknown): MembersProblem | undefined {
  if (!isPlainObject(value)) return { path: [], expected: 'the members of a reply, as an object' };
  const unnameable = Object.keys(value).find((name) => !isXmlName(name));
  if (unnameable !== undefined) {
    return { path: [unnameable], expected: 'a name that XML allows: a letter or _, then letters, digits, . - and _' };
  }
  const problem = new MembersReading().problemIn(value, []);
  if (problem !== undefined) return problem;
  return Buffer.byteLength(JSON.stringify(value)) > MAX_REPLY_BYTES ? TOO_LARGE : undefined;
}

const TOO_LARGE: MembersProblem = { path: [], expected: `at most ${MAX_REPLY_BYTES} bytes of JSON` };

/** One look at a value, which ends as soon as it is known to be too large or too deep: it may lead back into itself. */
class MembersReading {
  /** At least so many bytes has the JSON so far. */
  #bytes = 0;

  problemIn(value: unknown, path: readonly (string | number)[]): MembersProblem | undefined {
    if (!this.#takes(typeof value === 'string' ? value.length + 2 : 1)) return TOO_LARGE;
    const members = membersOf(value);
    if (members === undefined) return isJsonLeaf(value) ? undefined : { path, expected: 'a JSON value' };
    if (path.length >= MAX_REPLY_DEPTH) {
      return { path: [], expected: `at most ${MAX_REPLY_DEPTH} levels of objects and lists` };
    }
    for (const [name, member] of members) {
      if (typeof name === 'string' && !this.#takes(name.length + 3)) return TOO_LARGE;
      const problem = this.problemIn(member, [...path, name]);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #takes(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= MAX_REPLY_BYTES;
  }
}

function membersOf(value: unknown): Iterable<readonly [string | number, unknown]> | undefined {
  if (Array.isArray(value)) return value.entries();
  return isPlainObject(value) ? Object.entries(value).filter(([, member]) => member !== undefined) : undefined;
}

/** Nothing with a class of its own, of which JSON would keep something else. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isJsonLeaf(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
