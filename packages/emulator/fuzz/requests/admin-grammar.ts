import type { Draw } from '../drawing/draw.js';
import {
  anyText,
  mutatedBytes,
  mutatedJson,
  oddJson,
  oddName,
  queueName,
  topicName,
} from '../drawing/hostile-values.js';
import { ADMIN_ROUTES } from '../../src/admin/admin-routes.js';
import type { AdminRoute } from '../../src/admin/admin-route.js';
import type { AdminDraft, Pairs } from './draft.js';
import type { Memory } from './memory.js';

/** The routes that are called: streams end with their client, and have tests of their own. */
const ROUTES: readonly AdminRoute[] = ADMIN_ROUTES.filter(({ replyType }) => replyType === undefined);

/** The names of the routes that are called. */
export const ADMIN_OPERATIONS: readonly string[] = ROUTES.map(({ id }) => id);

/** What takes the state away is called less often than what works on it. */
const RARE = new Set(['reset', 'restore', 'getSnapshot', 'seed']);
const CHOICES = ROUTES.map((route) => [RARE.has(route.id) ? 1 : 4, route] as const);

const FAULTS: readonly unknown[] = [
  { kind: 'server-error', times: 2 },
  { kind: 'server-error', status: 503, times: 1, match: { service: 'imm' } },
  { kind: 'refuse', code: 'AccessDeniedByRamPolicy', times: 1 },
  { kind: 'refuse', code: 'InternalServerError', times: 1 },
  { kind: 'refuse', code: 'TooManyRequests', times: 1 },
  { kind: 'refuse', code: 'Forbidden.RAM', times: 1 },
  { kind: 'refuse', code: 'NoPermission', times: 1 },
  { kind: 'refuse', code: 'ServiceUnavailable', times: 1 },
  { kind: 'refuse', code: 'Throttling', times: 1 },
  { kind: 'refuse', code: 'Throttling.Api', times: 1 },
  { kind: 'throttle', times: 2, retryAfterMs: 1500 },
  { kind: 'delay', delayMs: 700, times: 3 },
  { kind: 'reset-after-effect', times: 1 },
  { kind: 'reset-before-effect', times: 1 },
  { kind: 'truncate-reply', times: 1 },
  { kind: 'corrupt-reply', probability: 0.1, times: 2 },
  { kind: 'wrong-md5', times: 1 },
  { kind: 'skew-clock', skewMs: -1_000_000, times: 1 },
  { kind: 'expire-credentials', times: 1 },
  { kind: 'duplicate-message', probability: 0.5, times: 9 },
  { kind: 'reorder-message', behindMs: 5000, times: 3 },
  { kind: 'delay-message', delayMs: 9000, times: 3 },
  { kind: 'early-visibility', earlyMs: 5000, times: 3 },
  { kind: 'drop-delivery', times: 1 },
  { kind: 'repeat-delivery', times: 2 },
  { kind: 'late-delivery', delayMs: 3000, times: 2 },
  { kind: 'hold-task', times: 1 },
  { kind: 'slow-task', extraMs: 60_000, times: 1 },
  { kind: 'fail-task', code: 'X', times: 1 },
  { kind: 'duplicate-event', times: 1 },
  { kind: 'no-event', times: 1 },
];

const REPLIES: readonly unknown[] = [
  { reply: { Faces: [{ Age: 30 }] } },
  { reply: {} },
  { refuse: { code: 'InvalidArgument', status: 400, message: 'scripted' } },
  { reply: {}, overrides: true },
  { reply: { 'a b': 1 } },
  { refuse: { code: '' } },
];

/** A member of a body or a query by its name: a value that fits, more often than not. */
const MEMBERS = new Map<string, (draw: Draw, memory: Memory) => unknown>(
  Object.entries({
    queueName,
    toQueueName: queueName,
    topicName,
    subscriptionName: (draw) => draw.one(['one', 'two']),
    body: anyText,
    tag: (draw) => draw.one(['red', '']),
    priority: (draw) => draw.integer(0, 17),
    delaySeconds: (draw) => draw.one([0, 3, -1, 604_800, 604_801]),
    userProperties: (draw) => [{ name: draw.one(['k', '']), value: 'v', type: draw.one(['STRING', 'x']) }],
    messageIds: (draw, memory) => draw.some(3, () => memory.recall('messageId', draw) ?? 'none'),
    state: (draw) => draw.one(['active', 'inactive', 'delayed', 'gone']),
    prefix: (draw) => draw.one(['', 'o', '漢']),
    marker: (draw, memory) => memory.recall('marker', draw) ?? draw.one(['', '0', '-1', 'x']),
    limit: (draw) => draw.one([1, 2, 1000, 0, 1001, '3', '1e2']),
    since: (draw) => draw.one([0, 5, -1, '7', 1e15]),
    kind: (draw) => draw.one(['request', 'published', 'time', '__proto__']),
    messageId: (draw, memory) => memory.recall('messageId', draw) ?? 'none',
    taskId: (draw, memory) => memory.recallTask(() => true, draw)?.id ?? 'none',
    faultId: (draw) => draw.one(['fault-1', 'fault-2', 'none']),
    mode: (draw) => draw.one(['real', 'offset', 'frozen', 'x']),
    deltaMs: (draw) => draw.one([0, 1, 1500, 70_000, 86_400_000, 31_622_400_000, 31_622_400_001, -1, 1e300]),
    atMs: (draw) =>
      draw.one([1_767_225_600_000, 1_767_225_900_000, 1_780_000_000_000, 1_790_000_000_000, 0, -1, 1e300]),
    result: (draw) => draw.one([{}, { TgtUri: 'x' }, { a: [[1]] }, []]),
    code: (draw) => draw.one(['ConvertTimeout', '', 'x']),
    message: anyText,
    fault: (draw) => draw.one(FAULTS),
    accountId: (draw) => draw.one(['1000000000000001', '2000000000000002', '3', 'x', '9'.repeat(33)]),
    region: (draw) => draw.one(['cn-beijing', 'cn-hangzhou', 'X']),
    queues: () => [{ name: 'seeded', delaySeconds: 1 }, { name: 'orders' }],
    topics: () => [{ name: 'seeded', subscriptions: [{ name: 's', queue: 'seeded' }] }],
    projects: () => [{ name: 'seeded' }],
    apiVersion: (draw) => draw.one(['2017-09-06', '2020-09-30', '2020-09-31']),
    action: (draw) => draw.one(['DetectImageFaces', 'GetWebofficeURL', 'detectimagefaces', 'PutProject']),
    reply: (draw) => draw.one(REPLIES),
  }),
);

