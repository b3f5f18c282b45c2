/** The time of a set, image or video record: UTC to the millisecond, `2021-01-21T07:40:41.683Z` (spec imm §2.2). */
export function millisecondsText(atMs: number): string {
  return new Date(atMs).toISOString();
}
