/** How far a request's `Timestamp` may lie from now, in either direction (spec imm §1.8). */
export const TIMESTAMP_WINDOW_MS: number = 15 * 60_000;

// Seconds with a fraction, and a missing Z, come from hand-written clients (spec imm §1.2).
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?Z?$/;

/** Reads a UTC `Timestamp` into milliseconds since 1970; `undefined` when it is no time of any calendar day. */
export function parseTimestamp(text: string): number | undefined {
  const [, seconds, fraction = ''] = TIMESTAMP.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  const milliseconds = Date.parse(`${seconds}Z`);
  // Date.parse moves some impossible days to the next month.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString().slice(0, 19) !== seconds) return undefined;
  return milliseconds + Math.floor(Number(`0${fraction}`) * 1000);
}
