/** A project's time: UTC to the second, `2018-11-15T02:40:35Z` (spec imm §2.2). */
export function secondsText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** The time of a document conversion: UTC with six digits of fraction, `2020-11-13T07:53:08.687000Z` (spec imm §2.2). */
export function microsecondsText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 23)}000Z`;
}
