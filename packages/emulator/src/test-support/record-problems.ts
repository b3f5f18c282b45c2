import type { ZodType } from 'zod';

/** What a schema says of a value: where, and what it says there. */
export function problemsOf(schema: ZodType, value: unknown): readonly string[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).flatMap((issue) => {
    const said = issue.code === 'invalid_key' ? issue.issues : [issue];
    return said.map(({ message }) => `${issue.path.join('.')}: ${message}`);
  });
}

/** A copy of a record with another value at a place of it; `undefined` takes away what is there. */
export function altered<T>(record: T, place: readonly (string | number)[], value: unknown): T {
  // Through JSON, as records come: what the original has twice, the copy has twice, too.
  const copy: T = JSON.parse(JSON.stringify(record));
  let inner: unknown = copy;
  for (const name of place.slice(0, -1)) inner = memberOf(inner, name);
  const last = place.at(-1) ?? '';
  if (typeof inner !== 'object' || inner === null) throw new Error(`no such place: ${place.join('.')}`);
  if (value === undefined) Reflect.deleteProperty(inner, last);
  else Reflect.set(inner, last, value);
  return copy;
}

function memberOf(value: unknown, name: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
