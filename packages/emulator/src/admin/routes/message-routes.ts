import { z } from 'zod';
import { adminRoute, type AdminRoute } from '../admin-route.js';
import { propertySchema, tenantMembers } from '../admin-schemas.js';

const name = z.string().min(1);
const body = z.string().min(1);
const ids = z.array(z.string()).readonly();
const userProperties = z.exactOptional(z.array(propertySchema).readonly());
const selection = z.strictObject({ ...tenantMembers, queueName: name, messageIds: ids });
const removed = z.object({ messageIds: ids });

/** Messages, without a signature: publish, send, redrive, expire, delete, purge. */
export const messageRoutes: readonly AdminRoute[] = [
  adminRoute(
    {
      method: 'POST',
      path: '/publish',
      id: 'publish',
      summary: 'Publishes a message to a topic',
      input: z.strictObject({
        ...tenantMembers,
        topicName: name,
        body,
        tag: z.exactOptional(z.string()),
        userProperties,
      }),
      reply: z.object({ messageId: z.string() }),
      refusals: [404],
    },
    (request, { target }) => target.operator.publish(request),
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/send',
      id: 'send',
      summary: 'Sends a message to a queue',
      input: z.strictObject({
        ...tenantMembers,
        queueName: name,
        body,
        priority: z.exactOptional(z.int().min(1).max(16)),
        delaySeconds: z.exactOptional(z.int().min(0).max(604_800)),
        userProperties,
      }),
      reply: z.object({ messageId: z.string(), bodyMd5: z.string(), receiptHandle: z.exactOptional(z.string()) }),
      refusals: [404],
    },
    (request, { target }) => target.operator.send(request),
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/redrive',
      id: 'redrive',
      summary: 'Makes delayed and inactive messages active now, or moves messages to another queue',
      input: z.strictObject({
        ...tenantMembers,
        queueName: name,
        messageIds: z.exactOptional(ids).meta({ description: 'Default: all that the queue keeps' }),
        toQueueName: z.exactOptional(name).meta({ description: 'Default: they stay, and become active' }),
      }),
      reply: z.object({ messageIds: ids, newMessageIds: z.exactOptional(ids) }),
      refusals: [404],
    },
    (request, { target }) => target.operator.redrive(request),
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/expire',
      id: 'expire',
      summary: 'Removes messages as if their retention were over',
      input: selection,
      reply: removed,
      refusals: [404],
    },
    (request, { target }) => target.operator.expire(request),
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/delete',
      id: 'deleteMessages',
      summary: 'Deletes messages, whoever holds them',
      input: selection,
      reply: removed,
      refusals: [404],
    },
    (request, { target }) => target.operator.deleteMessages(request),
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/purge',
      id: 'purge',
      summary: 'Deletes every message of a queue',
      input: z.strictObject({ ...tenantMembers, queueName: name }),
      reply: z.object({ count: z.int().min(0) }),
      refusals: [404],
    },
    (request, { target }) => target.operator.purge(request),
  ),
];
