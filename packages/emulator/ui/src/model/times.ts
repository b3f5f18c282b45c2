const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** A span of time, in milliseconds, in two or three digits of its own unit: `250 ms`, `1.25 s`, `3 d`. */
export function writeSpan(spanMs: number): string {
  const size = Math.abs(spanMs);
  const [unitMs, unit] = UNITS.find(([least]) => size >= least) ?? [1, 'ms'];
  const count = spanMs / unitMs;
  const digits = unit === 'ms' || Math.abs(count) >= 100 ? 0 : Math.abs(count) >= 10 ? 1 : 2;
  return `${Number(count.toFixed(digits))} ${unit}`;
}

/** The time of day, in UTC and to the millisecond, of milliseconds since 1970. */
export function writeTime(atMs: number): string {
  return writeInstant(atMs).slice(11);
}

/** Day and time in UTC. What no calendar has is written as the number it is. */
export function writeInstant(atMs: number): string {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return String(atMs);
  return date.toISOString().replace('T', ' ').replace('Z', '');
}
