/** A value as JSON carries it: without members that are `undefined`, and with nothing in it that belongs to somebody else. */
export function jsonValue<T>(value: T): T;
export function jsonValue(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
