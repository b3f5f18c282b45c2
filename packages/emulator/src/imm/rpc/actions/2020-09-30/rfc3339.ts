/** UTC with a fraction whose zeros at the end are left out: `2024-09-10T11:12:14.57Z`, `2024-05-02T08:00:32Z` (spec imm §3.3). */
export function trimmedTime(atMs: number): string {
  return new Date(atMs).toISOString().replace(/(?:\.000|(?<=\.[0-9]{1,2})0{1,2})Z$/, 'Z');
}

const CHINA_OFFSET_MS = 8 * 3_600_000;

/** Beijing time with nine digits of fraction: `2023-02-05T14:07:00.270000000+08:00` (spec imm §3.3). */
export function beijingTime(atMs: number): string {
  return new Date(atMs + CHINA_OFFSET_MS).toISOString().replace('Z', '000000+08:00');
}
