import { findMisreports } from './batches.js';
import { findDoubleStates, findInventions, findLosses, findRevivals, findSharedIds } from './conservation.js';
import { findMiscounts } from './dequeue-counts.js';
import type { Finding } from './finding.js';
import { viewOf } from './history-view.js';
import type { History } from './history.js';
import { findDoubleLeases, findEarlyDeliveries, findOldHandles, findReusedHandles } from './leases.js';
import { findOvertakings } from './waiters.js';

const rules = [
  findDoubleStates,
  findInventions,
  findLosses,
  findRevivals,
  findSharedIds,
  findReusedHandles,
  findOldHandles,
  findMiscounts,
  findEarlyDeliveries,
  findDoubleLeases,
  findOvertakings,
  findMisreports,
];

/**
 * Judges what clients did side by side: every promise that the history shows to be broken, whatever order the service
 * may have worked in, and whatever became of calls that were not answered (I1–I7, I9–I11, I17, I19).
 */
export function checkHistory(history: History): readonly Finding[] {
  const view = viewOf(history);
  return rules.flatMap((rule) => rule(view));
}
