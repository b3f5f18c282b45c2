/** What the documents say of an error code. */
export interface DocumentedError {
  readonly status: number;
  /** Of `InvalidArgument` the part that every one of its texts begins with. */
  readonly message: string;
  /** Why no request to this emulator is answered with it; absent when some request is. */
  readonly whyNever?: string;
}

const NAME_RULE = 'should start with alpha and contain only alpha, digit or - .';

/** Every error code of the API, written down a second time, apart from the emulator's own table (spec mns §8, §1.8). */
export const DOCUMENTED_ERRORS = {
  AccessDenied: {
    status: 403,
    message: 'The OwnerId that your Access Key Id associated to is forbidden for this operation.',
  },
  AccessDeniedByRamPolicy: {
    status: 403,
    message: 'The OwnerId that your Access Key Id associated to is forbidden for this operation.',
  },
  InvalidAccessKeyId: { status: 403, message: 'The access Id you provided does not exist.' },
  SignatureDoesNotMatch: {
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  },
  InvalidSecurityToken: { status: 403, message: 'The security token you provided is invalid.' },
  InternalError: { status: 500, message: 'Interal error.' },
  InternalServerError: { status: 500, message: 'Interal error.' },
  InvalidAuthorizationHeader: { status: 400, message: 'The Authorization header format is invalid.' },
  MissingAuthorizationHeader: { status: 400, message: 'Authorization header is required.' },
  InvalidDateHeader: { status: 400, message: 'The Date header format is invalid.' },
  MissingDateHeader: { status: 400, message: 'Date header is required.' },
  TimeExpired: { status: 408, message: 'The http request you sent is expired.' },
  MissingVersionHeader: { status: 400, message: 'x-mns-version header is required.' },
  InvalidVersionHeader: { status: 400, message: 'The x-mns-version header is invalid.' },
  InvalidContentType: {
    status: 400,
    message: '',
    whyNever: 'real clients send all kinds of content types, and none is refused',
  },
  InvalidDigest: { status: 400, message: 'The Content-MD5 you specified is invalid.' },
  InvalidRequestURL: { status: 400, message: 'Http request URL format invalid.' },
  InvalidQueryString: {
    status: 400,
    message: 'Http request URL contains invalid querystring item “color”.',
  },
  MalformedXML: { status: 400, message: 'The XML you provided was not well-formed.' },
  InvalidArgument: { status: 400, message: 'The ' },
  MissingReceiptHandle: { status: 400, message: 'ReceiptHandle is required.' },
  MissingVisibilityTimeout: { status: 400, message: 'VisibilityTimeout is required.' },
  ReceiptHandleError: { status: 400, message: 'The receipt handle you provide is not valid.' },
  MessageNotExist: { status: 404, message: 'Message not exist.' },
  QueueNotExist: { status: 404, message: 'The queue name you provided is not exist.' },
  QueueAlreadyExist: { status: 409, message: 'The queue you want to create is already exist.' },
  QueueDeletedRecently: {
    status: 400,
    message: 'The queue you want to create is deleted recently.',
    whyNever: 'a name may be used again at once',
  },
  InvalidQueueName: { status: 400, message: `The queue name you provided is invalid. QueueName ${NAME_RULE}` },
  QueueNameLengthError: { status: 400, message: 'Queue name length should between 1 and 256.' },
  QpsLimitExceeded: {
    status: 400,
    message: 'The qps limit of the queue is exceeded',
  },
  TooManyRequests: {
    status: 429,
    message: 'The request is denied by cluster flow limiter for too many requests.',
  },
  TopicNotExist: { status: 404, message: 'The topic you provided does not exist.' },
  TopicAlreadyExist: { status: 409, message: 'The topic you want to create already exists.' },
  TopicDeletedRecently: {
    status: 400,
    message: 'The topic you want to create is deleted recently.',
    whyNever: 'a name may be used again at once',
  },
  TopicNameInvalid: { status: 400, message: `The topic name you provided is invalid. TopicName ${NAME_RULE}` },
  TopicNameLengthError: { status: 400, message: 'Topic name length should between 1 and 256.' },
  SubscriptionAlreadyExist: { status: 409, message: 'The subscription you want to create already exists.' },
  SubscriptionNotExist: { status: 404, message: 'The subscription you provided does not exist.' },
  SubscriberNotExist: {
    status: 404,
    message: '',
    whyNever: 'one client knows the code, and nothing says when it would come',
  },
  SubscriptionNameInvalid: {
    status: 400,
    message: `The subscription name you provided is invalid. SubscriptionName ${NAME_RULE}`,
  },
  SubscriptionNameLengthError: { status: 400, message: 'Subscription name length should between 1 and 255.' },
  EndpointInvalid: { status: 400, message: 'The endpoint you provided is invalid.' },
  FifoMissingMessageGroupId: {
    status: 400,
    message: 'MessageGroupId is required.',
    whyNever: 'ordered queues cannot be created through this API',
  },
} as const satisfies Readonly<Record<string, DocumentedError>>;

/** A documented error code. */
export type DocumentedCode = keyof typeof DOCUMENTED_ERRORS;

/** What a code's entry says, with the optional parts that its literal type may lack. */
export function documentedError(code: DocumentedCode): DocumentedError {
  return DOCUMENTED_ERRORS[code];
}
