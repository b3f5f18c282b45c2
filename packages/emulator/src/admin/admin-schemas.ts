import { CLOCK_MODES } from '@mnsbus/core';
import { z } from 'zod';
import type { EmulatedTask } from '../imm/tasks-by-hand.js';
import type { HousedProject } from '../imm/housed.js';
import type { PendingDelivery } from '../mns/deliveries.js';
import type { QueueView, TopicView } from '../mns/model/commands.js';
import type { MessageProperty } from '../mns/model/message-properties.js';
import type { StoredMessageView } from '../mns/model/stored-message-view.js';
import type { Subscription } from '../mns/model/subscription.js';
import type { InspectedAccount } from '../operator/inspection.js';
import { BEHAVIOURS, PROFILE_NAMES, type Profile } from '../profile/profile.js';
import { REGION } from '../runtime/account-options.js';

const optional = z.exactOptional;

/** How kind the services are. */
export type ProfileView = Pick<Profile, 'name' | 'changed'>;

/** Milliseconds since 1970 by the emulator's clock. */
export const instant: z.ZodType<number> = z
  .number()
  .meta({ description: "Milliseconds since 1970 by the emulator's clock" });

const count = z.int().min(0);
const text = z.string();

/** What says whose resources are meant. */
export const tenantMembers: {
  readonly accountId: z.ZodExactOptional<z.ZodString>;
  readonly region: z.ZodExactOptional<z.ZodString>;
} = {
  accountId: optional(z.string().regex(/^\d{1,32}$/, 'expected digits')).meta({
    description: 'Default: the default account',
  }),
  region: optional(z.string().regex(REGION, 'expected a region such as cn-beijing')).meta({
    description: 'Default: the default region',
  }),
};

/** What says which page of a list is meant. */
export const pageMembers: {
  readonly marker: z.ZodExactOptional<z.ZodString>;
  readonly limit: z.ZodExactOptional<z.ZodCoercedNumber>;
} = {
  marker: optional(text).meta({ description: 'The nextMarker of the page before' }),
  limit: optional(z.coerce.number().int().min(1).max(1000)).meta({ description: 'Most entries; default 1000' }),
};

/** A page of `items`. */
export function pageOf<T>(
  items: z.ZodType<T>,
): z.ZodType<{ readonly items: readonly T[]; readonly nextMarker?: string | undefined }> {
  return z.object({
    items: z.array(items).readonly(),
    nextMarker: z.string().optional().meta({ description: 'Where the next page starts; absent on the last one' }),
  });
}

/** The states of a stored message. */
export const messageState: z.ZodType<'delayed' | 'active' | 'inactive'> = z.enum(['delayed', 'active', 'inactive']);

const tenant = z.object({ accountId: text, region: text });

/** A queue. */
export const queueSchema: z.ZodType<QueueView> = z
  .object({
    name: text,
    delaySeconds: count,
    maximumMessageBytes: count,
    messageRetentionSeconds: count,
    visibilityTimeoutSeconds: count,
    pollingWaitSeconds: count,
    loggingEnabled: z.boolean(),
    createdAtMs: instant,
    modifiedAtMs: instant,
    counts: z.object({ delayed: count, active: count, inactive: count }),
  })
  .meta({ id: 'Queue' });

/** A named value beside a message. */
export const propertySchema: z.ZodType<MessageProperty> = z
  .strictObject({ name: text, value: text, type: z.enum(['STRING', 'NUMBER', 'BOOLEAN', 'BINARY']) })
  .meta({ id: 'MessageProperty' });

const storedProperty = z.object({ name: text, value: text, type: text });

/** A stored message. */
export const messageSchema: z.ZodType<StoredMessageView> = z
  .object({
    messageId: text,
    bodyMd5: text,
    body: text,
    enqueuedAtMs: instant,
    firstDequeuedAtMs: instant,
    dequeueCount: count,
    priority: z.int().min(1).max(16),
    messageGroupId: optional(text),
    userProperties: z.array(storedProperty).readonly(),
    systemProperties: z.array(storedProperty).readonly(),
    state: messageState,
    dueAtMs: z.number().meta({ description: 'When it becomes active; for an active message, since when it is' }),
    expiresAtMs: instant,
    offset: count.meta({ description: 'Its place among all messages that the queue was ever sent' }),
  })
  .meta({ id: 'Message' });

