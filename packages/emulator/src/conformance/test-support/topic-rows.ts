import { HOST, messageXml } from '../../mns/test-support/mns-fixture.js';
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
import { ANY_MESSAGE_ID, type ExpectedElement } from './expected-xml.js';

const location = (name: string): string => `http://${HOST}/topics/${name}`;
const created = (name: string): ExpectedReply => ({ status: 201, location: location(name) });
const OK = { status: 204 };
const NEWS = '/topics/news';
const SET = '/topics/news?metaoverride=true';
const PUBLISH = '/topics/news/messages';
const SIZE_TEXT = rangeText('MaximumMessageSize', 1024, 65_536, ' bytes');

/** The attributes of a topic, as GetTopicAttributes prints them (spec mns §2.14). */
function topic(attributes: Readonly<Record<string, string | number>> = {}): ExpectedElement {
  const defaults = {
    TopicName: 'news',
    MaximumMessageSize: 65_536,
    MessageRetentionPeriod: 86_400,
    MessageCount: 0,
    CreateTime: 1_767_225_600,
    LastModifyTime: 1_767_225_600,
    LoggingEnabled: 'False',
  };
  return ['Topic', Object.entries({ ...defaults, ...attributes })];
}

const published = (md5: string = '5D41402ABC4B2A76B9719D911017C592'): ExpectedReply => ({
  status: 201,
  root: [
    'Message',
    [
      ['MessageId', ANY_MESSAGE_ID],
      ['MessageBodyMD5', md5],
    ],
  ],
});

const size = (value: string | number): string => `<Topic><MaximumMessageSize>${value}</MaximumMessageSize></Topic>`;
const small = { call: put(SET, size(1024)) };

const sizeRows: readonly ConformanceRow[] = [
  ...[1024, 65_536].flatMap((value) => [
    success('CreateTopic', `MaximumMessageSize ${value}`, put('/topics/fresh', size(value)), created('fresh')),
    success('SetTopicAttributes', `MaximumMessageSize ${value}`, put(SET, size(value)), OK),
  ]),
  ...[1023, 65_537, 65 * 1024].flatMap((value) => [
    refusal('CreateTopic', 'InvalidArgument', `MaximumMessageSize ${value}`, put('/topics/fresh', size(value)), {
      message: SIZE_TEXT,
    }),
    refusal('SetTopicAttributes', 'InvalidArgument', `MaximumMessageSize ${value}`, put(SET, size(value)), {
      message: SIZE_TEXT,
    }),
  ]),
  ...['', 'x', '1e4'].flatMap((value) => [
    refusal('CreateTopic', 'InvalidArgument', `MaximumMessageSize "${value}"`, put('/topics/fresh', size(value)), {
      message: shapeText('MaximumMessageSize'),
    }),
    refusal('SetTopicAttributes', 'InvalidArgument', `MaximumMessageSize "${value}"`, put(SET, size(value)), {
      message: shapeText('MaximumMessageSize'),
    }),
  ]),
];

const publishRows: readonly ConformanceRow[] = [
  success('PublishMessage', 'a body alone', post(PUBLISH, messageXml('hello')), published()),
  success(
    'PublishMessage',
    'to a topic without subscribers',
    post('/topics/fresh/messages', messageXml('hello')),
    published(),
    [{ call: put('/topics/fresh') }],
  ),
  ...[1, 16, 17, 255].map((length) =>
    success(
      'PublishMessage',
      `a tag of ${length} characters`,
      post(PUBLISH, messageXml('hello', `<MessageTag>${'t'.repeat(length)}</MessageTag>`)),
      published(),
    ),
  ),
  success(
    'PublishMessage',
    'a tag of 255 characters beyond the first plane',
    post(PUBLISH, messageXml('hello', `<MessageTag>${'😀'.repeat(255)}</MessageTag>`)),
    published(),
  ),
  success(
    'PublishMessage',
    'an empty tag, which is none',
    post(PUBLISH, messageXml('hello', '<MessageTag/>')),
    published(),
  ),
  success(
    'PublishMessage',
    'a body of 65536 bytes',
    post(PUBLISH, messageXml('a'.repeat(65_536))),
    published('2D61AA54B58C2E94403FB092C3DBC027'),
  ),
  success(
    'PublishMessage',
    'attributes for mail',
    post(
      PUBLISH,
      messageXml(
        'hello',
        '<MessageAttributes><DirectMail>{"AccountName":"a@example.com","Subject":"s","AddressType":0,"IsHtml":0,"ReplyToAddress":0}</DirectMail></MessageAttributes>',
      ),
    ),
    published(),
  ),
  success(
    'PublishMessage',
    'properties',
    post(
      PUBLISH,
      messageXml(
        'hello',
        '<UserProperties><PropertyValue><Name>n</Name><Value>v</Value><Type>STRING</Type></PropertyValue></UserProperties>',
      ),
    ),
    published(),
  ),
  refusal(
    'PublishMessage',
    'InvalidArgument',
    'a tag of 256 characters',
    post(PUBLISH, messageXml('hello', `<MessageTag>${'t'.repeat(256)}</MessageTag>`)),
    {
      message: rangeText('MessageTag', 1, 255),
    },
  ),
  refusal('PublishMessage', 'InvalidArgument', 'an empty body', post(PUBLISH, messageXml('')), {
    message: rangeText('MessageBody', 1, 65_536, ' bytes'),
  }),
  refusal('PublishMessage', 'InvalidArgument', 'no body', post(PUBLISH, '<Message/>'), {
    message: shapeText('MessageBody'),
  }),
  refusal('PublishMessage', 'InvalidArgument', 'a body of 65537 bytes', post(PUBLISH, messageXml('a'.repeat(65_537))), {
    message: rangeText('MessageBody', 1, 65_536, ' bytes'),
  }),
  refusal(
    'PublishMessage',
    'InvalidArgument',
    'a body of 1025 bytes to a topic that takes 1024',
    post(PUBLISH, messageXml('a'.repeat(1025))),
    {
      given: [small],
      message: rangeText('MessageBody', 1, 1024, ' bytes'),
    },
  ),
  refusal(
    'PublishMessage',
    'InvalidArgument',
    'an unknown property type',
    post(
      PUBLISH,
      messageXml(
        'hello',
        '<UserProperties><PropertyValue><Name>n</Name><Value>v</Value><Type>X</Type></PropertyValue></UserProperties>',
      ),
    ),
    {
      message: shapeText('UserProperties'),
    },
  ),
  refusal(
    'PublishMessage',
    'InvalidArgument',
    'attributes for mail that are no JSON object',
    post(PUBLISH, messageXml('hello', '<MessageAttributes><DirectMail>[]</DirectMail></MessageAttributes>')),
    { message: shapeText('DirectMail') },
  ),
  refusal('PublishMessage', 'MalformedXML', 'nothing', post(PUBLISH)),
];

