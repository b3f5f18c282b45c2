import { SystemClock, type Clock } from '@mnsbus/core';
import { readJson } from '@mnsbus/core/internal';
import { Hono, type Context } from 'hono';
import { MAX_SNAPSHOT_DEPTH } from '../runtime/json-value.js';
import { ADMIN_API_VERSION, ADMIN_PREFIX, ADMIN_VERSION_HEADER } from './admin-address.js';
import { AdminRefusal, refusalFor } from './admin-error.js';
import { DEFAULT_BODY_BYTES } from './admin-limits.js';
import type { AdminMethod, AdminRoute } from './admin-route.js';
import { ADMIN_ROUTES } from './admin-routes.js';
import type { AdminTarget } from './admin-target.js';
import { openApiDocument } from './openapi-document.js';

/** Answers one request of the admin API; the caller has been let in already. Never rejects. */
export type AdminApp = (request: Request, signal: AbortSignal) => Promise<Response>;

/** Makes the admin API of an emulator; `machine` times what goes over connections. */
export function createAdminApp(target: AdminTarget, machine: Clock = new SystemClock()): AdminApp {
  const routes = ADMIN_ROUTES;
  const streams = { open: 0 };
  const app = new Hono<{ Bindings: { readonly signal: AbortSignal } }>();
  const document = JSON.stringify(openApiDocument(routes, ADMIN_PREFIX));
  app.get(`${ADMIN_PREFIX}/openapi.json`, () => jsonReply(200, document));
  const allowed = new Map<string, AdminMethod[]>([[`${ADMIN_PREFIX}/openapi.json`, ['GET']]]);
  for (const route of routes) {
    const path = `${ADMIN_PREFIX}${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
    allowed.set(path, [...(allowed.get(path) ?? []), route.method]);
    app.on(route.method, path, async (context) => {
      const input = await readInput(route, context);
      const { signal } = context.env;
      const header = (name: string): string | undefined => context.req.header(name);
      const reply = await kept(target, route.run(input, { target, machine, streams, signal, header }));
      return reply instanceof Response ? reply : jsonReply(200, JSON.stringify(reply));
    });
  }
  for (const [path, methods] of allowed) app.all(path, ({ req }) => refuse(new MethodRefusal(methods, req.method)));
  app.notFound(({ req }) => {
    const expected = `a path of ${ADMIN_PREFIX}/openapi.json`;
    return refuse(new AdminRefusal(404, 'ROUTE_NOT_FOUND', { expected, received: req.path }));
  });
  app.onError((error) => refuse(error));
  return async (request, signal) => {
    try {
      return await app.fetch(request, { signal });
    } catch (error) {
      // What is thrown before a route is found, for example for a path with a broken escape.
      return refuse(error);
    }
  };
}

/** Answers, refusals too, wait until what they tell of is on the disk. */
async function kept(target: AdminTarget, answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } finally {
    await target.flushed();
  }
}

/** A refusal as it goes out. */
export function refuse(error: unknown): Response {
  const { status, body, retryAfterSeconds } = refusalFor(error);
  const reply = jsonReply(status, JSON.stringify(body));
  if (status === 401) reply.headers.set('WWW-Authenticate', 'Bearer');
  if (retryAfterSeconds !== undefined) reply.headers.set('Retry-After', String(retryAfterSeconds));
  if (error instanceof MethodRefusal) reply.headers.set('Allow', error.allowed.join(', '));
  return reply;
}

class MethodRefusal extends AdminRefusal {
  readonly allowed: readonly AdminMethod[];

  constructor(allowed: readonly AdminMethod[], received: string) {
    super(405, 'METHOD_NOT_ALLOWED', { expected: allowed.join(' or '), received });
    this.allowed = allowed;
  }
}

/** Everything that a request brings, in one object: what the path names, and the query or the members of the body. */
async function readInput(route: AdminRoute, { req }: Context): Promise<Readonly<Record<string, unknown>>> {
  const fromPath = req.param();
  const query = req.query();
  const hasBody = route.method === 'POST' || route.method === 'PUT';
  const given = hasBody ? await readBody(route, req.raw) : query;
  const [misplaced] = hasBody ? Object.keys(query) : [];
  const twice = misplaced ?? Object.keys(fromPath).find((name) => Object.hasOwn(given, name));
  if (twice !== undefined) {
    const where = misplaced === undefined ? 'only in the path' : 'in the body';
    throw new AdminRefusal(400, 'INVALID_ARGUMENT', { expected: where, received: 'another place', path: [twice] });
  }
  return { ...given, ...fromPath };
}

async function readBody({ maxBodyBytes = DEFAULT_BODY_BYTES }: AdminRoute, request: Request): Promise<object> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length > maxBodyBytes) {
    const [expected, received] = [`a body of at most ${maxBodyBytes} bytes`, 'a larger one'];
    throw new AdminRefusal(413, 'BODY_TOO_LARGE', { expected, received });
  }
  if (bytes.length === 0) return {};
  // A page of another origin cannot send this type without asking first.
  const type = request.headers.get('content-type');
  if (!/^application\/json\s*(?:;|$)/i.test(type ?? '')) {
    const [expected, received] = ['Content-Type: application/json', type ?? 'no type'];
    throw new AdminRefusal(415, 'MEDIA_TYPE_UNSUPPORTED', { expected, received });
  }
  return parseObject(bytes);
}

function parseObject(bytes: Uint8Array): object {
  const { value, refused } = readValue(bytes);
  if (refused !== undefined) {
    throw new AdminRefusal(400, 'JSON_MALFORMED', { expected: 'a JSON object in UTF-8', received: refused });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new AdminRefusal(400, 'INVALID_ARGUMENT', { expected: 'a JSON object', received: 'another value' });
}

function readValue(bytes: Uint8Array): { readonly value?: unknown; readonly refused?: string } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const reading = readJson(text, { maxDepth: MAX_SNAPSHOT_DEPTH, maxLength: Infinity });
    if (reading.refusal === undefined) return { value: reading.value };
    return { refused: reading.cause instanceof Error ? reading.cause.message : reading.refusal };
  } catch (cause) {
    return { refused: cause instanceof Error ? cause.message : String(cause) };
  }
}

function jsonReply(status: number, text: string): Response {
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    [ADMIN_VERSION_HEADER]: ADMIN_API_VERSION,
  };
  return new Response(text, { status, headers });
}
