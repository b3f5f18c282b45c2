import { invalidArgument } from '@mnsbus/core/internal';

/** A JSON object that somebody has typed. Throws `INVALID_ARGUMENT`, naming the argument. */
export function jsonObject(name: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw invalidArgument(name, 'a JSON object', text);
}
