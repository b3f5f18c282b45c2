import type { AnyEvent, EventMap } from './registry.js';

type NameOf<Map> = keyof Map & string;

type GroupsOf<Name extends string> = Name extends `${infer Head}:${infer Rest}`
  ? `${Head}:*` | `${Head}:${GroupsOf<Rest>}`
  : never;

/** What can be subscribed to: a name, a group of names (`imm:Task:*`, `ObjectCreated:*`), or `*`, every event. */
export type EventPattern<Map = EventMap> = NameOf<Map> | GroupsOf<NameOf<Map>> | '*';

/** The names that fit a pattern. */
export type MatchedName<Pattern extends string, Map = EventMap> = Pattern extends '*'
  ? keyof Map
  : Pattern extends keyof Map
    ? Pattern
    : Pattern extends `${infer Group}:*`
      ? Extract<keyof Map, `${Group}:${string}`>
      : never;

/** The event that a pattern matches: the union of all whose names fit. */
export type EventOf<Pattern extends string, Map = EventMap> = Map[MatchedName<Pattern, Map>];

/**
 * Whether an event's name fits a pattern.
 *
 * A group takes in the names that have a type: an event that is `unknown` fits `unknown` and `*` alone, whatever its
 * producer called it.
 */
export function matchesPattern<Pattern extends EventPattern>(
  pattern: Pattern,
  event: AnyEvent,
): event is Extract<AnyEvent, { readonly name: MatchedName<Pattern> }> {
  return nameFits(pattern, event.name);
}

/** Whether a name fits a pattern. */
export function nameFits(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === name) return true;
  return pattern.endsWith(':*') && name.startsWith(pattern.slice(0, -1));
}
