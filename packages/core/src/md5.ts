import { hash } from 'node:crypto';

/** The MD5 of a text's UTF-8 bytes (or of bytes) as 32 upper-case hex digits, the way MNS prints it (spec mns §7.4). */
export function md5Hex(data: string | Uint8Array): string {
  return hash('md5', data, 'hex').toUpperCase();
}
