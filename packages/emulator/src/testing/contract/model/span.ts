/** When something happened or falls due, as far as a client can know: not before `earliest`, not after `latest`. */
export interface Span {
  readonly earliest: number;
  readonly latest: number;
}

/** The same time later. */
export function later({ earliest, latest }: Span, byMs: number): Span {
  return { earliest: earliest + byMs, latest: latest + byMs };
}

/** Whether `when` is certainly over, or just come, throughout `during`. */
export function isCertainlyPast(when: Span, during: Span): boolean {
  return when.latest <= during.earliest;
}

/** Whether `when` may have come at some instant of `during`. */
export function isPossiblyPast(when: Span, during: Span): boolean {
  return when.earliest <= during.latest;
}
