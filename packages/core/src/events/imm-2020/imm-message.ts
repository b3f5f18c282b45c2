import { z } from 'zod';
import type { BusEvent } from '../event.js';
import type { EventDefinition } from '../event-definition.js';
import { checkShape, epochMsText, isoTime, someText } from '../event-shape.js';
import { EventShapeError } from '../event-shape-error.js';
import { describeValue } from '../../errors.js';
import { jsonIn } from '../json-object.js';

/** A message of IMM 2020-09-30 as MNS carries it (spec imm §3.3). */
export interface RawImmMessage<Name extends string> {
  /** The EventId that the creating action returned: 3 hexadecimal digits, a hyphen, 27 letters and digits. */
  readonly id: string;
  readonly source: 'acs.imm';
  readonly type: Name;
  /** `acs:imm:{region}:{accountId}:{projectName}/{type}`. */
  readonly subject: string;
  /** Milliseconds since 1970, as text. */
  readonly time: string;
  /** JSON text of the payload. */
  readonly content: string;
}

/** An event of IMM 2020-09-30 as EventBridge sends it: CloudEvents 1.0 (spec imm §3.4). */
export interface RawImmCloudEvent<Name extends string, Payload> {
  readonly id: string;
  readonly source: 'acs.imm';
  readonly specversion: string;
  readonly type: Name;
  /** `acs.imm:{region}:{accountId}:{number}`; here the service name has a dot. */
  readonly subject?: string | undefined;
  /** RFC 3339, with any offset. */
  readonly time: string;
  /** The payload, already parsed. */
  readonly data: Payload;
}

/** An event of IMM 2020-09-30 in any of the three forms it is sent in; `form` tells which `raw` it has. */
export type ImmEvent<Name extends string, Payload, Data> =
  | BusEvent<Name, Data, RawImmMessage<Name>, 'imm'>
  | BusEvent<Name, Data, Payload, 'bare'>
  | BusEvent<Name, Data, RawImmCloudEvent<Name, Payload>, 'cloudevents'>;

/** What a payload that comes alone must have beside its own: the only time there is. */
interface BarePayload {
  readonly EndTime: string;
}

const timed: z.ZodType<BarePayload> = z.looseObject({ EndTime: isoTime });

/** Defines an event of IMM 2020-09-30 in every form it is sent in; `bareNames` name it when its payload comes alone. */
export function immEvent<Name extends string, Payload, Data>(
  name: Name,
  payload: z.ZodType<Payload>,
  view: (payload: Payload) => Data,
  bareNames: readonly string[],
): EventDefinition<Name, ImmEvent<Name, Payload, Data>> {
  const message = messageSchema(name);
  const cloudEvent = cloudEventSchema(name, payload);
  const bare = z.intersection(payload, timed);
  return {
    name,
    source: 'acs.imm',
    forms: [
      { form: 'imm', sentAs: name, schema: message, content: payload },
      { form: 'cloudevents', sentAs: name, schema: cloudEvent },
      ...bareNames.map((sentAs) => ({ form: 'bare' as const, sentAs, schema: bare })),
    ],
    read: ({ form, raw: sent }) => {
      if (form === 'imm') {
        const raw = checkShape(name, message, sent);
        const data = view(checkShape(name, payload, parsedContent(name, raw.content), 'content'));
        return { name, source: raw.source, version: '', occurredAt: new Date(Number(raw.time)), data, form, raw };
      }
      if (form === 'cloudevents') {
        const raw = checkShape(name, cloudEvent, sent);
        const { source, specversion: version } = raw;
        return { name, source, version, occurredAt: new Date(raw.time), data: view(raw.data), form, raw };
      }
      const raw = checkShape(name, bare, sent);
      const occurredAt = new Date(raw.EndTime);
      return { name, source: 'acs.imm', version: '', occurredAt, data: view(raw), form: 'bare', raw };
    },
  };
}

function messageSchema<Name extends string>(name: Name): z.ZodType<RawImmMessage<Name>> {
  return z.looseObject({
    id: someText,
    source: z.literal('acs.imm'),
    type: z.literal(name),
    subject: z.string(),
    time: epochMsText,
    content: z.string(),
  });
}

function cloudEventSchema<Name extends string, Payload>(
  name: Name,
  payload: z.ZodType<Payload>,
): z.ZodType<RawImmCloudEvent<Name, Payload>> {
  return z.looseObject({
    id: someText,
    source: z.literal('acs.imm'),
    specversion: z.literal('1.0'),
    type: z.literal(name),
    subject: z.string().optional(),
    time: isoTime,
    data: payload,
  });
}

// MNS carries 64 KB; content that was cut off there is an error, because half a result must not pass for a whole one.
function parsedContent(name: string, content: string): unknown {
  const value = jsonIn(content);
  if (value !== undefined) return value;
  const expected = 'expected JSON text (it may have been cut off at the size limit of a message)';
  throw new EventShapeError(name, [{ path: 'content', expected, received: describeValue(content) }]);
}
