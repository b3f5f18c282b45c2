import type { OpenChoice } from '../../open-choice.js';
import { DEFAULT_ACCOUNT_ATTRIBUTES, TRACE_ENABLED } from '../model/account.js';
import { LIST_SIZE } from '../model/limits.js';
import { NAME_LENGTHS } from '../model/resource-name.js';
import { rows, textsOf } from '../open-choice-rows.js';

/** What the public facts leave open about how requests are read, checked and answered, and what is done here. */
export const restOpenChoices: readonly OpenChoice[] = [
  ...rows('transport', [
    [
      'Which account does a request to a bare address or an unknown host mean?',
      'the default account and region',
      '§1.1',
    ],
    ['Which target is signed when a proxy gets it in absolute form?', 'its path and query only', '§1.1'],
    [
      'What are HostId, Location and URLs at a custom endpoint?',
      'the scheme at which the emulator is served, http:// for one that is not served by itself, then the Host header of the request',
      '§1.7, §2.1',
    ],
    [
      'Which spellings of query names are taken?',
      `any case; unknown names are ignored. With the option mns.strictQueryNames only those of docs and official clients, else ${textsOf('InvalidQueryString')}, naming the item, before the sender is looked at`,
      '§2',
    ],
    ['What does a repeated query name or element mean?', 'the first one counts', '§2'],
    ['How does an empty 201 say that it is empty?', 'Content-Length: 0', '§1.6'],
    ['How is a carriage return written in a reply?', 'as &#13;', '§1.6'],
    ['What is a RequestId made of after its 8 digits of time?', '16 random hexadecimal digits', '§1.6'],
  ]),
  ...rows('authentication', [
    [
      'In which order are requests checked?',
      'URL, Authorization, date, version, key, security token, signature, owner, Content-MD5, names, XML, existence, ranges, receipt handle',
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
    [
      'What is a security token answered that is missing, wrong, expired, or not needed?',
      textsOf('InvalidSecurityToken'),
      '§1.8',
    ],
    [
      'Must the scope of a version 4 signature fit the request?',
      'its day must be that of the date, else SignatureDoesNotMatch; its region may be any',
      '§1.5',
    ],
    [
      'How are path and query of a version 4 signature encoded?',
      'decoded, then encoded by RFC 3986; sorted by name; a name without = stays without one',
      '§1.5',
    ],
    ['How are repeated x-mns- headers signed?', 'each on a line of its own, in the order sent', '§1.3'],
  ]),
  ...rows('accounts', [
    [
      'Which attributes has an account?',
      `LoggingBucket, empty at first, and TraceEnabled, ${DEFAULT_ACCOUNT_ATTRIBUTES.traceEnabled} at first and ${TRACE_ENABLED.low} or ${TRACE_ENABLED.high}; in each region by itself. Nothing is logged or traced anywhere`,
      '§2.17',
    ],
    [
      'What are OpenService and GET /?account answered?',
      'an OrderId of fifteen digits, always the same for an account, and nothing is ordered; the AccountId of the endpoint',
      '§2.17',
    ],
  ]),
  ...rows('lists', [
    [
      'Which elements has an entry?',
      'its URL and its name, topics LoggingEnabled as well; with x-mns-with-meta: true its URL and all attributes, for subscriptions, too',
      '§2.5, §11.1',
    ],
    ['In which order are entries listed?', 'ascending by the bytes of their names', '§2.5'],
    ['What is a marker made of?', 'the last name of the page in base64; the entry itself may go meanwhile', '§2.5'],
    ['What is a marker answered that no list has given?', 'InvalidArgument, cause by x-mns-marker', '§2.5'],
    [
      'What is a page size out of range answered?',
      `InvalidArgument, naming x-mns-ret-number, outside ${LIST_SIZE.low} to ${LIST_SIZE.high}`,
      '§2.5',
    ],
    ['What does an empty header of a list mean?', 'the same as none', '§2.5'],
  ]),
  ...rows('requests', [
    ['What becomes of unknown elements?', 'ignored', '§2'],
    [
      'What is an element inside one that holds text answered, as of a body that was not escaped?',
      'InvalidArgument, cause by the outer one',
      '§3.3, §6',
    ],
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
    [
      'Which unit does the text of a range error name?',
      'seconds for times, bytes for sizes, none otherwise; it ends without a full stop',
      '§3.3, §11.6',
    ],
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
];
