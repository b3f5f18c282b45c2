import { describeValue } from '@mnsbus/core/internal';
import { ImmServiceError, immUnreachable } from './imm-error.js';

/** A reply, as JSON has it. */
export type RpcReply = Readonly<Record<string, unknown>>;

/** What `Code` says when all is well, as `@alicloud/pop-core` has it; absent or empty as a rule. */
const SUCCESS: ReadonlySet<unknown> = new Set([undefined, null, '', 200, '200', 'OK', 'Success', 'success']);

/**
 * The reply of a call, if it is one of IMM's: that always has a `RequestId` (spec imm §1.7), or at least an id that was asked for.
 *
 * Throws `IMM_ERROR` for a refusal, and `IMM_UNREACHABLE` for what somebody else has answered.
 */
export function readReply(reply: unknown, status: number | undefined): RpcReply {
  if (!isObject(reply)) throw immUnreachable(`the answer is no JSON object but ${describeValue(reply)}`);
  const { Code: immCode, RequestId: requestId } = reply;
  const isTold = (member: string): boolean => typeof reply[member] === 'string';
  const isOwn = isTold('RequestId') || isTold('TaskId') || isTold('JobId');
  const isRefused = !SUCCESS.has(immCode);
  if (!isOwn || (isRefused && typeof immCode !== 'string')) {
    throw immUnreachable(`the answer is none of IMM's (status ${status ?? 'unknown'}): it has no RequestId`);
  }
  // The record of a failed task has a code at its top (spec imm §4.4).
  if (!isRefused || ('TaskId' in reply && 'Status' in reply)) return reply;
  throw new ImmServiceError({
    immCode: String(immCode),
    status,
    message: isTold('Message') ? String(reply['Message']) : 'no message',
    requestId: typeof requestId === 'string' ? requestId : undefined,
  });
}

function isObject(value: unknown): value is RpcReply {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
