const DAY_MS = 86_400_000;

/** When the deletions of the night are done, in milliseconds after midnight UTC: at 06:00 in Beijing, which is UTC+8. */
export const MORNING_MS: number = 22 * 3_600_000;

/** The next morning in Beijing after `nowMs`, both in milliseconds since 1970. */
export function nextMorningMs(nowMs: number): number {
  return Math.floor((nowMs - MORNING_MS) / DAY_MS + 1) * DAY_MS + MORNING_MS;
}
