import { getEventListeners } from 'node:events';
import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { settled } from '../test-support/called-handler.js';
import { Patience, untilAborted } from './patience.js';

describe('Patience', () => {
  it('ends for listeners at the shortest deadline asked for, and for all two seconds later', async () => {
    const clock = new VirtualClock(0);
    const patience = new Patience(clock);
    const seen: (readonly [string, number])[] = [];
    patience.over.addEventListener('abort', () => seen.push(['over', clock.now()]));
    patience.fading.addEventListener('abort', () => seen.push(['fading', clock.now()]));
    patience.exhausted.addEventListener('abort', () => seen.push(['exhausted', clock.now()]));
    patience.limit(10_000, clock.now());
    await clock.advanceBy(1000);
    patience.limit(3000, clock.now());
    patience.limit(60_000, clock.now());
    await clock.advanceBy(3500);
    // Too late for that.
    patience.limit(0, clock.now());
    patience.limit(50, clock.now());
    await clock.advanceBy(60_000);
    expect(seen).toEqual([
      ['over', 4000],
      ['fading', 5000],
      ['exhausted', 6000],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('begins the two seconds as soon as the listeners are done', async () => {
    const clock = new VirtualClock(0);
    const patience = new Patience(clock);
    patience.limit(10_000, 0);
    patience.listenersAreDone();
    await clock.advanceBy(500);
    patience.listenersAreDone();
    await clock.advanceBy(1499);
    expect(patience.exhausted.aborted).toBe(false);
    await clock.advanceBy(1);
    expect(patience.exhausted.aborted).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits for nothing without a deadline left', () => {
    const patience = new Patience(new VirtualClock(0));
    patience.limit(0, 0);
    expect(patience.over.aborted).toBe(true);
  });

  it('leaves no timer when it is ended, begun or not', () => {
    const clock = new VirtualClock(0);
    for (const begin of [() => {}, (one: Patience) => one.limit(5000, 0), (one: Patience) => one.listenersAreDone()]) {
      const patience = new Patience(clock);
      begin(patience);
      patience.end();
      expect(clock.pendingTimers).toBe(0);
    }
  });
});

describe('untilAborted', () => {
  it.each([
    ['resolves', async () => 1],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('resolves when the work %s, and leaves no listener', async (_, work) => {
    const { signal } = new AbortController();
    await expect(untilAborted(work(), signal)).resolves.toBeUndefined();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('resolves when the signal aborts, or has', async () => {
    const never = new Promise(() => {});
    const ending = new AbortController();
    let isOver = false;
    const waiting = untilAborted(never, ending.signal).then(() => (isOver = true));
    await settled();
    expect(isOver).toBe(false);
    ending.abort();
    await waiting;
    await expect(untilAborted(never, ending.signal)).resolves.toBeUndefined();
  });
});
