import { messageXml } from '../../mns/test-support/mns-fixture.js';
import { get, success, type Call, type ConformanceRow, type ExpectedReply } from './conformance-row.js';
import { received, sent } from './conformance-world.js';
import { ANY_HANDLE, type ExpectedElement } from './expected-xml.js';

const MESSAGES = '/queues/orders/messages';
const START = 1_767_225_600_000;
const HELLO_MD5 = '5D41402ABC4B2A76B9719D911017C592';

interface Times {
  readonly enqueued?: number;
  readonly first?: number;
  readonly visible?: number;
  readonly count?: number;
  readonly priority?: number;
}

/** A received message, by the value kept under `id` (spec mns §2.8). */
function receivedMessage(
  id: string,
  times: Times = {},
  last: readonly ExpectedElement[] = [],
): readonly ExpectedElement[] {
  const { enqueued = START, first = START, visible = START + 30_000, count = 1, priority = 8 } = times;
  return [
    ['MessageId', `{{${id}}}`],
    ['MessageBodyMD5', HELLO_MD5],
    ['MessageBody', 'hello'],
    ['ReceiptHandle', ANY_HANDLE],
    ['EnqueueTime', enqueued],
    ['FirstDequeueTime', first],
    ['NextVisibleTime', visible],
    ['DequeueCount', count],
    ['Priority', priority],
    ...last,
  ];
}

/** A peeked message: the same without a handle and a time of its return (spec mns §2.10). */
function peekedMessage(
  id: string,
  times: Times = {},
  last: readonly ExpectedElement[] = [],
): readonly ExpectedElement[] {
  const hidden = new Set(['ReceiptHandle', 'NextVisibleTime']);
  return receivedMessage(id, { count: 0, ...times }, last).filter(([name]) => !hidden.has(name));
}

const one = (elements: readonly ExpectedElement[]): ExpectedReply => ({ status: 200, root: ['Message', elements] });
const many = (...messages: readonly (readonly ExpectedElement[])[]): ExpectedReply => ({
  status: 200,
  root: ['Messages', messages.map((elements): ExpectedElement => ['Message', elements])],
});

const PROPERTIES =
  '<UserProperties><PropertyValue><Name>case</Name><Value>a&amp;b</Value><Type>STRING</Type></PropertyValue></UserProperties>' +
  '<SystemProperties><SystemPropertyValue><Name>baggage</Name><Value>k=v</Value><Type>STRING</Type></SystemPropertyValue></SystemProperties>';
const PROPERTY_ELEMENTS: readonly ExpectedElement[] = [
  [
    'SystemProperties',
    [
      [
        'SystemPropertyValue',
        [
          ['Name', 'baggage'],
          ['Value', 'k=v'],
          ['Type', 'STRING'],
        ],
      ],
    ],
  ],
  [
    'UserProperties',
    [
      [
        'PropertyValue',
        [
          ['Name', 'case'],
          ['Value', 'a&amp;b'],
          ['Type', 'STRING'],
        ],
      ],
    ],
  ],
];

const hello = (keptAs?: string): ReturnType<typeof sent> => sent('hello', '', keptAs);
const count = (n: number | string): Call => get(`${MESSAGES}?numOfMessages=${n}`);
const peek = (n: number | string): Call => get(`${MESSAGES}?peekonly=true&numOfMessages=${n}`);
const sixteen = Array.from({ length: 17 }, (_, index) => hello(`id${index}`));
const ids = Array.from({ length: 16 }, (_, index) => `id${index}`);

