import type { Activity } from './activity.js';
import { eventLoopTurn, machineIsWorking } from './system-clock.js';

/**
 * Resolves when nothing goes on but what waits for the clock: no counted work, no request that the machine works on, and no
 * promise work, because a turn of the event loop drains every chain of it.
 *
 * What travels between two sockets of this process is neither counted nor seen, but arrives within a turn; with
 * `quietTurns` above 1, so many turns in a row have to bring nothing new.
 */
export async function untilQuiet(activity: Activity): Promise<void> {
  let seen = activity.changes;
  for (let quietTurns = 0; quietTurns < activity.quietTurns;) {
    await activity.idle();
    await eventLoopTurn();
    const isQuiet = activity.running <= 0 && !machineIsWorking();
    // Within one program the turn has shown all there is; over sockets, an answer is what the next request follows on.
    quietTurns = isQuiet && (activity.quietTurns === 1 || activity.changes === seen) ? quietTurns + 1 : 0;
    seen = activity.changes;
  }
}
