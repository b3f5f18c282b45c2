import { z } from 'zod';
import type { BusEvent } from './event.js';
import type { EventDefinition } from './event-definition.js';
import { checkShape, isoTime } from './event-shape.js';

/** What every member of `{"events":[…]}` has beside its payload (spec imm §3.2, §7). */
export interface RawAcsEvent<Name extends string> {
  readonly eventName: Name;
  /** `acs:imm` or `acs:oss`. */
  readonly eventSource: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly eventTime: string;
  /** `1.0` in every sample. */
  readonly eventVersion: string;
}

/** The schema of {@link RawAcsEvent}; loose, because what a producer adds tomorrow must not make today's events unreadable. */
export function acsSchema<Name extends string>(name: Name): z.ZodType<RawAcsEvent<Name>> {
  return z.looseObject({
    eventName: z.literal(name),
    eventSource: z.string(),
    eventTime: isoTime,
    eventVersion: z.string(),
  });
}

/** Defines an event that is only ever sent in `{"events":[…]}`. */
export function acsEvent<Name extends string, Payload, Data>(
  name: Name,
  payload: z.ZodType<Payload>,
  view: (payload: Payload) => Data,
): EventDefinition<Name, BusEvent<Name, Data, RawAcsEvent<Name> & Payload, 'acs'>> {
  const schema = z.intersection(acsSchema(name), payload);
  return {
    name,
    forms: [{ form: 'acs', sentAs: name, schema }],
    read: (located) => {
      const raw = checkShape(name, schema, located.raw);
      return {
        name,
        source: raw.eventSource,
        version: raw.eventVersion,
        occurredAt: new Date(raw.eventTime),
        data: view(raw),
        form: 'acs',
        raw,
      };
    },
  };
}
