import { ACCOUNT, HOST, subscriptionXml } from '../../mns/test-support/mns-fixture.js';
import {
  get,
  post,
  put,
  rangeText,
  refusal,
  shapeText,
  success,
  type ConformanceRow,
  type ExpectedReply,
  type Step,
} from './conformance-row.js';
import type { OperationName } from './documented-operations.js';
import { ANY_MARKER, type ExpectedElement } from './expected-xml.js';

/** One of the three lists: they differ in their words only (spec mns §2.5, §11.1). */
interface List {
  readonly operation: OperationName;
  readonly target: string;
  readonly root: string;
  readonly item: string;
  /** The only entry of the world at the beginning. */
  readonly first: string;
  /** An entry of a plain list. */
  readonly entry: (name: string) => readonly ExpectedElement[];
  /** The entry `first` of a list with all attributes. */
  readonly whole: readonly ExpectedElement[];
  /** A step that makes one more. */
  readonly make: (name: string) => Step;
}

const CREATED = 1_767_225_600;

const LISTS: readonly List[] = [
  {
    operation: 'ListQueue',
    target: '/queues',
    root: 'Queues',
    item: 'Queue',
    first: 'orders',
    entry: (name) => [
      ['QueueURL', `http://${HOST}/queues/${name}`],
      ['QueueName', name],
    ],
    whole: [
      ['QueueURL', `http://${HOST}/queues/orders`],
      ['QueueName', 'orders'],
      ['DelaySeconds', 0],
      ['MaximumMessageSize', 65_536],
      ['MessageRetentionPeriod', 345_600],
      ['VisibilityTimeout', 30],
      ['CreateTime', CREATED],
      ['LastModifyTime', CREATED],
      ['PollingWaitSeconds', 0],
      ['ActiveMessages', 0],
      ['InactiveMessages', 0],
      ['DelayMessages', 0],
      ['LoggingEnabled', 'False'],
      ['MessageType', 0],
      ['EnableSSE', 'False'],
    ],
    make: (name) => ({ call: put(`/queues/${name}`) }),
  },
  {
    operation: 'ListTopic',
    target: '/topics',
    root: 'Topics',
    item: 'Topic',
    first: 'news',
    entry: (name) => [
      ['TopicURL', `http://${HOST}/topics/${name}`],
      ['TopicName', name],
      ['LoggingEnabled', 'False'],
    ],
    whole: [
      ['TopicURL', `http://${HOST}/topics/news`],
      ['TopicName', 'news'],
      ['MaximumMessageSize', 65_536],
      ['MessageRetentionPeriod', 86_400],
      ['MessageCount', 0],
      ['CreateTime', CREATED],
      ['LastModifyTime', CREATED],
      ['LoggingEnabled', 'False'],
    ],
    make: (name) => ({ call: put(`/topics/${name}`) }),
  },
  {
    operation: 'ListSubscriptionByTopic',
    target: '/topics/news/subscriptions',
    root: 'Subscriptions',
    item: 'Subscription',
    first: 'copy',
    entry: (name) => [
      ['SubscriptionURL', `http://${HOST}/topics/news/subscriptions/${name}`],
      ['SubscriptionName', name],
    ],
    whole: [
      ['SubscriptionURL', `http://${HOST}/topics/news/subscriptions/copy`],
      ['CreateTime', CREATED],
      ['Endpoint', `acs:mns:cn-hangzhou:${ACCOUNT}:queues/orders`],
      ['LastModifyTime', CREATED],
      ['NotifyContentFormat', 'SIMPLIFIED'],
      ['NotifyStrategy', 'BACKOFF_RETRY'],
      ['Subscriber', ACCOUNT],
      ['SubscriptionName', 'copy'],
      ['TopicName', 'news'],
      ['TopicOwner', ACCOUNT],
    ],
    make: (name) => ({ call: put(`/topics/news/subscriptions/${name}`, subscriptionXml('orders')) }),
  },
];

