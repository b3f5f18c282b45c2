import { sleep, type Clock, type SeededRandom } from '@mnsbus/core';
import { abortable } from '@mnsbus/core/internal';
import type { GivenUp } from '../dispatch/known-messages.js';
import { MnsServiceError, asMnsbusError } from '../mns/mns-error.js';
import type { MessageCopy, QueueClient } from '../mns/queue-client.js';
import type { CurrentSettings } from '../options/bridge-settings.js';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
import type { PushedMessage } from '../push/push-sink.js';
import { reasonProperties } from '../settle/dead-letter.js';
import type { QueueFact } from '../status/bridge-status.js';

/** The priority of a queue message that nobody has given one (spec mns §3.3). */
const DEFAULT_PRIORITY = 8;

/** Between tries at a copy that failed in passing, in milliseconds. */
const RETRY_MS: BackoffRange = { base: 100, cap: 60_000 };

/** Tries while the topic will send the message again: some ten seconds. And when it may not, so that no copy means a loss: some minutes. */
const TRIES = 8;
const LAST_TRIES = 16;

/** What dead letters of pushes are sent with. */
export interface PushDeadLetterParts {
  readonly clientOf: (queueName: string) => Pick<QueueClient, 'copyTo'>;
  readonly settings: CurrentSettings;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly report: (fact: QueueFact) => void;
  /** Aborts when nothing may be waited for any longer. */
  readonly stop: AbortSignal;
}

/** Why a message is given up. */
export interface PushDeadLetter extends GivenUp {
  /** Whether its topic may not send it again. */
  readonly isLast: boolean;
}

/** What has become of a copy: `refused` when the queue will not have it for what it is, so that another try is in vain. */
export type CopyEnd = 'copied' | 'failed' | 'refused';

/** Copies a message to the dead-letter queue; fails without such a queue. Never rejects. */
export async function deadLetterPush(
  message: PushedMessage,
  { error, cause, isLast }: PushDeadLetter,
  { clientOf, settings, clock, random, report, stop }: PushDeadLetterParts,
): Promise<CopyEnd> {
  const { deadLetterQueue } = settings.current;
  if (deadLetterQueue === undefined) return 'failed';
  const { messageId, body, topicName } = message;
  const reason = reasonProperties({ queueName: topicName, messageId }, error);
  let copy: MessageCopy = { body, priority: DEFAULT_PRIORITY, userProperties: [...message.userProperties, ...reason] };
  const send = async (): Promise<void> => {
    stop.throwIfAborted();
    await clientOf(deadLetterQueue).copyTo(deadLetterQueue, copy);
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await abortable(send(), stop);
      report({ type: 'dead-lettered', messageId, deadLetterQueue, cause, error });
      return 'copied';
    } catch (thrown) {
      const failure = asMnsbusError(thrown);
      const { userProperties } = message;
      const isRefused = failure instanceof MnsServiceError && failure.status === 400 && !failure.retryable;
      const isPassing = failure.retryable && attempt < (isLast ? LAST_TRIES : TRIES);
      if (isRefused && copy.userProperties.length > userProperties.length) {
        // A service that knows no properties, or counts them otherwise, still gets the message; the reason is in the status.
        copy = { ...copy, userProperties };
      } else if (!isPassing || stop.aborted) {
        report({ type: 'settle-failed', messageId, error: failure });
        return isRefused ? 'refused' : 'failed';
      } else await sleep(clock, fullJitter(RETRY_MS, attempt, random), stop);
    }
  }
}
