import type { Call } from './conformance-row.js';
import type { DocumentedCode } from './documented-errors.js';

/** What the documents say of an operation, and a request for it that is right in the world of the table. */
export interface DocumentedOperation {
  readonly sample: Call;
  /** The queue, topic and subscription of the sample, as far as its path names them. */
  readonly names: readonly ('orders' | 'news' | 'copy')[];
  /** The root that a body must have; absent when a body is not looked at. */
  readonly bodyRoot?: string;
  /** The errors of its own; those that all operations share are in {@link COMMON_ERRORS}. */
  readonly errors: readonly DocumentedCode[];
  /** Documented errors that never come here, and why. */
  readonly never?: Readonly<Partial<Record<DocumentedCode, string>>>;
}

/** Errors that every operation shares (spec mns §1.8, §2). */
export const COMMON_ERRORS = [
  'MissingAuthorizationHeader',
  'InvalidAuthorizationHeader',
  'MissingDateHeader',
  'InvalidDateHeader',
  'TimeExpired',
  'MissingVersionHeader',
  'InvalidVersionHeader',
  'InvalidSecurityToken',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'AccessDenied',
  'InvalidDigest',
  'InvalidRequestURL',
  'InvalidQueryString',
] as const satisfies readonly DocumentedCode[];

const QUEUE = '/queues/orders';
const MESSAGES = '/queues/orders/messages';
const TOPIC = '/topics/news';
const SUBSCRIPTION = '/topics/news/subscriptions/copy';
const QUEUE_NAME = ['InvalidQueueName', 'QueueNameLengthError'] as const;
const TOPIC_NAME = ['TopicNameInvalid', 'TopicNameLengthError'] as const;
const SUBSCRIPTION_NAME = ['SubscriptionNameInvalid', 'SubscriptionNameLengthError'] as const;
const BODY = ['MalformedXML', 'InvalidArgument'] as const;

