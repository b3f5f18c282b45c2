import { SteerableClock, VirtualClock } from '@mnsbus/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../emulator.js';
import { START_MS } from '../../mns/test-support/mns-fixture.js';
import { operatedEmulator, type OperatedEmulator } from '../../operator/test-support/operated-emulator.js';
import { createAdminApp } from '../admin-app.js';

/** A reply of the admin API, decoded. */
export interface AdminReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The admin API of an emulator, and a client that holds each reply against the document. */
export interface AdminClient extends Omit<OperatedEmulator, 'clock'> {
  /** The clock of the emulator, frozen at first. */
  readonly clock: SteerableClock;
  readonly emulator: Emulator;
  readonly fetch: (request: Request, signal?: AbortSignal) => Promise<Response>;
  get(path: string): Promise<AdminReply>;
  post(path: string, body?: unknown): Promise<AdminReply>;
  put(path: string, body?: unknown): Promise<AdminReply>;
  remove(path: string): Promise<AdminReply>;
  send(method: string, path: string, init?: RequestInit): Promise<AdminReply>;
}

/** The part of the document that the tests look at. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

/** Creates an emulator with a frozen clock, and its admin API. */
export async function adminClient(options: EmulatorOptions = {}): Promise<AdminClient> {
  const machine = new VirtualClock(START_MS);
  const clock = new SteerableClock({ mode: 'frozen', machine });
  const operated = operatedEmulator({ clock, ...options });
  const app = createAdminApp(operated.emulator);
  const fetch: AdminClient['fetch'] = (request, signal = new AbortController().signal) => app(request, signal);
  const documented = await fetch(new Request('http://emulator/_emulator/openapi.json'));
  const check = checkOf(await documented.text());
  const send: AdminClient['send'] = async (method, path, init = {}) => {
    const reply = await fetch(new Request(`http://emulator/_emulator${path}`, { method, ...init }));
    const body = (await reply.json()) as AdminReply['body'];
    check(method, `/_emulator${path.split('?', 1)[0]}`, reply.status, body);
    return { status: reply.status, headers: reply.headers, body };
  };
  const json = (body: unknown): RequestInit =>
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  return {
    ...operated,
    clock,
    fetch,
    send,
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, json(body)),
    put: (path, body) => send('PUT', path, json(body)),
    remove: (path) => send('DELETE', path),
  };
}

const checks = new Map<string, ReturnType<typeof replyCheck>>();

/** The check of a document, made once for all clients: compiling it is what takes the time. */
function checkOf(text: string): ReturnType<typeof replyCheck> {
  const check = checks.get(text) ?? replyCheck(JSON.parse(text) as Document);
  checks.set(text, check);
  return check;
}

/** Holds replies against the document: every status of every operation has its schema there. */
export function replyCheck(document: Document): (method: string, path: string, status: number, body: unknown) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'document', ...document });
  return (method, path, status, body) => {
    const found = Object.entries(document.paths).find(
      ([template, operations]) => method.toLowerCase() in operations && matches(template, path),
    );
    if (found === undefined) {
      // Nothing that the document knows: it is refused, in the one shape of refusals.
      expect([404, 405]).toContain(status);
      expect(errorsOf(ajv, ['components', 'schemas', 'Error'], body)).toEqual([]);
      return;
    }
    const [template, operations] = found;
    const operation = operations[method.toLowerCase()];
    const content = operation?.responses[String(status)]?.content['application/json'];
    expect(content, `${method} ${template} has a reply of status ${status}`).toBeDefined();
    const place = ['paths', template, method.toLowerCase(), 'responses', String(status)];
    const errors = errorsOf(ajv, [...place, 'content', 'application/json', 'schema'], body);
    expect({ reply: `${method} ${path} ${status}`, errors, body: errors.length === 0 ? {} : body }).toEqual({
      reply: `${method} ${path} ${status}`,
      errors: [],
      body: {},
    });
  };
}

/** What is wrong with a value by the schema at a place of the document; compiled once for each place. */
function errorsOf(ajv: Ajv2020, place: readonly string[], value: unknown): readonly unknown[] {
  const pointer = place.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const validate = ajv.getSchema(`document#/${pointer}`);
  if (validate === undefined) throw new Error(`the document has nothing at ${pointer}`);
  return validate(value) === true ? [] : (validate.errors ?? ['invalid']);
}

function matches(template: string, path: string): boolean {
  const [expected, given] = [template.split('/'), path.split('/')];
  return (
    expected.length === given.length && expected.every((step, index) => step.startsWith('{') || step === given[index])
  );
}
