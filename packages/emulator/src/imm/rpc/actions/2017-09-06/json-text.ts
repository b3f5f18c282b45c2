import { jsonIn } from '@mnsbus/core/internal';
import { MAX_VALUE_DEPTH } from '../../../../runtime/json-value.js';
import { emptyValue, wrongFormat } from '../../rpc-fault.js';
import type { FieldReader } from '../../field-reader.js';

/** An object of JSON. */
export type JsonMembers = Readonly<Record<string, unknown>>;

/** The value of a JSON text; `undefined` when it is none (JSON itself cannot say that), or too deep. */
export function parseJson(text: string): unknown {
  return jsonIn(text, { maxDepth: MAX_VALUE_DEPTH });
}

/** Whether a value is an object of JSON, and no list. */
export function isJsonObject(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a parameter that holds a JSON object as text (spec imm §1.6). */
export function optionalObjectText(fields: FieldReader, name: string): string | undefined {
  const text = fields.optionalText(name);
  if (text !== undefined && !isJsonObject(parseJson(text))) throw wrongFormat(name);
  return text;
}

/** Reads a parameter that holds a JSON list with at least one element as text (spec imm §1.6). */
export function optionalListText(
  fields: FieldReader,
  name: string,
  isElement: (element: unknown) => boolean,
): string | undefined {
  const text = fields.optionalText(name);
  if (text === undefined) return undefined;
  const list = parseJson(text);
  if (!Array.isArray(list) || !list.every(isElement)) throw wrongFormat(name);
  if (list.length === 0) throw emptyValue(name);
  return text;
}
