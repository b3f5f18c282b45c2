import { conforming, isCloudEvent, type CloudEvent } from './cloud-event-form.js';
import type { CustomEvent } from './custom-event.js';
import { cloudEventIdOf } from './deduplication-key.js';
import type { JsonObject } from './event.js';
import { isJsonObject, malformedEvent } from './json-object.js';
import { MAX_JSON_DEPTH, isTooDeep } from '../json/json-text.js';
import { FORM_ATTRIBUTE, locateEvent, type LocatedEvent } from './located-event.js';
import { readEvent, type AnyEvent } from './registry.js';
import { isTaskEvent } from './task-outcome.js';

/**
 * Writes any event as a CloudEvent; `fromCloudEvent` gives back an equal event.
 *
 * One that came as a CloudEvent is given as it came, but for a `time` that only EventBridge would write. Any other, and a
 * CloudEvent against the specification, becomes the `data`, as it was sent, under the event's
 * name; the extension attribute `mnsbusform` tells its form. `id` is the event's own deduplication key; an event without one
 * gets the MD5 of what was sent, because the message that carried it is not known here.
 */
export function toCloudEvent(event: AnyEvent | CustomEvent<string, unknown>): CloudEvent {
  const raw: unknown = event.raw;
  const own = event.form === 'cloudevents' && isCloudEvent(raw) ? conforming(raw) : undefined;
  if (own !== undefined) return own;
  const time = event.occurredAt?.toISOString() ?? '';
  return {
    id: cloudEventIdOf(event),
    source: sourceReference(event.source),
    specversion: '1.0',
    type: attributeText('eventName' in event && event.eventName !== '' ? event.eventName : event.name),
    ...subjectOf(event),
    // RFC 3339 has years of four digits.
    ...(/^\d{4}-/.test(time) ? { time } : {}),
    datacontenttype: 'application/json',
    [FORM_ATTRIBUTE]: event.form,
    data: raw,
  };
}

/** Reads the event that a CloudEvent is or carries. Throws `EVENT_MALFORMED` for what is no CloudEvent 1.0, or deeper than 100 levels. */
export function fromCloudEvent(cloudEvent: JsonObject): AnyEvent {
  return readEvent(locateCloudEvent(cloudEvent));
}

/** Finds the event that a CloudEvent is or carries. Throws `EVENT_MALFORMED`. */
export function locateCloudEvent(cloudEvent: JsonObject): LocatedEvent {
  if (!isCloudEvent(cloudEvent)) {
    throw malformedEvent('it is no CloudEvent 1.0 with id, source, specversion and type', cloudEvent);
  }
  const located = locateEvent(cloudEvent);
  if (isTooDeep(located.raw))
    throw malformedEvent(`its event is nested deeper than ${MAX_JSON_DEPTH} levels`, cloudEvent);
  return located;
}

function subjectOf(event: AnyEvent | CustomEvent<string, unknown>): { readonly subject?: string } {
  const subject =
    event.form === 'imm' && isJsonObject(event.raw)
      ? event.raw['subject']
      : isTaskEvent(event)
        ? event.data.taskId
        : undefined;
  return typeof subject === 'string' && subject !== '' ? { subject: attributeText(subject) } : {};
}

// Text attributes must not hold control characters, lone surrogates or noncharacters.
function attributeText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu, '\uFFFD');
}

function sourceReference(source: string): string {
  if (/^[A-Za-z][\w.-]*(?::[\w.-]+)*$/.test(source)) return source;
  return `urn:mnsbus:${source === '' ? 'unnamed' : encodeURIComponent(attributeText(source))}`;
}
