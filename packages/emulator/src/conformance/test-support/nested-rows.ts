import { messageXml } from '../../mns/test-support/mns-fixture.js';
import {
  del,
  post,
  put,
  refusal,
  shapeText,
  success,
  type Call,
  type ConformanceRow,
  type ExpectedReply,
} from './conformance-row.js';
import type { OperationName } from './documented-operations.js';
import { ANY_MESSAGE_ID } from './expected-xml.js';

const MESSAGES = '/queues/orders/messages';
const PUBLISH = '/topics/news/messages';
const COPY = '/topics/news/subscriptions/copy';
const NESTED = 'a<b>c</b>';

const message = (inside: string): string => `<Message><MessageBody>${inside}</MessageBody></Message>`;
const property = (inside: string): string =>
  `<UserProperties><PropertyValue>${inside}</PropertyValue></UserProperties>`;

/** Every element that holds text, with an element inside: what is inside must not be left out without a word (spec mns §3.3, §6). */
const PLACES: readonly (readonly [operation: OperationName, element: string, call: Call])[] = [
  ...['<b/>', '<b>c</b>', 'a<b/>', 'a<b>c</b>d', '<!-- c --><b/>'].flatMap((inside) => [
    ['SendMessage', 'MessageBody', post(MESSAGES, message(inside))] as const,
    ['BatchSendMessage', 'MessageBody', post(MESSAGES, `<Messages>${message(inside)}</Messages>`)] as const,
    ['PublishMessage', 'MessageBody', post(PUBLISH, message(inside))] as const,
  ]),
  ...['Priority', 'DelaySeconds', 'MessageGroupId'].map(
    (name) => ['SendMessage', name, post(MESSAGES, messageXml('hello', `<${name}>${NESTED}</${name}>`))] as const,
  ),
  ...['Name', 'Value', 'Type'].map(
    (name) =>
      ['SendMessage', name, post(MESSAGES, messageXml('hello', property(`<${name}>${NESTED}</${name}>`)))] as const,
  ),
  ['PublishMessage', 'MessageTag', post(PUBLISH, messageXml('hello', `<MessageTag>${NESTED}</MessageTag>`))],
  [
    'PublishMessage',
    'DirectMail',
    post(
      PUBLISH,
      messageXml('hello', '<MessageAttributes><DirectMail>{}<Subject>s</Subject></DirectMail></MessageAttributes>'),
    ),
  ],
  ...['Endpoint', 'FilterTag', 'NotifyStrategy', 'NotifyContentFormat'].map(
    (name) =>
      [
        'Subscribe',
        name,
        put(
          COPY,
          `<Subscription><${name}>${NESTED}</${name}><Endpoint>http://127.0.0.1:1/push</Endpoint></Subscription>`,
        ),
      ] as const,
  ),
  ['CreateQueue', 'DelaySeconds', put('/queues/fresh', `<Queue><DelaySeconds>${NESTED}</DelaySeconds></Queue>`)],
  ['CreateTopic', 'LoggingEnabled', put('/topics/fresh', '<Topic><LoggingEnabled>true<b/></LoggingEnabled></Topic>')],
  [
    'BatchDeleteMessage',
    'ReceiptHandle',
    del(MESSAGES, `<ReceiptHandles><ReceiptHandle>${NESTED}</ReceiptHandle></ReceiptHandles>`),
  ],
  [
    'SetAccountAttributes',
    'LoggingBucket',
    put('/?accountmeta=true', `<Account><LoggingBucket>${NESTED}</LoggingBucket></Account>`),
  ],
];

const kept = (md5: string): ExpectedReply => ({
  status: 201,
  root: [
    'Message',
    [
      ['MessageId', ANY_MESSAGE_ID],
      ['MessageBodyMD5', md5],
    ],
  ],
});

/** Elements where text belongs, and the ways in which a client may write text that looks like them. */
export const nestedRows: readonly ConformanceRow[] = [
  ...PLACES.map(([operation, element, call]) =>
    refusal(operation, 'InvalidArgument', `${element} with an element inside: ${call.body ?? ''}`, call, {
      message: shapeText(element),
    }),
  ),
  success(
    'SendMessage',
    'a body that looks like an element, escaped',
    post(MESSAGES, messageXml(NESTED)),
    kept('A8B611CB902B476C680854601605FF7D'),
  ),
  success(
    'SendMessage',
    'a body that looks like an element, in CDATA',
    post(MESSAGES, message(`<![CDATA[${NESTED}]]>`)),
    kept('A8B611CB902B476C680854601605FF7D'),
  ),
];
