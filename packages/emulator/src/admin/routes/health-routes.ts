import { z } from 'zod';
import { PROFILE_NAMES } from '../../profile/profile.js';
import { adminRoute, type AdminRoute } from '../admin-route.js';
import { nothing } from '../admin-schemas.js';

/** Whether the emulator lives, and whether it takes requests. */
export const healthRoutes: readonly AdminRoute[] = [
  adminRoute(
    {
      method: 'GET',
      path: '/health',
      id: 'getHealth',
      summary: 'Tells that the emulator lives',
      input: nothing,
      reply: z.object({
        status: z.literal('ok'),
        nowMs: z.number(),
        accountId: z.string(),
        region: z.string(),
        profile: z.enum(PROFILE_NAMES),
      }),
    },
    (_, { target: { accountId, region, clock, profile } }) => ({
      status: 'ok',
      nowMs: clock.now(),
      accountId,
      region,
      profile: profile.name,
    }),
  ),
  adminRoute(
    {
      method: 'GET',
      path: '/ready',
      id: 'getReadiness',
      summary: 'Tells that requests are taken; refused with CLOSED when no longer',
      input: nothing,
      reply: z.object({ ready: z.literal(true) }),
    },
    () => ({ ready: true as const }),
  ),
];
