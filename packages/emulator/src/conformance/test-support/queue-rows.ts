import { HOST } from '../../mns/test-support/mns-fixture.js';
import {
  get,
  put,
  del,
  rangeText,
  refusal,
  shapeText,
  success,
  type ConformanceRow,
  type ExpectedReply,
} from './conformance-row.js';
import { sent, received } from './conformance-world.js';
import type { ExpectedElement } from './expected-xml.js';

const location = (name: string): string => `http://${HOST}/queues/${name}`;

/** The attributes of a queue, as GetQueueAttributes prints them; those not named are the defaults (spec mns §2.3, §3.1). */
function queue(name: string, attributes: Readonly<Record<string, string | number>> = {}): ExpectedElement {
  const defaults = {
    DelaySeconds: 0,
    MaximumMessageSize: 65_536,
    MessageRetentionPeriod: 345_600,
    VisibilityTimeout: 30,
    CreateTime: 1_767_225_600,
    LastModifyTime: 1_767_225_600,
    PollingWaitSeconds: 0,
    ActiveMessages: 0,
    InactiveMessages: 0,
    DelayMessages: 0,
    LoggingEnabled: 'False',
    MessageType: 0,
    EnableSSE: 'False',
  };
  return ['Queue', [['QueueName', name], ...Object.entries({ ...defaults, ...attributes })]];
}

const OK = { status: 204 };
const created = (name: string): ExpectedReply => ({ status: 201, location: location(name) });

/** The ranges of queue attributes (spec mns §3.1). */
const RANGES = [
  ['DelaySeconds', 0, 604_800, ' seconds'],
  ['MaximumMessageSize', 1024, 65_536, ' bytes'],
  ['MessageRetentionPeriod', 60, 604_800, ' seconds'],
  ['VisibilityTimeout', 1, 43_200, ' seconds'],
  ['PollingWaitSeconds', 0, 30, ' seconds'],
] as const;

const attributeRows: readonly ConformanceRow[] = RANGES.flatMap(([element, low, high, unit]) => {
  const body = (value: string | number): string => `<Queue><${element}>${value}</${element}></Queue>`;
  const message = rangeText(element, low, high, unit);
  const set = '/queues/orders?metaoverride=true';
  return [
    ...[low, high].flatMap((value) => [
      success('CreateQueue', `${element} ${value}`, put('/queues/fresh', body(value)), created('fresh')),
      success('SetQueueAttributes', `${element} ${value}`, put(set, body(value)), OK),
      success(
        'GetQueueAttributes',
        `after ${element} was set to ${value}`,
        get('/queues/orders'),
        {
          status: 200,
          root: queue('orders', { [element]: value }),
        },
        [{ call: put(set, body(value)) }],
      ),
    ]),
    ...[low - 1, high + 1].flatMap((value) => [
      refusal('CreateQueue', 'InvalidArgument', `${element} ${value}`, put('/queues/fresh', body(value)), { message }),
      refusal('SetQueueAttributes', 'InvalidArgument', `${element} ${value}`, put(set, body(value)), { message }),
    ]),
    ...['', 'x', '1.5', '1e3', '0x10'].flatMap((value) => [
      refusal('CreateQueue', 'InvalidArgument', `${element} "${value}"`, put('/queues/fresh', body(value)), {
        message: shapeText(element),
      }),
      refusal('SetQueueAttributes', 'InvalidArgument', `${element} "${value}"`, put(set, body(value)), {
        message: shapeText(element),
      }),
    ]),
  ];
});

