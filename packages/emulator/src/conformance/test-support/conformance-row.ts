import type { MnsOptions } from '../../mns/mns-options.js';
import { documentedError, type DocumentedCode } from './documented-errors.js';
import type { OperationName } from './documented-operations.js';
import type { ExpectedElement } from './expected-xml.js';

/** A request of the table. `{{name}}` in target and body stands for a value kept by an earlier step. */
export interface Call {
  readonly method: string;
  readonly target: string;
  readonly body?: string;
  /** Signed with the rest. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Default the endpoint of the default account. */
  readonly host?: string;
  /** Default the emulator's key. */
  readonly key?: { readonly accessKeyId: string; readonly accessKeySecret: string };
  /** Another way to sign than version 1 with a key for good. */
  readonly signing?: Signing;
  /** Milliseconds that the client's clock is ahead. Default 0. */
  readonly clockAheadMs?: number;
  /** Changes the headers after signing. */
  readonly tamper?: (
    headers: readonly (readonly [name: string, value: string])[],
  ) => readonly (readonly [name: string, value: string])[];
}

/** Version 4; version 1 with a temporary key and its token; one that works for the row's first second only; or another key's token. */
export type Signing = 'v4' | 'token' | 'one-second-token' | 'foreign-token';

/** Something that happens before the request of a row. */
export type Step =
  | { readonly call: Call; /** Names under which to keep the texts of elements of the reply. */ readonly keep?: Kept }
  | { readonly advanceMs: number };

/** Name of a kept value, and the element that it is the text of. */
export type Kept = Readonly<Record<string, string>>;

/** A reply, to the byte. */
export interface ExpectedReply {
  readonly status: number;
  /** Absent: there must be no such header. */
  readonly location?: string;
  /** Absent: no body. An error's RequestId and HostId are filled in by the runner. */
  readonly root?: ExpectedElement;
  /** Milliseconds of the emulator's time that the reply takes. Default 0. */
  readonly afterMs?: number;
}

/** One line of the conformance table: an operation, what is done, and what must come of it. */
export interface ConformanceRow {
  readonly operation: OperationName;
  readonly outcome: 'success' | DocumentedCode;
  /** What is particular about the request. */
  readonly when: string;
  readonly given?: readonly Step[];
  /** In what MNS differs from its usual self. Default in nothing. */
  readonly mns?: MnsOptions;
  readonly call: Call;
  readonly reply: ExpectedReply;
}

/** The reply to a request that is refused; `message` replaces the documented text. */
export function errorReply(code: DocumentedCode, message?: string): ExpectedReply {
  const { status, message: documented } = documentedError(code);
  return {
    status,
    root: [
      'Error',
      [
        ['Code', code],
        ['Message', message ?? documented],
        ['RequestId', '{{RequestId}}'],
        ['HostId', 'http://{{Host}}'],
      ],
    ],
  };
}

/** A row whose request succeeds. */
export function success(
  operation: OperationName,
  when: string,
  call: Call,
  reply: ExpectedReply,
  given: readonly Step[] = [],
): ConformanceRow {
  return { operation, outcome: 'success', when, call, reply, given };
}

/** What may be particular about a refusal. */
export interface RefusalDetails {
  /** The text of the error, where it is not the documented one. */
  readonly message?: string;
  readonly given?: readonly Step[];
  /** Milliseconds of the emulator's time that the reply takes. Default 0. */
  readonly afterMs?: number;
}

/** A row whose request is refused, with the documented text or another one. */
export function refusal(
  operation: OperationName,
  code: DocumentedCode,
  when: string,
  call: Call,
  more: RefusalDetails = {},
): ConformanceRow {
  const { message, given = [], afterMs } = more;
  const reply = errorReply(code, message);
  return {
    operation,
    outcome: code,
    when,
    call,
    given,
    reply: afterMs === undefined ? reply : { ...reply, afterMs },
  };
}

/** The text of `InvalidArgument` for a value out of its range (spec mns §3.3). */
export function rangeText(element: string, low: number, high: number, unit: '' | ' seconds' | ' bytes' = ''): string {
  return `The value of ${element} should between ${low} and ${high}${unit}`;
}

/** The text of `InvalidArgument` for an element of the wrong shape (spec mns §3.3). */
export function shapeText(element: string): string {
  return `The XML you provided did not validate against our published schema, cause by ${element}.`;
}

/** A GET of the table. */
export function get(target: string, more: Omit<Call, 'method' | 'target'> = {}): Call {
  return { method: 'GET', target, ...more };
}

/** A PUT of the table; without a body unless one is given. */
export function put(target: string, body: string = ''): Call {
  return { method: 'PUT', target, body };
}

/** A POST of the table; without a body unless one is given. */
export function post(target: string, body: string = ''): Call {
  return { method: 'POST', target, body };
}

/** A DELETE of the table; without a body unless one is given. */
export function del(target: string, body: string = ''): Call {
  return { method: 'DELETE', target, body };
}
