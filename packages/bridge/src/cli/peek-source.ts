import { MnsbusError, decodeNotification, decodeEvents, md5Hex, sleep, type Clock } from '@mnsbus/core';
import { textOf } from '../dispatch/listener-call.js';
import type { PeekedMessage, QueueClient } from '../mns/queue-client.js';
import type { TailEntry } from './event-line.js';

/** Messages that are not shown again. */
const SEEN_LIMIT = 10_000;

/** Looks at a queue again and again, and tells of each message once. Rejects when the service refuses for good. */
export async function peekAll(
  queue: Pick<QueueClient, 'peek'>,
  { clock, intervalMs, signal }: { clock: Clock; intervalMs: number; signal: AbortSignal },
  onEntry: (entry: TailEntry) => void,
  onTrouble: (error: Error) => void,
): Promise<void> {
  const seen = new Set<string>();
  while (!signal.aborted) {
    try {
      for (const message of await queue.peek()) {
        if (seen.has(message.messageId)) continue;
        seen.add(message.messageId);
        const [oldest] = seen;
        if (seen.size > SEEN_LIMIT && oldest !== undefined) seen.delete(oldest);
        for (const entry of entriesOf(message)) onEntry(entry);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof MnsbusError) || !error.retryable) throw error;
      onTrouble(error);
    }
    await sleep(clock, intervalMs, signal);
  }
}

/** The events of a message, or what is wrong with it. */
export function entriesOf({
  messageId,
  body,
  bodyMD5,
  userProperties,
  enqueuedAt: at,
}: PeekedMessage): readonly TailEntry[] {
  try {
    const hasUserProperties = userProperties.length > 0;
    if (!hasUserProperties && md5Hex(body) !== bodyMD5.toUpperCase())
      throw new Error(`MessageBodyMD5 ${bodyMD5} is not that of the body`);
    const { text, envelope } = decodeNotification(body, { hasUserProperties });
    const envelopeProblems = envelope?.problems ?? [];
    return decodeEvents(text).map((event) => ({ messageId, at, event, envelopeProblems, problem: undefined }));
  } catch (error) {
    return [{ messageId, at, event: undefined, envelopeProblems: [], problem: textOf(error) }];
  }
}
