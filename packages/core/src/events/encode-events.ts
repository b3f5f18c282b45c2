import { invalidArgument } from '../errors.js';
import type { CustomEvent } from './custom-event.js';
import type { AnyEvent } from './registry.js';

/**
 * The text of the message that carries these events: one of any form, or several of the form `acs`.
 *
 * The opposite of `decodeEvents`: gives back the same bytes for compact JSON as `JSON.stringify` writes it. Other
 * spacing is lost, as are other spellings of a number (`1.0`, `9e16`) and what is beyond its precision, repeated keys, a
 * byte-order mark, members beside `events`, and the wrapping of `toCloudEvent`; the JSON text inside `content` always stays. Throws `INVALID_ARGUMENT` for events that no
 * one message can carry.
 */
export function encodeEvents(events: readonly (AnyEvent | CustomEvent<string, unknown>)[]): string {
  const [first] = events;
  if (first !== undefined && events.every(({ form }) => form === 'acs')) {
    return JSON.stringify({ events: events.map(({ raw }) => raw) });
  }
  if (first !== undefined && events.length === 1) return JSON.stringify(first.raw);
  throw invalidArgument('events', 'one event, or several of the form acs', events);
}
