import { z } from 'zod';
import type { Range } from '../../mns/failure.js';
import { parseEndpoint } from '../../mns/model/delivery-target.js';
import {
  DELAY_SECONDS,
  MAXIMUM_MESSAGE_SIZE,
  MESSAGE_RETENTION_SECONDS,
  POLLING_WAIT_SECONDS,
  TAG_LENGTH,
  VISIBILITY_TIMEOUT_SECONDS,
} from '../../mns/model/limits.js';
import { NAME_LENGTHS, type ResourceKind } from '../../mns/model/resource-name.js';
import type { QueueOptions, SubscriptionOptions, TopicOptions } from '../resource-options.js';
import { accountId, region } from './identity.js';

/** Whose it is, and where. */
export const tenant: {
  readonly accountId: z.ZodExactOptional<z.ZodType<string>>;
  readonly region: z.ZodExactOptional<z.ZodType<string>>;
} = {
  accountId: accountId.describe('Default the first account.').exactOptional(),
  region: region.describe('Default the region above.').exactOptional(),
};

function within({ low, high, unit }: Range, text: string): z.ZodExactOptional<z.ZodInt> {
  const range = `expected a whole number from ${low} to ${high}${unit === undefined ? '' : ` ${unit}`}`;
  return z.int(range).min(low, range).max(high, range).describe(text).exactOptional();
}

function name(kind: ResourceKind): z.ZodString {
  const most = NAME_LENGTHS[kind];
  return z
    .string('expected a name, in quotes if it looks like a number')
    .regex(
      new RegExp(`^[A-Za-z0-9][A-Za-z0-9-]{0,${most - 1}}$`),
      `expected 1 to ${most} letters, digits and hyphens, no hyphen first`,
    );
}

const loggingEnabled = z.boolean().describe('Default false.').exactOptional();
const maximumMessageBytes = within(MAXIMUM_MESSAGE_SIZE, 'Most UTF-8 bytes of a body. Default 65536.');

/** Queues. */
export const queues: z.ZodType<readonly QueueOptions[]> = z
  .array(
    z.strictObject({
      name: name('queue'),
      ...tenant,
      delaySeconds: within(DELAY_SECONDS, 'How long messages stay hidden that name no delay. Default 0.'),
      maximumMessageBytes,
      messageRetentionSeconds: within(MESSAGE_RETENTION_SECONDS, 'How long messages are kept. Default 345600.'),
      visibilityTimeoutSeconds: within(
        VISIBILITY_TIMEOUT_SECONDS,
        'How long a received message stays invisible. Default 30.',
      ),
      pollingWaitSeconds: within(POLLING_WAIT_SECONDS, 'How long receives wait that name no wait. Default 0.'),
      loggingEnabled,
    }),
  )
  .describe('Queues that are there from the beginning.');

const subscription: z.ZodType<SubscriptionOptions> = z
  .strictObject({
    name: name('subscription'),
    queue: name('queue').describe('The queue it delivers to. Either this or endpoint.').exactOptional(),
    endpoint: z
      .string()
      .refine((text) => parseEndpoint(text) !== undefined, {
        error:
          'expected acs:mns:{region}:{account}:queues/{queue}, http://…, mail:directmail:…, sms:directsms:…, sms:dayu:… or push:…',
      })
      .describe('Where else it delivers to, for example http://127.0.0.1:8080/notifications.')
      .exactOptional(),
    filterTag: z
      .string()
      .min(TAG_LENGTH.low)
      .max(TAG_LENGTH.high)
      .describe('Only messages with this tag. Default all.')
      .exactOptional(),
    notifyStrategy: z
      .enum(['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY'])
      .describe('Default BACKOFF_RETRY.')
      .exactOptional(),
    notifyContentFormat: z.enum(['JSON', 'XML', 'SIMPLIFIED']).describe('Default XML.').exactOptional(),
  })
  .refine(({ queue, endpoint }) => (queue === undefined) !== (endpoint === undefined), {
    error: 'expected either queue or endpoint',
  });

/** Topics and their subscriptions. */
export const topics: z.ZodType<readonly TopicOptions[]> = z
  .array(
    z.strictObject({
      name: name('topic'),
      ...tenant,
      maximumMessageBytes,
      loggingEnabled,
      subscriptions: z.array(subscription).exactOptional(),
    }),
  )
  .describe('Topics that are there from the beginning.');
