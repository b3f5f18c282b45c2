import type { Draw } from '../drawing/draw.js';
import {
  anyText,
  mutatedBytes,
  numberText,
  oddName,
  queueName,
  subscriptionName,
  topicName,
} from '../drawing/hostile-values.js';
import { markup, xmlBytes, type Markup } from '../drawing/xml.js';
import type { MnsDraft, Pairs, Proof } from './draft.js';
import type { Memory } from './memory.js';
import {
  batchBody,
  handle,
  handlesBody,
  queueBody,
  queueMessage,
  subscriptionBody,
  topicBody,
  topicMessage,
} from './mns-bodies.js';
import { contentMd5 } from './signing.js';

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly body?: Markup;
  readonly headers?: Pairs;
}

type Make = (draw: Draw, memory: Memory) => Asked;

/** Each operation of the API, and how often it is asked for (spec mns §2). */
const OPERATIONS: readonly (readonly [weight: number, operation: string, make: Make])[] = [
  [4, 'CreateQueue', (draw) => ({ method: 'PUT', target: `/queues/${queueName(draw)}`, body: queueBody(draw) })],
  [
    3,
    'SetQueueAttributes',
    (draw) => ({ method: 'PUT', target: `/queues/${queueName(draw)}?${override(draw)}`, body: queueBody(draw) }),
  ],
  [3, 'GetQueueAttributes', (draw) => ({ method: 'GET', target: `/queues/${queueName(draw)}` })],
  [1, 'DeleteQueue', (draw) => ({ method: 'DELETE', target: `/queues/${queueName(draw)}` })],
  [2, 'ListQueue', (draw, memory) => ({ method: 'GET', target: '/queues', headers: pageHeaders(draw, memory) })],
  [14, 'SendMessage', (draw) => ({ method: 'POST', target: messages(draw), body: queueMessage(draw) })],
  [5, 'BatchSendMessage', (draw) => ({ method: 'POST', target: messages(draw), body: batchBody(draw) })],
  [8, 'ReceiveMessage', (draw) => ({ method: 'GET', target: `${messages(draw)}?${waits(draw)}` })],
  [
    6,
    'BatchReceiveMessage',
    (draw) => ({ method: 'GET', target: `${messages(draw)}?numOfMessages=${numberText(draw, 1, 16)}&${waits(draw)}` }),
  ],
  [2, 'PeekMessage', (draw) => ({ method: 'GET', target: `${messages(draw)}?peekonly=true` })],
  [
    2,
    'BatchPeekMessage',
    (draw) => ({ method: 'GET', target: `${messages(draw)}?peekonly=true&numOfMessages=${numberText(draw, 1, 16)}` }),
  ],
  [
    6,
    'DeleteMessage',
    (draw, memory) => ({
      method: 'DELETE',
      target: `${messages(draw)}?${draw.one(['ReceiptHandle', 'receiptHandle', 'RECEIPTHANDLE'])}=${handle(draw, memory)}`,
    }),
  ],
  [
    3,
    'BatchDeleteMessage',
    (draw, memory) => ({ method: 'DELETE', target: messages(draw), body: handlesBody(draw, memory) }),
  ],
  [
    5,
    'ChangeMessageVisibility',
    (draw, memory) => ({ method: 'PUT', target: `${messages(draw)}?${visibility(draw, memory)}` }),
  ],
  [3, 'CreateTopic', (draw) => ({ method: 'PUT', target: `/topics/${topicName(draw)}`, body: topicBody(draw) })],
  [
    2,
    'SetTopicAttributes',
    (draw) => ({ method: 'PUT', target: `/topics/${topicName(draw)}?${override(draw)}`, body: topicBody(draw) }),
  ],
  [2, 'GetTopicAttributes', (draw) => ({ method: 'GET', target: `/topics/${topicName(draw)}` })],
  [1, 'DeleteTopic', (draw) => ({ method: 'DELETE', target: `/topics/${topicName(draw)}` })],
  [2, 'ListTopic', (draw, memory) => ({ method: 'GET', target: '/topics', headers: pageHeaders(draw, memory) })],
  [
    8,
    'PublishMessage',
    (draw) => ({ method: 'POST', target: `/topics/${topicName(draw)}/messages`, body: topicMessage(draw) }),
  ],
  [4, 'Subscribe', (draw) => ({ method: 'PUT', target: subscription(draw), body: subscriptionBody(draw, true) })],
  [
    2,
    'SetSubscriptionAttributes',
    (draw) => ({
      method: 'PUT',
      target: `${subscription(draw)}?${override(draw)}`,
      body: subscriptionBody(draw, false),
    }),
  ],
  [2, 'GetSubscriptionAttributes', (draw) => ({ method: 'GET', target: subscription(draw) })],
  [1, 'Unsubscribe', (draw) => ({ method: 'DELETE', target: subscription(draw) })],
  [
    2,
    'ListSubscriptionByTopic',
    (draw, memory) => ({
      method: 'GET',
      target: `/topics/${topicName(draw)}/subscriptions`,
      headers: pageHeaders(draw, memory),
    }),
  ],
  [1, 'GetAccountAttributes', () => ({ method: 'GET', target: '/?accountmeta=true' })],
  [
    1,
    'SetAccountAttributes',
    (draw) => ({
      method: 'PUT',
      target: '/?accountmeta=true',
      body: markup('Account', [markup('LoggingBucket', anyText(draw))]),
    }),
  ],
  [1, 'OpenService', () => ({ method: 'POST', target: '/commonbuy/openservice' })],
  [2, 'Unknown', (draw) => ({ method: draw.one(METHODS), target: strayTarget(draw), body: queueMessage(draw) })],
];

