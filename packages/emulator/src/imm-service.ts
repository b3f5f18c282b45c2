import {
  invalidArgument,
  type CreateOfficeConversionTaskRequest,
  type WireRequest,
  type WireResponse,
} from '@mnsbus/core';
import { derivedPageCount } from './imm/conversion-outcome.js';
import { imm2017 } from './imm/rpc/actions/2017-09-06/imm-2017.js';
import { RpcEndpoint } from './imm/rpc/rpc-endpoint.js';
import { TaskDraws } from './imm/task-draws.js';
import { TenantDriver, type PublishEvent } from './imm/tenant-driver.js';
import type { Tenant } from './runtime/accounts.js';
import type { EmulatorContext } from './runtime/context.js';

/** How long a task runs when nobody says otherwise, in milliseconds: real ones take 0.2–16 s (spec imm §5). */
export const DEFAULT_TASK_DURATION_MS = 4000;

/** A fixed number, or one per creating request. */
export type PerTask = number | ((request: CreateOfficeConversionTaskRequest) => number);

/** What the IMM half of the emulator is told. */
export interface ImmServiceOptions {
  /** How long a task runs: milliseconds from 0, rounded; `Infinity` never ends. Default {@link DEFAULT_TASK_DURATION_MS}. */
  readonly taskDurationMs?: PerTask;
  /** How many pages a document has: a whole number from 0 to 999,999,999. Default 1–20, always the same for the same `SrcUri`. */
  readonly pageCount?: PerTask;
  /** Puts an event onto a topic; the MNS half provides it. */
  readonly publish: PublishEvent;
}

/** IMM as one object. */
export interface ImmService {
  /** Answers one request; never rejects. */
  handle(request: WireRequest): Promise<WireResponse>;
  /** Cancels every timer: no task ends from here on, and requests are answered with `ServiceUnavailable`. */
  close(): void;
}

/** Most pages of a document: what readers of the event accept. */
const MAX_PAGES = 999_999_999;

/** Creates IMM with nothing in it. Throws `INVALID_ARGUMENT` for an option out of range. */
export function createImmService(context: EmulatorContext, options: ImmServiceOptions): ImmService {
  const { taskDurationMs = DEFAULT_TASK_DURATION_MS, pageCount = ({ SrcUri }) => derivedPageCount(SrcUri) } = options;
  const drivers = new Map<string, TenantDriver>();

  const driverOf = (tenant: Tenant): TenantDriver => {
    const key = `${tenant.accountId}/${tenant.region}`;
    const known = drivers.get(key);
    if (known !== undefined) return known;
    const created = new TenantDriver(tenant, context, options.publish);
    drivers.set(key, created);
    return created;
  };

  const endpoint = new RpcEndpoint(context, [
    imm2017({
      driverOf,
      draws: new TaskDraws(context.random),
      taskDurationMs: perTask(taskDurationMs, checkDuration),
      pageCount: perTask(pageCount, checkPageCount),
    }),
  ]);

  return {
    handle: (request) => Promise.resolve(endpoint.handle(request)),
    close: () => {
      endpoint.close();
      for (const driver of drivers.values()) driver.close();
    },
  };
}

/** A fixed number is checked now, a function's at each task. */
function perTask(
  option: PerTask,
  check: (value: number) => number,
): (request: CreateOfficeConversionTaskRequest) => number {
  if (typeof option === 'function') return (request) => check(option(request));
  const fixed = check(option);
  return () => fixed;
}

function checkDuration(value: number): number {
  if (!(value >= 0)) throw invalidArgument('taskDurationMs', 'milliseconds from 0', value);
  return Math.round(value);
}

function checkPageCount(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > MAX_PAGES) {
    throw invalidArgument('pageCount', `a whole number from 0 to ${MAX_PAGES}`, value);
  }
  return value;
}
