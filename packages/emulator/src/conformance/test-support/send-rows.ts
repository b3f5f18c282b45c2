import { messageXml } from '../../mns/test-support/mns-fixture.js';
import {
  post,
  rangeText,
  refusal,
  shapeText,
  success,
  type ConformanceRow,
  type ExpectedReply,
} from './conformance-row.js';
import { ANY_HANDLE, ANY_MESSAGE_ID, type ExpectedElement } from './expected-xml.js';

const MESSAGES = '/queues/orders/messages';
const HELLO_MD5 = '5D41402ABC4B2A76B9719D911017C592';

const hello: readonly ExpectedElement[] = [
  ['MessageId', ANY_MESSAGE_ID],
  ['MessageBodyMD5', HELLO_MD5],
];
const stored: ExpectedReply = { status: 201, root: ['Message', hello] };
const storedLater: ExpectedReply = { status: 201, root: ['Message', [...hello, ['ReceiptHandle', ANY_HANDLE]]] };
const withMd5 = (md5: string): ExpectedReply => ({
  status: 201,
  root: [
    'Message',
    [
      ['MessageId', ANY_MESSAGE_ID],
      ['MessageBodyMD5', md5],
    ],
  ],
});

const property = (name: string, value = 'v', type = 'STRING'): string =>
  `<PropertyValue><Name>${name}</Name><Value>${value}</Value><Type>${type}</Type></PropertyValue>`;
const userProperties = (...items: readonly string[]): string => `<UserProperties>${items.join('')}</UserProperties>`;
const systemProperty = (name: string, type = 'STRING'): string =>
  `<SystemProperties><SystemPropertyValue><Name>${name}</Name><Value>v</Value><Type>${type}</Type></SystemPropertyValue></SystemProperties>`;

/** What makes a single message good or bad; each row serves SendMessage and BatchSendMessage. */
const ITEMS: readonly (readonly [when: string, more: string, refusedWith?: string])[] = [
  ['DelaySeconds 0', '<DelaySeconds>0</DelaySeconds>'],
  ['Priority 1', '<Priority>1</Priority>'],
  ['Priority 16', '<Priority>16</Priority>'],
  ['a message group', '<MessageGroupId>g</MessageGroupId>'],
  ['50 properties', userProperties(...Array.from({ length: 50 }, (_, index) => property(`p${index}`)))],
  [
    'a property of each type',
    userProperties(
      property('a'),
      property('b', '1', 'NUMBER'),
      property('c', 'true', 'BOOLEAN'),
      property('d', 'AA==', 'BINARY'),
    ),
  ],
  ['a property name of 256 characters', userProperties(property('n'.repeat(256)))],
  ['a property name with dots inside', userProperties(property('a.b-c_d.e'))],
  ['a property value of 4096 characters', userProperties(property('n', 'v'.repeat(4096)))],
  ['a system property', systemProperty('traceparent')],
  ['Priority 0', '<Priority>0</Priority>', rangeText('Priority', 1, 16)],
  ['Priority 17', '<Priority>17</Priority>', rangeText('Priority', 1, 16)],
  ['DelaySeconds -1', '<DelaySeconds>-1</DelaySeconds>', rangeText('DelaySeconds', 0, 604_800, ' seconds')],
  ['DelaySeconds 604801', '<DelaySeconds>604801</DelaySeconds>', rangeText('DelaySeconds', 0, 604_800, ' seconds')],
  [
    '51 properties',
    userProperties(...Array.from({ length: 51 }, (_, index) => property(`p${index}`))),
    shapeText('UserProperties'),
  ],
  ['a property name of 257 characters', userProperties(property('n'.repeat(257))), shapeText('UserProperties')],
  ['a property name with a dot at its end', userProperties(property('a.')), shapeText('UserProperties')],
  ['a property name with two dots in a row', userProperties(property('a..b')), shapeText('UserProperties')],
  ['a property name with a blank', userProperties(property('a b')), shapeText('UserProperties')],
  ['a property without a name', userProperties(property('')), shapeText('UserProperties')],
  ['a property value of 4097 characters', userProperties(property('n', 'v'.repeat(4097))), shapeText('UserProperties')],
  ['a property of an unknown type', userProperties(property('n', 'v', 'DATE')), shapeText('UserProperties')],
  ['an unknown system property', systemProperty('color'), shapeText('SystemProperties')],
  ['a system property that is a number', systemProperty('baggage', 'NUMBER'), shapeText('SystemProperties')],
];

