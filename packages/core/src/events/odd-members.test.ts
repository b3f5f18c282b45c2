import { it } from '@fast-check/vitest';
import * as fc from 'fast-check';
import { describe, expect } from 'vitest';
import { arbitraryEventText } from './arbitrary-event.js';
import type { SentForm } from './event-definition.js';
import { isJsonObject } from './json-object.js';
import type { JsonSchema } from './reading/documented.js';
import { decodeEvents, eventDefinitions, knownEventNames } from './registry.js';
import { taskIdOf } from './task-id.js';

/** A documented member that an event can do without. */
interface Member {
  readonly path: readonly string[];
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** What tells the form, the name, the task or the object: without it, the event is another. */
const IDENTIFYING =
  /^(?:type|specversion|TaskType|Success|Files|(?:(?:content|data)\.)?TaskId|imm\.(?:taskId|JobId))$|oss\.(?:bucket\.name|object\.key)$/;
/** Read only when what stands beside `oss` is absent. */
const SECOND_CHOICE = /oss\.(?:region|requestParameters|responseElements|userIdentity|xVars)/;

function membersOf(schema: JsonSchema, path: readonly string[] = []): readonly Member[] {
  const { properties, required } = schema;
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, inner]) => {
    if (!isJsonObject(inner)) return [];
    const member = {
      path: [...path, name],
      schema: inner,
      isRequired: Array.isArray(required) && required.includes(name),
    };
    return isJsonObject(inner['properties']) ? membersOf(inner, member.path) : [member];
  });
}

/** Where the payload of a message is, and what it is documented to be. */
function spareMembers({ form, documented, content }: SentForm): readonly Member[] {
  const all = [...membersOf(documented), ...(content === undefined ? [] : membersOf(content, ['content']))];
  return all.filter(({ path, schema }) => {
    const name = path.join('.');
    // Without a project, the payload of an indexing is one of any JSON.
    const tellsForm = form === 'bare' && name === 'ProjectName' && 'Files' in Object(documented['properties']);
    return !IDENTIFYING.test(name) && !SECOND_CHOICE.test(name) && !tellsForm && Object.keys(schema).length > 0;
  });
}

/** A copy without a member, or with another value in its place; the same object when the member is not there. */
function changed(value: unknown, [name = '', ...rest]: readonly string[], odd: unknown): unknown {
  if (!isJsonObject(value) || !Object.hasOwn(value, name)) return value;
  if (rest.length > 0) return { ...value, [name]: changed(value[name], rest, odd) };
  const { [name]: _, ...others } = value;
  return odd === undefined ? others : { ...others, [name]: odd };
}

function has(value: unknown, [name = '', ...rest]: readonly string[]): boolean {
  if (!isJsonObject(value) || !Object.hasOwn(value, name)) return false;
  return rest.length === 0 || has(value[name], rest);
}

/** The event of a text with what it carries as objects, and back. */
function opened(text: string, form: string): unknown {
  const message: { events?: [unknown]; content?: string } = JSON.parse(text);
  if (message.events !== undefined) return message.events[0];
  return form === 'imm' ? { ...message, content: JSON.parse(message.content ?? '') } : message;
}
function closed(event: unknown, form: string): string {
  if (form === 'acs') return JSON.stringify({ events: [event] });
  return JSON.stringify(
    form === 'imm' && isJsonObject(event) ? { ...event, content: JSON.stringify(event['content']) } : event,
  );
}

describe.each(knownEventNames)('%s', (name) => {
  const { forms } = eventDefinitions[name];

  it.prop(
    [arbitraryEventText(name, { maxBytes: 8192 }), fc.infiniteStream(fc.constantFrom('keep', 'remove', 'garble'))],
    {
      numRuns: 12,
    },
  )('keeps name and task whatever else is missing or odd, and names exactly that', (text, fates) => {
    const [before] = decodeEvents(text);
    if (before === undefined) throw new Error('there is an event');
    const form = forms.find((one) => one.form === before.form);
    if (form === undefined) throw new Error('it has a form of its definition');
    let event = opened(text, before.form);
    const named: string[] = [];
    for (const { path, schema, isRequired } of spareMembers(form)) {
      const fate = fates.next().value;
      if (fate === 'keep' || !has(event, path)) continue;
      event = changed(
        event,
        path,
        fate === 'remove' ? undefined : schema['type'] === 'object' || 'anyOf' in schema ? 5 : { odd: 1 },
      );
      if (fate === 'garble' || isRequired) named.push(path.join('.'));
    }
    const [after] = decodeEvents(closed(event, before.form));
    if (after === undefined) throw new Error('there is an event still');
    expect([after.name, taskIdOf(after)]).toEqual([name, taskIdOf(before)]);
    expect(after.problems.map(({ path }) => path).toSorted()).toEqual(named.toSorted());
  });
});
