import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from './admin-routes.js';
import { openApiDocument } from './openapi-document.js';
import { adminClient, type Document } from './test-support/admin-client.js';

const METHODS = ['get', 'post', 'put', 'delete', 'patch'] as const;

const served = async (): Promise<Document> => {
  const { fetch } = await adminClient();
  const reply = await fetch(new Request('http://emulator/_emulator/openapi.json'));
  return (await reply.json()) as Document;
};

describe('the OpenAPI document', () => {
  it('is valid, as version 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(JSON.parse(JSON.stringify(await served())));
    expect(result).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('would be called invalid if it were', async () => {
    const broken = { ...(await served()), paths: { 'no-slash': { get: { responses: 5 } } } };
    expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
  });

  it('has every route of the table and its own, under the prefix, and no other', async () => {
    const { paths } = await served();
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routes = ADMIN_ROUTES.map(({ method, path }) => `${method} /_emulator${path}`);
    expect(documented.toSorted()).toEqual([...routes, 'GET /_emulator/openapi.json'].toSorted());
  });

  it('forbids no member of a request that the route takes', async () => {
    expect(JSON.stringify(await served())).not.toContain('readOnly');
  });

  it('names every operation once', async () => {
    const ids = Object.values((await served()).paths).flatMap((operations) =>
      Object.values(operations).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is what the implementation answers to: what it has is there, and what it has not is refused', async () => {
    const { paths } = await served();
    const { fetch } = await adminClient();
    for (const [template, operations] of Object.entries(paths)) {
      for (const method of METHODS) {
        const path = template.replaceAll(/\{\w+\}/g, 'nobody');
        const aborted = AbortSignal.abort();
        const reply = await fetch(new Request(`http://emulator${path}`, { method: method.toUpperCase() }), aborted);
        const text = await reply.text();
        const isThere = !/^\{"error":\{"code":"(?:ROUTE_NOT_FOUND|METHOD_NOT_ALLOWED)"/.test(text);
        expect([method, path, isThere]).toEqual([method, path, method in operations]);
        if (method in operations) {
          expect(Object.keys(operations[method]?.responses ?? {})).toContain(String(reply.status));
        }
      }
    }
  });

  it('has each parameter of a path, and none besides the input of the route', () => {
    const { paths } = openApiDocument(ADMIN_ROUTES, '/x') as unknown as {
      paths: Record<string, Record<string, { parameters?: { name: string; in: string; required: boolean }[] }>>;
    };
    for (const [template, operations] of Object.entries(paths)) {
      for (const { parameters = [] } of Object.values(operations)) {
        const inPath = parameters.filter((parameter) => parameter.in === 'path');
        const named = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        expect(inPath.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
        expect(inPath.every(({ required }) => required)).toBe(true);
      }
    }
  });
});
