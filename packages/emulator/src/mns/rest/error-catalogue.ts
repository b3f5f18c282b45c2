import type { ArgumentFailure, Failure, FailureCode, QueryFailure } from '../failure.js';

/** How an error looks on the wire. */
export interface ErrorEntry {
  readonly status: number;
  readonly message: string;
}

const NAME_RULE = 'should start with alpha and contain only alpha, digit or - .';

/** Status and text of every error; `InvalidArgument` and `InvalidQueryString` get theirs from {@link describeFailure} (spec mns §8). */
export const ERROR_CATALOGUE: Readonly<Record<FailureCode, ErrorEntry>> = {
  AccessDenied: {
    status: 403,
    message: 'The OwnerId that your Access Key Id associated to is forbidden for this operation.',
  },
  AccessDeniedByRamPolicy: {
    status: 403,
    message: 'The OwnerId that your Access Key Id associated to is forbidden for this operation.',
  },
  EndpointInvalid: { status: 400, message: 'The endpoint you provided is invalid.' },
  // Misspelt by the service.
  InternalError: { status: 500, message: 'Interal error.' },
  InternalServerError: { status: 500, message: 'Interal error.' },
  InvalidAccessKeyId: { status: 403, message: 'The access Id you provided does not exist.' },
  InvalidArgument: { status: 400, message: 'The XML you provided did not validate against our published schema.' },
  InvalidAuthorizationHeader: { status: 400, message: 'The Authorization header format is invalid.' },
  InvalidDateHeader: { status: 400, message: 'The Date header format is invalid.' },
  InvalidDigest: { status: 400, message: 'The Content-MD5 you specified is invalid.' },
  InvalidQueryString: { status: 400, message: 'Http request URL contains invalid querystring item.' },
  InvalidQueueName: {
    status: 400,
    message: `The queue name you provided is invalid. QueueName ${NAME_RULE}`,
  },
  InvalidRequestURL: { status: 400, message: 'Http request URL format invalid.' },
  InvalidSecurityToken: { status: 403, message: 'The security token you provided is invalid.' },
  InvalidVersionHeader: { status: 400, message: 'The x-mns-version header is invalid.' },
  MalformedXML: { status: 400, message: 'The XML you provided was not well-formed.' },
  MessageNotExist: { status: 404, message: 'Message not exist.' },
  MissingAuthorizationHeader: { status: 400, message: 'Authorization header is required.' },
  MissingDateHeader: { status: 400, message: 'Date header is required.' },
  MissingReceiptHandle: { status: 400, message: 'ReceiptHandle is required.' },
  MissingVersionHeader: { status: 400, message: 'x-mns-version header is required.' },
  MissingVisibilityTimeout: { status: 400, message: 'VisibilityTimeout is required.' },
  QpsLimitExceeded: { status: 400, message: 'The qps limit of the queue is exceeded' },
  QueueAlreadyExist: { status: 409, message: 'The queue you want to create is already exist.' },
  QueueNameLengthError: { status: 400, message: 'Queue name length should between 1 and 256.' },
  QueueNotExist: { status: 404, message: 'The queue name you provided is not exist.' },
  ReceiptHandleError: { status: 400, message: 'The receipt handle you provide is not valid.' },
  SignatureDoesNotMatch: {
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  },
  SubscriptionAlreadyExist: { status: 409, message: 'The subscription you want to create already exists.' },
  SubscriptionNameInvalid: {
    status: 400,
    message: `The subscription name you provided is invalid. SubscriptionName ${NAME_RULE}`,
  },
  SubscriptionNameLengthError: { status: 400, message: 'Subscription name length should between 1 and 255.' },
  SubscriptionNotExist: { status: 404, message: 'The subscription you provided does not exist.' },
  TimeExpired: { status: 408, message: 'The http request you sent is expired.' },
  TooManyRequests: {
    status: 429,
    message: 'The request is denied by cluster flow limiter for too many requests.',
  },
  TopicAlreadyExist: { status: 409, message: 'The topic you want to create already exists.' },
  TopicNameInvalid: {
    status: 400,
    message: `The topic name you provided is invalid. TopicName ${NAME_RULE}`,
  },
  TopicNameLengthError: { status: 400, message: 'Topic name length should between 1 and 256.' },
  TopicNotExist: { status: 404, message: 'The topic you provided does not exist.' },
};

/** Status and text of a failure. */
export function describeFailure(failure: Failure): ErrorEntry {
  const entry = ERROR_CATALOGUE[failure.code];
  if (failure.code === 'InvalidArgument') return { ...entry, message: describeArgument(failure) };
  return failure.code === 'InvalidQueryString' ? { ...entry, message: describeQuery(failure) } : entry;
}

/** With the curly quotes of the docs; what is no printable ASCII could not be carried by the reply. */
function describeQuery({ item }: QueryFailure): string {
  return `Http request URL contains invalid querystring item “${item.replaceAll(/[^\u0020-\u007E]/g, '?')}”.`;
}

/**
 * The two texts of `InvalidArgument`. Where the docs write "seconds/bytes" and a full stop, the service writes one of the two
 * and none: clients of it compare the whole text (spec mns §3.3, §11.6).
 */
function describeArgument({ element, range }: ArgumentFailure): string {
  if (range === undefined) {
    return `The XML you provided did not validate against our published schema, cause by ${element}.`;
  }
  const unit = range.unit === undefined ? '' : ` ${range.unit}`;
  return `The value of ${element} should between ${range.low} and ${range.high}${unit}`;
}
