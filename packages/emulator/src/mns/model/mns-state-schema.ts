import { z } from 'zod';
import { count, ordinal } from '../../runtime/state-schema.js';
import { isXmlText } from '../../runtime/xml-text.js';
import type { Range } from '../failure.js';
import { TRACE_ENABLED } from './account.js';
import { parseEndpoint } from './delivery-target.js';
import { MESSAGE_RETENTION_SECONDS, PRIORITY, TAG_LENGTH } from './limits.js';
import { checkProperties, type MessageProperty } from './message-properties.js';
import type { LifeRecord, MessageRecord, SentRecord } from './message-record.js';
import type { MnsModelRecord } from './mns-state.js';
import { checkQueueAttributes } from './queue-attributes.js';
import type { QueueRecord, QueueSettingsRecord } from './queue-record.js';
import { messageIdIn, queueTag, readHandle } from './receipt-handle.js';
import { checkName, type ResourceKind } from './resource-name.js';
import { checkTag } from './subscription.js';
import type { SubscriptionRecord, TopicRecord, TopicSettingsRecord } from './topic-record.js';
import { checkTopicAttributes } from './topic.js';

/** Milliseconds since 1970; a virtual clock may stand between two. */
export const instant: z.ZodType<number> = z.number();

/** Text that replies can carry. */
export const xmlText: z.ZodType<string> = z.string().refine(isXmlText, 'expected text that XML can carry');

/** The name of a queue, a topic or a subscription. */
export function resourceName(kind: ResourceKind): z.ZodType<string, string> {
  return z.string().refine((name) => checkName(kind, name) === undefined, `expected the name of a ${kind}`);
}

const within = ({ low, high }: Range): z.ZodType<number> => z.int().min(low).max(high);

const property: z.ZodType<MessageProperty> = z.strictObject({ name: xmlText, value: xmlText, type: xmlText });

/** The properties of a message. */
export const properties: z.ZodType<readonly MessageProperty[]> = z.array(property);

const sent: z.ZodType<SentRecord> = z
  .strictObject({
    messageId: z.string().regex(/^[\w-]{1,64}$/, 'expected a message id'),
    body: xmlText.refine((body) => body !== '', 'expected a body'),
    priority: within(PRIORITY),
    userProperties: properties,
    systemProperties: properties,
    messageGroupId: xmlText.exactOptional(),
    enqueuedAtMs: instant,
    expiresAtMs: instant,
  })
  .refine((record) => checkProperties(record) === undefined, { path: ['userProperties'], error: 'expected properties' })
  .refine(({ enqueuedAtMs, expiresAtMs }) => isRetention((expiresAtMs - enqueuedAtMs) / 1000), {
    path: ['expiresAtMs'],
    error: `expected ${MESSAGE_RETENTION_SECONDS.low} to ${MESSAGE_RETENTION_SECONDS.high} seconds after enqueuedAtMs`,
  });

const life: z.ZodType<LifeRecord> = z
  .strictObject({
    state: z.enum(['delayed', 'active', 'inactive']),
    dueAtMs: instant,
    firstDequeuedAtMs: instant,
    dequeueCount: count,
    handleCount: count,
    firstHandle: count,
    handles: z.array(z.strictObject({ receiptHandle: z.string(), endsAtMs: instant })),
  })
  .refine(({ firstHandle, handleCount }) => firstHandle <= handleCount, {
    path: ['firstHandle'],
    error: 'expected no more than handleCount',
  });

const message: z.ZodType<MessageRecord> = z.strictObject({ sent, life });

const queueSettings: z.ZodType<QueueSettingsRecord> = z
  .strictObject({
    delaySeconds: z.int(),
    maximumMessageBytes: z.int(),
    messageRetentionSeconds: z.int(),
    visibilityTimeoutSeconds: z.int(),
    pollingWaitSeconds: z.int(),
    loggingEnabled: z.boolean(),
    createdAtMs: instant,
    modifiedAtMs: instant,
  })
  .superRefine((settings, context) => {
    const failure = checkQueueAttributes(settings);
    if (failure === undefined) return;
    context.addIssue({
      code: 'custom',
      message: `expected attributes of a queue; out of its range: ${failure.element}`,
    });
  });

