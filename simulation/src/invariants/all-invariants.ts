import type { InvariantCheck, RunRecord, Violation } from '../run-record.js';
import {
  concurrencyIsKept,
  countersAddUp,
  everyCompanionHears,
  nothingIsCreatedTwice,
  nothingIsLeftOpen,
  nothingOfOthersIsDeleted,
  onceIsOnce,
} from './bridge.js';
import { claimsAreCompletedByWork, claimsLiveAsLongAsWork } from './claiming.js';
import {
  bodiesAreUnchanged,
  everyMessageIsSomewhere,
  idsAreUnique,
  nothingIsLost,
  theDeletedStayDeleted,
} from './conservation.js';
import {
  delaysAreKept,
  deletesAreExact,
  deliveriesAreCounted,
  handlesAreNew,
  leasesAreExclusive,
  oldHandlesDoNothing,
  retentionIsKept,
  timesAreInOrder,
} from './deliveries.js';
import { oddEventsAreDelivered, onlyFailuresAreDeadLettered, redeliveriesAreNotBounced } from './failing.js';
import { everyMessageIsHandled, nothingIsDeletedUnhandled } from './handling.js';
import { backlogIsWorkedOff, healthTellsTheTruth, placesComeBack } from './health.js';
import { prioritiesAreKept, waitersAreServedInOrder, waitsEndAtOnce, whatIsThereIsNotWaitedFor } from './long-polls.js';
import {
  closingIsComplete,
  leasesAreExtended,
  nothingIsAskedForWhilePaused,
  processesLive,
  queuesAreAskedAgain,
} from './operating.js';
import { pushesComeToRest } from './pushing.js';
import { oneCopyPerSubscription, tasksEndOnce, tasksTakeTheirTime } from './tasks.js';

/** The checks that every run goes through, by the number of their invariant. */
export const INVARIANTS: Readonly<Record<string, InvariantCheck>> = {
  I1: everyMessageIsSomewhere,
  I2: bodiesAreUnchanged,
  I3: nothingIsLost,
  I4: theDeletedStayDeleted,
  I5: idsAreUnique,
  I6: handlesAreNew,
  I7: oldHandlesDoNothing,
  I9: deliveriesAreCounted,
  I10: delaysAreKept,
  I11: leasesAreExclusive,
  I12: timesAreInOrder,
  I13: retentionIsKept,
  I15: prioritiesAreKept,
  I16: waitsEndAtOnce,
  I17: waitersAreServedInOrder,
  I18: whatIsThereIsNotWaitedFor,
  I19: deletesAreExact,
  I23: oneCopyPerSubscription,
  I24: tasksEndOnce,
  I25: tasksTakeTheirTime,
  I26: everyMessageIsHandled,
  I27: nothingIsDeletedUnhandled,
  I28: concurrencyIsKept,
  I29: nothingIsLeftOpen,
  I30: backlogIsWorkedOff,
  I31: countersAddUp,
  I32: claimsAreCompletedByWork,
  I33: claimsLiveAsLongAsWork,
  I34: onlyFailuresAreDeadLettered,
  I35: redeliveriesAreNotBounced,
  I36: processesLive,
  I37: queuesAreAskedAgain,
  I38: oddEventsAreDelivered,
  I39: leasesAreExtended,
  I40: closingIsComplete,
  I41: healthTellsTheTruth,
  I42: nothingOfOthersIsDeleted,
  I43: nothingIsCreatedTwice,
  I44: placesComeBack,
  I45: nothingIsAskedForWhilePaused,
  I46: onceIsOnce,
  I47: everyCompanionHears,
  I48: pushesComeToRest,
};

/** What a run has broken, and how much each check had to judge. */
export interface Judgement {
  /** In the order of the numbers. */
  readonly violations: readonly Violation[];
  /** By the number of an invariant: how many things its check has judged. */
  readonly judged: Readonly<Record<string, number>>;
}

/** Judges a run by every invariant. */
export function judge(record: RunRecord): Judgement {
  const judged: Record<string, number> = {};
  const violations = Object.entries(INVARIANTS).flatMap(([invariant, check]) => {
    judged[invariant] = 0;
    const seen = (): void => {
      judged[invariant] = (judged[invariant] ?? 0) + 1;
    };
    return [...check(record, seen)].map((violation) => ({ invariant, ...violation }));
  });
  return { violations: [...violations, ...record.contract].toSorted((a, b) => numberOf(a) - numberOf(b)), judged };
}

/** What a run has broken, in the order of the numbers. */
export function violationsOf(record: RunRecord): readonly Violation[] {
  return judge(record).violations;
}

function numberOf({ invariant }: Violation): number {
  return Number(invariant.slice(1));
}
