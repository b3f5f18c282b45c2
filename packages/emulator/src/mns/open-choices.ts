import type { OpenChoice } from '../open-choice.js';
import { rows, textsOf } from './open-choice-rows.js';
import { EARLY_END_MS } from './long-polls.js';
import {
  BATCH_BYTES,
  BATCH_SIZE,
  DEFAULT_PRIORITY,
  DOCUMENTED_TAG_LENGTH,
  MAX_PROPERTY_NAME_LENGTH,
  MAX_PROPERTY_VALUE_LENGTH,
  MAX_USER_PROPERTIES,
  MESSAGE_RETENTION_SECONDS,
  TAG_LENGTH,
  TOPIC_RETENTION_SECONDS,
} from './model/limits.js';
import { DEFAULT_PUSH_PATH, PHONE_DIGITS } from './model/delivery-target.js';
import { MAX_STRIPES } from './model/model-settings.js';
import { NOTIFICATION_FRAME } from './notification-body.js';
import { PUSH_CONTENT_TYPES } from './push/push-request.js';
import { CERTIFICATE_PATH, PUSH_TIMEOUT_MS } from './push/pushes.js';
import { PROFILES } from '../profile/profile.js';
import type { Milliseconds } from '../imm/script/distribution.js';
import { restOpenChoices } from './rest/open-choices.js';
import { PARTIAL_SEND_STATUS } from './rest/send-operations.js';
import { BATCH_DELETE_CODE } from './rest/settle-operations.js';

/** What was held against a recorded sample, so that nobody has to try it again. */
const MD5_TRIALS = [
  'Tried without success, in some 540 million digests against one recorded message (it-ack-test with case=ack):',
  '(1) name, value and type in every order, and each alone, with any of 34 separators between them, two different ones, or one in front or at the end, and 12 words or numbers for the type; JSON in 30 shapes, bare and in 11 wrappers, compact, with blanks and indented; the XML of request and reply; what Java prints for maps and beans;',
  'each of these and its MD5 in either case, alone and before and after the body, the body’s MD5, base64, JSON and element, with 17 separators; all that digested twice;',
  '(2) the forms with one separator with two dozen prefixes to the name, and with the name in capitals, before and after body and MD5, with 8 separators;',
  '(3) properties with lengths before them as SQS digests them, of 1 to 8 bytes, both ways round, with type codes 0 to 3; raw digests;',
  '(4) the property string of RocketMQ (\\1 and \\2) and twelve like it, with up to three of 23 system properties (TAGS, WAIT, KEYS, PRIORITY and others), before, after and sorted;',
  '(5) HMAC-MD5 with either as the key; SHA-1, SHA-256 and SHA-512 cut to 16 bytes; the two digests combined by XOR.',
].join(' ');

const CLOUD = PROFILES.cloud;

function spanOf(milliseconds: Milliseconds): string {
  if (typeof milliseconds === 'number') return `${milliseconds} ms`;
  return milliseconds.kind === 'uniform' ? `${milliseconds.leastMs}–${milliseconds.mostMs} ms` : milliseconds.kind;
}

