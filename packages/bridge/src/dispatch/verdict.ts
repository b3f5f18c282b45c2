import type { MnsbusError } from '@mnsbus/core';
import type { DeadLetterCause } from '../status/bridge-status.js';

/**
 * Why a message is given back for no fault of its own: nobody listens, the event is being handled elsewhere, its listeners were
 * told to stop before they had finished, or the one who wanted a single event has another in hand.
 */
export type ReleaseReason = 'unheard' | 'busy' | 'aborted' | 'passed-on';

/** What is to become of a message. */
export type Verdict =
  /** It is done: delete it. */
  | { readonly type: 'ack' }
  /** A listener of ours failed: deliver it again, after a delay by policy unless one is given. */
  | { readonly type: 'retry'; readonly afterSeconds: number | undefined; readonly error: MnsbusError }
  /** It will never succeed. */
  | { readonly type: 'dead-letter'; readonly error: MnsbusError; readonly cause: DeadLetterCause }
  /** Nobody has handled it: give it back. */
  | { readonly type: 'release'; readonly reason: ReleaseReason };

/**
 * The one verdict on a message from those of all its listeners: dead letter before retry before release before ack, of
 * several delays the longest.
 *
 * A message cannot be dead-lettered for one listener and retried for another; in the dead-letter queue nothing is lost.
 */
export function strictest(verdicts: readonly Verdict[]): Verdict {
  let result: Verdict = { type: 'ack' };
  for (const verdict of verdicts) if (isStricter(verdict, result)) result = verdict;
  return result;
}

/** {@link strictest} of verdicts that are still to come. */
export function strictestOf(verdicts: readonly Promise<Verdict>[]): Promise<Verdict> {
  const [first] = verdicts;
  // As most messages have it: one event, one listener.
  return verdicts.length === 1 && first !== undefined ? first : Promise.all(verdicts).then(strictest);
}

const RANK = { ack: 0, release: 1, retry: 2, 'dead-letter': 3 } as const;

// What is busy comes again soon, what nobody listens to later: the later time serves both.
const RELEASE_RANK = { aborted: 0, busy: 1, unheard: 2, 'passed-on': 3 } as const;

function isStricter(one: Verdict, other: Verdict): boolean {
  if (one.type === 'retry' && other.type === 'retry') return (one.afterSeconds ?? 0) > (other.afterSeconds ?? 0);
  if (one.type === 'release' && other.type === 'release') return RELEASE_RANK[one.reason] > RELEASE_RANK[other.reason];
  return RANK[one.type] > RANK[other.type];
}
