import type { MnsbusError, SeededRandom } from '@mnsbus/core';
import type { GivenUp } from '../dispatch/known-messages.js';
import type { Verdict } from '../dispatch/verdict.js';
import type { ResolvedSettings } from '../options/bridge-settings.js';
import { fullJitter } from '../poll/backoff.js';
import type { DeadLetterCause } from '../status/bridge-status.js';
import type { Entry } from './entry.js';
import { countedDeliveries, lastFailure } from './give-up.js';

/** What is done with a message that is still ours. */
export type Disposition =
  | { readonly type: 'delete' }
  | { readonly type: 'release'; readonly visibleInSeconds: number; readonly as: 'retried' | 'released' }
  | {
      readonly type: 'dead-letter';
      readonly deadLetterQueue: string;
      readonly givenUp: GivenUp;
      /** When it comes again if it cannot be copied. */
      readonly retryInSeconds: number;
    };

/** Of a lease, the share within which an event is asked for again that is being handled elsewhere. */
const BUSY_SHARE = 0.25;

/**
 * What a verdict means for a message: how long it is put off, and whether it has failed once too often.
 *
 * `cause` is why it is dead-lettered where its verdict does not tell.
 */
export function dispositionOf(
  verdict: Verdict,
  { held, known }: Pick<Entry, 'held' | 'known'>,
  { maxDeliveries, deadLetterQueue, retryDelaySeconds }: ResolvedSettings,
  random: SeededRandom,
  cause?: DeadLetterCause,
): Disposition {
  const { delivery, visibilityMs } = held;
  if (verdict.type === 'ack') return { type: 'delete' };
  if (verdict.type === 'release') {
    // Soon: whoever handles the event now, or has died over it, has it for a lease at most.
    const visibleInSeconds =
      verdict.reason === 'busy'
        ? random.integer(1, Math.max(1, Math.ceil((visibilityMs / 1000) * BUSY_SHARE)))
        : fullJitter(retryDelaySeconds, delivery.deliveryCount, random);
    return { type: 'release', visibleInSeconds, as: 'released' };
  }
  const counted = countedDeliveries(delivery, known);
  const isFinal = verdict.type === 'dead-letter';
  const afterSeconds = isFinal ? undefined : verdict.afterSeconds;
  const retryInSeconds = afterSeconds ?? fullJitter(retryDelaySeconds, counted, random);
  // Without a dead-letter queue the message stays where it is: late, but never lost.
  if (deadLetterQueue === undefined || !(isFinal || counted >= maxDeliveries))
    return { type: 'release', visibleInSeconds: retryInSeconds, as: 'retried' };
  const error = isFinal ? verdict.error : lastFailure(verdict.error, delivery, known, maxDeliveries);
  return { type: 'dead-letter', deadLetterQueue, givenUp: { error, cause: cause ?? causeOf(verdict) }, retryInSeconds };
}

function causeOf({ type, error }: Extract<Verdict, { readonly error: MnsbusError }>): DeadLetterCause {
  if (type === 'retry') return 'listener';
  return error.code === 'LISTENER_FAILED' ? 'answered' : 'unreadable';
}
