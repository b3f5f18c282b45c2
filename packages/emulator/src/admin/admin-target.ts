import type { Emulator } from '../emulator.js';

/** What the admin API works on: an emulator, whether its state is on a disk or not. */
export type AdminTarget = Pick<
  Emulator,
  | 'accountId'
  | 'region'
  | 'profile'
  | 'clock'
  | 'inspect'
  | 'operator'
  | 'tasks'
  | 'journal'
  | 'faults'
  | 'replies'
  | 'hints'
  | 'reset'
  | 'snapshot'
  | 'restore'
  | 'flushed'
>;

// As an object, so that the compiler misses a member that is not asked for.
const MEMBERS: Readonly<Record<keyof AdminTarget, true>> = {
  accountId: true,
  region: true,
  profile: true,
  clock: true,
  inspect: true,
  operator: true,
  tasks: true,
  journal: true,
  faults: true,
  replies: true,
  hints: true,
  reset: true,
  snapshot: true,
  restore: true,
  flushed: true,
};

/** Whether something that is served has all that the admin API works on. */
export function isAdminTarget(served: object): served is AdminTarget {
  return Object.keys(MEMBERS).every((name) => name in served);
}
