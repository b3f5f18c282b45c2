import { MnsbusError, type AnyTaskEvent, type TaskOutcome } from '@mnsbus/core';
import { textOf } from '../dispatch/listener-call.js';

/** What an {@link ImmServiceError} is made from. */
export interface ImmServiceErrorInput {
  readonly immCode: string;
  /** The service's own text. */
  readonly message: string;
  readonly requestId: string | undefined;
}

/** IMM refused a call (code `IMM_ERROR`): branch on `immCode`. */
export class ImmServiceError extends MnsbusError<'IMM_ERROR'> {
  override readonly name: string = 'ImmServiceError';
  /** The service's own code, for example `InvalidProject.NotFound` (spec imm §1.8). */
  readonly immCode: string;

  constructor({ immCode, message, requestId }: ImmServiceErrorInput) {
    super({
      code: 'IMM_ERROR',
      message: `IMM answered ${immCode}: ${message}`,
      retryable: isTransient(immCode),
      ...(requestId === undefined ? {} : { requestId }),
    });
    this.immCode = immCode;
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

/** The error for an answer that did not come, or is none of IMM's. */
export function immUnreachable(cause: unknown): MnsbusError<'IMM_UNREACHABLE'> {
  return new MnsbusError({
    code: 'IMM_UNREACHABLE',
    message: `no answer from IMM that could be read: ${withoutUrl(textOf(cause))}. Check endpoint, network and proxy`,
    retryable: true,
  });
}

// The URL of a signed request has the key's id and the signature in it.
function withoutUrl(text: string): string {
  return text.replaceAll(/https?:\/\/\S+/g, '(URL)');
}

// Spec imm §1.8: throttling and server faults pass.
function isTransient(immCode: string): boolean {
  return immCode.startsWith('Throttling') || immCode === 'ServiceUnavailable' || immCode === 'InternalError';
}
