import type { Emulator } from '../emulator.js';

/** What the admin API works on. */
export type AdminTarget = Pick<
  Emulator,
  | 'accountId'
  | 'region'
  | 'clock'
  | 'inspect'
  | 'operator'
  | 'tasks'
  | 'journal'
  | 'reset'
  | 'snapshot'
  | 'restore'
  | 'flushed'
>;

/** Whether something that is served has all that the admin API works on. */
export function isAdminTarget(served: object): served is AdminTarget {
  return [
    'accountId',
    'region',
    'clock',
    'inspect',
    'operator',
    'tasks',
    'journal',
    'reset',
    'snapshot',
    'restore',
    'flushed',
  ].every((name) => name in served);
}
