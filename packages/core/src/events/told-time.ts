import { textMember } from './json-object.js';
import type { LocatedEvent } from './located-event.js';

/** The time that an event of no built-in type tells: ISO 8601, or milliseconds since 1970 as text of 10–14 digits. */
export function toldTime({ raw }: LocatedEvent): Date | undefined {
  const text = textMember(raw, 'eventTime') || textMember(raw, 'time');
  const time = new Date(/^\d{10,14}$/.test(text) ? Number(text) : text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
