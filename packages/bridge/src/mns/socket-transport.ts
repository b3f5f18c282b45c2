import type { Clock } from '@mnsbus/core';
import type { CredentialsSource } from '../credentials/credentials-source.js';
import { boundedAgent } from '../http/bounded-agent.js';
import { endsWithCall } from '../http/ends-with-call.js';
import { MAX_REPLY_BYTES } from '../http/reply-limit.js';
import { isSecure, type MnsPlace } from './sdk-client.js';
import { SignedCalls } from './signed-calls.js';
import { REPLY_HEADERS, ownReply, type MnsTransport } from './transport.js';

/**
 * Calls MNS through the unmodified `@alicloud/mns`.
 *
 * The SDK offers no abort and keeps its agents for the life of the process; its `beforeRequest`
 * hook lets us hand in a signal and agents of our own, so that `close()` leaves nothing open, and no reply is endless.
 */
export function socketTransport(
  place: MnsPlace,
  credentials: CredentialsSource,
  clock: Clock,
  maxReplyBytes: number = MAX_REPLY_BYTES,
): MnsTransport {
  const signed = new SignedCalls(place, credentials);
  const agent = boundedAgent(isSecure(place), maxReplyBytes);
  return {
    call: (call) =>
      signed.run(call, async (client, signal) => {
        const { method, resource, rootName, body, timeoutMs, headers } = call;
        // A buffer, because the SDK counts the characters of a string for Content-Length.
        const bytes = Buffer.from(body, 'utf8');
        const reply = await endsWithCall(signal, (ended) =>
          client.request(method, resource, rootName, bytes, REPLY_HEADERS, {
            headers: { ...dateHeaders(clock), ...headers },
            readTimeout: timeoutMs,
            // The SDK's HTTP library uses this as its idle timeout too, so it must outlast a long poll.
            connectTimeout: timeoutMs,
            beforeRequest: (request) => ({ ...request, agent, signal: ended }),
          }),
        );
        return ownReply(reply, call);
      }),
    close: () => {
      signed.close();
      agent.destroy();
    },
  };
}

/** The two date headers of a request, by the bridge's own clock (spec mns §1.2). */
export function dateHeaders(clock: Clock): Record<string, string> {
  const date = new Date(clock.now()).toUTCString();
  return { date, 'x-mns-date': date };
}
