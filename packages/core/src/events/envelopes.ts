import type { JsonObject } from './event.js';
import type { Problems } from './reading/problems.js';
import { epochMs, instant, oneOf, someText, text } from './reading/kinds.js';
import { beside, members, sourcesIn, type Source } from './reading/sources.js';

/** What every member of `{"events":[…]}` has beside its payload, as documented (spec imm §3.2, §7). */
export interface AcsEnvelope {
  readonly eventName: string;
  /** `acs:imm` or `acs:oss`. */
  readonly eventSource: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly eventTime: string;
  /** `1.0` in every sample. */
  readonly eventVersion: string;
}

/** A message of IMM 2020-09-30 around its payload, as documented (spec imm §3.3). */
export interface ImmEnvelope {
  /** The EventId that the creating action returned: 3 hexadecimal digits, a hyphen, 27 letters and digits. */
  readonly id: string;
  /** `acs.imm`. */
  readonly source: string;
  readonly type: string;
  /** `acs:imm:{region}:{accountId}:{projectName}/{type}`. */
  readonly subject: string;
  /** Milliseconds since 1970, as text. */
  readonly time: string;
  /** JSON text of the payload. */
  readonly content: string;
}

/** The attributes of a CloudEvent of EventBridge, as documented (spec imm §3.4, §7). */
export interface CloudEventEnvelope {
  readonly id: string;
  /** `acs.imm` or `acs.oss`. */
  readonly source: string;
  readonly specversion: string;
  readonly type: string;
  /** What it is about; IMM writes the service's name with a dot here. */
  readonly subject?: string | undefined;
  /** RFC 3339, with any offset. */
  readonly time: string;
}

/** What an envelope tells of its event. */
export interface Envelope {
  readonly source: string | undefined;
  readonly version: string | undefined;
  readonly occurredAt: Date | undefined;
}

const nothing: Source<undefined> = { leaves: [], read: () => undefined };

const acs = sourcesIn<AcsEnvelope>();
/** Reads the envelope of a member of `{"events":[…]}`. */
export const acsEnvelope: Source<Envelope> = members<Envelope>({
  source: acs.expected('eventSource', text),
  version: acs.expected('eventVersion', text),
  occurredAt: acs.expected('eventTime', instant),
});

const imm = sourcesIn<ImmEnvelope>();
/** Reads the envelope of an IMM message. */
export const immEnvelope: Source<Envelope> = beside(
  members<Envelope>({
    source: imm.expected('source', oneOf('acs.imm')),
    version: nothing,
    occurredAt: imm.expected('time', epochMs),
  }),
  members({ id: imm.expected('id', someText), subject: imm.expected('subject', text) }),
);

const cloudEvent = sourcesIn<CloudEventEnvelope>();
/** Reads the attributes of a CloudEvent that a service sends under this source. */
export function cloudEventEnvelope(source: string): Source<Envelope> {
  return beside(
    members<Envelope>({
      source: cloudEvent.expected('source', oneOf(source)),
      version: cloudEvent.expected('specversion', oneOf('1.0')),
      occurredAt: cloudEvent.expected('time', instant),
    }),
    members({ id: cloudEvent.expected('id', someText), subject: cloudEvent.optional('subject', text) }),
  );
}

/** A raw form whose essential members have all been read, and are therefore what its type says. */
export function isIdentified<Raw>(_raw: JsonObject | Raw, problems: Problems): _raw is JsonObject & Raw {
  return problems.isIdentified;
}

/** The envelope as the event has it: what is not named is the empty string. */
export function envelopeOf(
  envelope: Source<Envelope>,
  raw: JsonObject,
  problems: Problems,
): { readonly source: string; readonly version: string; readonly occurredAt: Date | undefined } {
  const { source = '', version = '', occurredAt } = envelope.read({ value: raw, path: '' }, problems);
  return { source, version, occurredAt };
}
