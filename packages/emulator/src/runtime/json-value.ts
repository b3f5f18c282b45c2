import { MnsbusError } from '@mnsbus/core';
import { isTooDeep } from '@mnsbus/core/internal';

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
 * Checks that JSON can carry a value, and that it is at most {@link MAX_VALUE_DEPTH} levels deep.
 *
 * What cannot be kept would be found out only when the state is written. Throws `INVALID_ARGUMENT`.
 */
export function checkJsonValue(name: string, value: unknown): void {
  if (isTooDeep(value, MAX_VALUE_DEPTH)) {
    throw refusal(name, `at most ${MAX_VALUE_DEPTH} levels of objects and lists`, 'more');
  }
  try {
    JSON.stringify(value);
  } catch (cause) {
    throw refusal(name, 'a value that JSON can carry', cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function refusal(name: string, expected: string, received: string, cause?: unknown): MnsbusError<'INVALID_ARGUMENT'> {
  return new MnsbusError({
    code: 'INVALID_ARGUMENT',
    message: `${name}: expected ${expected}, received ${received}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