const queue: z.ZodType<QueueRecord> = z.strictObject({
  settings: queueSettings,
  sent: count.exactOptional(),
  messages: z.record(ordinal, message).exactOptional(),
});

const queues = z.record(resourceName('queue'), queue).superRefine((all, context) => {
  const seen = new Set<string>();
  for (const [name, record] of Object.entries(all)) {
    for (const [offset, entry] of Object.entries(record.messages ?? {})) {
      const path = [name, 'messages', offset];
      const { messageId } = entry.sent;
      if (seen.has(messageId)) {
        context.addIssue({
          code: 'custom',
          path: [...path, 'sent', 'messageId'],
          message: `expected each id once, ${messageId} came before`,
        });
      }
      seen.add(messageId);
      if (Number(offset) >= (record.sent ?? 0)) {
        context.addIssue({ code: 'custom', path, message: 'expected a place before the number of messages in sent' });
      }
      for (const [index, { receiptHandle }] of entry.life.handles.entries()) {
        if (messageIdIn(receiptHandle) === messageId && readHandle(receiptHandle, queueTag(name)) !== undefined)
          continue;
        context.addIssue({
          code: 'custom',
          path: [...path, 'life', 'handles', index, 'receiptHandle'],
          message: 'expected a handle of this message',
        });
      }
    }
  }
});

/** A subscription as data. */
export const subscription: z.ZodType<SubscriptionRecord> = z.strictObject({
  name: resourceName('subscription'),
  endpoint: xmlText.refine((text) => parseEndpoint(text) !== undefined, 'expected an endpoint'),
  filterTag: xmlText
    .refine(
      (tag) => checkTag('FilterTag', tag) === undefined,
      `expected ${TAG_LENGTH.low} to ${TAG_LENGTH.high} characters`,
    )
    .exactOptional(),
  notifyStrategy: z.enum(['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY']),
  notifyContentFormat: z.enum(['JSON', 'XML', 'SIMPLIFIED']),
  createdAtMs: instant,
  modifiedAtMs: instant,
});

const topicSettings: z.ZodType<TopicSettingsRecord> = z
  .strictObject({
    maximumMessageBytes: z.int(),
    loggingEnabled: z.boolean(),
    createdAtMs: instant,
    modifiedAtMs: instant,
    subscriptions: z.array(subscription),
  })
  .refine((settings) => checkTopicAttributes(settings) === undefined, {
    path: ['maximumMessageBytes'],
    error: 'out of range',
  })
  .refine(({ subscriptions }) => new Set(subscriptions.map(({ name }) => name)).size === subscriptions.length, {
    path: ['subscriptions'],
    error: 'expected each name once',
  });

const topic: z.ZodType<TopicRecord> = z.strictObject({
  settings: topicSettings,
  published: z.record(ordinal, z.int().min(1)).exactOptional(),
});

/** What a record of a model has to be like. */
export const mnsModelSchema: z.ZodType<MnsModelRecord> = z.strictObject({
  sequence: count.exactOptional(),
  account: z
    .strictObject({
      loggingBucket: xmlText.exactOptional(),
      traceEnabled: z.int().min(TRACE_ENABLED.low).max(TRACE_ENABLED.high).exactOptional(),
    })
    .exactOptional(),
  queues: queues.exactOptional(),
  topics: z.record(resourceName('topic'), topic).exactOptional(),
});

function isRetention(seconds: number): boolean {
  return seconds >= MESSAGE_RETENTION_SECONDS.low && seconds <= MESSAGE_RETENTION_SECONDS.high;
}