/** Every operation that is asked for. */
export const MNS_OPERATIONS: readonly string[] = OPERATIONS.map(([, operation]) => operation);

const CHOICES = OPERATIONS.map(([weight, operation, make]) => [weight, { operation, make }] as const);

const METHODS = [
  'GET',
  'PUT',
  'POST',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'get',
  '',
  '__proto__',
  'CONNECT',
];

/** A request to MNS: an operation asked for rightly, or wrong in its values, structure, bytes, headers or signature. */
export function drawMns(draw: Draw, memory: Memory): MnsDraft {
  const { operation, make } = draw.weighted(CHOICES);
  const asked = make(draw, memory);
  const body =
    asked.body === undefined ? strayBody(draw) : draw.once(40) ? new Uint8Array() : xmlBytes(draw, asked.body);
  return {
    door: 'mns',
    operation,
    method: draw.once(80) ? draw.one(METHODS) : asked.method,
    target: draw.once(30) ? oddTarget(draw, asked.target) : asked.target,
    headers: [...headers(draw, body), ...(asked.headers ?? [])],
    body,
    proof: proof(draw),
    leaves: draw.once(60),
  };
}

function proof(draw: Draw): Proof {
  return {
    way: draw.weighted([
      [20, 'v1'],
      [3, 'v4'],
    ] as const),
    key: draw.weighted([
      [60, 'own'],
      [4, 'temporary'],
      [1, 'expired'],
      [1, 'inactive'],
      [1, 'unknown'],
      [1, 'other-account'],
    ] as const),
    flaw: draw.once(10)
      ? draw.one(['secret', 'shape', 'token', 'date', 'skew', 'version', 'method', 'nonce', 'unsigned'] as const)
      : 'none',
  };
}

function headers(draw: Draw, body: Uint8Array): Pairs {
  const pairs: (readonly [string, string])[] = [
    ['Content-Type', draw.once(9) ? anyHeaderText(draw) : 'text/xml;charset=utf-8'],
  ];
  if (!draw.once(3)) pairs.push(['Host', draw.once(15) ? draw.one(HOSTS) : '127.0.0.1:9324']);
  if (draw.once(9)) pairs.push(['Content-MD5', draw.once(2) ? 'bm90aGluZw==' : contentMd5(body, draw.once(2))]);
  if (draw.once(30))
    pairs.push([draw.one(['x-mns-user-request-id', 'X-MNS-x', 'x-mns-', '__proto__', 'Expect']), anyHeaderText(draw)]);
  if (draw.once(40)) pairs.push(['Date', draw.one(['Thu, 01 Jan 2026 00:00:00 GMT', 'now', '', '2026-01-01', '-1'])]);
  return pairs;
}

