import { z } from 'zod';
import { adminRoute, type AdminRoute } from '../admin-route.js';
import { pageMembers, pageOf, taskSchema } from '../admin-schemas.js';

const taskId = z.string().min(1);

/** The tasks of IMM: look at them, and end or hold them by hand. */
export const taskRoutes: readonly AdminRoute[] = [
  adminRoute(
    {
      method: 'GET',
      path: '/tasks',
      id: 'listTasks',
      summary: 'Lists tasks, by API version and tenant, and then as submitted',
      input: z.strictObject({
        ...pageMembers,
        newestFirst: z
          .exactOptional(z.enum(['true', 'false']))
          .meta({ description: 'Whether the list runs backwards; default false' }),
      }),
      reply: pageOf(taskSchema),
    },
    ({ newestFirst, ...choice }, { target }) => target.tasks.page({ ...choice, newestFirst: newestFirst === 'true' }),
  ),
  adminRoute(
    {
      method: 'GET',
      path: '/tasks/{taskId}',
      id: 'getTask',
      summary: 'Shows a task',
      input: z.strictObject({ taskId }),
      reply: taskSchema,
      refusals: [404],
    },
    (input, { target }) => target.tasks.get(input.taskId),
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/tasks/{taskId}/finish',
      id: 'finishTask',
      summary: 'Lets a task succeed now; its event follows',
      input: z.strictObject({
        taskId,
        result: z.exactOptional(z.record(z.string(), z.unknown())).meta({
          description: 'Members in place of those that its result would have had',
        }),
      }),
      reply: taskSchema,
      refusals: [404, 409],
    },
    (input, { target }) => target.tasks.finish(input.taskId, input.result),
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/tasks/{taskId}/fail',
      id: 'failTask',
      summary: 'Lets a task fail now; its event follows',
      input: z.strictObject({ taskId, code: z.string().min(1), message: z.exactOptional(z.string()) }),
      reply: taskSchema,
      refusals: [404, 409],
    },
    ({ taskId: id, ...failure }, { target }) => target.tasks.fail(id, failure),
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/tasks/{taskId}/hold',
      id: 'holdTask',
      summary: 'Lets a task run until it is ended by hand',
      input: z.strictObject({ taskId }),
      reply: taskSchema,
      refusals: [404, 409],
    },
    (input, { target }) => target.tasks.hold(input.taskId),
  ),
];
