import { z } from 'zod';
import { ADMIN_API_VERSION } from './admin-address.js';
import { adminErrorSchema } from './admin-error.js';
import type { AdminRoute } from './admin-route.js';

/** A JSON value that is a JSON Schema, or a part of the document. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What each status of a refusal says. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'What was given is not what the route takes',
  401: 'The token lacks or is another one',
  429: 'There have been many wrong tokens; Retry-After says when to come again',
  403: 'The caller, its origin, or the host that it named is refused',
  404: 'There is no such thing',
  409: 'It cannot be done now',
  413: 'The body is too large',
  415: 'The body is not application/json',
  503: 'The emulator closes, cannot keep its state, or has too many open streams',
};

/** The OpenAPI 3.1 document of routes under `prefix`. */
export function openApiDocument(routes: readonly AdminRoute[], prefix: string): JsonObject {
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonObject => hoisted(schema, io, schemas);
  schemaOf(adminErrorSchema, 'output');
  for (const route of routes) {
    const path = (paths[`${prefix}${route.path}`] ??= {});
    path[route.method.toLowerCase()] = operationOf(route, schemaOf);
  }
  const document = `${prefix}/openapi.json`;
  paths[document] = {
    get: {
      operationId: 'getDocument',
      summary: 'This document',
      responses: { 200: jsonContent('The document', { type: 'object' }), ...refusalsOf([401, 403, 429]) },
    },
  };
  return {
    openapi: '3.1.1',
    info: {
      title: 'mnsbus emulator',
      version: ADMIN_API_VERSION,
      summary: 'Looks into a running emulator of IMM and MNS, and operates it',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    // Programs and pages of the emulator's own machine need none.
    security: [{}, { token: [] }],
    paths,
    components: { schemas, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

function operationOf(
  route: AdminRoute,
  schemaOf: (schema: z.ZodType, io: 'input' | 'output') => JsonObject,
): JsonObject {
  const { method, id, summary, reply, replyType, refusals = [] } = route;
  const input = schemaOf(route.input, 'input');
  const inPath = new Set([...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  const members = Object.entries(objectOf(input['properties']));
  const required = Array.isArray(input['required']) ? input['required'].map(String) : [];
  const hasBody = method === 'POST' || method === 'PUT';
  const parameters = members
    .filter(([name]) => inPath.has(name) || !hasBody)
    .map(([name, schema]) => ({
      name,
      in: inPath.has(name) ? 'path' : 'query',
      required: inPath.has(name) || required.includes(name),
      schema,
    }));
  const bodyMembers = hasBody ? members.filter(([name]) => !inPath.has(name)) : [];
  const bodyRequired = required.filter((name) => !inPath.has(name));
  const body = {
    ...input,
    properties: Object.fromEntries(bodyMembers),
    required: bodyRequired,
  };
  // A name such as `..` leads to another path.
  const astray = route.path.includes('{') ? [404] : [];
  const statuses = [400, 401, 403, 429, 503, ...astray, ...refusals, ...(bodyMembers.length === 0 ? [] : [413, 415])];
  const success =
    replyType === undefined
      ? jsonContent('Done', schemaOf(reply, 'output'))
      : { description: 'A stream', content: { [replyType]: { schema: { type: 'string' } } } };
  return {
    operationId: id,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(bodyMembers.length === 0
      ? {}
      : {
          requestBody: {
            required: bodyRequired.length > 0,
            content: { 'application/json': { schema: body } },
          },
        }),
    responses: { 200: success, ...refusalsOf(statuses) },
  };
}

function refusalsOf(statuses: readonly number[]): JsonObject {
  const error = { $ref: '#/components/schemas/Error' };
  return Object.fromEntries(statuses.map((status) => [status, jsonContent(REFUSALS[status] ?? 'Refused', error)]));
}

function jsonContent(description: string, schema: JsonObject): JsonObject {
  return { description, content: { 'application/json': { schema } } };
}

/** The JSON Schema of a schema, with its named parts among the components of the document. */
function hoisted(schema: z.ZodType, io: 'input' | 'output', components: Record<string, unknown>): JsonObject {
  const {
    $schema: _dialect,
    $defs: parts,
    ...own
  } = relinked(z.toJSONSchema(schema, { io, override: withoutReadOnly }));
  for (const [name, part] of Object.entries(objectOf(parts))) components[name] = withoutId(objectOf(part));
  const { id } = own;
  if (typeof id !== 'string') return own;
  components[id] = withoutId(own);
  return { $ref: `#/components/schemas/${id}` };
}

/** What our types do not write to is no member that a client must not send. */
function withoutReadOnly({ jsonSchema }: { readonly jsonSchema: { readOnly?: boolean | undefined } }): void {
  delete jsonSchema.readOnly;
}

function withoutId({ id: _id, ...schema }: JsonObject): JsonObject {
  return schema;
}

/** Lets references lead to the components of the document. */
function relinked(schema: object): JsonObject {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/');
  return objectOf(JSON.parse(text));
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
