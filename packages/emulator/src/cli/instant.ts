import { invalidArgument } from '@mnsbus/core/internal';

/** Milliseconds since 1970 of a time by ISO 8601 with its zone. Throws `INVALID_ARGUMENT`, naming `name`. */
export function instantOf(name: string, text: string): number {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const atMs = isTime ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(atMs)) return atMs;
  throw invalidArgument(name, 'a time with its zone, such as 2030-01-01T00:00:00Z', text);
}
