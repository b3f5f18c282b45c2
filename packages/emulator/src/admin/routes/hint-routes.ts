import { z } from 'zod';
import type { Hint, HintCode } from '../../runtime/hints/hint.js';
import { adminRoute, type AdminRoute } from '../admin-route.js';
import { instant, nothing } from '../admin-schemas.js';

const code = z.enum({
  'signed-for-elsewhere': 'signed-for-elsewhere',
  'base64-through-json': 'base64-through-json',
  'queue-without-receiver': 'queue-without-receiver',
  'topic-without-subscription': 'topic-without-subscription',
  'region-mismatch': 'region-mismatch',
  'clock-skew': 'clock-skew',
  'unknown-key': 'unknown-key',
  'wrong-secret': 'wrong-secret',
  'topic-missing': 'topic-missing',
  'queue-missing': 'queue-missing',
  'push-refused': 'push-refused',
  'tunnel-refused': 'tunnel-refused',
  'page-refused': 'page-refused',
  'action-unanswered': 'action-unanswered',
  'unknown-action-scripted': 'unknown-action-scripted',
  'store-full': 'store-full',
} satisfies { readonly [Code in HintCode]: Code });

const hint: z.ZodType<Hint> = z
  .object({
    code,
    subject: z.string().meta({ description: 'What it is about; each code comes once for each subject' }),
    message: z.string().meta({ description: 'What looks wrong' }),
    advice: z.string().meta({ description: 'What to do about it' }),
    atMs: instant,
  })
  .meta({ id: 'Hint' });

/** What looks wrong in how the emulator is used. */
export const hintRoutes: readonly AdminRoute[] = [
  adminRoute(
    {
      method: 'GET',
      path: '/hints',
      id: 'listHints',
      summary: 'Lists what looks wrong so far, oldest first, once each',
      input: nothing,
      reply: z.object({ items: z.array(hint).readonly() }),
    },
    (_, { target }) => ({ items: target.hints() }),
  ),
];
