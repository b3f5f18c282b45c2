import type { WireResponse } from '@mnsbus/core';

/**
 * Most bytes of one reply of a service, as sent and unpacked: 16 MiB.
 *
 * The largest that MNS can mean is a batch of 16 messages of 64 KiB, of which XML may make six times as much; those of IMM are
 * smaller. Whatever else is on the way may send any amount, and the SDKs would hold all of it in memory, twice.
 */
export const MAX_REPLY_BYTES: number = 16 * 1024 * 1024;

/** The error for a reply with more than `maxBytes` bytes; `what` tells it from others, for example `status 502`. */
export function replyTooLarge(what: string, maxBytes: number): Error {
  return new Error(`a reply (${what}) of more than ${maxBytes} bytes`);
}

/** The reply of a function, if it is no larger than one from a socket may be. Throws {@link replyTooLarge}. */
export function boundedReply(response: WireResponse, maxBytes: number): WireResponse {
  if (response.body.length > maxBytes) throw replyTooLarge(`status ${response.status}`, maxBytes);
  return response;
}
