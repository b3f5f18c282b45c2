import { z } from 'zod';
import type { EventDefinition } from '../event-definition.js';
import type { JsonObject } from '../event.js';
import { immEvent, type ImmEvent } from './imm-message.js';

/** An event of IMM 2020-09-30 whose payload is not documented: `data` is the payload as it was sent (spec imm §3.4). */
export type OpenImmEvent<Name extends string> = ImmEvent<Name, JsonObject, JsonObject>;

const payload: z.ZodType<JsonObject> = z.looseObject({});

/** Defines an event whose payload is not documented. */
export function openImmEvent<Name extends string>(name: Name): EventDefinition<Name, OpenImmEvent<Name>> {
  return immEvent(name, payload, (raw) => raw, []);
}
