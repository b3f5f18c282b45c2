import type { UnknownEvent } from './event.js';
import type { EventDefinition } from './event-definition.js';
import { imm2017Definitions, type Imm2017EventMap } from './imm-2017/imm-2017.js';
import { imm2020Definitions, type Imm2020EventMap } from './imm-2020/imm-2020.js';
import { locateEvents, unknownEvent, type LocatedEvent } from './located-event.js';
import { ossDefinitions, type OssEventMap } from './oss/oss.js';
import { Problems } from './reading/problems.js';

/** From an event's name to its type. */
export interface EventMap extends Imm2017EventMap, Imm2020EventMap, OssEventMap {
  /** Every event whose name is not in this map. */
  readonly unknown: UnknownEvent;
}

/** Every name that can be subscribed to. */
export type EventName = keyof EventMap;

/** Any event, discriminated by `name`. */
export type AnyEvent = EventMap[EventName];

/** A name that has a type of its own. */
export type KnownEventName = Exclude<EventName, 'unknown'>;

/** How every known event is read; the compiler keeps it and {@link EventMap} in step. */
export const eventDefinitions: { readonly [Name in KnownEventName]: EventDefinition<Name, EventMap[Name]> } = {
  ...imm2017Definitions,
  ...imm2020Definitions,
  ...ossDefinitions,
};

const all: readonly EventDefinition<KnownEventName, AnyEvent>[] = Object.values(eventDefinitions);
const bySentName = new Map(
  all.flatMap((definition) => definition.forms.map(({ form, sentAs }) => [`${form} ${sentAs}`, definition] as const)),
);

/** The names of the events that have a type of their own. */
export const knownEventNames: readonly KnownEventName[] = all.map(({ name }) => name);

/**
 * Turns the text of one message into its events: usually one, several when the producer batched them.
 *
 * An event with a known name has its typed view, whatever else is odd about it: `problems` names what was missing or could
 * not be read. It becomes an {@link UnknownEvent} when it does not tell its task (of OSS: bucket and key), as do events of
 * names without a type, and known names from another source. What `toCloudEvent` wrapped comes out as it was.
 *
 * Throws `EVENT_MALFORMED` when the text is no JSON object, or deeper than 100 levels, or longer than 4,194,304 characters.
 */
export function decodeEvents(text: string): readonly AnyEvent[] {
  return locateEvents(text).map(readEvent);
}

/** Types one event that was found in a message, as far as it can be read. */
export function readEvent(located: LocatedEvent): AnyEvent {
  const problems = new Problems();
  const event = definitionOf(located)?.read(located, problems);
  return event ?? unknownEvent(located, [...located.problems, ...problems.list]);
}

function definitionOf({ form, sentAs, source }: LocatedEvent): EventDefinition<KnownEventName, AnyEvent> | undefined {
  const definition = bySentName.get(`${form} ${sentAs}`);
  // Members of an acs envelope are told by their name alone.
  const isForeign = form !== 'acs' && source !== '' && definition?.source !== source;
  return isForeign ? undefined : definition;
}
