import { cloudEventEnvelope, envelopeOf, immEnvelope, isIdentified } from '../envelopes.js';
import type { CloudEventEnvelope, ImmEnvelope } from '../envelopes.js';
import type { BusEvent } from '../event.js';
import type { EventDefinition, SentForm } from '../event-definition.js';
import { documentedBy } from '../reading/documented.js';
import { instant, objectText } from '../reading/kinds.js';
import type { Received } from '../reading/received.js';
import { members, sourcesIn, within, type Source } from '../reading/sources.js';

/** What came as a message of IMM 2020-09-30 through MNS (spec imm §3.3). */
export type RawImmMessage<Name extends string> = Received<ImmEnvelope> & { readonly type: Name };

/** What came of IMM 2020-09-30 through EventBridge: CloudEvents 1.0 (spec imm §3.4). */
export type RawImmCloudEvent<Name extends string, Payload> = Received<CloudEventEnvelope, 'specversion'> & {
  readonly type: Name;
  /** The payload, already parsed. */
  readonly data: Payload;
};

/** An event of IMM 2020-09-30 in any of the three forms it is sent in; `form` tells which `raw` it has. */
export type ImmEvent<Name extends string, Payload, Data> =
  | BusEvent<Name, Data, RawImmMessage<Name>, 'imm'>
  | BusEvent<Name, Data, Payload, 'bare'>
  | BusEvent<Name, Data, RawImmCloudEvent<Name, Payload>, 'cloudevents'>;

const content = sourcesIn<ImmEnvelope>().expected('content', objectText);
const cloudEvent = cloudEventEnvelope('acs.imm');
/** The only time there is of a payload that comes alone. */
const bare = members({
  occurredAt: sourcesIn<{ readonly EndTime: string }>().expected('EndTime', instant),
});

/** Defines an event of IMM 2020-09-30 in every form it is sent in; `bareNames` name it when its payload comes alone. */
export function immEvent<Name extends string, Payload, Data>(
  name: Name,
  payload: Source<Data>,
  bareNames: readonly string[],
): EventDefinition<Name, ImmEvent<Name, Payload, Data>> {
  const documented = documentedBy(payload);
  const carried = within('data', payload);
  return {
    name,
    source: 'acs.imm',
    forms: [
      { form: 'imm', sentAs: name, documented: documentedBy(immEnvelope), content: documented },
      { form: 'cloudevents', sentAs: name, documented: documentedBy(cloudEvent, carried) },
      ...bareNames.map((sentAs): SentForm => ({ form: 'bare', sentAs, documented: documentedBy(bare, payload) })),
    ],
    read: ({ form, members: raw }, problems) => {
      const whole = { value: raw, path: '' };
      if (form === 'imm') {
        const envelope = envelopeOf(immEnvelope, raw, problems);
        const data = payload.read({ value: content.read(whole, problems), path: 'content' }, problems);
        return isIdentified<RawImmMessage<Name>>(raw, problems)
          ? { name, ...envelope, data, form, raw, problems: problems.list }
          : undefined;
      }
      if (form === 'cloudevents') {
        const envelope = envelopeOf(cloudEvent, raw, problems);
        const data = carried.read(whole, problems);
        return isIdentified<RawImmCloudEvent<Name, Payload>>(raw, problems)
          ? { name, ...envelope, data, form, raw, problems: problems.list }
          : undefined;
      }
      const { occurredAt } = bare.read(whole, problems);
      const data = payload.read(whole, problems);
      return isIdentified<Payload>(raw, problems)
        ? { name, source: 'acs.imm', version: '', occurredAt, data, form: 'bare', raw, problems: problems.list }
        : undefined;
    },
  };
}