/** What each route takes in its body or query; one that is not here takes nothing. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  listQueues: ['prefix', 'marker', 'limit'],
  listMessages: ['marker', 'limit', 'state'],
  listTopics: ['prefix', 'marker', 'limit'],
  listSubscriptions: ['prefix', 'marker', 'limit'],
  setClockMode: ['mode'],
  advanceClock: ['deltaMs'],
  advanceClockTo: ['atMs'],
  finishTask: ['result'],
  failTask: ['code', 'message'],
  publish: ['topicName', 'body', 'tag', 'userProperties'],
  send: ['queueName', 'body', 'priority', 'delaySeconds', 'userProperties'],
  redrive: ['queueName', 'messageIds', 'toQueueName'],
  expire: ['queueName', 'messageIds'],
  deleteMessages: ['queueName', 'messageIds'],
  purge: ['queueName'],
  addFault: ['fault'],
  listJournal: ['kind', 'since', 'limit', 'messageId', 'queueName'],
  seed: ['queues', 'topics', 'projects'],
  reset: ['accountId'],
  setReply: ['reply'],
};

const ALL_MEMBERS = [...MEMBERS.keys()];

/** A request to the admin API: a route called rightly, or wrong in its path, members, JSON, type or size. */
export function drawAdmin(draw: Draw, memory: Memory): AdminDraft {
  const route = draw.weighted(CHOICES);
  const method = draw.once(40) ? draw.one(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) : route.method;
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => pathPart(draw, memory, name));
  const members = drawMembers(draw, memory, route);
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  return {
    door: 'admin',
    operation: route.id,
    method,
    path: `${draw.once(60) ? `${path}/${encodeURIComponent(oddName(draw).toWellFormed())}` : path}${hasBody ? '' : queryOf(members)}`,
    headers: headers(draw),
    body: hasBody ? bodyOf(draw, route, members) : new Uint8Array(),
  };
}

function pathPart(draw: Draw, memory: Memory, name: string): string {
  if (draw.once(20)) return draw.one(['%ZZ', '..', '%2F', '%00', '%F0%9F%98%80', 'x'.repeat(2000)]);
  const value = MEMBERS.get(name)?.(draw, memory);
  return encodeURIComponent((typeof value === 'string' ? value : 'none').toWellFormed());
}

function drawMembers(draw: Draw, memory: Memory, { id }: AdminRoute): readonly (readonly [string, unknown])[] {
  const names = (TAKES[id] ?? []).filter((name) => !draw.once(NEEDED.has(name) ? 20 : 2));
  const stray = draw.once(8) ? [draw.one([...ALL_MEMBERS, '__proto__', '', 'x'])] : [];
  const tenant = draw.once(8) ? ['accountId', 'region'] : [];
  return [...names, ...tenant, ...stray].map((name) => [name, MEMBERS.get(name)?.(draw, memory) ?? 'x'] as const);
}

const NEEDED = new Set([
  'queueName',
  'topicName',
  'body',
  'messageIds',
  'mode',
  'deltaMs',
  'atMs',
  'code',
  'fault',
  'reply',
]);

function queryOf(members: readonly (readonly [string, unknown])[]): string {
  if (members.length === 0) return '';
  const pairs = members.map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return `?${new URLSearchParams(pairs)}`;
}

function bodyOf(draw: Draw, { id }: AdminRoute, members: readonly (readonly [string, unknown])[]): Uint8Array {
  if (draw.once(30)) return new Uint8Array();
  const value = id === 'restore' ? { format: 'mnsbus-emulator', version: 1 } : Object.fromEntries(members);
  const text = draw.once(5) ? mutatedJson(draw, value) : draw.once(30) ? oddJson(draw) : JSON.stringify(value);
  const bytes = Buffer.from(draw.once(60) ? `\uFEFF${text}` : text);
  return draw.once(20) ? mutatedBytes(draw, bytes) : bytes;
}

function headers(draw: Draw): Pairs {
  return [
    [
      'content-type',
      draw.once(15)
        ? draw.one(['text/plain', '', 'application/json5', 'application/json;charset=gbk'])
        : 'application/json',
    ],
  ];
}
