import { MnsbusError } from '@mnsbus/core';
import { textOf } from '../dispatch/listener-call.js';

/** What an {@link MnsServiceError} is made from. */
export interface MnsServiceErrorInput {
  readonly mnsCode: string;
  readonly status: number;
  /** The service's own text. */
  readonly message: string;
  readonly requestId: string | undefined;
  /** What the SDK threw. */
  readonly cause: unknown;
}

/** MNS refused a call (code `MNS_ERROR`): branch on `mnsCode`. */
export class MnsServiceError extends MnsbusError<'MNS_ERROR'> {
  override readonly name: string = 'MnsServiceError';
  /** The service's own code, for example `QueueNotExist` (spec mns §8). */
  readonly mnsCode: string;
  /** The HTTP status of the refusal. */
  readonly status: number;

  constructor(input: MnsServiceErrorInput) {
    super({
      code: 'MNS_ERROR',
      message: `MNS answered ${input.mnsCode} (${input.status}): ${input.message}${advice(input.mnsCode)}`,
      retryable: isTransient(input.mnsCode, input.status),
      ...(input.requestId === undefined ? {} : { requestId: input.requestId }),
      cause: input.cause,
    });
    this.mnsCode = input.mnsCode;
    this.status = input.status;
  }
}

// The SDK puts everything into name and text: "GET <url> failed with 404. requestid: …, hostid: …, message: …".
const SDK_ERROR_NAME = /^MNS([A-Za-z][\w.-]*)Error$/;
const SDK_ERROR_TEXT = / failed with ([45]\d{2})\. requestid: ([^,]+), hostid: ([^,]+), message: ([\s\S]*)$/;

/**
 * How MNS names itself in its errors: with the scheme, or as its host (spec mns §1.7). Other services, object stores among
 * them, write errors of the same elements; there a host has no scheme, or is none.
 */
const OWN_HOST = /^(?:https?:\/\/[^\s/]+|[\w-]+\.mns\.[\w.-]+)\/?$/;

/**
 * Turns what a transport rejected with into an error of ours, the original as its `cause`: `MNS_ERROR` if MNS itself has
 * refused, and `MNS_UNREACHABLE`, which passes, for everything else.
 */
export function toMnsError(cause: unknown): MnsServiceError | MnsbusError<'MNS_UNREACHABLE'> {
  const error = cause instanceof Error ? cause : new Error(textOf(cause));
  const mnsCode = SDK_ERROR_NAME.exec(error.name)?.[1];
  const [, status, requestId, hostId, message] = SDK_ERROR_TEXT.exec(error.message) ?? [];
  if (mnsCode === undefined || status === undefined || !OWN_HOST.test(hostId ?? '')) {
    return new MnsbusError({
      code: 'MNS_UNREACHABLE',
      message: `no answer from MNS that could be read: ${withoutCall(error.message)}. Check endpoint, network and proxy`,
      retryable: true,
      cause,
    });
  }
  return new MnsServiceError({ mnsCode, status: Number(status), message: message ?? '', requestId, cause });
}

/** A text without the call that the SDK's HTTP client appends to it with nothing between: `read ECONNRESETGET https://… failed.` */
export function withoutCall(text: string): string {
  return text.replace(/(?:GET|PUT|POST|DELETE) https?:\/\/\S+ failed\.$/, '');
}

/** An error of ours as it is; anything else as `MNS_UNREACHABLE`, which passes. */
export function asMnsbusError(error: unknown): MnsbusError {
  return error instanceof MnsbusError ? error : toMnsError(error);
}

/**
 * Whether MNS has refused the keys of a call, so that others may do better: any 403 but a missing permission, because what
 * the service says of a token that has run out is not known (spec mns §1.8, §8).
 */
export function isKeyRefusal(error: MnsbusError): boolean {
  if (!(error instanceof MnsServiceError)) return false;
  const { status, mnsCode } = error;
  return (status === 403 && !mnsCode.startsWith('AccessDenied')) || /SecurityToken|AccessKeyId/.test(mnsCode);
}

/** Whether the code says that there is nothing to receive (spec mns §2.8). */
export function isEmptyQueue(error: unknown): boolean {
  return error instanceof MnsServiceError && error.mnsCode === 'MessageNotExist';
}

/** Whether the code says that the message is no longer ours (spec mns §4.3). */
export function isLostHandle(mnsCode: string): boolean {
  return mnsCode === 'ReceiptHandleError' || mnsCode === 'MessageNotExist';
}

// Spec mns §9: throttling and server faults pass; other refusals do not, except a clock that is set right again.
function isTransient(mnsCode: string, status: number): boolean {
  return status >= 500 || status === 429 || mnsCode === 'QpsLimitExceeded' || mnsCode === 'TimeExpired';
}

function advice(mnsCode: string): string {
  switch (mnsCode) {
    case 'SignatureDoesNotMatch':
      return ' Check the access key secret';
    case 'InvalidAccessKeyId':
      return ' Check the access key id';
    case 'QueueNotExist':
      return ' Create the queue, or check its name, the account and the region';
    case 'TimeExpired':
      return ' Set the clock of this machine';
    default:
      return '';
  }
}
