import { acsEvent, type AcsEvent } from '../acs-event.js';
import type { JsonObject } from '../event.js';
import type { EventDefinition } from '../event-definition.js';
import { jsonObject, text } from '../reading/kinds.js';
import { members, sourcesIn } from '../reading/sources.js';

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

/** An event whose payload is not documented: `data` is the payload as it was sent, if it is an object (spec imm §3.2). */
export type OpenAcsEvent<Name extends string, Data = JsonObject | undefined> = AcsEvent<
  Name,
  Data,
  { readonly imm?: unknown }
>;

const open = sourcesIn<{ readonly imm: object }>();
const indexing = sourcesIn<{
  readonly imm: Readonly<Record<'ErrorCode' | 'SetId' | 'ImageUri' | 'VideoUri', string>>;
}>();

/** Defines an event whose payload is not documented. */
export function openAcsEvent<Name extends string>(name: Name): EventDefinition<Name, OpenAcsEvent<Name>> {
  return acsEvent(name, open.expected('imm', jsonObject));
}

/** Defines the event of an indexed image or video, and which member names it. */
export function indexingEvent<Name extends string>(
  name: Name,
  uriMember: 'ImageUri' | 'VideoUri',
): EventDefinition<Name, IndexingEvent<Name>> {
  return acsEvent(
    name,
    members<IndexingData>({
      code: indexing.optional('imm.ErrorCode', text),
      setId: indexing.optional('imm.SetId', text),
      uri: indexing.optional(`imm.${uriMember}`, text),
    }),
  );
}
