import * as fc from 'fast-check';
import { arbitraryJson } from './arbitrary-json.js';
import type { SentForm } from './event-definition.js';
import type { EventForm, JsonObject } from './event.js';
import { isJsonObject } from './json-object.js';
import { decodeEvents, eventDefinitions, type EventMap, type KnownEventName } from './registry.js';

/** How events are made up. */
export interface ArbitraryEventOptions {
  /** UTF-8 bytes that a message has at most. Default 65536, what MNS carries. */
  readonly maxBytes?: number;
}

/** Messages with one event of this name as documented, in any form it is sent in; text in them is any Unicode, hostile text included. */
export function arbitraryEventText(name: KnownEventName, options: ArbitraryEventOptions = {}): fc.Arbitrary<string> {
  const { maxBytes = 65_536 } = options;
  return fc
    .oneof(...eventDefinitions[name].forms.map(messageText))
    .filter((text) => Buffer.byteLength(text) <= maxBytes && firstNamed(name, text) !== undefined);
}

/** Events of this name, as `decodeEvents` reads them. */
export function arbitraryEvent<Name extends KnownEventName>(
  name: Name,
  options: ArbitraryEventOptions = {},
): fc.Arbitrary<EventMap[Name]> {
  return arbitraryEventText(name, options)
    .map((text) => firstNamed(name, text))
    .filter((event) => event !== undefined);
}

function messageText({ form, sentAs, documented, content }: SentForm): fc.Arbitrary<string> {
  const payload = content === undefined ? fc.constant(undefined) : arbitraryJson(content);
  return fc.tuple(arbitraryJson(documented), payload).map(([message, inner]) => {
    const raw = {
      ...(isJsonObject(message) ? message : {}),
      ...(content === undefined ? {} : { content: JSON.stringify(inner) }),
    };
    return JSON.stringify(named(form, sentAs, raw));
  });
}

/** A message of a form under the word that names its event. */
function named(form: EventForm, sentAs: string, raw: JsonObject): JsonObject {
  if (form === 'acs') return { events: [{ eventName: sentAs, ...raw }] };
  if (form !== 'bare') return { type: sentAs, ...raw };
  // Alone, a payload is known by the word for its task.
  return 'TaskType' in raw ? { ...raw, TaskType: sentAs, ProjectName: 'p' } : raw;
}

function firstNamed<Name extends KnownEventName>(name: Name, text: string): EventMap[Name] | undefined {
  return decodeEvents(text).find((event): event is EventMap[Name] => event.name === name);
}
