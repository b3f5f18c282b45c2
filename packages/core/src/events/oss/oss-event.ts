import { acsEnvelope, cloudEventEnvelope, envelopeOf, isIdentified, type CloudEventEnvelope } from '../envelopes.js';
import type { RawAcsEvent } from '../acs-event.js';
import type { BusEvent } from '../event.js';
import type { EventDefinition } from '../event-definition.js';
import { documentedBy } from '../reading/documented.js';
import { number, text, texts } from '../reading/kinds.js';
import type { Received } from '../reading/received.js';
import { beside, members, sourcesIn, within } from '../reading/sources.js';

/** What OSS tells about where a request came from; beside `oss`, or, in one old sample, inside it (spec imm §7). */
export interface RawOssContext {
  readonly region?: string | undefined;
  readonly requestParameters?: { readonly sourceIPAddress?: string | undefined } | undefined;
  readonly responseElements?: { readonly requestId?: string | undefined } | undefined;
  readonly userIdentity?: { readonly principalId?: string | undefined } | undefined;
  /** Callback variables; their names begin with `x:`. */
  readonly xVars?: Readonly<Record<string, string>> | undefined;
}

/** The payload of an OSS event as documented; numbers are JSON numbers, unlike those of IMM (spec imm §7). */
export interface RawOssPayload extends RawOssContext {
  readonly oss: RawOssContext & {
    readonly bucket: RawOssBucket;
    readonly object: RawOssObject;
    readonly ossSchemaVersion: string;
    readonly ruleId: string;
  };
}

/** A bucket as documented. */
export interface RawOssBucket {
  /** `acs:oss:{region}:{accountId}:{bucket}`. */
  readonly arn: string;
  readonly name: string;
  readonly ownerIdentity: string;
  readonly virtualBucket?: string | undefined;
}

/** An object as documented. */
export interface RawOssObject {
  readonly key: string;
  /** May be absent of a removed object: no sample of one is public. */
  readonly eTag?: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** Bytes by which the object grew; negative when it shrank. */
  readonly deltaSize: number;
  /** Where data was appended; `AppendObject` only. */
  readonly position?: number | undefined;
  /** `GetObject` only. */
  readonly readFrom?: number | undefined;
  /** `GetObject` only. */
  readonly readTo?: number | undefined;
  readonly objectMeta?: { readonly mimeType?: string | undefined } | undefined;
}

/** What came as the payload of an OSS event. */
export type ReceivedOssPayload = Received<RawOssContext> & {
  readonly oss: Received<RawOssPayload['oss']> & {
    readonly bucket: Received<RawOssBucket, 'name'>;
    readonly object: Received<RawOssObject, 'key'>;
  };
};

/** What came from OSS through EventBridge: CloudEvents 1.0 around the event (spec imm §7). */
export type RawOssCloudEvent<Name extends string> = Received<CloudEventEnvelope, 'specversion'> & {
  readonly type: `oss:${Name}`;
  readonly data: ReceivedOssPayload;
};

/** What happened to an object. What could not be read is `undefined`. */
export interface OssData {
  readonly bucket: {
    readonly arn: string | undefined;
    readonly name: string;
    readonly ownerIdentity: string | undefined;
    readonly virtualBucket: string | undefined;
  };
  readonly object: {
    readonly key: string;
    readonly eTag: string | undefined;
    /** Bytes. */
    readonly size: number | undefined;
    /** Bytes by which the object grew; negative when it shrank. */
    readonly deltaSize: number | undefined;
    readonly position: number | undefined;
    readonly readFrom: number | undefined;
    readonly readTo: number | undefined;
    readonly mimeType: string | undefined;
  };
  /** The notification rule that sent it. */
  readonly ruleId: string | undefined;
  readonly region: string | undefined;
  readonly sourceIPAddress: string | undefined;
  /** Of the request to OSS. */
  readonly requestId: string | undefined;
  readonly principalId: string | undefined;
  /** Callback variables; their names begin with `x:`. */
  readonly xVars: Readonly<Record<string, string>> | undefined;
}

/** Something happened to an object in OSS; `form` tells which `raw` it has. */
export type OssEvent<Name extends string> =
  | BusEvent<Name, OssData, RawAcsEvent<Name> & ReceivedOssPayload, 'acs'>
  | BusEvent<Name, OssData, RawOssCloudEvent<Name>, 'cloudevents'>;

const sent = sourcesIn<RawOssPayload>();
const payload = beside(
  members<OssData>({
    bucket: members<OssData['bucket']>({
      arn: sent.expected('oss.bucket.arn', text),
      name: sent.essential('oss.bucket.name'),
      ownerIdentity: sent.expected('oss.bucket.ownerIdentity', text),
      virtualBucket: sent.optional('oss.bucket.virtualBucket', text),
    }),
    object: members<OssData['object']>({
      key: sent.essential('oss.object.key'),
      eTag: sent.optional('oss.object.eTag', text),
      size: sent.expected('oss.object.size', number),
      deltaSize: sent.expected('oss.object.deltaSize', number),
      position: sent.optional('oss.object.position', number),
      readFrom: sent.optional('oss.object.readFrom', number),
      readTo: sent.optional('oss.object.readTo', number),
      mimeType: sent.optional('oss.object.objectMeta.mimeType', text),
    }),
    ruleId: sent.expected('oss.ruleId', text),
    region: sent.optional(['region', 'oss.region'], text),
    sourceIPAddress: sent.optional(
      ['requestParameters.sourceIPAddress', 'oss.requestParameters.sourceIPAddress'],
      text,
    ),
    requestId: sent.optional(['responseElements.requestId', 'oss.responseElements.requestId'], text),
    principalId: sent.optional(['userIdentity.principalId', 'oss.userIdentity.principalId'], text),
    xVars: sent.optional(['xVars', 'oss.xVars'], texts, {}),
  }),
  sent.expected('oss.ossSchemaVersion', text),
);
const carried = within('data', payload);
const cloudEvent = cloudEventEnvelope('acs.oss');

/** Defines an OSS event in both forms it is sent in. */
export function ossEvent<Name extends string>(name: Name): EventDefinition<Name, OssEvent<Name>> {
  return {
    name,
    source: 'acs.oss',
    forms: [
      { form: 'acs', sentAs: name, documented: documentedBy(acsEnvelope, payload) },
      { form: 'cloudevents', sentAs: `oss:${name}`, documented: documentedBy(cloudEvent, carried) },
    ],
    read: ({ form, members: raw }, problems) => {
      const whole = { value: raw, path: '' };
      if (form === 'cloudevents') {
        const envelope = envelopeOf(cloudEvent, raw, problems);
        const data = carried.read(whole, problems);
        return isIdentified<RawOssCloudEvent<Name>>(raw, problems)
          ? { name, ...envelope, data, form, raw, problems: problems.list }
          : undefined;
      }
      const envelope = envelopeOf(acsEnvelope, raw, problems);
      const data = payload.read(whole, problems);
      return isIdentified<RawAcsEvent<Name> & ReceivedOssPayload>(raw, problems)
        ? { name, ...envelope, data, form: 'acs', raw, problems: problems.list }
        : undefined;
    },
  };
}
