import { MnsbusError, describeValue } from '../errors.js';
import type { JsonObject } from './event.js';

/** Whether a JSON value is an object: no list, and not null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the JSON object that a text holds. Throws `EVENT_MALFORMED`. */
export function parseJsonObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformedEvent('it is not JSON', text, cause);
  }
  if (!isJsonObject(value)) throw malformedEvent('it is JSON, but no object', text);
  return value;
}

/** The JSON value that a text holds; `undefined` when it holds none. */
export function jsonIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** A member that is text; the empty string when it is absent or something else. */
export function textMember(object: JsonObject, member: string): string {
  const value = Object.hasOwn(object, member) ? object[member] : undefined;
  return typeof value === 'string' ? value : '';
}

/** The error for a message that cannot be taken apart (code `EVENT_MALFORMED`). */
export function malformedEvent(reason: string, received: unknown, cause?: unknown): MnsbusError<'EVENT_MALFORMED'> {
  return new MnsbusError({
    code: 'EVENT_MALFORMED',
    message: `expected a message with events, but ${reason}; received ${describeValue(received)}`,
    cause,
  });
}
