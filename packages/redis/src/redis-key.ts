import { createHash } from 'node:crypto';
import { invalidArgument } from '@mnsbus/core/internal';

/** Longest key that stands in Redis as it is, in characters; nearly all keys of IMM's events have 30 to 90. */
const LONGEST_PLAIN = 128;
const PLAIN = new RegExp(`^(?!#)[!-~]{1,${LONGEST_PLAIN}}$`);

/**
 * The name of an event's key in Redis: prefix and key, at most 192 bytes.
 *
 * A key that is longer, or not printable ASCII, stands there as `#` and its SHA-256, taken over UTF-16 because UTF-8 would make
 * one of keys that differ in lone surrogates. A key that itself begins with `#` is hashed too, so that no two are the same.
 */
export function redisKey(prefix: string, key: string): string {
  if (PLAIN.test(key)) return prefix + key;
  return `${prefix}#${createHash('sha256').update(key, 'utf16le').digest('base64url')}`;
}

/** A prefix as keys may have it. Throws `INVALID_ARGUMENT`. */
export function checkPrefix(prefix: string): string {
  if (typeof prefix !== 'string' || !/^[!-~]{1,64}$/.test(prefix)) {
    throw invalidArgument('prefix', '1 to 64 printable ASCII characters without spaces', prefix);
  }
  return prefix;
}
