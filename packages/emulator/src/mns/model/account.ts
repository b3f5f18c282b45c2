import { checkRange, type ArgumentFailure, type Range } from '../failure.js';

/** What an account can be told, in each region by itself (spec mns §2.17). */
export interface AccountAttributes {
  /** Where logs would go; empty for nowhere. */
  readonly loggingBucket: string;
  /** Whether messages are traced: 1, or 0 for not. A number, as the one client writes and reads it that knows it. */
  readonly traceEnabled: number;
}

/** The attributes of an account that was told nothing. */
export const DEFAULT_ACCOUNT_ATTRIBUTES: AccountAttributes = { loggingBucket: '', traceEnabled: 0 };

/** What `TraceEnabled` may be. */
export const TRACE_ENABLED: Range = { low: 0, high: 1 };

/** The first attribute out of its range; `undefined` when there is none. */
export function checkAccountAttributes({ traceEnabled }: AccountAttributes): ArgumentFailure | undefined {
  return checkRange('TraceEnabled', traceEnabled, TRACE_ENABLED);
}

/** The attributes of an account as data: those that are not as at first. */
export type AccountRecord = Partial<AccountAttributes>;

/** An account as data; `undefined` when all is as at first. */
export function accountRecord({ loggingBucket, traceEnabled }: AccountAttributes): AccountRecord | undefined {
  const record: AccountRecord = {
    ...(loggingBucket === DEFAULT_ACCOUNT_ATTRIBUTES.loggingBucket ? {} : { loggingBucket }),
    ...(traceEnabled === DEFAULT_ACCOUNT_ATTRIBUTES.traceEnabled ? {} : { traceEnabled }),
  };
  return Object.keys(record).length === 0 ? undefined : record;
}