/** A topic. */
export const topicSchema: z.ZodType<TopicView> = z
  .object({
    name: text,
    maximumMessageBytes: count,
    loggingEnabled: z.boolean(),
    createdAtMs: instant,
    modifiedAtMs: instant,
    messageCount: count.meta({ description: 'Messages of the last day' }),
  })
  .meta({ id: 'Topic' });

/** A subscription. */
export const subscriptionSchema: z.ZodType<Subscription> = z
  .object({
    name: text,
    endpoint: text,
    filterTag: optional(text),
    notifyStrategy: z.enum(['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY']),
    notifyContentFormat: z.enum(['JSON', 'XML', 'SIMPLIFIED']),
    target: z.union([
      z.object({ kind: z.literal('queue'), queueName: text }),
      z.object({ kind: z.literal('http'), url: text }),
      z.object({ kind: z.literal('mail'), address: text }),
      z.object({ kind: z.literal('sms'), service: z.enum(['directsms', 'dayu']), phone: text }),
      z.object({ kind: z.literal('app'), appKey: text }),
    ]),
    createdAtMs: instant,
    modifiedAtMs: instant,
  })
  .meta({ id: 'Subscription' });

/** A delivery that has not come to its end. */
export const deliverySchema: z.ZodType<PendingDelivery> = z
  .object({
    topicName: text,
    subscriptionName: text,
    messageId: text,
    body: text,
    attempt: z.int().min(1),
    dueAtMs: z.number().optional().meta({ description: 'Absent while the attempt is being made' }),
  })
  .meta({ id: 'Delivery' });

/** A project of either API version. */
export const projectSchema: z.ZodType<HousedProject> = z
  .object({ apiVersion: text, tenant, name: text, createdAtMs: instant, modifiedAtMs: instant, settings: z.unknown() })
  .meta({ id: 'Project' });

const outcome = z.union([
  z.object({ ok: z.literal(true), result: z.record(text, z.unknown()) }),
  z.object({ ok: z.literal(false), code: text, message: text }),
]);

/** A task as JSON shows it: what has not happened yet is absent. */
export type TaskView = Omit<EmulatedTask, Unset> & { readonly [K in Unset]?: EmulatedTask[K] | undefined };

type Unset = 'startedAtMs' | 'endedAtMs' | 'outcome';

/** A task of either API version. */
export const taskSchema: z.ZodType<TaskView> = z
  .object({
    apiVersion: text,
    tenant,
    taskId: text,
    action: text,
    taskType: text,
    project: text,
    request: z.record(text, z.unknown()),
    submittedAtMs: instant,
    startedAtMs: z.number().optional(),
    endedAtMs: z.number().optional(),
    state: z.enum(['submitted', 'running', 'succeeded', 'failed']),
    outcome: outcome.optional(),
  })
  .meta({ id: 'Task' });

/** What an account has where. */
export const accountSchema: z.ZodType<InspectedAccount> = z
  .object({
    accountId: text,
    regions: z
      .array(
        z.object({
          region: text,
          queues: count,
          topics: count,
          projects: count,
          tasks: count,
          waitingReceives: count,
          pendingDeliveries: count,
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Account' });

/** The clock as it goes now. */
export interface ClockView {
  /** `unsteerable` is a clock that the emulator was created with, and that is steered by whoever created it. */
  readonly mode: (typeof CLOCK_MODES)[number] | 'unsteerable';
  readonly nowMs: number;
  /** By how much it is ahead of the machine's clock, in milliseconds. */
  readonly offsetMs?: number;
  /** When the next timer is due, in milliseconds since 1970. */
  readonly nextDueMs?: number;
}

/** The clock. */
export const clockSchema: z.ZodType<ClockView> = z
  .object({
    mode: z.enum([...CLOCK_MODES, 'unsteerable']),
    nowMs: instant,
    offsetMs: optional(z.number()).meta({ description: "By how many milliseconds it is ahead of the machine's clock" }),
    nextDueMs: optional(z.number()).meta({ description: 'When the next timer is due' }),
  })
  .meta({ id: 'Clock' });

/** How kind the services are. */
export const profileSchema: z.ZodType<ProfileView> = z
  .object({
    name: z.enum(PROFILE_NAMES),
    changed: z
      .array(z.enum(BEHAVIOURS))
      .readonly()
      .meta({ description: 'Which of its behaviours were given otherwise' }),
  })
  .meta({ id: 'Profile' });

/** An input of no members. */
export const nothing: z.ZodType<Readonly<Record<string, never>>> = z.strictObject({});
