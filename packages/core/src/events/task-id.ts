import { jsonIn, wholeMembers } from '../json/json-text.js';
import type { CustomEvent } from './custom-event.js';
import { isJsonObject, textMember } from './json-object.js';
import type { AnyEvent } from './registry.js';
import { isTaskEvent } from './task-outcome.js';

/**
 * The id of the task that an event is about, whenever it can be read; `undefined` for none.
 *
 * Of an event without a typed view it is looked for where its form has it, also in a `content` that was cut off.
 */
export function taskIdOf(event: AnyEvent | CustomEvent<string, unknown>): string | undefined {
  if (isTaskEvent(event)) return event.data.taskId;
  const { form, raw } = event;
  if (event.name !== 'unknown' || !isJsonObject(raw)) return undefined;
  const found = placesOf(form, raw).filter(isJsonObject).flatMap(idsIn);
  return found.find((id) => id !== '');
}

function placesOf(form: AnyEvent['form'], raw: Readonly<Record<string, unknown>>): readonly unknown[] {
  switch (form) {
    case 'acs':
      return [raw['imm']];
    case 'imm':
      return [payloadIn(raw['content'])];
    case 'cloudevents':
      return [payloadIn(raw['data'])];
    case 'bare':
      return [raw];
    case 'foreign':
      return [];
  }
}

function payloadIn(value: unknown): unknown {
  return typeof value === 'string' ? (jsonIn(value) ?? jsonIn(wholeMembers(value))) : value;
}

// The members that tell it in the versions of IMM (spec imm §3.2, §3.3).
function idsIn(payload: Readonly<Record<string, unknown>>): readonly string[] {
  return ['taskId', 'JobId', 'TaskId'].map((name) => textMember(payload, name));
}
