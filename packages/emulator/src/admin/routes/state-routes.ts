import { z } from 'zod';
import { projects } from '../../config/sections/imm.js';
import { queues, topics } from '../../config/sections/messaging.js';
import { MAX_SNAPSHOT_BYTES } from '../admin-limits.js';
import { adminRoute, type AdminRoute } from '../admin-route.js';
import { nothing, tenantMembers } from '../admin-schemas.js';

const snapshot = z.looseObject({ format: z.string(), version: z.int() }).meta({
  id: 'Snapshot',
  description: 'Everything that survives, as the emulator itself writes it; it holds the secrets of temporary keys',
});
const done = z.object({ done: z.literal(true) });

/** The state as a whole: make what it shall have, forget it, take it out, put it back. */
export const stateRoutes: readonly AdminRoute[] = [
  adminRoute(
    {
      method: 'POST',
      path: '/seed',
      id: 'seed',
      summary: 'Makes queues, topics, subscriptions and projects; what is there already, alike, stays as it is',
      input: z.strictObject({
        queues: z.exactOptional(queues),
        topics: z.exactOptional(topics),
        projects: z.exactOptional(projects),
      }),
      reply: done,
    },
    (resources, { target }) => {
      target.operator.seed(resources);
      return { done: true as const };
    },
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/reset',
      id: 'reset',
      summary: 'Forgets everything, or all that belongs to one account',
      input: z.strictObject({ accountId: tenantMembers.accountId.meta({ description: 'Default: every account' }) }),
      reply: done,
    },
    (options, { target }) => {
      target.reset(options);
      return { done: true as const };
    },
  ),
  adminRoute(
    {
      method: 'GET',
      path: '/snapshot',
      id: 'getSnapshot',
      summary: 'Gives the state as data',
      input: nothing,
      reply: snapshot,
    },
    (_, { target }) => ({ ...target.snapshot() }),
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/restore',
      id: 'restore',
      summary: 'Takes up a snapshot in place of the state',
      input: snapshot,
      maxBodyBytes: MAX_SNAPSHOT_BYTES,
      reply: done,
    },
    (given, { target }) => {
      target.restore(given);
      return { done: true as const };
    },
  ),
];
