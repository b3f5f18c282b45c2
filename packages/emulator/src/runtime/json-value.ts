import { invalidArgument } from '@mnsbus/core/internal';

/**
 * Most levels of objects and lists in a value that somebody hands in. Inside a snapshot or an event it lies deeper, and
 * neither may be deeper than readers of JSON here take.
 */
export const MAX_VALUE_DEPTH = 64;

/** Most levels of a snapshot, which holds such values. */
export const MAX_SNAPSHOT_DEPTH = 100;

/** A value as JSON carries it: without members that are `undefined`, and with nothing in it that belongs to somebody else. */
export function jsonValue<T>(value: T): T;
export function jsonValue(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/**
 * Checks that JSON carries a value whole, so that it can be kept and read again. Throws `INVALID_ARGUMENT`, naming the
 * place, for what it loses or cannot write: a bigint, a function, a symbol, a number that is not finite, and what has
 * more than {@link MAX_VALUE_DEPTH} levels or contains itself.
 */
export function checkJsonValue(name: string, value: unknown, depth: number = 0): void {
  const isLost =
    typeof value === 'number' ? !Number.isFinite(value) : /^(?:bigint|function|symbol)$/.test(typeof value);
  if (isLost) throw invalidArgument(name, 'a value that JSON can carry', value);
  if (typeof value !== 'object' || value === null) return;
  if (depth === MAX_VALUE_DEPTH) {
    throw invalidArgument(name, `at most ${MAX_VALUE_DEPTH} levels of objects and lists`, 'more');
  }
  for (const [member, inner] of Object.entries(value)) {
    checkJsonValue(depth < 3 ? `${name}.${member}` : name, inner, depth + 1);
  }
}
