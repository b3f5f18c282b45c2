import { md5Hex } from '@mnsbus/core';

/** What a receipt handle tells, to those who look inside. */
export interface HandleFields {
  readonly messageId: string;
  /** When it was issued, in milliseconds since 1970. */
  readonly issuedAtMs: number;
  /** How long it is good for, in milliseconds. */
  readonly invisibleMs: number;
  /** How many handles the message had before this one: makes each handle unique, within a millisecond, too. */
  readonly serial: number;
  /** The message's place among all messages of its queue, from 0. */
  readonly offset: number;
  /** Six letters or digits that stay the same for a queue. */
  readonly queueTag: string;
}

const ALPHANUMERICS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The message id comes first, in either of its shapes. */
const SHAPE = /^([0-9A-F]{32}|[0-9A-F]{16}-1-[0-9A-F]{1,13}-[0-9A-F]{9,13})-([A-Za-z0-9]+={0,2})$/;
const PAYLOAD =
  /^(?<offset>\d{1,15}) (?<issuedAtMs>\d{1,15}) (?<invisibleMs>\d{1,15}) (?<serial>\d{1,15}) 0 emu-broker-0 0 \d+\|\w{6}$/;

/** The tag of a queue in its handles. */
export function queueTag(queueName: string): string {
  const digest = Buffer.from(md5Hex(`tag of ${queueName}`), 'hex');
  return [...digest.subarray(0, 6)].map((byte) => ALPHANUMERICS.charAt(byte % ALPHANUMERICS.length)).join('');
}

/**
 * Writes a handle in the service's shape of 2026 (spec mns §7.2).
 *
 * The payload holds only letters, digits, blanks, `-` and `|`, so that its base64 never has `+` or `/`.
 */
export function writeHandle(fields: HandleFields): string {
  const { messageId, issuedAtMs, invisibleMs, serial, offset, queueTag: tag } = fields;
  const payload = `${offset} ${issuedAtMs} ${invisibleMs} ${serial} 0 emu-broker-0 0 ${offset}|${tag}`;
  return `${messageId}-${Buffer.from(payload, 'latin1').toString('base64')}`;
}

/** The message that a handle is for, if it is one: what comes before the payload. */
export function messageIdIn(handle: string): string {
  return handle.slice(0, Math.max(0, handle.lastIndexOf('-')));
}

/** What a handle says; `undefined` when no queue with this tag can have issued it. */
export function readHandle(handle: string, tag: string): HandleFields | undefined {
  const [, messageId = '', encoded = ''] = SHAPE.exec(handle) ?? [];
  const payload = PAYLOAD.exec(Buffer.from(encoded, 'base64').toString('latin1'))?.groups;
  if (payload === undefined) return undefined;
  const fields: HandleFields = {
    messageId,
    issuedAtMs: Number(payload['issuedAtMs']),
    invisibleMs: Number(payload['invisibleMs']),
    serial: Number(payload['serial']),
    offset: Number(payload['offset']),
    queueTag: tag,
  };
  // Only the very text that is issued for these fields counts, not another spelling of it.
  return writeHandle(fields) === handle ? fields : undefined;
}
