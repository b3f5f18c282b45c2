import { invalidArgument } from '@mnsbus/core/internal';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `500ms`, `10m` or `1h30m`. Throws `INVALID_ARGUMENT`, naming `name`. */
export function durationOf(name: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/gy)];
  // A number alone is refused: some would mean seconds by it, and others milliseconds.
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw invalidArgument(name, 'a duration with its unit, such as 500ms, 90s, 10m, 1h30m or 2d', text);
  }
  return parts.reduce((sumMs, [, amount, unit = '']) => sumMs + Number(amount) * (UNITS_MS[unit] ?? 0), 0);
}

/** A duration as people write it, to the millisecond: `1h30m`; `0s` for none. */
export function durationText(durationMs: number): string {
  let leftMs = Math.round(Math.abs(durationMs));
  const parts = Object.entries(UNITS_MS)
    .toSorted(([, a], [, b]) => b - a)
    .map(([unit, unitMs]) => {
      const amount = Math.floor(leftMs / unitMs);
      leftMs -= amount * unitMs;
      return amount === 0 ? '' : `${amount}${unit}`;
    });
  return parts.join('') || '0s';
}
