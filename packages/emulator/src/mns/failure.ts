/** Every error code that this emulator of MNS answers with (spec mns §8). */
export type FailureCode =
  | 'AccessDenied'
  | 'AccessDeniedByRamPolicy'
  | 'EndpointInvalid'
  | 'InternalError'
  | 'InternalServerError'
  | 'InvalidAccessKeyId'
  | 'InvalidArgument'
  | 'InvalidAuthorizationHeader'
  | 'InvalidDateHeader'
  | 'InvalidDigest'
  | 'InvalidQueryString'
  | 'InvalidQueueName'
  | 'InvalidRequestURL'
  | 'InvalidSecurityToken'
  | 'InvalidVersionHeader'
  | 'MalformedXML'
  | 'MessageNotExist'
  | 'MissingAuthorizationHeader'
  | 'MissingDateHeader'
  | 'MissingReceiptHandle'
  | 'MissingVersionHeader'
  | 'MissingVisibilityTimeout'
  | 'QpsLimitExceeded'
  | 'QueueAlreadyExist'
  | 'QueueNameLengthError'
  | 'QueueNotExist'
  | 'ReceiptHandleError'
  | 'SignatureDoesNotMatch'
  | 'SubscriptionAlreadyExist'
  | 'SubscriptionNameInvalid'
  | 'SubscriptionNameLengthError'
  | 'SubscriptionNotExist'
  | 'TimeExpired'
  | 'TooManyRequests'
  | 'TopicAlreadyExist'
  | 'TopicNameInvalid'
  | 'TopicNameLengthError'
  | 'TopicNotExist';

/** The values that an argument may take, both ends included. */
export interface Range {
  readonly low: number;
  readonly high: number;
  /** As the error message spells it; absent for plain numbers. */
  readonly unit?: 'seconds' | 'bytes';
}

/** An argument that is refused: out of `range`, or, without one, of the wrong shape. */
export interface ArgumentFailure {
  readonly code: 'InvalidArgument';
  /** The element or parameter, as the error message names it. */
  readonly element: string;
  readonly range?: Range;
}

/** A name in the query that the API does not have. */
export interface QueryFailure {
  readonly code: 'InvalidQueryString';
  readonly item: string;
}

/** Codes that no request provokes by itself: the service answers with them when it is overloaded, broken or told to by a policy. */
export type ProvokedCode =
  | 'AccessDeniedByRamPolicy'
  | 'InternalError'
  | 'InternalServerError'
  | 'QpsLimitExceeded'
  | 'TooManyRequests';

const PROVOKED: ReadonlySet<string> = new Set<ProvokedCode>([
  'AccessDeniedByRamPolicy',
  'InternalError',
  'InternalServerError',
  'QpsLimitExceeded',
  'TooManyRequests',
]);

/** Whether a code is one that MNS answers with on request. */
export function isProvokedCode(code: string): code is ProvokedCode {
  return PROVOKED.has(code);
}

/** A code that says everything by itself. */
export type PlainFailureCode = Exclude<FailureCode, (ArgumentFailure | QueryFailure)['code']>;

/** Why a request is refused; nothing has changed then. */
export type Failure = ArgumentFailure | QueryFailure | { readonly code: PlainFailureCode };

/** What became of something that can be refused. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** A result that carries `value`. */
export function done<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** A result that carries a failure: its code alone, or the whole of it. */
export function refused(failure: PlainFailureCode | Failure): {
  readonly ok: false;
  readonly failure: Failure;
} {
  return { ok: false, failure: typeof failure === 'string' ? { code: failure } : failure };
}

/** The failure of an element of the wrong shape (spec mns §3.3). */
export function badElement(element: string): ArgumentFailure {
  return { code: 'InvalidArgument', element };
}

/** The failure of a value outside its range; `undefined` when it is a whole number inside. */
export function checkRange(element: string, value: number, range: Range): ArgumentFailure | undefined {
  const inside = Number.isInteger(value) && value >= range.low && value <= range.high;
  return inside ? undefined : { code: 'InvalidArgument', element, range };
}
