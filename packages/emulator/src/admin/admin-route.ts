import type { Clock } from '@mnsbus/core';
import type { z } from 'zod';
import { schemaRefusal } from './admin-error.js';
import type { AdminTarget } from './admin-target.js';

/** The methods of the admin API. */
export type AdminMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What surrounds one call. */
export interface AdminCall {
  readonly target: AdminTarget;
  /** Time as it passes for whoever waits for a reply, whatever the emulator's clock does. */
  readonly machine: Clock;
  /** How many streams this API feeds. */
  readonly streams: { open: number };
  /** Aborts when the client has gone, or the server closes. */
  readonly signal: AbortSignal;
  /** A header of the request; `undefined` when it is absent. */
  readonly header: (name: string) => string | undefined;
}

/** What a route is, apart from what it does. */
export interface AdminRouteShape<Input, Reply> {
  readonly method: AdminMethod;
  /** Under the prefix, with `{name}` for what varies: `/tasks/{taskId}`. */
  readonly path: string;
  /** The name of the operation in the document. */
  readonly id: string;
  readonly summary: string;
  /**
   * One object of all that the route takes: what the path names comes from there, the rest from the query of a GET or
   * DELETE and from the body of the others.
   */
  readonly input: z.ZodType<Input>;
  readonly reply: z.ZodType<Reply>;
  /** Default `application/json`. */
  readonly replyType?: 'text/event-stream';
  /** Statuses of refusals that not every route has. */
  readonly refusals?: readonly (404 | 409 | 503)[];
  /** Most bytes of the body. Default a mebibyte. */
  readonly maxBodyBytes?: number;
}

/** A route, whatever it takes and gives. */
export interface AdminRoute extends AdminRouteShape<unknown, unknown> {
  /** Checks the input and acts. Rejects with an `AdminRefusal`, or what the target has thrown. */
  readonly run: (input: unknown, call: AdminCall) => Promise<unknown>;
}

/** A route that acts by `handle`: it gets the checked input, and gives the reply or a `Response` of its own. */
export function adminRoute<Input, Reply>(
  shape: AdminRouteShape<Input, Reply>,
  handle: (input: Input, call: AdminCall) => Reply | Response | Promise<Reply | Response>,
): AdminRoute {
  return {
    ...shape,
    run: async (input, call) => {
      const checked = shape.input.safeParse(input);
      if (!checked.success) throw schemaRefusal(checked.error, input);
      return handle(checked.data, call);
    },
  };
}
