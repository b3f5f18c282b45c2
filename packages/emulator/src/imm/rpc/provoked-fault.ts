import type { Tenant } from '../../runtime/accounts.js';
import { RpcFault, internalError, serviceUnavailable } from './rpc-fault.js';

/** A call whose sender is known, about to be carried out. */
export interface ImmCall {
  /** For example `CreateOfficeConversionTask`. */
  readonly action: string;
  /** `2017-09-06` or `2020-09-30`. */
  readonly apiVersion: string;
  readonly tenant: Tenant;
  /** The project that the call names; the empty string when it names none. */
  readonly project: string;
}

/** Codes that no request provokes by itself: the service answers with them when it is overloaded, broken or told to by a policy. */
export type ProvokedImmCode =
  | 'AccessDenied'
  | 'Forbidden.RAM'
  | 'InternalError'
  | 'NoPermission'
  | 'ServiceUnavailable'
  | 'Throttling'
  | 'Throttling.Api'
  | 'Throttling.User';

/** An error on request; throttling may say when to come again. */
export type ProvokedImmFault =
  | ProvokedImmCode
  | {
      readonly code: ProvokedImmCode;
      /** Sent as `x-acs-retry-after`: a whole number from 1. */ readonly retryAfterMs?: number;
    };

const FORBIDDEN = "User not authorized to operate on the specified resource, or this API doesn't support RAM.";

const FAULTS: Readonly<Record<ProvokedImmCode, (call: ImmCall) => RpcFault>> = {
  AccessDenied: ({ action, tenant: { accountId, region }, project }) =>
    new RpcFault(
      403,
      'AccessDenied',
      `You are not authorized to operate imm:${action} on the specified resources acs:imm:${region}:${accountId}:project/${project}`,
    ),
  'Forbidden.RAM': () => new RpcFault(403, 'Forbidden.RAM', FORBIDDEN),
  InternalError: () => internalError(),
  NoPermission: () => new RpcFault(403, 'NoPermission', FORBIDDEN),
  ServiceUnavailable: () => serviceUnavailable(),
  Throttling: () => new RpcFault(400, 'Throttling', 'Request was denied due to request throttling.'),
  'Throttling.Api': () => new RpcFault(400, 'Throttling.Api', 'Request was denied due to api flow control.'),
  'Throttling.User': () => new RpcFault(400, 'Throttling.User', 'Request was denied due to user flow control.'),
};

/** Whether a code is one that IMM answers with on request. */
export function isProvokedImmCode(code: string): code is ProvokedImmCode {
  return Object.hasOwn(FAULTS, code);
}

/** The error of a call that is refused on request (spec imm §1.8). */
export function provokedFault(fault: ProvokedImmFault, call: ImmCall): RpcFault {
  const { code, retryAfterMs } = typeof fault === 'string' ? { code: fault } : { retryAfterMs: undefined, ...fault };
  const { status, message } = FAULTS[code](call);
  return new RpcFault(status, code, message, retryAfterMs);
}