const failedItem = (message: string): ExpectedElement => [
  'Message',
  [
    ['ErrorCode', 'InvalidArgument'],
    ['ErrorMessage', message],
  ],
];

const itemRows: readonly ConformanceRow[] = ITEMS.flatMap(([when, more, message]) => {
  const one = post(MESSAGES, messageXml('hello', more));
  const many = post(MESSAGES, `<Messages>${messageXml('hello')}${messageXml('hello', more)}</Messages>`);
  if (message === undefined) {
    return [
      success('SendMessage', when, one, stored),
      success('BatchSendMessage', when, many, {
        status: 201,
        root: [
          'Messages',
          [
            ['Message', hello],
            ['Message', hello],
          ],
        ],
      }),
    ];
  }
  return [
    refusal('SendMessage', 'InvalidArgument', when, one, { message }),
    {
      operation: 'BatchSendMessage',
      outcome: 'InvalidArgument',
      when: `one of two with ${when}`,
      call: many,
      reply: { status: 500, root: ['Messages', [['Message', hello], failedItem(message)]] },
    },
  ];
});

/** Words where numbers belong refuse the whole request, of a batch, too. */
const shapeRows: readonly ConformanceRow[] = ['Priority', 'DelaySeconds'].flatMap((element) =>
  ['', 'x', '1.5'].flatMap((value) => {
    const message = messageXml('hello', `<${element}>${value}</${element}>`);
    const more = { message: shapeText(element) };
    return [
      refusal('SendMessage', 'InvalidArgument', `${element} "${value}"`, post(MESSAGES, message), more),
      refusal(
        'BatchSendMessage',
        'InvalidArgument',
        `${element} "${value}"`,
        post(MESSAGES, `<Messages>${message}</Messages>`),
        more,
      ),
    ];
  }),
);

const delayed = messageXml('hello', '<DelaySeconds>1</DelaySeconds>');
const list = (...messages: readonly string[]): string => `<Messages>${messages.join('')}</Messages>`;
const all = (count: number): ExpectedReply => ({
  status: 201,
  root: ['Messages', Array.from({ length: count }, (): ExpectedElement => ['Message', hello])],
});
const small = {
  call: {
    method: 'PUT',
    target: '/queues/orders?metaoverride=true',
    body: '<Queue><MaximumMessageSize>1024</MaximumMessageSize></Queue>',
  },
};
const SIZE_TEXT = rangeText('MessageBody', 1, 65_536, ' bytes');

