import type { OpenChoice } from '../open-choice.js';
import type { FailureCode } from './failure.js';
import { EARLY_END_MS } from './long-polls.js';
import {
  BATCH_BYTES,
  BATCH_SIZE,
  DEFAULT_PRIORITY,
  MAX_PROPERTY_NAME_LENGTH,
  MAX_PROPERTY_VALUE_LENGTH,
  MAX_USER_PROPERTIES,
  MESSAGE_RETENTION_SECONDS,
  TAG_LENGTH,
  TOPIC_RETENTION_SECONDS,
} from './model/limits.js';
import { NAME_LENGTHS } from './model/resource-name.js';
import { NOTIFICATION_FRAME } from './notification-body.js';
import { ERROR_CATALOGUE } from './rest/error-catalogue.js';
import { PARTIAL_SEND_STATUS } from './rest/send-operations.js';
import { BATCH_DELETE_CODE } from './rest/settle-operations.js';

/** Every point of MNS that the public facts leave open, and what is done here. */
export const mnsOpenChoices: readonly OpenChoice[] = [
  ...rows('transport', [
    [
      'Which account does a request to a bare address or an unknown host mean?',
      'the default account and region',
      '§1.1',
    ],
    ['Which target is signed when a proxy gets it in absolute form?', 'its path and query only', '§1.1'],
    [
      'What are HostId, Location and URLs at a custom endpoint?',
      'http://, then the Host header of the request',
      '§1.7, §2.1',
    ],
    ['Which spellings of query names are taken?', 'any case; unknown names are ignored', '§2'],
    ['What does a repeated query name or element mean?', 'the first one counts', '§2'],
    ['How does an empty 201 say that it is empty?', 'Content-Length: 0', '§1.6'],
    ['How is a carriage return written in a reply?', 'as &#13;', '§1.6'],
    ['What is a RequestId made of after its 8 digits of time?', '16 random hexadecimal digits', '§1.6'],
  ]),
  ...rows('authentication', [
    [
      'In which order are requests checked?',
      'URL, Authorization, date, version, security token, key, signature, owner, Content-MD5, names, XML, existence, ranges, receipt handle',
      '§1.8',
    ],
    [
      'What is a missing or wrong x-mns-version answered?',
      textsOf('MissingVersionHeader', 'InvalidVersionHeader'),
      '§1.8',
    ],
    ['Is a wrong Content-Type refused?', 'never', '§1.8'],
    [
      'Which forms of Content-MD5 are taken?',
      'base64 of the hex digest, base64 of the digest, the bare hex digest',
      '§1.4',
    ],
    ['How is the code of a wrong Content-MD5 spelt?', textsOf('InvalidDigest'), '§1.4'],
    ['What status has a request whose date is too far off?', textsOf('TimeExpired'), '§1.8'],
    ['What is an invalid security token answered?', textsOf('InvalidSecurityToken'), '§1.8'],
    ['How are repeated x-mns- headers signed?', 'each on a line of its own, in the order sent', '§1.3'],
  ]),
  ...rows('requests', [
    ['What becomes of unknown elements?', 'ignored', '§2'],
    [
      'What is a body with another root, or a number or word of the wrong shape, answered?',
      'InvalidArgument, cause by that element',
      '§3.3',
    ],
    [
      'Which bodies are not well-formed?',
      'also those that are no UTF-8, declare XML 1.1, or have a document type: MalformedXML',
      '§8',
    ],
    ['What are an empty tag, message group id, strategy or format?', 'as if absent', '§2.15, §2.16'],
    ['Which unit does the text of a range error name?', 'seconds for times, bytes for sizes, none otherwise', '§3.3'],
  ]),
  ...rows('names', [
    [
      'Which names are valid?',
      `letters, digits and hyphens, no hyphen first; queues up to ${NAME_LENGTHS.queue}, topics up to ${NAME_LENGTHS.topic}, subscriptions up to ${NAME_LENGTHS.subscription} characters; case counts`,
      '§3.4',
    ],
    [
      'What do errors about topics, subscriptions and endpoints say?',
      textsOf(
        'TopicNameInvalid',
        'TopicNameLengthError',
        'SubscriptionAlreadyExist',
        'SubscriptionNotExist',
        'SubscriptionNameInvalid',
        'SubscriptionNameLengthError',
        'EndpointInvalid',
      ),
      '§8',
    ],
  ]),
  ...rows('queues', [
    [
      'What do attributes count that a repeated CreateQueue leaves out?',
      'as their defaults; then all six are compared',
      '§2.1',
    ],
    ['Which attributes are checked first, on a queue that exists?', 'the ranges, then whether they differ', '§2.1'],
    ['May a name be used again right after its deletion?', 'yes; QueueDeletedRecently never comes', '§2.1'],
    ['What is deleting a missing queue answered?', '204', '§2.4'],
    ['What becomes of subscriptions to a deleted queue?', 'they stay; deliveries fail and are retried', '§2.4'],
    ['What are receives answered that wait at a queue while it is deleted?', 'QueueNotExist, at once', '§4.6'],
    [
      'Does SetQueueAttributes move messages that are there already?',
      'no: delay and retention are fixed when sent, visibility when received',
      '§4.2',
    ],
    ['What is the longest retention?', `${MESSAGE_RETENTION_SECONDS.high} seconds (7 days)`, '§3.1'],
    ['What are MessageType and EnableSSE?', '0 and False: standard queues only', '§2.3'],
    ['Are the numbers of queues, topics and subscriptions limited?', 'no', '§9'],
  ]),
  ...rows('sending', [
    ['What status has a partly failed batch send?', String(PARTIAL_SEND_STATUS), '§2.7'],
    [
      'When does a whole batch fail?',
      `outside ${BATCH_SIZE.low} to ${BATCH_SIZE.high} messages, or above ${BATCH_BYTES.high} bytes of bodies: InvalidArgument; so does an item of the wrong shape`,
      '§2.7',
    ],
    [
      'When does one message of a batch fail?',
      'when its size, delay, priority or properties are out of range: InvalidArgument',
      '§2.7',
    ],
    ['What is an empty body answered?', 'InvalidArgument', '§3.3'],
    ['What counts against the size limit?', 'the UTF-8 bytes of the body, properties not', '§3.3'],
    [
      'What is a property outside its limits answered?',
      `InvalidArgument: more than ${MAX_USER_PROPERTIES} user properties, names above ${MAX_PROPERTY_NAME_LENGTH} or values above ${MAX_PROPERTY_VALUE_LENGTH} characters, unknown types or system names`,
      '§2.18',
    ],
    ['Are the values of NUMBER, BOOLEAN and BINARY properties checked?', 'no, their length only', '§2.18'],
    ['What is MessageBodyMD5 of a message with properties?', 'the MD5 of the body, as without them', '§7.4'],
    ['What does MessageGroupId do on a standard queue?', 'nothing; it is echoed after Priority', '§2.19'],
    ['What becomes of a message whose delay is longer than its retention?', 'it expires first', '§4.1'],
    [
      'What are the parts of a MessageId?',
      'a hash of the queue or topic name, 33FD, a server process, milliseconds of the month, a counter',
      '§7.1',
    ],
  ]),
  ...rows('receiving', [
    ['In which order are messages received?', 'priority, then since when active, then order of sending', '§4.4'],
    [
      'How many messages does a batch receive give?',
      'as many as asked for, if they are there; there are no stripes',
      '§4.5',
    ],
    [
      'What are a wait or a number of messages out of range answered?',
      'InvalidArgument, naming PollingWaitSeconds and numOfMessages',
      '§2.8, §2.9',
    ],
    ['How much earlier than asked does a wait end?', `${EARLY_END_MS} ms`, '§4.6'],
    ['What ends a wait?', 'a message that is sent, or whose delay or invisibility is over', '§4.6'],
    ['What does a receive take whose client has gone?', 'nothing', '§4.6'],
    ['How many receives may wait at once?', 'any number', '§4.6'],
  ]),
  ...rows('receipt handles', [
    ['What shape have they?', 'that of 2026, of letters, digits, hyphen and = only', '§7.2'],
    [
      'What does the old handle do after ChangeMessageVisibility?',
      'it works until its own visibility would have ended, or the next receive',
      '§2.13',
    ],
    ['What is a delete with an ended handle answered?', 'ReceiptHandleError', '§2.11'],
    ['What is a second delete with the same handle answered?', 'MessageNotExist', '§2.11'],
    ['What is a handle of another queue answered?', 'ReceiptHandleError', '§2.11'],
    ['What is an empty handle answered?', textsOf('MissingReceiptHandle'), '§2.11'],
    ['Which code has each failed handle of a batch delete?', `${BATCH_DELETE_CODE}, whatever the reason`, '§2.12'],
    [
      'How many handles may a batch delete have?',
      `${BATCH_SIZE.low} to ${BATCH_SIZE.high}, else InvalidArgument`,
      '§2.12',
    ],
    ['Does a partly failed batch delete close the connection?', 'no', '§2.12'],
  ]),
  ...rows('topics', [
    [
      'In which order does GetTopicAttributes print?',
      'TopicName, MaximumMessageSize, MessageRetentionPeriod, MessageCount, CreateTime, LastModifyTime, LoggingEnabled',
      '§2.14',
    ],
    ['What is MessageCount?', `messages published within the last ${TOPIC_RETENTION_SECONDS} seconds`, '§2.14'],
    ['What is deleting a missing topic answered?', '204', '§2.14'],
    [
      'What is Unsubscribe answered when something is missing?',
      '204 for the subscription, TopicNotExist for the topic',
      '§2.16',
    ],
    ['What is the Location of Subscribe?', 'without a scheme, for 201 and 204', '§2.16'],
    [
      'What is subscribing a queue answered that takes less than the topic?',
      'InvalidArgument, cause by Endpoint',
      '§2.16',
    ],
    ['Must a queue exist to be subscribed?', 'no', '§2.16'],
    ['Is an unset FilterTag printed?', 'no', '§2.16'],
    ['How long may tags be?', `${TAG_LENGTH.high} characters, else InvalidArgument`, '§3.3'],
    [
      'Must account and region of a queue endpoint be right?',
      'no: the queue name decides, in the tenant of the topic',
      '§1.1',
    ],
  ]),
  ...rows('deliveries', [
    ['When is a message in the queue?', 'before PublishMessage is answered', '§11.8'],
    [
      'Which priority and delay has a delivered message?',
      `priority ${DEFAULT_PRIORITY} and the delay of the queue`,
      '§5.2',
    ],
    ['Does the size limit of the queue hold for the envelope?', 'no', '§5.2'],
    [
      'What are the bytes of the XML envelope?',
      `as in the docs, two blanks per level, after ${NOTIFICATION_FRAME.declaration}`,
      '§5.4',
    ],
    ['How is the JSON envelope escaped?', 'only where JSON must; / and non-ASCII stay', '§5.3'],
    ['What becomes of a retry whose subscription has gone?', 'dropped', '§5.6'],
  ]),
  ...rows('not yet', [
    ['ListQueue, ListTopic, ListSubscriptionByTopic', textsOf('InvalidRequestURL'), '§2.5'],
    ['SetTopicAttributes, SetSubscriptionAttributes', textsOf('InvalidRequestURL'), '§2.14, §2.16'],
    ['Account attributes, OpenService', textsOf('InvalidRequestURL'), '§2.17'],
    ['HTTP, mail and SMS endpoints', textsOf('EndpointInvalid'), '§2.16'],
    ['Signatures of version 4', textsOf('InvalidAuthorizationHeader'), '§1.5'],
    ['Temporary keys with a security token', textsOf('InvalidSecurityToken'), '§1.8'],
    ['Strict query names', 'unknown names are ignored; InvalidQueryString never comes', '§2'],
    ['Throttling', 'TooManyRequests and QpsLimitExceeded never come', '§9'],
  ]),
];

type Row = readonly [question: string, choice: string, section: string];

function rows(topic: string, choices: readonly Row[]): readonly OpenChoice[] {
  return choices.map(([question, choice, section]) => ({
    topic: `mns ${topic}`,
    question,
    choice,
    source: `spec mns ${section}`,
  }));
}

function textsOf(...codes: readonly FailureCode[]): string {
  return codes.map((code) => `${code} ${ERROR_CATALOGUE[code].status} "${ERROR_CATALOGUE[code].message}"`).join('; ');
}