/** ReceiveMessage, BatchReceiveMessage, PeekMessage, BatchPeekMessage: what there is to receive. */
export const receiveRows: readonly ConformanceRow[] = [
  success('ReceiveMessage', 'a message', get(MESSAGES), one(receivedMessage('id')), [hello()]),
  success(
    'ReceiveMessage',
    'a message sent a while ago',
    get(`${MESSAGES}?waitseconds=30`),
    one(receivedMessage('id', { first: START + 123, visible: START + 30_123 })),
    [hello(), { advanceMs: 123 }],
  ),
  success(
    'ReceiveMessage',
    'a message for the second time, at the instant of its return',
    get(MESSAGES),
    one(receivedMessage('id', { visible: START + 60_000, count: 2 })),
    [hello(), received(), { advanceMs: 30_000 }],
  ),
  success(
    'ReceiveMessage',
    'a message that becomes active during the wait',
    get(`${MESSAGES}?waitseconds=30`),
    { ...one(receivedMessage('id', { first: START + 9000, visible: START + 39_000 })), afterMs: 9000 },
    [sent('hello', '<DelaySeconds>9</DelaySeconds>')],
  ),
  success(
    'ReceiveMessage',
    'the more important message first',
    get(MESSAGES),
    one(receivedMessage('urgent', { priority: 1 })),
    [hello(), sent('hello', '<Priority>1</Priority>', 'urgent')],
  ),
  success(
    'ReceiveMessage',
    'a message with properties, system before user',
    get(MESSAGES),
    one(receivedMessage('id', {}, PROPERTY_ELEMENTS)),
    [sent('hello', PROPERTIES)],
  ),
  success(
    'ReceiveMessage',
    'a message with a group',
    get(MESSAGES),
    one(receivedMessage('id', {}, [['MessageGroupId', 'g']])),
    [sent('hello', '<MessageGroupId>g</MessageGroupId>')],
  ),
  success(
    'ReceiveMessage',
    'a body of markup, quotes and line ends',
    get(MESSAGES),
    {
      status: 200,
      root: [
        'Message',
        [
          ['MessageId', '{{id}}'],
          ['MessageBodyMD5', '42463B5AD7725378626584573E30AF5B'],
          ['MessageBody', '{"a":"&lt;&amp;&gt;"}&#13;\n'],
          ...receivedMessage('id').slice(3),
        ],
      ],
    },
    [{ call: { method: 'POST', target: MESSAGES, body: messageXml('{"a":"<&>"}\r\n') }, keep: { id: 'MessageId' } }],
  ),

  success('BatchReceiveMessage', '1 of 1 in a list of one', count(1), many(receivedMessage('id')), [hello()]),
  success(
    'BatchReceiveMessage',
    '16 of 17, in the order sent',
    count(16),
    many(...ids.map((id) => receivedMessage(id))),
    sixteen,
  ),
  success(
    'BatchReceiveMessage',
    'what is there, without a wait for more',
    get(`${MESSAGES}?numOfMessages=16&waitseconds=30`),
    many(receivedMessage('id')),
    [hello()],
  ),
  success(
    'BatchReceiveMessage',
    'a name of another case',
    get(`${MESSAGES}?NumOfMessages=2&WaitSeconds=1`),
    many(receivedMessage('id')),
    [hello()],
  ),
  success(
    'BatchReceiveMessage',
    'a message with properties, deeper inside',
    count(2),
    many(receivedMessage('id', {}, PROPERTY_ELEMENTS)),
    [sent('hello', PROPERTIES)],
  ),

  success('PeekMessage', 'a message never received', get(`${MESSAGES}?peekonly=true`), one(peekedMessage('id')), [
    hello(),
    { advanceMs: 5 },
  ]),
  success(
    'PeekMessage',
    'a message that came back',
    get(`${MESSAGES}?peekonly=true`),
    one(peekedMessage('id', { first: START + 5, count: 1 })),
    [hello(), { advanceMs: 5 }, received(), { advanceMs: 30_000 }],
  ),
  success(
    'PeekMessage',
    'a message with properties',
    get(`${MESSAGES}?peekOnly=TRUE`),
    one(peekedMessage('id', {}, PROPERTY_ELEMENTS)),
    [sent('hello', PROPERTIES)],
  ),
  success('BatchPeekMessage', '1 of 1 in a list of one', peek(1), many(peekedMessage('id')), [hello()]),
  success(
    'BatchPeekMessage',
    '16 of 17, names the other way round',
    get(`${MESSAGES}?numOfMessages=16&peekonly=true`),
    many(...ids.map((id) => peekedMessage(id))),
    sixteen,
  ),
];
