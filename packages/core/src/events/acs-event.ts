import { acsEnvelope, envelopeOf, isIdentified } from './envelopes.js';
import type { BusEvent } from './event.js';
import type { EventDefinition } from './event-definition.js';
import { documentedBy } from './reading/documented.js';
import type { AcsEnvelope } from './envelopes.js';
import type { Received } from './reading/received.js';
import type { Source } from './reading/sources.js';

/** What came as a member of `{"events":[…]}`, beside its payload (spec imm §3.2, §7). */
export type RawAcsEvent<Name extends string> = Received<AcsEnvelope> & { readonly eventName: Name };

/** An event that is only ever sent in `{"events":[…]}`. */
export type AcsEvent<Name extends string, Data, Payload> = BusEvent<Name, Data, RawAcsEvent<Name> & Payload, 'acs'>;

/** Defines an event that is only ever sent in `{"events":[…]}`. */
export function acsEvent<Name extends string, Data, Payload>(
  name: Name,
  payload: Source<Data>,
): EventDefinition<Name, AcsEvent<Name, Data, Payload>> {
  return {
    name,
    forms: [{ form: 'acs', sentAs: name, documented: documentedBy(acsEnvelope, payload) }],
    read: ({ members: raw }, problems) => {
      const envelope = envelopeOf(acsEnvelope, raw, problems);
      const data = payload.read({ value: raw, path: '' }, problems);
      return isIdentified<RawAcsEvent<Name> & Payload>(raw, problems)
        ? { name, ...envelope, data, form: 'acs', raw, problems: problems.list }
        : undefined;
    },
  };
}
