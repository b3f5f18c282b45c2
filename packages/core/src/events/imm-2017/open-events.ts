import { z } from 'zod';
import { acsEvent, type RawAcsEvent } from '../acs-event.js';
import type { BusEvent, JsonObject } from '../event.js';
import type { EventDefinition } from '../event-definition.js';

/** How the indexing of one image or video ended; nothing of it is documented, so every member may be missing. */
export interface IndexingData {
  /** The empty string after success. */
  readonly code: string | undefined;
  readonly setId: string | undefined;
  /** The image or video, `oss://bucket/object`. */
  readonly uri: string | undefined;
}

/** The event of an indexed image or video; there is no task, hence no task id (spec imm §3.2). */
export type IndexingEvent<Name extends string> = OpenAcsEvent<Name, IndexingData>;

/** An event whose payload is not documented: `data` is the payload as it was sent (spec imm §3.2). */
export type OpenAcsEvent<Name extends string, Data = JsonObject> = BusEvent<
  Name,
  Data,
  RawAcsEvent<Name> & { readonly imm: JsonObject },
  'acs'
>;

const payload: z.ZodType<{ readonly imm: JsonObject }> = z.looseObject({ imm: z.looseObject({}) });

/** Defines an event whose payload is not documented. */
export function openAcsEvent<Name extends string>(name: Name): EventDefinition<Name, OpenAcsEvent<Name>> {
  return acsEvent(name, payload, ({ imm }) => imm);
}

/** Defines the event of an indexed image or video; `uriMember` is `ImageUri` or `VideoUri`. */
export function indexingEvent<Name extends string>(
  name: Name,
  uriMember: string,
): EventDefinition<Name, IndexingEvent<Name>> {
  return acsEvent(name, payload, ({ imm }) => ({
    code: textOrNothing(imm['ErrorCode']),
    setId: textOrNothing(imm['SetId']),
    uri: textOrNothing(imm[uriMember]),
  }));
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
