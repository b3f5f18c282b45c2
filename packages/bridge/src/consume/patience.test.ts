import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { Patience, untilAborted } from './patience.js';

describe('Patience', () => {
  it('ends for listeners at the shortest deadline asked for, and for all two seconds later', async () => {
    const clock = new VirtualClock(0);
    const patience = new Patience(clock);
    const seen: (readonly [string, number])[] = [];
    patience.over.addEventListener('abort', () => seen.push(['over', clock.now()]));
    patience.exhausted.addEventListener('abort', () => seen.push(['exhausted', clock.now()]));
    patience.limit(10_000, clock.now());
    await clock.advanceBy(1000);
    patience.limit(60_000, clock.now());
    patience.limit(3000, clock.now());
    await clock.advanceBy(60_000);
    expect(seen).toEqual([
      ['over', 4000],
      ['exhausted', 6000],
    ]);
    patience.limit(0, clock.now());
    expect(clock.pendingTimers).toBe(0);
  });

  it('begins the two seconds as soon as the listeners are done', async () => {
    const clock = new VirtualClock(0);
    const patience = new Patience(clock);
    patience.limit(10_000, 0);
    patience.listenersAreDone();
    patience.listenersAreDone();
    await clock.advanceBy(2000);
    expect(patience.exhausted.aborted).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits for nothing without a deadline left', () => {
    const patience = new Patience(new VirtualClock(0));
    patience.limit(0, 0);
    expect(patience.over.aborted).toBe(true);
    patience.end();
  });
});

describe('untilAborted', () => {
  it.each([
    ['resolves', async () => 1],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('resolves when the work %s', async (_, work) => {
    await expect(untilAborted(work(), new AbortController().signal)).resolves.toBeUndefined();
  });

  it('resolves when the signal aborts, or has', async () => {
    const never = new Promise(() => {});
    const ending = new AbortController();
    const waiting = untilAborted(never, ending.signal);
    ending.abort();
    await expect(waiting).resolves.toBeUndefined();
    await expect(untilAborted(never, ending.signal)).resolves.toBeUndefined();
  });
});
