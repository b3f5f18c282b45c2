import { z } from 'zod';
import type { DeliveryFault, Fault, MessageFault, RequestFault, TaskFault } from './fault.js';

const name = z.string().min(1).max(200).exactOptional();
const milliseconds = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

const base = {
  name,
  probability: z.number().min(0).max(1).exactOptional(),
  skip: z.int().min(0).exactOptional(),
  times: z.int().min(1).exactOptional(),
  afterMs: milliseconds.exactOptional(),
  forMs: milliseconds.min(1).exactOptional(),
};

const tenant = { accountId: name, region: name };

const requests = {
  ...base,
  match: z
    .strictObject({
      ...tenant,
      service: z.enum(['mns', 'imm']).exactOptional(),
      operation: name,
      queueName: name,
      topicName: name,
      subscriptionName: name,
      project: name,
    })
    .exactOptional(),
};
const messages = { ...base, match: z.strictObject({ ...tenant, queueName: name }).exactOptional() };
const deliveries = {
  ...base,
  match: z.strictObject({ ...tenant, topicName: name, subscriptionName: name }).exactOptional(),
};
const tasks = {
  ...base,
  match: z.strictObject({ ...tenant, apiVersion: name, project: name, taskType: name }).exactOptional(),
};

const refusals = z.enum([
  'AccessDenied',
  'AccessDeniedByRamPolicy',
  'Forbidden.RAM',
  'InternalError',
  'InternalServerError',
  'NoPermission',
  'QpsLimitExceeded',
  'ServiceUnavailable',
  'Throttling',
  'Throttling.Api',
  'Throttling.User',
  'TooManyRequests',
]);

const plainRequestKinds = [
  'reset-before-effect',
  'reset-after-effect',
  'truncate-reply',
  'corrupt-reply',
  'wrong-md5',
  'expire-credentials',
] as const;

const requestFault = z.discriminatedUnion('kind', [
  z.strictObject({ ...requests, kind: z.literal('refuse'), code: refusals }),
  z.strictObject({ ...requests, kind: z.literal('throttle'), retryAfterMs: z.int().min(1).exactOptional() }),
  z.strictObject({
    ...requests,
    kind: z.literal('server-error'),
    status: z.literal([500, 502, 503]).exactOptional(),
  }),
  z.strictObject({ ...requests, kind: z.literal('delay'), delayMs: milliseconds }),
  z.strictObject({ ...requests, kind: z.literal('skew-clock'), skewMs: z.number() }),
  z.strictObject({ ...requests, kind: z.literal(plainRequestKinds) }),
]) satisfies z.ZodType<RequestFault>;

const messageFault = z.discriminatedUnion('kind', [
  z.strictObject({ ...messages, kind: z.literal('duplicate-message') }),
  z.strictObject({ ...messages, kind: z.literal('reorder-message'), behindMs: milliseconds }),
  z.strictObject({ ...messages, kind: z.literal('delay-message'), delayMs: milliseconds }),
  z.strictObject({ ...messages, kind: z.literal('early-visibility'), earlyMs: milliseconds }),
]) satisfies z.ZodType<MessageFault>;

const deliveryFault = z.discriminatedUnion('kind', [
  z.strictObject({ ...deliveries, kind: z.literal(['drop-delivery', 'repeat-delivery']) }),
  z.strictObject({ ...deliveries, kind: z.literal('late-delivery'), delayMs: milliseconds }),
]) satisfies z.ZodType<DeliveryFault>;

const taskFault = z.discriminatedUnion('kind', [
  z.strictObject({ ...tasks, kind: z.literal(['hold-task', 'duplicate-event', 'no-event']) }),
  z.strictObject({ ...tasks, kind: z.literal('slow-task'), extraMs: milliseconds }),
  z.strictObject({
    ...tasks,
    kind: z.literal('fail-task'),
    code: z.string().min(1).max(200),
    message: z.string().max(2000).exactOptional(),
  }),
]) satisfies z.ZodType<TaskFault>;

/** Reads a fault from JSON, such as a file or a request has it; members that it does not know are refused. */
export const faultSchema: z.ZodType<Fault> = z.discriminatedUnion('kind', [
  requestFault,
  messageFault,
  deliveryFault,
  taskFault,
]);