/** Every point of MNS that the public facts leave open, and what is done here. */
export const mnsOpenChoices: readonly OpenChoice[] = [
  ...restOpenChoices,
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
    [
      'What is MessageBodyMD5 of a message with properties?',
      `the MD5 of the body, as without them. The service’s is another, always the same for the same body and properties; no formula was found for it. ${MD5_TRIALS}`,
      '§7.4',
    ],
    ['What does MessageGroupId do on a standard queue?', 'nothing; it is echoed after Priority', '§2.19'],
    ['What becomes of a message whose delay is longer than its retention?', 'it expires first', '§4.1'],
    [
      'What are the parts of a MessageId?',
      'a hash of the queue or topic name, 33FD, a server process, milliseconds of the month, a counter; with the option mns.oldMessageIds a hash, slice 1, milliseconds since 1970, a counter',
      '§7.1',
    ],
  ]),
  ...rows('receiving', [
    [
      'In which order are messages received?',
      'priority, then since when active, then order of sending; with the option mns.shuffle priority, then as the seed decides',
      '§4.4',
    ],
    [
      'How many messages does a batch receive give?',
      `as many as asked for, if they are there; with the option mns.stripes (up to ${MAX_STRIPES}) those of one storage node: the first, from a drawn one on, that has any. The order of sending deals messages out to the nodes in turn`,
      '§4.5',
    ],
    [
      'What are a wait or a number of messages out of range answered?',
      'InvalidArgument, naming PollingWaitSeconds and numOfMessages',
      '§2.8, §2.9',
    ],
    [
      'How much earlier than asked does a wait end?',
      `${EARLY_END_MS} ms; with the profile cloud, ${spanOf(CLOUD.earlyEndMs)}`,
      '§4.6',
    ],
    [
      'May a receive miss what is there?',
      `no; with the profile cloud, one of six asks one storage node of ${CLOUD.stripes} for a second, so that 2 of 15 miss a single message, those without a wait as well`,
      '§4.5',
    ],
    [
      'How long does a request take?',
      `no time; with the profile cloud, what recordings took: a receive ${spanOf(CLOUD.paceMs.receive)}, or in 9 of 13 cases ${spanOf(CLOUD.slowReceives.ms)}; it is carried out at the end of that time`,
      '§4.5',
    ],
    [
      'How old may the counts of a queue be?',
      `exact; with the profile cloud, up to ${CLOUD.countsAgeMs} ms old`,
      '§4.8',
    ],
    ['What ends a wait?', 'a message that is sent, or whose delay or invisibility is over', '§4.6'],
    ['What does a receive take whose client has gone?', 'nothing', '§4.6'],
    [
      'How many receives may wait at once?',
      'any number, or as many in each account and region as the option mns.maxLongPolls says',
      '§4.6',
    ],
  ]),
  ...rows('receipt handles', [
    ['What shape have they?', 'that of 2026, of letters, digits, hyphen and = only', '§7.2'],
    [
      'What does the old handle do after ChangeMessageVisibility?',
      'it works until its own visibility would have ended, or the next receive',
      '§2.13',
    ],
    [
      'May the visibility of a message be changed that is still delayed?',
      'yes, by the handle of its sending, as the transaction queue of the Java SDK does: it stays a delayed one that comes earlier or later',
      '§2.13',
    ],
    [
      'What is a delete with an ended handle answered?',
      'MessageNotExist; ReceiptHandleError once the message has been received again',
      '§2.11',
    ],
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
    [
      'What does SetSubscriptionAttributes change?',
      'NotifyStrategy and FilterTag, from the next message on; other elements are ignored, and an empty one stays as it was',
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
    [
      'Which formats may a subscription have?',
      'XML, JSON and SIMPLIFIED; STREAM, which one client knows beside them, is InvalidArgument, cause by NotifyContentFormat',
      '§2.16',
    ],
    [
      'How long may tags be?',
      `up to ${TAG_LENGTH.high} characters, else InvalidArgument. The docs say ${DOCUMENTED_TAG_LENGTH}, and two clients refuse more by themselves; but an official sample subscribes and publishes with 19, and of the sister product on the same proxy it was the client alone that knew such a limit, until that was mended`,
      '§3.3',
    ],
    [
      'Must account and region of a queue endpoint be right?',
      'no: the queue name decides, in the tenant of the topic',
      '§1.1',
    ],
  ]),
  ...rows('deliveries', [
    [
      'When is a message in the queue?',
      `before PublishMessage is answered; with the profile cloud, ${spanOf(CLOUD.deliveryLagMs)} after it`,
      '§11.8',
    ],
    [
      'Does a topic deliver more than once?',
      `no; with the profile cloud, of a hundred messages one, as a second message`,
      '§4.9',
    ],
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
    [
      'Which number is a telephone?',
      `${PHONE_DIGITS.low} to ${PHONE_DIGITS.high} digits, + before them or not`,
      '§2.16',
    ],
    [
      'What becomes of a mail, an SMS or a push to an app?',
      'the journal records it with its attributes; nothing is sent. So it is with the older sms:dayu:{phone} and push:{appKey}, which one client still makes',
      '§2.16, §5.7',
    ],
    [
      'What may a child of MessageAttributes hold?',
      'any JSON object, whatever its name and members; anything else is InvalidArgument, cause by that child',
      '§2.15',
    ],
  ]),
  ...rows('pushes', [
    ['When does a push begin?', 'at the instant of publishing, after PublishMessage is answered', '§5.5'],
    [
      'Where does a push go?',
      `to the path and query of the endpoint, normalised as URLs are; ${DEFAULT_PUSH_PATH} when it has no path, not even /`,
      '§5.5',
    ],
    ['May an endpoint name a user?', `no: ${textsOf('EndpointInvalid')}`, '§2.16'],
    [
      'Which hosts are pushed to?',
      'loopback addresses, and those that the option push.hosts names; a push to any other host fails and is retried',
      '§5.5',
    ],
    [
      'What is the Content-Type of a push?',
      Object.entries(PUSH_CONTENT_TYPES)
        .map(([format, type]) => `${format} ${type}`)
        .join(', '),
      '§5.5',
    ],
    ['Which formats have x-mns-message-id and -tag?', 'all three', '§5.5'],
    [
      'How is a tag written into a header?',
      'as its UTF-8 bytes; it is left out when it has control characters',
      '§5.5',
    ],
    ['Do properties travel with a push?', 'no', '§5.5'],
    [
      'Who signs, and with which certificate?',
      `a key of 2048 bits that each emulator makes; it serves the certificate at ${CERTIFICATE_PATH}, or the option certificateUrl says where`,
      '§5.5',
    ],
    ['Which answers to a push are a success?', 'any 2xx; redirections are not followed', '§5.5'],
    ['What must arrive in time?', `the whole answer, within ${PUSH_TIMEOUT_MS} ms`, '§5.5'],
    ['From when does the wait before a retry count?', 'from the failure, not from the start of the attempt', '§5.6'],
    ['Are connections kept between pushes?', 'no', '§5.5'],
  ]),
  ...rows('throttling', [
    [
      'When is a request throttled?',
      `Never by itself; the option mns.refuse answers TooManyRequests or QpsLimitExceeded, at once, before anything has changed. With the profile cloud, TooManyRequests answers what is above ${CLOUD.throttling.messagesPerSecond} messages or ${CLOUD.throttling.othersPerSecond} other requests in a second of an account and region, after ${spanOf(CLOUD.throttling.holdMs)}.`,
      '§9',
    ],
  ]),
];
