import { MnsbusError } from '@mnsbus/core';
import { z } from 'zod';
import { IMM_API_VERSIONS } from '../../config/resource-options.js';
import { actionName, namingProblem, refusalSchema, replySchema } from '../../imm/replies/reply-schema.js';
import type { ScriptedAction } from '../../imm/replies/replies.js';
import { REPLY_BODY_BYTES } from '../admin-limits.js';
import { adminRoute, type AdminRoute } from '../admin-route.js';
import { nothing } from '../admin-schemas.js';

const apiVersion = z.enum(IMM_API_VERSIONS);

const scripted: z.ZodType<ScriptedAction> = z
  .object({
    apiVersion,
    action: z.string(),
    reply: z
      .union([
        z.object({ reply: z.record(z.string(), z.unknown()), overrides: z.literal(true).exactOptional() }),
        z.object({ refuse: refusalSchema, overrides: z.literal(true).exactOptional() }),
      ])
      .exactOptional()
      .meta({ description: 'What it is always answered; absent when a function of the options decides' }),
    answeredCount: z.int().min(0).meta({ description: 'How many calls were answered so' }),
  })
  .meta({ id: 'ScriptedAction' });

const place = { apiVersion, action: actionName };

const setting = z.strictObject({ ...place, reply: replySchema }).superRefine(({ reply, ...which }, context) => {
  const problem = namingProblem(which.apiVersion, which.action, reply);
  if (problem === undefined) return;
  const path = problem.member === undefined ? ['action'] : ['reply', problem.member];
  context.addIssue({ code: 'custom', path, message: `expected ${problem.expected}` });
});

/** What actions of IMM are answered by a script: look at it, add to it, take it away. */
export const replyRoutes: readonly AdminRoute[] = [
  adminRoute(
    {
      method: 'GET',
      path: '/replies',
      id: 'listReplies',
      summary: 'Lists the actions of IMM that a script answers, by API version and name',
      input: nothing,
      reply: z.object({ items: z.array(scripted).readonly() }),
    },
    (_, { target }) => ({ items: target.replies.list() }),
  ),
  adminRoute(
    {
      method: 'PUT',
      path: '/replies/{apiVersion}/{action}',
      id: 'setReply',
      summary: 'Answers an action so from now on, in place of what was said before; it is part of the state',
      input: setting,
      reply: scripted,
      maxBodyBytes: REPLY_BODY_BYTES,
    },
    ({ reply, ...which }, { target }) => {
      const set = target.replies.set(which.apiVersion, which.action, reply);
      target.journal.record({ kind: 'operated', operation: 'set-reply', ...which });
      return set;
    },
  ),
  adminRoute(
    {
      method: 'DELETE',
      path: '/replies',
      id: 'clearReplies',
      summary: 'Takes all replies away, those of the options until a reset',
      input: nothing,
      reply: z.object({ count: z.int().min(0) }),
    },
    (_, { target }) => {
      const { length: count } = target.replies.list();
      target.replies.clear();
      target.journal.record({ kind: 'operated', operation: 'remove-reply', count });
      return { count };
    },
  ),
  adminRoute(
    {
      method: 'DELETE',
      path: '/replies/{apiVersion}/{action}',
      id: 'removeReply',
      summary: 'Takes a reply away, one of the options until a reset, and tells what it was',
      input: z.strictObject(place),
      reply: scripted,
      refusals: [404],
    },
    (which, { target }) => {
      const removed = target.replies.remove(which.apiVersion, which.action);
      if (removed === undefined) {
        const message = `no script answers ${which.action} of ${which.apiVersion}`;
        throw new MnsbusError({ code: 'RESOURCE_NOT_FOUND', message });
      }
      target.journal.record({ kind: 'operated', operation: 'remove-reply', ...which });
      return removed;
    },
  ),
];
