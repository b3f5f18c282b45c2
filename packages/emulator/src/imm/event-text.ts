import type { LegacyEvent } from './model/office-task.js';

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
