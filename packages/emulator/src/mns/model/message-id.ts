import { md5Hex } from '@mnsbus/core';

const UTC_PLUS_8_MS = 8 * 3_600_000;

/** The four digits that every id of the real service had in 2026. */
const ERA = '33FD';

/** The server process that issues the first 65,536 ids of a tenant; the next ones come from the processes after it. */
const FIRST_PROCESS = 0x7fcf_7fb2;

/** Where the sequences of the old shape started, going by the samples. */
const FIRST_OLD_SEQUENCE = 0x2_0000_0000;

/** How message ids look: as in 2026, or as until about 2021. */
export type MessageIdShape = 'current' | 'old';

/** The digits that all ids of one queue or topic begin with: eight, or sixteen in the old shape. */
export function idPrefix(resourceName: string, shape: MessageIdShape = 'current'): string {
  return md5Hex(resourceName).slice(0, shape === 'old' ? 16 : 8);
}

/**
 * A message id of the shape asked for (spec mns §7.1).
 *
 * Unique as long as no `sequence` (0 to 2^48 − 1) comes twice in a tenant; `prefix` is an {@link idPrefix} of that shape.
 */
export function messageId(prefix: string, nowMs: number, sequence: number, shape: MessageIdShape = 'current'): string {
  return shape === 'old' ? oldMessageId(prefix, nowMs, sequence) : currentMessageId(prefix, nowMs, sequence);
}

/** 32 digits: prefix, era, server process, milliseconds since the start of the month in UTC+8, counter. */
function currentMessageId(prefix: string, nowMs: number, sequence: number): string {
  const local = new Date(nowMs + UTC_PLUS_8_MS);
  const monthStartMs = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), 1);
  const process = (FIRST_PROCESS + Math.floor(sequence / 0x1_0000)) % 2 ** 32;
  // Joined, not concatenated: a stored id is then one flat string instead of a tree of its pieces.
  return [prefix, ERA, hex(process, 8), hex(local.getTime() - monthStartMs, 8), hex(sequence % 0x1_0000, 4)].join('');
}

/** Four parts: prefix, slice, milliseconds since 1970, sequence. */
function oldMessageId(prefix: string, nowMs: number, sequence: number): string {
  return `${prefix}-1-${hex(nowMs, 1)}-${hex(FIRST_OLD_SEQUENCE + sequence, 9)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
