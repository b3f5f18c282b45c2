import type { LegacyTaskStatus } from '@mnsbus/core';
import type { Task } from '../../../model/task.js';

/** The status of a task in the words of 2017-09-06, where a queued task reports `Running`, too (spec imm §2.8). */
export function legacyStatus({ outcome }: Task): LegacyTaskStatus {
  if (outcome === undefined) return 'Running';
  return outcome.ok ? 'Finished' : 'Failed';
}

/** 100 only on success, else 0: there is nothing in between (spec imm §0.6). */
export function legacyPercent({ outcome }: Task): number {
  return outcome?.ok === true ? 100 : 0;
}