/** Every operation of the API (spec mns §2). */
export const DOCUMENTED_OPERATIONS = {
  CreateQueue: {
    sample: { method: 'PUT', target: QUEUE, body: '<Queue/>' },
    names: ['orders'],
    bodyRoot: 'Queue',
    errors: [...QUEUE_NAME, ...BODY, 'QueueAlreadyExist', 'QueueDeletedRecently'],
    never: { QueueDeletedRecently: 'a name may be used again at once' },
  },
  SetQueueAttributes: {
    sample: { method: 'PUT', target: `${QUEUE}?metaoverride=true`, body: '<Queue/>' },
    names: ['orders'],
    bodyRoot: 'Queue',
    errors: [...QUEUE_NAME, ...BODY, 'QueueNotExist'],
  },
  GetQueueAttributes: {
    sample: { method: 'GET', target: QUEUE },
    names: ['orders'],
    errors: [...QUEUE_NAME, 'QueueNotExist'],
  },
  DeleteQueue: { sample: { method: 'DELETE', target: QUEUE }, names: ['orders'], errors: [...QUEUE_NAME] },
  ListQueue: { sample: { method: 'GET', target: '/queues' }, names: [], errors: ['InvalidArgument'] },
  SendMessage: {
    sample: { method: 'POST', target: MESSAGES, body: '<Message><MessageBody>hello</MessageBody></Message>' },
    names: ['orders'],
    bodyRoot: 'Message',
    errors: [...QUEUE_NAME, ...BODY, 'QueueNotExist'],
  },
  BatchSendMessage: {
    sample: {
      method: 'POST',
      target: MESSAGES,
      body: '<Messages><Message><MessageBody>hello</MessageBody></Message></Messages>',
    },
    names: ['orders'],
    errors: [...QUEUE_NAME, ...BODY, 'QueueNotExist'],
  },
  ReceiveMessage: {
    sample: { method: 'GET', target: MESSAGES },
    names: ['orders'],
    errors: [...QUEUE_NAME, 'InvalidArgument', 'QueueNotExist', 'MessageNotExist'],
  },
  BatchReceiveMessage: {
    sample: { method: 'GET', target: `${MESSAGES}?numOfMessages=16` },
    names: ['orders'],
    errors: [...QUEUE_NAME, 'InvalidArgument', 'QueueNotExist', 'MessageNotExist'],
  },
  PeekMessage: {
    sample: { method: 'GET', target: `${MESSAGES}?peekonly=true` },
    names: ['orders'],
    errors: [...QUEUE_NAME, 'QueueNotExist', 'MessageNotExist'],
  },
  BatchPeekMessage: {
    sample: { method: 'GET', target: `${MESSAGES}?peekonly=true&numOfMessages=16` },
    names: ['orders'],
    errors: [...QUEUE_NAME, 'InvalidArgument', 'QueueNotExist', 'MessageNotExist'],
  },
  DeleteMessage: {
    sample: { method: 'DELETE', target: `${MESSAGES}?ReceiptHandle=none` },
    names: ['orders'],
    errors: [...QUEUE_NAME, 'QueueNotExist', 'MissingReceiptHandle', 'ReceiptHandleError', 'MessageNotExist'],
  },
  BatchDeleteMessage: {
    sample: {
      method: 'DELETE',
      target: MESSAGES,
      body: '<ReceiptHandles><ReceiptHandle>none</ReceiptHandle></ReceiptHandles>',
    },
    names: ['orders'],
    bodyRoot: 'ReceiptHandles',
    errors: [...QUEUE_NAME, ...BODY, 'QueueNotExist', 'ReceiptHandleError'],
  },
  ChangeMessageVisibility: {
    sample: { method: 'PUT', target: `${MESSAGES}?receiptHandle=none&visibilityTimeout=5` },
    names: ['orders'],
    errors: [
      ...QUEUE_NAME,
      'InvalidArgument',
      'QueueNotExist',
      'MissingReceiptHandle',
      'MissingVisibilityTimeout',
      'ReceiptHandleError',
      'MessageNotExist',
    ],
  },
  CreateTopic: {
    sample: { method: 'PUT', target: TOPIC, body: '<Topic/>' },
    names: ['news'],
    bodyRoot: 'Topic',
    errors: [...TOPIC_NAME, ...BODY, 'TopicAlreadyExist', 'TopicDeletedRecently'],
    never: { TopicDeletedRecently: 'a name may be used again at once' },
  },
  SetTopicAttributes: {
    sample: { method: 'PUT', target: `${TOPIC}?metaoverride=true`, body: '<Topic/>' },
    names: ['news'],
    bodyRoot: 'Topic',
    errors: [...TOPIC_NAME, ...BODY, 'TopicNotExist'],
  },
  GetTopicAttributes: {
    sample: { method: 'GET', target: TOPIC },
    names: ['news'],
    errors: [...TOPIC_NAME, 'TopicNotExist'],
  },
  DeleteTopic: { sample: { method: 'DELETE', target: TOPIC }, names: ['news'], errors: [...TOPIC_NAME] },
  ListTopic: { sample: { method: 'GET', target: '/topics' }, names: [], errors: ['InvalidArgument'] },
  PublishMessage: {
    sample: {
      method: 'POST',
      target: `${TOPIC}/messages`,
      body: '<Message><MessageBody>hello</MessageBody></Message>',
    },
    names: ['news'],
    bodyRoot: 'Message',
    errors: [...TOPIC_NAME, ...BODY, 'TopicNotExist'],
  },
  Subscribe: {
    sample: {
      method: 'PUT',
      target: SUBSCRIPTION,
      body: '<Subscription><Endpoint>acs:mns:cn-hangzhou:1000000000000001:queues/orders</Endpoint></Subscription>',
    },
    names: ['news', 'copy'],
    bodyRoot: 'Subscription',
    errors: [
      ...TOPIC_NAME,
      ...SUBSCRIPTION_NAME,
      ...BODY,
      'TopicNotExist',
      'SubscriptionAlreadyExist',
      'EndpointInvalid',
    ],
  },
  SetSubscriptionAttributes: {
    sample: { method: 'PUT', target: `${SUBSCRIPTION}?metaoverride=true`, body: '<Subscription/>' },
    names: ['news', 'copy'],
    bodyRoot: 'Subscription',
    errors: [...TOPIC_NAME, ...SUBSCRIPTION_NAME, ...BODY, 'TopicNotExist', 'SubscriptionNotExist'],
  },
  GetSubscriptionAttributes: {
    sample: { method: 'GET', target: SUBSCRIPTION },
    names: ['news', 'copy'],
    errors: [...TOPIC_NAME, ...SUBSCRIPTION_NAME, 'TopicNotExist', 'SubscriptionNotExist'],
  },
  Unsubscribe: {
    sample: { method: 'DELETE', target: SUBSCRIPTION },
    names: ['news', 'copy'],
    errors: [...TOPIC_NAME, ...SUBSCRIPTION_NAME, 'TopicNotExist'],
  },
  ListSubscriptionByTopic: {
    sample: { method: 'GET', target: '/topics/news/subscriptions' },
    names: ['news'],
    errors: [...TOPIC_NAME, 'InvalidArgument', 'TopicNotExist'],
  },
  GetAccountAttributes: { sample: { method: 'GET', target: '/?accountmeta=true' }, names: [], errors: [] },
  SetAccountAttributes: {
    sample: { method: 'PUT', target: '/?accountmeta=true', body: '<Account/>' },
    names: [],
    bodyRoot: 'Account',
    errors: [...BODY],
  },
  GetAccount: { sample: { method: 'GET', target: '/?account' }, names: [], errors: [] },
  OpenService: { sample: { method: 'POST', target: '/commonbuy/openservice' }, names: [], errors: [] },
} as const satisfies Readonly<Record<string, DocumentedOperation>>;

/** The name of an operation of the API. */
export type OperationName = keyof typeof DOCUMENTED_OPERATIONS;

/** Every operation with its entry. */
export const OPERATIONS: readonly (readonly [OperationName, DocumentedOperation])[] = (
  Object.keys(DOCUMENTED_OPERATIONS) as OperationName[]
).map((name) => [name, DOCUMENTED_OPERATIONS[name]]);
