import { MnsbusError } from '@mnsbus/core';
import type { GivenUp, KnownMessage } from '../dispatch/known-messages.js';
import type { Verdict } from '../dispatch/verdict.js';
import type { QueueDelivery } from '../mns/delivery.js';
import type { ResolvedSettings } from '../options/bridge-settings.js';
import type { Entry } from './entry.js';

/** Which deliveries of a message count against it. */
export type CountedMessage = Pick<KnownMessage, 'unheard' | 'hasOverrun' | 'givenUp'>;

/**
 * An event that is found in other hands this often in a row, each time after a longer wait, is in those of somebody alive: a claim
 * does not outlive who has died over it by more than a lease.
 */
const SURELY_ALIVE = 4;

/** Notes what a delivery says about its message, if anything. */
export function noteVerdict(verdict: Verdict, { deliveryCount }: QueueDelivery, known: KnownMessage): void {
  const isBusy = verdict.type === 'release' && verdict.reason === 'busy';
  known.busy = isBusy ? known.busy + 1 : 0;
  if (verdict.type === 'release') known.unheard += 1;
  // Of several events some may be heard, and others not.
  const isUnheard = verdict.type === 'release' && verdict.reason !== 'aborted' && !known.hasProgressed;
  if (!isUnheard) known.heardAt = deliveryCount;
  known.hasProgressed = false;
  // What others received meanwhile was in vain as well, and we cannot have seen it.
  if (known.busy >= SURELY_ALIVE) known.unheard = Math.max(known.unheard, deliveryCount);
}

/** Notes what a lost lease says: the message was here for somebody who listens, whether it came to that or not. */
export function noteLoss({ held, known, stage }: Pick<Entry, 'held' | 'known' | 'stage'>, overrun: boolean): void {
  known.heardAt = held.delivery.deliveryCount;
  if (overrun) known.hasOverrun = true;
  else if (stage !== 'settling' && held.hasWaited) known.unheard += 1;
}

/** How many deliveries count: all but those of which we know that they reached no listener, or it had less than its time. */
export function countedDeliveries({ deliveryCount }: QueueDelivery, { unheard }: CountedMessage): number {
  return Math.max(1, deliveryCount - unheard);
}

/**
 * Why a message is to be given up before its listeners are called once more; `undefined` when they are to be called.
 *
 * The number of deliveries alone condemns no message: others may have received it for nothing. So either its listener overran here last, or
 * the number is so high that listeners elsewhere must have hung or died on it.
 */
export function reasonToGiveUp(
  delivery: QueueDelivery,
  known: CountedMessage,
  { maxDeliveries, maxSilentDeliveries }: Pick<ResolvedSettings, 'maxDeliveries' | 'maxSilentDeliveries'>,
): GivenUp | undefined {
  if (known.givenUp !== undefined) return known.givenUp;
  const before = countedDeliveries(delivery, known) - 1;
  if (known.hasOverrun && before >= maxDeliveries)
    return { error: overrunError(delivery, known, maxDeliveries), cause: 'listener' };
  if (before < maxSilentDeliveries) return undefined;
  const error = failure(
    `no failure of it was seen here, but ${countsOf(delivery, known)}, and maxSilentDeliveries is ${maxSilentDeliveries}: ` +
      'its listener probably hangs or ends its process elsewhere',
  );
  return { error, cause: 'silent' };
}

/** The error of a message whose listener was still at work when the longest lease was over. */
export function overrunError(
  delivery: QueueDelivery,
  known: CountedMessage,
  maxDeliveries: number,
): MnsbusError<'LISTENER_FAILED'> {
  return failure(
    `its listener here took longer than lease.maxSeconds; ${countsOf(delivery, known)}, and maxDeliveries is ${maxDeliveries}`,
  );
}

/** The error of a message that is given up for a failure of its listener, with what was seen. */
export function lastFailure(
  { code, message, cause }: MnsbusError,
  delivery: QueueDelivery,
  known: CountedMessage,
  maxDeliveries: number,
): MnsbusError {
  return new MnsbusError({
    code,
    message: `${message}. Given up after this failure: ${countsOf(delivery, known)}, and maxDeliveries is ${maxDeliveries}`,
    cause,
  });
}

function countsOf({ deliveryCount }: QueueDelivery, { unheard }: CountedMessage): string {
  const none = unheard === 0 ? '' : `, of which ${unheard} do not count`;
  return `it was delivered ${deliveryCount} times${none}`;
}

function failure(message: string): MnsbusError<'LISTENER_FAILED'> {
  return new MnsbusError({ code: 'LISTENER_FAILED', message });
}