/** CreateQueue, SetQueueAttributes, GetQueueAttributes, DeleteQueue. */
export const queueRows: readonly ConformanceRow[] = [
  ...attributeRows,

  success('CreateQueue', 'no body', put('/queues/fresh'), created('fresh')),
  success('CreateQueue', 'an empty document', put('/queues/fresh', '<Queue/>'), created('fresh')),
  success('CreateQueue', 'a name of 1 character', put('/queues/q'), created('q')),
  success('CreateQueue', 'a name of 120 characters', put(`/queues/${'n'.repeat(120)}`), created('n'.repeat(120))),
  success('CreateQueue', 'a name that begins with a digit', put('/queues/1-Q'), created('1-Q')),
  success('CreateQueue', 'a name that differs in case only', put('/queues/Orders'), created('Orders')),
  success('CreateQueue', 'the same attributes again', put('/queues/orders', '<Queue/>'), {
    status: 204,
    location: location('orders'),
  }),
  success(
    'CreateQueue',
    'the same attributes again, spelled out',
    put(
      '/queues/orders',
      '<Queue><VisibilityTimeout>30</VisibilityTimeout><LoggingEnabled>FALSE</LoggingEnabled></Queue>',
    ),
    { status: 204, location: location('orders') },
  ),
  success(
    'CreateQueue',
    'a name used before',
    put('/queues/orders', '<Queue><DelaySeconds>9</DelaySeconds></Queue>'),
    created('orders'),
    [{ call: del('/queues/orders') }],
  ),
  ...[
    ['with the name space of the docs', '<Queue xmlns="http://mns.aliyuncs.com/doc/v1/"/>'],
    ['with the name space of replies', '<Queue xmlns="http://mns.aliyuncs.com/doc/v1"></Queue>'],
    ['with a declaration', '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<Queue>\n</Queue>\n'],
    ['with unknown elements', '<Queue><Color>red</Color></Queue>'],
    [
      'with numbers among white space, signs and CDATA',
      '<Queue><DelaySeconds>\n <![CDATA[+0]]> </DelaySeconds></Queue>',
    ],
  ].map(([when = '', body]) => success('CreateQueue', when, put('/queues/fresh', body), created('fresh'))),
  refusal(
    'CreateQueue',
    'QueueAlreadyExist',
    'other attributes',
    put('/queues/orders', '<Queue><DelaySeconds>1</DelaySeconds></Queue>'),
  ),
  refusal(
    'CreateQueue',
    'InvalidArgument',
    'LoggingEnabled "yes"',
    put('/queues/fresh', '<Queue><LoggingEnabled>yes</LoggingEnabled></Queue>'),
    {
      message: shapeText('LoggingEnabled'),
    },
  ),

  success('SetQueueAttributes', 'nothing at all', put('/queues/orders?metaoverride=true'), OK),
  success('SetQueueAttributes', 'an empty document', put('/queues/orders?metaOverride=TRUE', '<Queue/>'), OK),
  ...['true', 'True', 'TRUE'].map((text) =>
    success(
      'SetQueueAttributes',
      `LoggingEnabled ${text}`,
      put('/queues/orders?Metaoverride=true', `<Queue><LoggingEnabled>${text}</LoggingEnabled></Queue>`),
      OK,
    ),
  ),
  refusal(
    'SetQueueAttributes',
    'InvalidArgument',
    'LoggingEnabled ""',
    put('/queues/orders?metaoverride=true', '<Queue><LoggingEnabled/></Queue>'),
    {
      message: shapeText('LoggingEnabled'),
    },
  ),

  success('GetQueueAttributes', 'a new queue', get('/queues/orders'), { status: 200, root: queue('orders') }),
  success(
    'GetQueueAttributes',
    'after a change, which keeps what it does not name',
    get('/queues/orders'),
    {
      status: 200,
      root: queue('orders', { LoggingEnabled: 'True', VisibilityTimeout: 7, LastModifyTime: 1_767_225_665 }),
    },
    [
      { call: put('/queues/orders?metaoverride=true', '<Queue><LoggingEnabled>true</LoggingEnabled></Queue>') },
      { advanceMs: 65_999 },
      { call: put('/queues/orders?metaoverride=true', '<Queue><VisibilityTimeout>7</VisibilityTimeout></Queue>') },
    ],
  ),
  success(
    'GetQueueAttributes',
    'messages in each state',
    get('/queues/orders'),
    { status: 200, root: queue('orders', { ActiveMessages: 2, InactiveMessages: 1, DelayMessages: 1 }) },
    [sent('a'), sent('b'), sent('c'), sent('d', '<DelaySeconds>60</DelaySeconds>'), received()],
  ),

  success('DeleteQueue', 'an empty queue', del('/queues/orders'), OK),
  success('DeleteQueue', 'a queue with messages', del('/queues/orders'), OK, [sent('a'), received()]),
  success('DeleteQueue', 'a queue that is not there', del('/queues/missing'), OK),
];
