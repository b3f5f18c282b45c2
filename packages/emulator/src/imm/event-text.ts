/** An event of IMM 2017-09-06 before it is text (spec imm §3.2). */
export interface LegacyEvent {
  readonly eventName: string;
  /** When the event was built, in milliseconds since 1970. */
  readonly eventTimeMs: number;
  /** The payload: every leaf is text. */
  readonly imm: Readonly<Record<string, string>>;
}

/**
 * The text of one event as IMM 2017-09-06 publishes it (spec imm §3.2).
 *
 * Compact JSON, keys in alphabetical order at each level, every leaf a string: the MD5 that
 * consumers compare depends on each byte.
 */
export function legacyEventText(event: LegacyEvent): string {
  const imm = Object.fromEntries(Object.entries(event.imm).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({
    events: [
      {
        eventName: event.eventName,
        eventSource: 'acs:imm',
        eventTime: new Date(event.eventTimeMs).toISOString(),
        eventVersion: '1.0',
        imm,
      },
    ],
  });
}
