import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { resolveSettings, type CurrentSettings } from '../options/bridge-settings.js';
import { waitingEntry } from '../test-support/waiting-entry.js';
import { Backlog } from './backlog.js';
import type { Entry } from './entry.js';

const LONGEST_MS = 60_000;

interface Room {
  readonly clock: VirtualClock;
  readonly settings: CurrentSettings;
  readonly backlog: Backlog;
  readonly readyAtMs: number[];
  readonly entry: (messageId: string) => Entry;
}

const longest = (ms: number): CurrentSettings['current'] => resolveSettings({ lease: { maxSeconds: ms / 1000 } });

function room(): Room {
  const clock = new VirtualClock(0);
  const readyAtMs: number[] = [];
  const settings: CurrentSettings = { current: longest(LONGEST_MS) };
  return {
    clock,
    settings,
    readyAtMs,
    backlog: new Backlog(clock, () => readyAtMs.push(clock.now())),
    entry: (messageId) => waitingEntry(clock, { messageId, receivedAt: new Date(clock.now()) }, settings),
  };
}

/** A room where a listener has worked on `m` for a second when it comes again, and another message after it. */
async function hanging(): Promise<Room & { readonly first: Entry; readonly again: Entry; readonly other: Entry }> {
  const made = room();
  const first = made.entry('m');
  first.running = {
    verdict: new Promise(() => {}),
    finished: new Promise(() => {}),
    isOpen: () => true,
    isAtWork: () => false,
  };
  made.backlog.began(first);
  await made.clock.advanceBy(1000);
  const [again, other] = [made.entry('m'), made.entry('n')];
  // What is watched here is the backlog alone.
  for (const { held } of [first, again, other]) held.letGo();
  made.backlog.add(again);
  made.backlog.add(other);
  return { ...made, first, again, other };
}

describe('Backlog', () => {
  it('gives out what waits in the order in which it came, each once', () => {
    const { backlog, entry, clock } = room();
    const entries = ['a', 'b', 'c'].map(entry);
    for (const one of entries) {
      backlog.add(one);
      one.held.letGo();
    }
    expect([backlog.size, clock.pendingTimers]).toEqual([3, 0]);
    expect([backlog.next(), backlog.next(), backlog.next(), backlog.next()]).toEqual([...entries, undefined]);
    expect(backlog.size).toBe(0);
  });

  it('keeps a message back while a listener works on an earlier delivery, and no other', async () => {
    const { backlog, first, again, other, clock, readyAtMs } = await hanging();
    expect(backlog.earlierOf(again)).toBe(first);
    expect([...backlog.working]).toEqual([first]);
    expect([backlog.next(), backlog.next(), backlog.size]).toEqual([other, undefined, 1]);
    backlog.ended(first);
    expect([backlog.earlierOf(again), [...backlog.working]]).toEqual([undefined, []]);
    expect([backlog.next(), clock.pendingTimers, readyAtMs]).toEqual([again, 0, []]);
  });

  it('says when the listener of the earlier delivery has had its longest time, and gives the message out then', async () => {
    const { backlog, again, clock, readyAtMs } = await hanging();
    backlog.next();
    await clock.advanceBy(LONGEST_MS - 1001);
    expect([backlog.next(), readyAtMs]).toEqual([undefined, []]);
    await clock.advanceBy(1);
    expect([readyAtMs, backlog.next(), backlog.size]).toEqual([[LONGEST_MS], again, 0]);
  });

  it('waits on when the longest time has grown meanwhile', async () => {
    const { backlog, again, clock, readyAtMs, settings } = await hanging();
    backlog.next();
    settings.current = longest(2 * LONGEST_MS);
    await clock.advanceBy(2 * LONGEST_MS - 1001);
    expect([backlog.next(), readyAtMs]).toEqual([undefined, []]);
    await clock.advanceBy(1);
    expect([readyAtMs, backlog.next()]).toEqual([[2 * LONGEST_MS], again]);
  });

  it('is nothing that a program waits for that has nothing else to do', async () => {
    const { clock } = await hanging();
    await clock.runUntilIdle();
    expect([clock.now(), clock.pendingTimers]).toEqual([1000, 1]);
  });

  it('lets go of one that waits, and of its timer', async () => {
    const { backlog, first, again, other, clock } = await hanging();
    backlog.remove(first);
    expect(backlog.size).toBe(2);
    backlog.remove(again);
    expect([backlog.size, clock.pendingTimers, backlog.next()]).toEqual([1, 0, other]);
    backlog.remove(again);
    expect(backlog.size).toBe(0);
  });

  it('lets go of all that waits at once', async () => {
    const { backlog, again, other, clock } = await hanging();
    expect(backlog.drain()).toEqual([again, other]);
    expect([backlog.size, clock.pendingTimers, backlog.drain()]).toEqual([0, 0, []]);
  });
});