/** SendMessage and BatchSendMessage. */
export const sendRows: readonly ConformanceRow[] = [
  ...itemRows,
  ...shapeRows,

  success('SendMessage', 'a body alone', post(MESSAGES, messageXml('hello')), stored),
  success('SendMessage', 'a delay of 1 second', post(MESSAGES, delayed), storedLater),
  success(
    'SendMessage',
    'a delay of 604800 seconds',
    post(MESSAGES, messageXml('hello', '<DelaySeconds>604800</DelaySeconds>')),
    storedLater,
  ),
  success(
    'SendMessage',
    'a body of 1 byte',
    post(MESSAGES, messageXml('a')),
    withMd5('0CC175B9C0F1B6A831C399E269772661'),
  ),
  success(
    'SendMessage',
    'a body of 65536 bytes',
    post(MESSAGES, messageXml('a'.repeat(65_536))),
    withMd5('2D61AA54B58C2E94403FB092C3DBC027'),
  ),
  success(
    'SendMessage',
    'a body of 65536 bytes in fewer characters',
    post(MESSAGES, messageXml('é'.repeat(32_768))),
    withMd5('13EA9142A0888C93A054AFAD12E7E4A8'),
  ),
  success(
    'SendMessage',
    'a body of markup',
    post(MESSAGES, messageXml('<a href="x">R&D</a>')),
    withMd5('AA778793D26116BBA7F61807AA68F5C4'),
  ),
  success(
    'SendMessage',
    'a body in CDATA',
    post(MESSAGES, '<Message><MessageBody><![CDATA[hello]]></MessageBody></Message>'),
    stored,
  ),
  success(
    'SendMessage',
    'a body of character references',
    post(MESSAGES, '<Message><MessageBody>&#104;&#x65;llo</MessageBody></Message>'),
    stored,
  ),
  refusal('SendMessage', 'InvalidArgument', 'an empty body', post(MESSAGES, messageXml('')), { message: SIZE_TEXT }),
  refusal('SendMessage', 'InvalidArgument', 'no body', post(MESSAGES, '<Message/>'), {
    message: shapeText('MessageBody'),
  }),
  refusal('SendMessage', 'InvalidArgument', 'a body of 65537 bytes', post(MESSAGES, messageXml('a'.repeat(65_537))), {
    message: SIZE_TEXT,
  }),
  refusal(
    'SendMessage',
    'InvalidArgument',
    'a body of 65538 bytes in fewer characters',
    post(MESSAGES, messageXml('é'.repeat(32_769))),
    { message: SIZE_TEXT },
  ),
  refusal(
    'SendMessage',
    'InvalidArgument',
    'a body of 1025 bytes to a queue that takes 1024',
    post(MESSAGES, messageXml('a'.repeat(1025))),
    {
      given: [small],
      message: rangeText('MessageBody', 1, 1024, ' bytes'),
    },
  ),
  refusal('SendMessage', 'MalformedXML', 'nothing', post(MESSAGES)),
  refusal('SendMessage', 'MalformedXML', 'a character that XML has not', post(MESSAGES, messageXml('\u0001'))),

  success('BatchSendMessage', '1 message', post(MESSAGES, list(messageXml('hello'))), all(1)),
  success('BatchSendMessage', '16 messages', post(MESSAGES, list(messageXml('hello').repeat(16))), all(16)),
  success('BatchSendMessage', 'a delayed message', post(MESSAGES, list(messageXml('hello'), delayed)), {
    status: 201,
    root: [
      'Messages',
      [
        ['Message', hello],
        ['Message', [...hello, ['ReceiptHandle', ANY_HANDLE]]],
      ],
    ],
  }),
  refusal('BatchSendMessage', 'InvalidArgument', 'no message', post(MESSAGES, '<Messages/>'), {
    message: rangeText('Messages', 1, 16),
  }),
  refusal('BatchSendMessage', 'InvalidArgument', '17 messages', post(MESSAGES, list(messageXml('hello').repeat(17))), {
    message: rangeText('Messages', 1, 16),
  }),
  refusal(
    'BatchSendMessage',
    'InvalidArgument',
    'bodies of 65537 bytes together',
    post(MESSAGES, list(messageXml('a'.repeat(65_536)), messageXml('b'))),
    {
      message: rangeText('Messages', 1, 65_536, ' bytes'),
    },
  ),
  refusal(
    'BatchSendMessage',
    'InvalidArgument',
    'a message without a body',
    post(MESSAGES, list(messageXml('hello'), '<Message/>')),
    {
      message: shapeText('MessageBody'),
    },
  ),
  refusal(
    'BatchSendMessage',
    'QueueNotExist',
    'to a queue that is not there, with nothing good in it',
    post('/queues/missing/messages', list(messageXml(''))),
  ),
  {
    operation: 'BatchSendMessage',
    outcome: 'InvalidArgument',
    when: 'a delayed message and a bad one: the partial reply has no handles',
    call: post(MESSAGES, list(delayed, messageXml(''))),
    reply: { status: 500, root: ['Messages', [['Message', hello], failedItem(SIZE_TEXT)]] },
  },
  {
    operation: 'BatchSendMessage',
    outcome: 'InvalidArgument',
    when: 'nothing but bad messages',
    call: post(MESSAGES, list(messageXml(''), messageXml('hello', '<Priority>99</Priority>'))),
    reply: { status: 500, root: ['Messages', [failedItem(SIZE_TEXT), failedItem(rangeText('Priority', 1, 16))]] },
  },
];
