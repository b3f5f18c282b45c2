import type { ClockView } from '../admin/admin-schemas.js';
import { TIMESTAMP_WINDOW_MS } from '../imm/rpc/timestamp.js';
import { durationText } from './duration.js';

/** A clock in words. */
export function clockText({ mode, nowMs, offsetMs = 0 }: ClockView): string {
  const distance = `${durationText(Math.round(offsetMs / 1000) * 1000)} ${offsetMs < 0 ? 'behind' : 'ahead of'} the machine’s`;
  // Two readings of the machine's clock are never quite the same.
  return `${mode}, ${new Date(nowMs).toISOString()}${mode === 'real' || Math.abs(offsetMs) < 1000 ? '' : `, ${distance}`}`;
}

/** What clients have to know of a clock that differs from theirs; `undefined` when they will not notice. */
export function skewAdvice({ offsetMs = 0 }: ClockView): string | undefined {
  if (Math.abs(offsetMs) <= TIMESTAMP_WINDOW_MS) return undefined;
  return 'the clock is more than 15 minutes off: clients that date their requests by the machine’s clock are refused';
}
