import { MnsbusError, describeValue } from '../errors.js';
import type { UnknownEvent } from './event.js';
import type { EventDefinition } from './event-definition.js';
import { formatConvertJobFinished, type FormatConvertJobFinished } from './imm-2017.js';

/** From an event's name to its type. */
export interface EventMap {
  readonly 'FormatConvertJob:JobFinished': FormatConvertJobFinished;
  /** Every event whose name is not in this map. */
  readonly unknown: UnknownEvent;
}

/** Every name that can be subscribed to. */
export type EventName = keyof EventMap;

/** Any event, discriminated by `name`. */
export type AnyEvent = EventMap[EventName];

/** A name that has a type of its own. */
export type KnownEventName = Exclude<EventName, 'unknown'>;

// The compiler keeps this list and the map above in step.
const definitions: { readonly [Name in KnownEventName]: EventDefinition<Name, EventMap[Name]> } = {
  'FormatConvertJob:JobFinished': formatConvertJobFinished,
};

const byName = new Map<string, EventDefinition<string, AnyEvent>>(Object.entries(definitions));

/** The names of the events that have a type of their own. */
export const knownEventNames: readonly KnownEventName[] = [formatConvertJobFinished.name];

/**
 * Turns the text of one message into its events: usually one, several when the producer batched them.
 *
 * Names without a type become {@link UnknownEvent}s. Throws `EVENT_MALFORMED` when the text is no JSON object, and
 * `EVENT_SHAPE_INVALID` (an `EventShapeError`) when a known event has the wrong shape.
 */
export function decodeEvents(text: string): readonly AnyEvent[] {
  const envelope = parseObject(text);
  const list = envelope['events'];
  if (!Array.isArray(list)) return [unknownEvent(envelope)];
  if (list.length === 0) throw malformed('the list of events is empty', text);
  return list.map((raw: unknown, index) => {
    if (!isRecord(raw)) throw malformed(`events.${index}: expected an object, received ${describeValue(raw)}`, text);
    const name = raw['eventName'];
    const definition = typeof name === 'string' ? byName.get(name) : undefined;
    return definition === undefined ? unknownEvent(raw) : definition.read(raw);
  });
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed('it is not JSON', text, cause);
  }
  if (!isRecord(value)) throw malformed('it is JSON, but no object', text);
  return value;
}

function unknownEvent(raw: Record<string, unknown>): UnknownEvent {
  const textOf = (...names: string[]): string => {
    const name = names.find((key) => typeof raw[key] === 'string');
    return name === undefined ? '' : String(raw[name]);
  };
  const time = Date.parse(textOf('eventTime', 'time'));
  return {
    name: 'unknown',
    eventName: textOf('eventName', 'type'),
    source: textOf('eventSource', 'source'),
    occurredAt: Number.isNaN(time) ? undefined : new Date(time),
    raw,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(reason: string, text: string, cause?: unknown): MnsbusError<'EVENT_MALFORMED'> {
  return new MnsbusError({
    code: 'EVENT_MALFORMED',
    message: `expected a message with events, but ${reason}; received ${describeValue(text)}`,
    cause,
  });
}
