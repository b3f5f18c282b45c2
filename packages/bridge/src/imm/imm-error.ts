import { MnsbusError, type AnyEvent, type AnyTaskEvent, type JsonObject, type TaskOutcome } from '@mnsbus/core';
import { textOf } from '../dispatch/listener-call.js';
import { withoutCall } from '../mns/mns-error.js';

/** What an {@link ImmServiceError} is made from. */
export interface ImmServiceErrorInput {
  readonly immCode: string;
  /** The HTTP status; `undefined` when it is not known. */
  readonly status: number | undefined;
  /** The service's own text. */
  readonly message: string;
  readonly requestId: string | undefined;
}

/** IMM refused a call (code `IMM_ERROR`): branch on `immCode`. */
export class ImmServiceError extends MnsbusError<'IMM_ERROR'> {
  override readonly name: string = 'ImmServiceError';
  /** The service's own code, for example `InvalidProject.NotFound` (spec imm §1.8). */
  readonly immCode: string;
  /** Whether IMM has certainly done nothing: not so after a fault of its own. */
  readonly hadNoEffect: boolean;

  constructor({ immCode, status, message, requestId }: ImmServiceErrorInput) {
    const isThrottled = immCode.startsWith('Throttling');
    super({
      code: 'IMM_ERROR',
      message: `IMM answered ${immCode}: ${message}`,
      retryable: isThrottled || isPassing(immCode, status),
      ...(requestId === undefined ? {} : { requestId }),
    });
    this.immCode = immCode;
    this.hadNoEffect = isThrottled || (isRefusal(status) && !isPassing(immCode, status));
  }
}

/** No reply has come that is IMM's: how the call failed (code `IMM_UNREACHABLE`), or that it was given up (`ABORTED`). */
export class NoReplyError<Code extends 'IMM_UNREACHABLE' | 'ABORTED'> extends MnsbusError<Code> {
  /** Whether IMM has certainly done nothing, because the request was never sent. */
  readonly hadNoEffect: boolean;

  constructor(code: Code, message: string, hadNoEffect: boolean) {
    super({ code, message, retryable: code === 'IMM_UNREACHABLE' });
    this.hadNoEffect = hadNoEffect;
  }
}

/** What an {@link ImmEffectUnknownError} is made from. */
export interface ImmEffectUnknownErrorInput {
  readonly action: string;
  readonly idempotentToken: string | undefined;
  readonly reply?: JsonObject;
  readonly cause: MnsbusError;
}

/**
 * A call that creates or changes something failed so that IMM may have carried it out all the same (code
 * `IMM_EFFECT_UNKNOWN`): the task may exist, and be billed. `cause` is how the call failed.
 *
 * Not repeated by mnsbus, nor to be repeated as it was: that might create a second task.
 */
export class ImmEffectUnknownError extends MnsbusError<'IMM_EFFECT_UNKNOWN'> {
  override readonly name: string = 'ImmEffectUnknownError';
  readonly action: string;
  /** The `IdempotentToken` of the request: with it, the same request gets the id of the task instead of a second one (spec imm §2.4); `undefined` where the API has none. */
  readonly idempotentToken: string | undefined;
  /** What IMM answered, when it has taken the request but its answer names no task. */
  readonly reply: JsonObject | undefined;

  constructor({ action, idempotentToken, reply, cause }: ImmEffectUnknownErrorInput) {
    const advice =
      idempotentToken === undefined
        ? 'Look for it with the list action before you repeat the call'
        : `Repeat the same request with IdempotentToken ${idempotentToken}, which finds what there is`;
    super({
      code: 'IMM_EFFECT_UNKNOWN',
      message: `${action} may have been carried out, but ${cause.message}. ${advice}`,
      ...(cause.requestId === undefined ? {} : { requestId: cause.requestId }),
      cause,
    });
    this.action = action;
    this.idempotentToken = idempotentToken;
    this.reply = reply;
  }
}

