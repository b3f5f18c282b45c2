import { ACCOUNT, HOST, messageXml, subscriptionXml } from '../../mns/test-support/mns-fixture.js';
import {
  del,
  get,
  post,
  put,
  rangeText,
  refusal,
  shapeText,
  success,
  type ConformanceRow,
  type ExpectedReply,
} from './conformance-row.js';
import { ANY_HANDLE, ANY_MESSAGE_ID, type ExpectedElement } from './expected-xml.js';

const FRESH = '/topics/news/subscriptions/fresh';
const COPY = '/topics/news/subscriptions/copy';
const SET = `${COPY}?metaoverride=true`;
const OK = { status: 204 };
const location = (name: string): string => `${HOST}/topics/news/subscriptions/${name}`;
const created = (name: string = 'fresh'): ExpectedReply => ({ status: 201, location: location(name) });
const again: ExpectedReply = { status: 204, location: location('copy') };

const simplified = '<NotifyContentFormat>SIMPLIFIED</NotifyContentFormat>';
const endpoint = (text: string): string => `<Subscription><Endpoint>${text}</Endpoint></Subscription>`;

/** The attributes of a subscription, in the order of the alphabet (spec mns §2.16). */
function subscription(attributes: Readonly<Record<string, string | number>> = {}): ExpectedElement {
  const defaults = {
    CreateTime: 1_767_225_600,
    Endpoint: `acs:mns:cn-hangzhou:${ACCOUNT}:queues/orders`,
    LastModifyTime: 1_767_225_600,
    NotifyContentFormat: 'SIMPLIFIED',
    NotifyStrategy: 'BACKOFF_RETRY',
    Subscriber: ACCOUNT,
    SubscriptionName: 'copy',
    TopicName: 'news',
    TopicOwner: ACCOUNT,
  };
  const entries = Object.entries({ ...defaults, ...attributes });
  return ['Subscription', entries.toSorted(([a], [b]) => (a < b ? -1 : 1))];
}

const subscribeRows: readonly ConformanceRow[] = [
  success('Subscribe', 'a queue', put(FRESH, subscriptionXml('orders')), created()),
  success('Subscribe', 'a queue that is not there', put(FRESH, subscriptionXml('missing')), created()),
  ...['XML', 'JSON', 'SIMPLIFIED'].map((format) =>
    success(
      'Subscribe',
      `format ${format}`,
      put(FRESH, subscriptionXml('orders', `<NotifyContentFormat>${format}</NotifyContentFormat>`)),
      created(),
    ),
  ),
  ...['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY'].map((strategy) =>
    success(
      'Subscribe',
      `strategy ${strategy}`,
      put(FRESH, subscriptionXml('orders', `<NotifyStrategy>${strategy}</NotifyStrategy>`)),
      created(),
    ),
  ),
  success(
    'Subscribe',
    'a filter tag of 255 characters',
    put(FRESH, subscriptionXml('orders', `<FilterTag>${'t'.repeat(255)}</FilterTag>`)),
    created(),
  ),
  success(
    'Subscribe',
    'a name of 255 characters',
    put(`/topics/news/subscriptions/${'n'.repeat(255)}`, subscriptionXml('orders')),
    created('n'.repeat(255)),
  ),
  ...[
    'acs:mns:0:127:queues/orders',
    'acs:mns:cn-beijing:127:queues/orders',
    'acs:mns:cn-beijing:2000000000000002:queues/orders',
  ].map((text) =>
    success('Subscribe', `the endpoint ${text}: the queue name decides`, put(FRESH, endpoint(text)), created()),
  ),
  ...[
    'http://127.0.0.1:1/push',
    'https://example.com',
    'mail:directmail:a@example.com',
    'sms:directsms:anonymous',
    'sms:directsms:13900000000',
    'sms:dayu:13900000000',
    'push:23456789',
  ].map((text) => success('Subscribe', `the endpoint ${text}`, put(FRESH, endpoint(text)), created())),
  success('Subscribe', 'the same again', put(COPY, subscriptionXml('orders', simplified)), again),
  success(
    'Subscribe',
    'the same again, spelled out',
    put(COPY, subscriptionXml('orders', `${simplified}<NotifyStrategy>BACKOFF_RETRY</NotifyStrategy>`)),
    again,
  ),
  refusal('Subscribe', 'SubscriptionAlreadyExist', 'another format', put(COPY, subscriptionXml('orders'))),
  refusal('Subscribe', 'SubscriptionAlreadyExist', 'another queue', put(COPY, subscriptionXml('others', simplified))),
  refusal(
    'Subscribe',
    'SubscriptionAlreadyExist',
    'another filter tag',
    put(COPY, subscriptionXml('orders', `${simplified}<FilterTag>t</FilterTag>`)),
  ),
  refusal('Subscribe', 'InvalidArgument', 'no endpoint', put(FRESH, '<Subscription/>'), {
    message: shapeText('Endpoint'),
  }),
  refusal('Subscribe', 'MalformedXML', 'no body', put(FRESH)),
  ...[
    'ftp://example.com/x',
    'acs:mns:cn-hangzhou:1:topics/news',
    'acs:mns:cn-hangzhou:1:queues/-x',
    'mail:other:a@example.com',
    'orders',
  ].map((text) => refusal('Subscribe', 'EndpointInvalid', `the endpoint ${text}`, put(FRESH, endpoint(text)))),
  refusal(
    'Subscribe',
    'InvalidArgument',
    'an unknown strategy',
    put(FRESH, subscriptionXml('orders', '<NotifyStrategy>NEVER</NotifyStrategy>')),
    {
      message: shapeText('NotifyStrategy'),
    },
  ),
  refusal(
    'Subscribe',
    'InvalidArgument',
    'an unknown format',
    put(FRESH, subscriptionXml('orders', '<NotifyContentFormat>YAML</NotifyContentFormat>')),
    {
      message: shapeText('NotifyContentFormat'),
    },
  ),
  refusal(
    'Subscribe',
    'InvalidArgument',
    'a filter tag of 256 characters',
    put(FRESH, subscriptionXml('orders', `<FilterTag>${'t'.repeat(256)}</FilterTag>`)),
    {
      message: rangeText('FilterTag', 1, 255),
    },
  ),
  refusal(
    'Subscribe',
    'InvalidArgument',
    'a queue that takes less than the topic',
    put(FRESH, subscriptionXml('orders')),
    {
      given: [
        {
          call: put('/queues/orders?metaoverride=true', '<Queue><MaximumMessageSize>1024</MaximumMessageSize></Queue>'),
        },
      ],
      message: shapeText('Endpoint'),
    },
  ),
];

