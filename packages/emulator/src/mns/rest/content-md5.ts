import { md5Hex } from '@mnsbus/core';

/**
 * Whether a Content-MD5 header fits a body: base64 of the hex digest, base64 of the digest itself, or the bare hex
 * digest, because clients send all of them (spec mns §1.4).
 */
export function fitsContentMd5(header: string, body: Uint8Array): boolean {
  const hex = md5Hex(body).toLowerCase();
  const forms = [Buffer.from(hex, 'latin1').toString('base64'), Buffer.from(hex, 'hex').toString('base64'), hex];
  return forms.includes(header);
}