/** A task has failed (code `TASK_FAILED`): the call that created it went well, the task did not. */
export class TaskFailedError extends MnsbusError<'TASK_FAILED'> {
  override readonly name: string = 'TaskFailedError';
  readonly taskId: string;
  /** Why, in the words of its version, for example `ConvertTimeout` or `InternalError`; may be empty. */
  readonly taskCode: string;
  readonly outcome: TaskOutcome;
  /** What told of it. */
  readonly event: AnyTaskEvent;

  constructor(outcome: TaskOutcome & { readonly succeeded: false }, event: AnyTaskEvent) {
    const { taskId, taskType, code, message } = outcome;
    super({
      code: 'TASK_FAILED',
      message: `${taskType} task ${taskId} failed with ${code === '' ? 'no code' : code}${message === undefined ? '' : `: ${message}`}`,
    });
    this.taskId = taskId;
    this.taskCode = code;
    this.outcome = outcome;
    this.event = event;
  }
}

/** A task has ended, but nothing tells whether it went well (code `TASK_OUTCOME_UNKNOWN`); `cause` is why IMM could not say. */
export class TaskOutcomeUnknownError extends MnsbusError<'TASK_OUTCOME_UNKNOWN'> {
  override readonly name: string = 'TaskOutcomeUnknownError';
  readonly taskId: string;
  /** What told that it has ended; `undefined` when only its record did. */
  readonly event: AnyEvent | undefined;

  constructor(taskId: string, reason: string, { event, cause }: { event?: AnyEvent; cause?: unknown } = {}) {
    super({
      code: 'TASK_OUTCOME_UNKNOWN',
      message: `task ${taskId} has ended, but whether it went well cannot be read: ${reason}. Look at its output`,
      cause,
    });
    this.taskId = taskId;
    this.event = event;
  }
}

/** The error for an answer that did not come, or is none of IMM's. */
export function immUnreachable(cause: unknown): NoReplyError<'IMM_UNREACHABLE'> {
  const message = `no answer from IMM that could be read: ${withoutUrl(withoutCall(messageOf(cause)))}. Check endpoint, network and proxy`;
  return new NoReplyError('IMM_UNREACHABLE', message, wasNeverSent(cause));
}

/** Whether IMM has certainly done nothing about a call that failed with this error. */
export function isWithoutEffect(error: unknown): boolean {
  if (error instanceof ImmServiceError || error instanceof NoReplyError) return error.hadNoEffect;
  return error instanceof MnsbusError && error.code === 'CREDENTIALS_UNAVAILABLE';
}

// The SDK's parser throws objects that are no errors.
function messageOf(cause: unknown): string {
  const isLike = typeof cause === 'object' && cause !== null && 'message' in cause;
  return textOf(isLike ? cause.message : cause);
}

// The URL of a signed request has the key's id and the signature in it.
function withoutUrl(text: string): string {
  return text.replaceAll(/https?:\/\/\S+/g, '(URL)');
}

/** Whether there was no connection yet. Node tries several addresses, and tells of all. */
function wasNeverSent(cause: unknown): boolean {
  if (cause instanceof AggregateError) return cause.errors.length > 0 && cause.errors.every(wasNeverSent);
  if (!(cause instanceof Error) || !('syscall' in cause)) return false;
  return cause.syscall === 'connect' || cause.syscall === 'getaddrinfo';
}

/**
 * Whether another attempt may go better (spec imm §1.8): after a fault of the server, or when the nonce was used before – each
 * attempt has its own, so somebody on the way has sent the request twice, and the first may have been carried out.
 */
function isPassing(immCode: string, status: number | undefined): boolean {
  const isFault = immCode === 'ServiceUnavailable' || immCode === 'InternalError' || (status ?? 0) >= 500;
  return isFault || immCode === 'SignatureNonceUsed';
}

function isRefusal(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 408;
}
