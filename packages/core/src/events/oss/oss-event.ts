import { z } from 'zod';
import { acsSchema, type RawAcsEvent } from '../acs-event.js';
import type { BusEvent } from '../event.js';
import type { EventDefinition } from '../event-definition.js';
import { checkShape, isoTime, someText } from '../event-shape.js';

/** What OSS tells about where a request came from; beside `oss`, or, in one old sample, inside it (spec imm §7). */
export interface RawOssContext {
  readonly region?: string | undefined;
  readonly requestParameters?: { readonly sourceIPAddress?: string | undefined } | undefined;
  readonly responseElements?: { readonly requestId?: string | undefined } | undefined;
  readonly userIdentity?: { readonly principalId?: string | undefined } | undefined;
  /** Callback variables; their names begin with `x:`. */
  readonly xVars?: Readonly<Record<string, string>> | undefined;
}

/** The payload of an OSS event; numbers are JSON numbers, unlike those of IMM (spec imm §7). */
export interface RawOssPayload extends RawOssContext {
  readonly oss: RawOssContext & {
    readonly bucket: {
      /** `acs:oss:{region}:{accountId}:{bucket}`. */
      readonly arn: string;
      readonly name: string;
      readonly ownerIdentity: string;
      readonly virtualBucket?: string | undefined;
    };
    readonly object: {
      readonly key: string;
      readonly eTag: string;
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
    };
    readonly ossSchemaVersion: string;
    readonly ruleId: string;
  };
}

/** An OSS event as EventBridge sends it: CloudEvents 1.0 around the event (spec imm §7). */
export interface RawOssCloudEvent<Name extends string> {
  readonly id: string;
  readonly source: 'acs.oss';
  readonly specversion: string;
  readonly type: `oss:${Name}`;
  /** `acs:oss:{region}:{accountId}:{bucket}/{key}`. */
  readonly subject?: string | undefined;
  readonly time: string;
  readonly data: RawOssPayload;
}

/** What happened to an object. */
export interface OssData {
  readonly bucket: {
    readonly arn: string;
    readonly name: string;
    readonly ownerIdentity: string;
    readonly virtualBucket: string | undefined;
  };
  readonly object: {
    readonly key: string;
    readonly eTag: string;
    /** Bytes. */
    readonly size: number;
    /** Bytes by which the object grew; negative when it shrank. */
    readonly deltaSize: number;
    readonly position: number | undefined;
    readonly readFrom: number | undefined;
    readonly readTo: number | undefined;
    readonly mimeType: string | undefined;
  };
  /** The notification rule that sent it. */
  readonly ruleId: string;
  readonly region: string | undefined;
  readonly sourceIPAddress: string | undefined;
  /** Of the request to OSS. */
  readonly requestId: string | undefined;
  readonly principalId: string | undefined;
  /** Callback variables; their names begin with `x:`. */
  readonly xVars: Readonly<Record<string, string>>;
}

/** Something happened to an object in OSS; `form` tells which `raw` it has. */
export type OssEvent<Name extends string> =
  | BusEvent<Name, OssData, RawAcsEvent<Name> & RawOssPayload, 'acs'>
  | BusEvent<Name, OssData, RawOssCloudEvent<Name>, 'cloudevents'>;

const context = {
  region: z.string().optional(),
  requestParameters: z.looseObject({ sourceIPAddress: z.string().optional() }).optional(),
  responseElements: z.looseObject({ requestId: z.string().optional() }).optional(),
  userIdentity: z.looseObject({ principalId: z.string().optional() }).optional(),
  xVars: z.record(z.string(), z.string()).optional(),
};
const payload: z.ZodType<RawOssPayload> = z.looseObject({
  ...context,
  oss: z.looseObject({
    ...context,
    bucket: z.looseObject({
      arn: z.string(),
      name: someText,
      ownerIdentity: z.string(),
      virtualBucket: z.string().optional(),
    }),
    object: z.looseObject({
      key: z.string(),
      eTag: z.string(),
      size: z.number(),
      deltaSize: z.number(),
      position: z.number().optional(),
      readFrom: z.number().optional(),
      readTo: z.number().optional(),
      objectMeta: z.looseObject({ mimeType: z.string().optional() }).optional(),
    }),
    ossSchemaVersion: z.string(),
    ruleId: z.string(),
  }),
});

/** Defines an OSS event in both forms it is sent in. */
export function ossEvent<Name extends string>(name: Name): EventDefinition<Name, OssEvent<Name>> {
  const event = z.intersection(acsSchema(name), payload);
  const cloudEvent = cloudEventSchema(name);
  return {
    name,
    source: 'acs.oss',
    forms: [
      { form: 'acs', sentAs: name, schema: event },
      { form: 'cloudevents', sentAs: `oss:${name}`, schema: cloudEvent },
    ],
    read: ({ form, raw: sent }) => {
      if (form === 'cloudevents') {
        const raw = checkShape(name, cloudEvent, sent);
        const { source, specversion: version } = raw;
        return { name, source, version, occurredAt: new Date(raw.time), data: ossData(raw.data), form, raw };
      }
      const raw = checkShape(name, event, sent);
      const { eventSource: source, eventVersion: version } = raw;
      return { name, source, version, occurredAt: new Date(raw.eventTime), data: ossData(raw), form: 'acs', raw };
    },
  };
}

function cloudEventSchema<Name extends string>(name: Name): z.ZodType<RawOssCloudEvent<Name>> {
  const type: z.ZodType<`oss:${Name}`> = z.literal(`oss:${name}`);
  return z.looseObject({
    id: someText,
    source: z.literal('acs.oss'),
    specversion: z.literal('1.0'),
    type,
    subject: z.string().optional(),
    time: isoTime,
    data: payload,
  });
}

function ossData(raw: RawOssPayload): OssData {
  const { bucket, object, ruleId } = raw.oss;
  const of = <Member extends keyof RawOssContext>(member: Member): RawOssContext[Member] =>
    raw[member] ?? raw.oss[member];
  return {
    bucket: {
      arn: bucket.arn,
      name: bucket.name,
      ownerIdentity: bucket.ownerIdentity,
      virtualBucket: bucket.virtualBucket,
    },
    object: {
      key: object.key,
      eTag: object.eTag,
      size: object.size,
      deltaSize: object.deltaSize,
      position: object.position,
      readFrom: object.readFrom,
      readTo: object.readTo,
      mimeType: object.objectMeta?.mimeType,
    },
    ruleId,
    region: of('region'),
    sourceIPAddress: of('requestParameters')?.sourceIPAddress,
    requestId: of('responseElements')?.requestId,
    principalId: of('userIdentity')?.principalId,
    xVars: of('xVars') ?? {},
  };
}
