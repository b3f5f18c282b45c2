import type { SeededRandom } from '@mnsbus/core';
import type { GivenUp } from '../dispatch/known-messages.js';
import type { ReleaseReason, Verdict } from '../dispatch/verdict.js';
import type { ResolvedSettings } from '../options/bridge-settings.js';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
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

/**
 * Of a lease, the share within which an event is asked for again that is being handled elsewhere: soon at first, because whoever
 * handles it may just have finished or died.
 */
const BUSY_SHARES = [0.25, 0.5, 1];

/** The largest delay, in seconds, for what nobody here listens to: its listener may come with another process. */
const UNHEARD_CAP_SECONDS = 1800;

/** What a verdict means for a message: how long it is put off, and whether it has failed once too often. */
export function dispositionOf(
  verdict: Verdict,
  { held, known }: Pick<Entry, 'held' | 'known'>,
  { maxDeliveries, deadLetterQueue, retryDelaySeconds }: ResolvedSettings,
  random: SeededRandom,
): Disposition {
  const { delivery } = held;
  if (verdict.type === 'ack') return { type: 'delete' };
  if (verdict.type === 'release') {
    return {
      type: 'release',
      visibleInSeconds: releasedSeconds(verdict.reason, { held, known }, retryDelaySeconds, random),
      as: 'released',
    };
  }
  const counted = countedDeliveries(delivery, known);
  const isFinal = verdict.type === 'dead-letter';
  const afterSeconds = isFinal ? undefined : verdict.afterSeconds;
  const retryInSeconds = afterSeconds ?? fullJitter(retryDelaySeconds, counted, random);
  // Without a dead-letter queue the message stays where it is: late, but never lost.
  if (deadLetterQueue === undefined || !(isFinal || counted >= maxDeliveries))
    return { type: 'release', visibleInSeconds: retryInSeconds, as: 'retried' };
  const givenUp: GivenUp = isFinal
    ? { error: verdict.error, cause: verdict.cause }
    : { error: lastFailure(verdict.error, delivery, known, maxDeliveries), cause: 'listener' };
  return { type: 'dead-letter', deadLetterQueue, givenUp, retryInSeconds };
}

/** Delay before what was given back for no fault of its own comes again: longer each time, unless it was heard meanwhile. */
function releasedSeconds(
  reason: ReleaseReason,
  { held, known }: Pick<Entry, 'held' | 'known'>,
  { base, cap }: BackoffRange,
  random: SeededRandom,
): number {
  if (reason !== 'busy') {
    const range = reason === 'aborted' ? { base, cap } : { base, cap: Math.max(cap, UNHEARD_CAP_SECONDS) };
    return fullJitter(range, Math.max(1, held.delivery.deliveryCount - known.heardAt), random);
  }
  const share = BUSY_SHARES[known.busy - 1] ?? 1;
  return random.integer(1, Math.max(1, Math.ceil((held.visibilityMs / 1000) * share)));
}
