import type { SeededRandom } from '@mnsbus/core';

/** A request id: 8 hex digits of Unix time in seconds, 16 random ones, all upper case (spec mns §1.6). */
export function requestId(nowMs: number, random: SeededRandom): string {
  const seconds = Math.floor(nowMs / 1000) % 2 ** 32;
  return `${seconds.toString(16).padStart(8, '0')}${random.hex(16)}`.toUpperCase();
}
