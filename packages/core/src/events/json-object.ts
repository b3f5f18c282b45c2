import { MnsbusError, describeValue } from '../errors.js';
import { readJson } from '../json/json-text.js';
import type { JsonObject } from './event.js';

/** Whether a JSON value is an object: no list, and not null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the JSON object that a text holds. Throws `EVENT_MALFORMED`. */
export function parseJsonObject(text: string): JsonObject {
  const reading = readJson(text);
  if (reading.refusal !== undefined) throw malformedEvent(reading.refusal, text, reading.cause);
  if (isJsonObject(reading.value)) return reading.value;
  throw malformedEvent('it is JSON, but no object', text);
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