const setRows: readonly ConformanceRow[] = [
  success('SetSubscriptionAttributes', 'nothing at all', put(SET), OK),
  success('SetSubscriptionAttributes', 'an empty document', put(SET, '<Subscription/>'), OK),
  ...['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY'].map((strategy) =>
    success(
      'SetSubscriptionAttributes',
      `strategy ${strategy}`,
      put(SET, `<Subscription><NotifyStrategy>${strategy}</NotifyStrategy></Subscription>`),
      OK,
    ),
  ),
  success(
    'SetSubscriptionAttributes',
    'a filter tag of 255 characters',
    put(SET, `<Subscription><FilterTag>${'t'.repeat(255)}</FilterTag></Subscription>`),
    OK,
  ),
  refusal(
    'SetSubscriptionAttributes',
    'InvalidArgument',
    'a filter tag of 256 characters',
    put(SET, `<Subscription><FilterTag>${'t'.repeat(256)}</FilterTag></Subscription>`),
    {
      message: rangeText('FilterTag', 1, 255),
    },
  ),
  refusal(
    'SetSubscriptionAttributes',
    'InvalidArgument',
    'an unknown strategy',
    put(SET, '<Subscription><NotifyStrategy>NEVER</NotifyStrategy></Subscription>'),
    {
      message: shapeText('NotifyStrategy'),
    },
  ),
];

/** What a delivery to the queue looks like: native user properties, and the published text in the format asked for (spec mns §5.2). */
const deliveryRow: ConformanceRow = success(
  'ReceiveMessage',
  'a message that a topic delivered',
  get('/queues/orders/messages'),
  {
    status: 200,
    root: [
      'Message',
      [
        ['MessageId', ANY_MESSAGE_ID],
        ['MessageBodyMD5', '5D41402ABC4B2A76B9719D911017C592'],
        ['MessageBody', 'hello'],
        ['ReceiptHandle', ANY_HANDLE],
        ['EnqueueTime', 1_767_225_600_000],
        ['FirstDequeueTime', 1_767_225_600_000],
        ['NextVisibleTime', 1_767_225_630_000],
        ['DequeueCount', 1],
        ['Priority', 8],
        [
          'UserProperties',
          [
            [
              'PropertyValue',
              [
                ['Name', 'n'],
                ['Value', '1'],
                ['Type', 'NUMBER'],
              ],
            ],
          ],
        ],
      ],
    ],
  },
  [
    {
      call: post(
        '/topics/news/messages',
        messageXml(
          'hello',
          '<UserProperties><PropertyValue><Name>n</Name><Value>1</Value><Type>NUMBER</Type></PropertyValue></UserProperties>',
        ),
      ),
    },
  ],
);

/** Subscribe, SetSubscriptionAttributes, GetSubscriptionAttributes, Unsubscribe. */
export const subscriptionRows: readonly ConformanceRow[] = [
  ...subscribeRows,
  ...setRows,
  deliveryRow,

  success('GetSubscriptionAttributes', 'a new subscription', get(COPY), { status: 200, root: subscription() }),
  success(
    'GetSubscriptionAttributes',
    'after a change, which keeps what it does not name',
    get(COPY),
    {
      status: 200,
      root: subscription({
        NotifyStrategy: 'EXPONENTIAL_DECAY_RETRY',
        FilterTag: 'paid',
        LastModifyTime: 1_767_225_605,
      }),
    },
    [
      { call: put(SET, '<Subscription><NotifyStrategy>EXPONENTIAL_DECAY_RETRY</NotifyStrategy></Subscription>') },
      { advanceMs: 5000 },
      { call: put(SET, '<Subscription><FilterTag>paid</FilterTag></Subscription>') },
    ],
  ),
  refusal(
    'GetSubscriptionAttributes',
    'SubscriptionNotExist',
    'after its topic was deleted and made again',
    get(COPY),
    {
      given: [{ call: del('/topics/news') }, { call: put('/topics/news') }],
    },
  ),

  success('Unsubscribe', 'a subscription', del(COPY), OK),
  success('Unsubscribe', 'a subscription that is not there', del('/topics/news/subscriptions/missing'), OK),
];