function rowsOf({ operation, target, root, item, first, entry, whole, make }: List): readonly ConformanceRow[] {
  const page = (names: readonly string[], more: readonly ExpectedElement[] = []): ExpectedReply => ({
    status: 200,
    root: [root, [...names.map((name): ExpectedElement => [item, entry(name)]), ...more]],
  });
  const asked = (headers: Readonly<Record<string, string>>) => get(target, { headers: Object.entries(headers) });
  const three = ['zebra', 'ant-1', 'ant-2'].map((name) => make(name));
  const names = ['ant-1', 'ant-2', first, 'zebra'];
  const firstPage: Step = { call: asked({ 'x-mns-ret-number': '2' }), keep: { marker: 'NextMarker' } };
  const marker: ExpectedElement = ['NextMarker', ANY_MARKER];
  return [
    success(operation, 'one entry', get(target), page([first])),
    success(operation, 'by name, in ascending order', get(target), page(names), three),
    success(operation, 'the order of bytes: capitals first', get(target), page(['Zebra', first]), [make('Zebra')]),
    success(operation, 'a prefix', asked({ 'x-mns-prefix': 'ant' }), page(['ant-1', 'ant-2']), three),
    success(operation, 'a prefix of none', asked({ 'x-mns-prefix': 'x' }), page([]), three),
    success(operation, 'a page of 1', asked({ 'x-mns-ret-number': '1' }), page(['ant-1'], [marker]), three),
    success(
      operation,
      'a page as long as the list has no marker',
      asked({ 'x-mns-ret-number': '4' }),
      page(names),
      three,
    ),
    success(operation, 'a page of 1000', asked({ 'x-mns-ret-number': '1000' }), page(names), three),
    success(operation, 'the next page', asked({ 'x-mns-marker': '{{marker}}' }), page([first, 'zebra']), [
      ...three,
      firstPage,
    ]),
    success(
      operation,
      'the next page of a prefix',
      asked({ 'x-mns-prefix': 'ant', 'x-mns-marker': '{{marker}}' }),
      page(['ant-2']),
      [...three, { call: asked({ 'x-mns-prefix': 'ant', 'x-mns-ret-number': '1' }), keep: { marker: 'NextMarker' } }],
    ),
    success(operation, 'all attributes', asked({ 'x-mns-with-meta': 'true' }), {
      status: 200,
      root: [root, [[item, whole]]],
    }),
    ...['0', '1001', '-1', 'x', '1.5'].map((value) =>
      refusal(operation, 'InvalidArgument', `x-mns-ret-number "${value}"`, asked({ 'x-mns-ret-number': value }), {
        message: rangeText('x-mns-ret-number', 1, 1000),
      }),
    ),
    refusal(operation, 'InvalidArgument', 'a marker that no page had', asked({ 'x-mns-marker': '!' }), {
      message: shapeText('x-mns-marker'),
    }),
  ];
}

const account = (name: string, traceEnabled: number = 0): ExpectedReply => ({
  status: 200,
  root: [
    'Account',
    [
      ['LoggingBucket', name],
      ['TraceEnabled', traceEnabled],
    ],
  ],
});
const SET = '/?accountmeta=true';
const trace = (value: string) => put(SET, `<Account><TraceEnabled>${value}</TraceEnabled></Account>`);
const bucket = (name: string): Step => ({
  call: put(SET, `<Account><LoggingBucket>${name}</LoggingBucket></Account>`),
});

/** ListQueue, ListTopic, ListSubscriptionByTopic, and the account's attributes. */
export const listRows: readonly ConformanceRow[] = [
  ...LISTS.flatMap((list) => rowsOf(list)),

  success('GetAccountAttributes', 'nothing set', get(SET), account('')),
  success('GetAccountAttributes', 'after a bucket was set', get(SET), account('logs'), [bucket('logs')]),
  success('GetAccountAttributes', 'after nothing was set', get(SET), account('logs'), [
    bucket('logs'),
    { call: put(SET, '<Account/>') },
  ]),
  success('GetAccountAttributes', 'after the bucket was cleared', get(SET), account(''), [bucket('logs'), bucket('')]),
  success('SetAccountAttributes', 'a bucket', put(SET, '<Account><LoggingBucket>logs</LoggingBucket></Account>'), {
    status: 204,
  }),
  success('SetAccountAttributes', 'an empty document', put(SET, '<Account/>'), { status: 204 }),
  success('GetAccountAttributes', 'after tracing was begun, which leaves the bucket', get(SET), account('logs', 1), [
    bucket('logs'),
    { call: trace('1') },
  ]),
  success('GetAccountAttributes', 'after a bucket was set, which leaves tracing', get(SET), account('logs', 1), [
    { call: trace('1') },
    bucket('logs'),
  ]),
  success('GetAccountAttributes', 'after tracing was ended', get(SET), account(''), [
    { call: trace('1') },
    { call: trace('0') },
  ]),
  ...['2', '-1'].map((value) =>
    refusal('SetAccountAttributes', 'InvalidArgument', `TraceEnabled "${value}"`, trace(value), {
      message: rangeText('TraceEnabled', 0, 1),
    }),
  ),
  ...['', 'true'].map((value) =>
    refusal('SetAccountAttributes', 'InvalidArgument', `TraceEnabled "${value}"`, trace(value), {
      message: shapeText('TraceEnabled'),
    }),
  ),

  success('GetAccount', 'the account of the endpoint', get('/?account'), {
    status: 200,
    root: ['Account', [['AccountId', ACCOUNT]]],
  }),
  ...['first', 'second'].map((time) =>
    success(
      'OpenService',
      `the ${time} time`,
      post('/commonbuy/openservice'),
      { status: 200, root: ['OpenService', [['OrderId', '000000000000001']]] },
      time === 'first' ? [] : [{ call: post('/commonbuy/openservice') }],
    ),
  ),
];
