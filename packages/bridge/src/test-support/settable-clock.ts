import type { Clock, VirtualClock } from '@mnsbus/core';

/** A clock that somebody may set, forward or back; its monotonic reading and its timers are those of another. */
export interface SettableClock extends Clock {
  /** By how much it is ahead, in milliseconds. */
  setMs: number;
}

/** A clock that runs as `time` does, and may be set. */
export function settableClock(time: VirtualClock, setMs = 0): SettableClock {
  const clock: SettableClock = {
    setMs,
    now: () => time.now() + clock.setMs,
    monotonic: () => time.now(),
    after: time.after.bind(time),
  };
  return clock;
}
