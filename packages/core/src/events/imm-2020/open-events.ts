import type { EventDefinition } from '../event-definition.js';
import type { JsonObject } from '../event.js';
import { jsonObject } from '../reading/kinds.js';
import { itself } from '../reading/sources.js';
import { immEvent, type ImmEvent } from './imm-message.js';

/** An event of IMM 2020-09-30 whose payload is not documented: `data` is the payload as it was sent, if it is an object (spec imm §3.4). */
export type OpenImmEvent<Name extends string> = ImmEvent<Name, unknown, JsonObject | undefined>;

/** Defines an event whose payload is not documented. */
export function openImmEvent<Name extends string>(name: Name): EventDefinition<Name, OpenImmEvent<Name>> {
  return immEvent(name, itself(jsonObject), []);
}
