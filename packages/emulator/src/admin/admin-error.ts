import { MnsbusError } from '@mnsbus/core';
import { describeValue } from '@mnsbus/core/internal';
import { z } from 'zod';
import { ResourceRefused } from '../config/apply-config.js';

/** What went wrong, as a literal that programs can branch on. */
export const ADMIN_ERROR_CODES = [
  'INVALID_ARGUMENT',
  'JSON_MALFORMED',
  'BODY_TOO_LARGE',
  'MEDIA_TYPE_UNSUPPORTED',
  'HOST_REFUSED',
  'ORIGIN_REFUSED',
  'LOOPBACK_ONLY',
  'TOKEN_REQUIRED',
  'TOO_MANY_WRONG_TOKENS',
  'ROUTE_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'RESOURCE_NOT_FOUND',
  'TASK_NOT_FOUND',
  'TASK_ENDED',
  'CLOCK_NOT_STEERABLE',
  'STORE_FAILED',
  'TOO_MANY_STREAMS',
  'TOO_BUSY',
  'CLOSED',
  'UNEXPECTED',
] as const;

/** What went wrong. */
export type AdminErrorCode = (typeof ADMIN_ERROR_CODES)[number];

/** The body of every reply that is not a success. */
export interface AdminErrorBody {
  readonly error: {
    readonly code: AdminErrorCode;
    readonly message: string;
    /** `null` when there is no more to say than the message does; so is `received`. */
    readonly expected: string | null;
    readonly received: string | null;
    /** Where the value stands: empty for the request as a whole. */
    readonly path: readonly (string | number)[];
  };
}

/** Its schema. */
export const adminErrorSchema: z.ZodType<AdminErrorBody> = z
  .object({
    error: z.object({
      code: z.enum(ADMIN_ERROR_CODES),
      message: z.string(),
      expected: z.string().nullable(),
      received: z.string().nullable(),
      path: z.array(z.union([z.string(), z.int()])).readonly(),
    }),
  })
  .meta({ id: 'Error', description: 'What is wrong, what was expected, and where.' });

/** A request that the admin API refuses. */
export class AdminRefusal extends Error {
  override readonly name: string = 'AdminRefusal';
  readonly status: number;
  readonly body: AdminErrorBody;
  /** When to come again, if that is known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    code: AdminErrorCode,
    details: {
      readonly message?: string;
      readonly expected?: string;
      readonly received?: string;
      readonly path?: readonly (string | number)[];
      readonly retryAfterSeconds?: number;
    },
  ) {
    const { expected = null, received = null, path = [] } = details;
    const place = path.length === 0 ? '' : `${path.join('.')}: `;
    super(details.message ?? `${place}expected ${expected ?? 'something else'}, received ${received ?? 'nothing'}`);
    this.status = status;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.body = { error: { code, message: this.message, expected, received, path } };
  }
}

const STATUS: Readonly<Partial<Record<string, number>>> = {
  INVALID_ARGUMENT: 400,
  RESOURCE_NOT_FOUND: 404,
  TASK_NOT_FOUND: 404,
  TASK_ENDED: 409,
  CLOCK_NOT_STEERABLE: 409,
  STORE_FAILED: 503,
};

/** What is answered to something thrown; what nobody has foreseen is a warning of the process, too. */
export function refusalFor(error: unknown): AdminRefusal {
  if (error instanceof AdminRefusal) return error;
  if (error instanceof ResourceRefused) {
    return new AdminRefusal(400, 'INVALID_ARGUMENT', { message: error.message, path: error.path });
  }
  if (error instanceof MnsbusError) {
    const status = STATUS[error.code];
    const code = ADMIN_ERROR_CODES.find((one) => one === error.code);
    if (status !== undefined && code !== undefined) return fromMnsbusError(error, status, code);
  }
  process.emitWarning(error instanceof Error ? error : String(error));
  return new AdminRefusal(500, 'UNEXPECTED', { message: 'a fault of the emulator, which has warned of it' });
}

/** Our own messages read `name: expected …, received …`. */
function fromMnsbusError({ message }: MnsbusError, status: number, code: AdminErrorCode): AdminRefusal {
  const { path, expected, received } =
    /^(?:(?<path>[\w.]+): )?expected (?<expected>.*), received (?<received>.*)$/s.exec(message)?.groups ?? {};
  return new AdminRefusal(status, code, {
    message,
    ...(expected === undefined || received === undefined ? {} : { expected, received }),
    ...(path === undefined ? {} : { path: path.split('.') }),
  });
}

/** What is wrong with a value that a schema refuses; `value` is what it was given. */
export function schemaRefusal({ issues }: z.ZodError, value: unknown): AdminRefusal {
  const [issue] = issues;
  const steps = issue?.path.map((step) => (typeof step === 'number' ? step : String(step))) ?? [];
  const path = issue?.code === 'unrecognized_keys' ? [...steps, ...issue.keys.slice(0, 1)] : steps;
  const received = describeValue(path.reduce<unknown>(memberOf, value));
  return new AdminRefusal(400, 'INVALID_ARGUMENT', { expected: expectedBy(issue), received, path });
}

function memberOf(value: unknown, step: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
}

function expectedBy(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return 'no such member';
  if (issue?.code === 'invalid_value') return issue.values.map(String).join(' or ');
  if (issue?.code === 'invalid_union' && 'options' in issue) return (issue.options ?? []).map(String).join(' or ');
  const text = issue?.message ?? '';
  // The library says "Invalid input: expected string, received number", or "Too small: expected …".
  return /expected (.*?)(?:, received .*)?$/s.exec(text)?.[1] ?? text;
}