const HOSTS = [
  '1000000000000001.mns.cn-hangzhou.aliyuncs.com',
  '1000000000000001.mns.cn-beijing-internal-vpc.aliyuncs.com:80',
  '2000000000000002.mns.cn-beijing.aliyuncs.com',
  '99999999999999999999999999999999999.mns.x.aliyuncs.com',
  '3.mns.CN-SHANGHAI.aliyuncs.com',
  'imm.cn-beijing.aliyuncs.com',
  '[::1]:9324',
  '',
  'a"b<c>',
  'é',
  'x'.repeat(300),
];

/** A text that a header could carry, one character a byte. */
function anyHeaderText(draw: Draw): string {
  return draw.one(['', ' ', 'text/xml', 'application/json', 'a,b;c="d"', '\u00FF\u00FE', 'x'.repeat(4000), '\t', '漢']);
}

function pageHeaders(draw: Draw, memory: Memory): Pairs {
  const pairs: (readonly [string, string])[] = [];
  if (draw.once(2)) pairs.push(['x-mns-ret-number', numberText(draw, 1, 1000)]);
  if (draw.once(2)) pairs.push(['x-mns-prefix', draw.one(['', 'o', 'orders', 'e', '<', '漢', 'x'.repeat(300)])]);
  if (draw.once(3)) pairs.push(['x-mns-marker', memory.recall('marker', draw) ?? draw.one(['', 'o', '!', '漢'])]);
  if (draw.once(4)) pairs.push(['x-mns-with-meta', draw.one(['true', 'TRUE', 'false', '', '1'])]);
  return pairs;
}

function override(draw: Draw): string {
  return draw.one([
    'metaoverride=true',
    'metaoverride=true',
    'metaOverride=true',
    'Metaoverride=TRUE',
    'metaoverride=1',
  ]);
}

function messages(draw: Draw): string {
  return `/queues/${queueName(draw)}/messages`;
}

function subscription(draw: Draw): string {
  return `/topics/${topicName(draw)}/subscriptions/${subscriptionName(draw)}`;
}

/** Most receives do not wait; some wait, and then others go on meanwhile. */
function waits(draw: Draw): string {
  return draw.once(6) ? `waitseconds=${numberText(draw, 0, 30)}` : draw.one(['waitseconds=0', '']);
}

function visibility(draw: Draw, memory: Memory): string {
  const parts = [`receiptHandle=${handle(draw, memory)}`, `visibilityTimeout=${numberText(draw, 1, 43_200)}`];
  return draw.once(15) ? draw.one(parts) : parts.join('&');
}

/** Operations without a body get one now and then. */
function strayBody(draw: Draw): Uint8Array {
  return draw.once(25)
    ? mutatedBytes(draw, Buffer.from('<Queue><DelaySeconds>1</DelaySeconds></Queue>'))
    : new Uint8Array();
}

function strayTarget(draw: Draw): string {
  const pieces = draw.some(6, () =>
    draw.one(['queues', 'topics', 'messages', 'subscriptions', 'orders', 'news', oddName(draw)]),
  );
  return `/${pieces.join('/')}${draw.once(3) ? `?${oddName(draw)}=${oddName(draw)}` : ''}`;
}

function oddTarget(draw: Draw, target: string): string {
  return draw.one([
    `http://127.0.0.1:9324${target}`,
    `HTTPS://x${target}`,
    `/${target}`,
    `${target}/`,
    `${target}#f`,
    `${target}${target.includes('?') ? '&' : '?'}${draw.one(['color=red', '__proto__=1', '%', '%zz=%', '&&&', 'metaoverride=true', 'waitseconds=1&waitseconds=2', 'numOfMessages=', '%00', '=', 'x'.repeat(8000)])}`,
    target.toUpperCase(),
    target.replaceAll('e', '%65'),
    target.replaceAll('/', '%2F'),
    target.slice(1),
    '*',
    '',
  ]);
}
