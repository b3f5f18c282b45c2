import { fc, it as prop } from '@fast-check/vitest';
import { beforeEach, describe, expect, vi } from 'vitest';
import { queueXml } from '../operator/test-support/operated-emulator.js';
import { ADMIN_ROUTES } from './admin-routes.js';
import { adminClient, type AdminClient } from './test-support/admin-client.js';

let admin: AdminClient;

beforeEach(async () => {
  admin = await adminClient();
  await admin.call('PUT', '/queues/work', queueXml());
  await admin.call('PUT', '/topics/news', '');
});

const names = ['queueName', 'topicName', 'toQueueName', 'messageIds', 'body', 'tag', 'priority', 'delaySeconds'];
const more = [
  'userProperties',
  'accountId',
  'region',
  'mode',
  'deltaMs',
  'atMs',
  'code',
  'result',
  'marker',
  'limit',
  'fault',
];
const member = fc.oneof(fc.constantFrom(...names, ...more), fc.string({ unit: 'binary', maxLength: 6 }));
const value = fc.oneof(
  fc.constantFrom<unknown>('work', 'news', 'dead', '', null, 0, -1, 1, 1e308, true, [], {}, 'frozen', 'offset', 'real'),
  fc.constantFrom({ kind: 'no-event' }, { kind: 'delay', delayMs: 5, name: 'nobody' }, { kind: 'delay' }),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const call = fc.record({
  route: fc.constantFrom(...ADMIN_ROUTES.filter(({ replyType }) => replyType === undefined)),
  method: fc.option(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'), { nil: undefined, freq: 9 }),
  name: fc.oneof(fc.constantFrom('work', 'news', 'nobody', '%ZZ', '..', '%2F', '%00'), fc.webSegment()),
  members: fc.array(fc.tuple(member, value), { maxLength: 5 }),
  body: fc.option(fc.uint8Array({ maxLength: 12 }), { nil: undefined, freq: 9 }),
});

/** Not `String`, which objects with a `toString` of their own would break. */
const textOf = (given: unknown): string => (typeof given === 'string' ? given : JSON.stringify(given));

describe('the admin API', () => {
  prop.prop([fc.array(call, { minLength: 1, maxLength: 10 })], { numRuns: 60 })(
    'answers whatever comes with a reply of its document, and never by a fault of its own',
    async (calls) => {
      const warned = vi.spyOn(process, 'emitWarning');
      for (const { route, method = route.method, name, members, body } of calls) {
        const path = route.path.replaceAll(/\{\w+\}/g, name);
        const hasBody = method !== 'GET' && method !== 'DELETE' && method !== 'OPTIONS';
        const query = new URLSearchParams(members.map(([key, given]): [string, string] => [key, textOf(given)]));
        const json = JSON.stringify(Object.fromEntries(members));
        const reply = await admin.send(
          method,
          hasBody ? path : `${path}?${query}`,
          hasBody ? { body: body ?? json, headers: { 'Content-Type': 'application/json' } } : {},
        );
        expect(reply.status).toBeLessThan(500);
      }
      expect(warned).not.toHaveBeenCalled();
      warned.mockRestore();
    },
    30_000,
  );
});
