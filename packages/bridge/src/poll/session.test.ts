import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { Session } from './session.js';

describe('Session', () => {
  it('ends at once, and waits for the last answers for as long as it is told first', async () => {
    const clock = new VirtualClock(0);
    const session = new Session();
    expect([session.isOver, session.over.aborted, session.aborted.aborted]).toEqual([false, false, false]);
    session.end(clock, 100);
    expect([session.isOver, session.over.aborted, session.aborted.aborted]).toEqual([true, true, false]);
    await clock.advanceBy(50);
    session.end(clock, 500);
    await clock.advanceBy(49);
    expect(session.aborted.aborted).toBe(false);
    await clock.advanceBy(1);
    expect([session.aborted.aborted, clock.pendingTimers]).toEqual([true, 0]);
  });

  it('waits for nothing where no answer is on its way', () => {
    const clock = new VirtualClock(0);
    const session = new Session();
    session.end(clock, 0);
    expect([session.aborted.aborted, clock.pendingTimers]).toEqual([true, 0]);
  });

  it('leaves no timer when it is finished, whether it has ended or not', () => {
    const clock = new VirtualClock(0);
    const session = new Session();
    session.finish();
    session.end(clock, 100);
    session.finish();
    expect([session.aborted.aborted, clock.pendingTimers]).toEqual([false, 0]);
  });
});
