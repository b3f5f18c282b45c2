import type { InvariantCheck, RunRecord, Violation } from '../run-record.js';
import {
  backlogIsWorkedOff,
  concurrencyIsKept,
  countersAddUp,
  everyMessageIsHandled,
  nothingIsDeletedUnhandled,
  nothingIsLeftOpen,
} from './bridge.js';
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
import { prioritiesAreKept, waitersAreServedInOrder, waitsEndAtOnce, whatIsThereIsNotWaitedFor } from './long-polls.js';
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
};

/** What a run has broken, in the order of the numbers. */
export function violationsOf(record: RunRecord): readonly Violation[] {
  const ownChecks = Object.entries(INVARIANTS).flatMap(([invariant, check]) =>
    [...check(record)].map((violation) => ({ invariant, ...violation })),
  );
  return [...ownChecks, ...record.contract].toSorted((a, b) => numberOf(a) - numberOf(b));
}

function numberOf({ invariant }: Violation): number {
  return Number(invariant.slice(1));
}