/** CreateTopic, SetTopicAttributes, GetTopicAttributes, DeleteTopic, PublishMessage. */
export const topicRows: readonly ConformanceRow[] = [
  ...sizeRows,
  ...publishRows,

  success('CreateTopic', 'no body', put('/topics/fresh'), created('fresh')),
  success('CreateTopic', 'an empty document', put('/topics/fresh', '<Topic/>'), created('fresh')),
  success('CreateTopic', 'a name of 120 characters', put(`/topics/${'n'.repeat(120)}`), created('n'.repeat(120))),
  success('CreateTopic', 'the name of a queue', put('/topics/orders'), created('orders')),
  success(
    'CreateTopic',
    'the same attributes again',
    put(NEWS, '<Topic><LoggingEnabled>False</LoggingEnabled></Topic>'),
    { status: 204, location: location('news') },
  ),
  refusal('CreateTopic', 'TopicAlreadyExist', 'another size', put(NEWS, size(1024))),
  refusal(
    'CreateTopic',
    'TopicAlreadyExist',
    'other logging',
    put(NEWS, '<Topic><LoggingEnabled>true</LoggingEnabled></Topic>'),
  ),
  refusal(
    'CreateTopic',
    'InvalidArgument',
    'LoggingEnabled "1"',
    put('/topics/fresh', '<Topic><LoggingEnabled>1</LoggingEnabled></Topic>'),
    {
      message: shapeText('LoggingEnabled'),
    },
  ),

  success('SetTopicAttributes', 'nothing at all', put(SET), OK),
  success('SetTopicAttributes', 'an empty document', put('/topics/news?metaOverride=True', '<Topic/>'), OK),
  success('SetTopicAttributes', 'LoggingEnabled', put(SET, '<Topic><LoggingEnabled>TRUE</LoggingEnabled></Topic>'), OK),

  success('GetTopicAttributes', 'a new topic', get(NEWS), { status: 200, root: topic() }),
  success(
    'GetTopicAttributes',
    'after a change, which keeps what it does not name',
    get(NEWS),
    { status: 200, root: topic({ LoggingEnabled: 'True', MaximumMessageSize: 1024, LastModifyTime: 1_767_225_607 }) },
    [small, { advanceMs: 7000 }, { call: put(SET, '<Topic><LoggingEnabled>true</LoggingEnabled></Topic>') }],
  ),
  success(
    'GetTopicAttributes',
    'a message of the last day',
    get(NEWS),
    { status: 200, root: topic({ MessageCount: 1 }) },
    [{ call: post(PUBLISH, messageXml('hello')) }, { advanceMs: 86_399_999 }],
  ),
  success('GetTopicAttributes', 'a message from a day ago', get(NEWS), { status: 200, root: topic() }, [
    { call: post(PUBLISH, messageXml('hello')) },
    { advanceMs: 86_400_000 },
  ]),

  success('DeleteTopic', 'a topic with a subscription', del(NEWS), OK),
  success('DeleteTopic', 'a topic that is not there', del('/topics/missing'), OK),
];
