import { z } from 'zod';
import { adminRoute, type AdminRoute } from '../admin-route.js';
import {
  accountSchema,
  clockSchema,
  deliverySchema,
  messageSchema,
  messageState,
  nothing,
  pageMembers,
  pageOf,
  profileSchema,
  projectSchema,
  queueSchema,
  subscriptionSchema,
  tenantMembers,
  topicSchema,
} from '../admin-schemas.js';
import { viewClock } from './clock-routes.js';

const name = z.string().min(1);
const namePage = {
  ...tenantMembers,
  ...pageMembers,
  prefix: z.exactOptional(z.string()).meta({ description: 'Only names that begin with it' }),
} as const;

/** Everything inside, to look at: nothing that a client sees changes by it. */
export const inspectionRoutes: readonly AdminRoute[] = [
  adminRoute(
    {
      method: 'GET',
      path: '/inspect',
      id: 'inspect',
      summary: 'Counts what each account has in each region',
      input: nothing,
      reply: z.object({ accounts: z.array(accountSchema).readonly(), clock: clockSchema, profile: profileSchema }),
    },
    (_, { target }) => ({
      accounts: target.inspect().accounts(),
      clock: viewClock(target.clock),
      profile: target.profile,
    }),
  ),
  adminRoute(
    {
      method: 'GET',
      path: '/inspect/queues',
      id: 'listQueues',
      summary: 'Lists queues with their attributes and counts, by name',
      input: z.strictObject(namePage),
      reply: pageOf(queueSchema),
    },
    (choice, { target }) => target.inspect().queues(choice),
  ),
  adminRoute(
    {
      method: 'GET',
      path: '/inspect/queues/{queueName}',
      id: 'getQueue',
      summary: 'Shows a queue',
      input: z.strictObject({ queueName: name, ...tenantMembers }),
      reply: queueSchema,
      refusals: [404],
    },
    ({ queueName, ...choice }, { target }) => target.inspect().queue(queueName, choice),
  ),
  adminRoute(
    {
      method: 'GET',
      path: '/inspect/queues/{queueName}/messages',
      id: 'listMessages',
      summary: 'Lists the messages of a queue in the order of sending, with bodies and times',
      input: z.strictObject({
        queueName: name,
        ...tenantMembers,
        ...pageMembers,
        state: z.exactOptional(messageState).meta({ description: 'Default: every state' }),
      }),
      reply: pageOf(messageSchema),
      refusals: [404],
    },
    (choice, { target }) => target.inspect().messages(choice),
  ),
  adminRoute(
    {
      method: 'GET',
      path: '/inspect/topics',
      id: 'listTopics',
      summary: 'Lists topics with their attributes, by name',
      input: z.strictObject(namePage),
      reply: pageOf(topicSchema),
    },
    (choice, { target }) => target.inspect().topics(choice),
  ),
  adminRoute(
    {
      method: 'GET',
      path: '/inspect/topics/{topicName}/subscriptions',
      id: 'listSubscriptions',
      summary: 'Lists the subscriptions of a topic, by name',
      input: z.strictObject({ topicName: name, ...namePage }),
      reply: pageOf(subscriptionSchema),
      refusals: [404],
    },
    ({ topicName, ...choice }, { target }) => target.inspect().subscriptions(topicName, choice),
  ),
  adminRoute(
    {
      method: 'GET',
      path: '/inspect/deliveries',
      id: 'listDeliveries',
      summary: 'Lists what topics still have to deliver, by the time of the next attempt',
      input: z.strictObject(tenantMembers),
      reply: z.object({ items: z.array(deliverySchema).readonly() }),
    },
    (choice, { target }) => ({ items: target.inspect().deliveries(choice) }),
  ),
  adminRoute(
    {
      method: 'GET',
      path: '/inspect/projects',
      id: 'listProjects',
      summary: 'Lists the projects of IMM, by API version, tenant and name',
      input: nothing,
      reply: z.object({ items: z.array(projectSchema).readonly() }),
    },
    (_, { target }) => ({ items: target.inspect().projects() }),
  ),
];
