import type { StandardSchemaV1 } from '@standard-schema/spec';
import { invalidArgument } from '../errors.js';
import { locateCloudEvent } from './cloud-event.js';
import type { CustomEventOf, CustomEventType } from './custom-event.js';
import type { JsonObject } from './event.js';
import { nameFits, type EventPattern, type MatchedName } from './event-pattern.js';
import { locateEvents, unknownEvent, type LocatedEvent } from './located-event.js';
import { Problems } from './reading/problems.js';
import { knownEventNames, readEvent, type AnyEvent, type EventMap, type KnownEventName } from './registry.js';

/** Any event type made by `defineEvent`. */
export type AnyCustomType = CustomEventType<string, StandardSchemaV1>;

/** The events of these types of your own, by name. */
export type CustomEventMap<Type extends AnyCustomType> = {
  readonly [Custom in Type as Custom['name']]: CustomEventOf<Custom>;
};

/** Any event of a registry, discriminated by `name`. */
export type RegistryEvent<Type extends AnyCustomType> = AnyEvent | CustomEventOf<Type>;

/** Reads the built-in events and those of your own. */
export interface EventRegistry<Type extends AnyCustomType> {
  /** The names that have a type of their own: the built-in ones first. */
  readonly names: readonly (KnownEventName | Type['name'])[];
  /** Turns the text of one message into its events. Throws as `decodeEvents` does. */
  decode(text: string): readonly RegistryEvent<Type>[];
  /** Reads the event that a CloudEvent is or carries. Throws as `fromCloudEvent` does. */
  fromCloudEvent(cloudEvent: JsonObject): RegistryEvent<Type>;
  /** Whether an event's name fits a pattern. */
  matches<Pattern extends EventPattern<EventMap & CustomEventMap<Type>>>(
    pattern: Pattern,
    event: RegistryEvent<Type>,
  ): event is Extract<RegistryEvent<Type>, { readonly name: MatchedName<Pattern, EventMap & CustomEventMap<Type>> }>;
}

/** What a registry is made from. */
export interface EventRegistryOptions<Type extends AnyCustomType> {
  /** Types made by `defineEvent`; the first that fits reads an event that no built-in type fits. */
  readonly events: readonly Type[];
}

/**
 * Makes a registry of the built-in events and those of your own.
 *
 * A name means one type everywhere, so a built-in event cannot be replaced. Throws `INVALID_ARGUMENT` for a name that is
 * empty, taken, a pattern, or `unknown`.
 */
export function createEventRegistry<Type extends AnyCustomType>({
  events,
}: EventRegistryOptions<Type>): EventRegistry<Type> {
  const names: (KnownEventName | Type['name'])[] = [...knownEventNames];
  for (const { name } of events) {
    if (!isNewName(name) || names.includes(name)) {
      throw invalidArgument(
        'name',
        'a new name: not empty, not unknown, no pattern, not built in, not given before',
        name,
      );
    }
    names.push(name);
  }
  const read = (located: LocatedEvent): RegistryEvent<Type> => {
    const event = readEvent(located);
    const type = event.name === 'unknown' ? events.find(({ fits }) => fits(located)) : undefined;
    return type === undefined ? event : readCustom(type, located);
  };
  return {
    names,
    decode: (text) => locateEvents(text).map(read),
    fromCloudEvent: (cloudEvent) => read(locateCloudEvent(cloudEvent)),
    matches: <Pattern extends string>(
      pattern: Pattern,
      event: RegistryEvent<Type>,
    ): event is Extract<
      RegistryEvent<Type>,
      { readonly name: MatchedName<Pattern, EventMap & CustomEventMap<Type>> }
    > => nameFits(pattern, event.name),
  };
}

function isNewName(name: string): boolean {
  return name !== '' && name !== 'unknown' && name !== '*' && !name.endsWith(':*');
}

function readCustom<Type extends AnyCustomType>(type: Type, located: LocatedEvent): RegistryEvent<Type> {
  const problems = new Problems();
  const event = type.read(located, problems);
  if (isReadBy(type, event)) return event;
  return unknownEvent({ ...located, sentAs: located.sentAs === '' ? type.name : located.sentAs }, problems.list);
}

function isReadBy<Type extends AnyCustomType>(type: Type, event: unknown): event is CustomEventOf<Type> {
  return typeof event === 'object' && event !== null && 'name' in event && event.name === type.name;
}
