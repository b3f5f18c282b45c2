import { md5Hex } from '@mnsbus/core';

const UTC_PLUS_8_MS = 8 * 3_600_000;

/** The four digits that every id of the real service had in 2026. */
const ERA = '33FD';

/** The server process that issues the first 65,536 ids of a tenant; the next ones come from the processes after it. */
const FIRST_PROCESS = 0x7fcf_7fb2;

/** The eight digits that all ids of one queue or topic begin with. */
export function idPrefix(resourceName: string): string {
  return md5Hex(resourceName).slice(0, 8);
}

/**
 * A message id: 32 upper-case hex digits (spec mns §7.1).
 *
 * Prefix of the queue or topic, era, server process, milliseconds since the start of the month in
 * UTC+8, counter. Unique as long as no `sequence` (0 to 2^48 − 1) comes twice in a tenant.
 */
export function messageId(prefix: string, nowMs: number, sequence: number): string {
  const local = new Date(nowMs + UTC_PLUS_8_MS);
  const monthStartMs = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), 1);
  const process = (FIRST_PROCESS + Math.floor(sequence / 0x1_0000)) % 2 ** 32;
  return [prefix, ERA, hex(process, 8), hex(local.getTime() - monthStartMs, 8), hex(sequence % 0x1_0000, 4)].join('');
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
