import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { resolveSettings } from '../options/bridge-settings.js';
import { leaseRoom, type LeaseRoom } from '../test-support/lease-room.js';
import { lowest } from '../test-support/lowest.js';

describe('a held message', () => {
  it('tells its listeners to stop, with the first reason, and is still handed over', () => {
    const early = leaseRoom().held;
    const { signal } = early;
    const late = leaseRoom().held;
    for (const held of [early, late]) {
      expect(held.isHeld).toBe(true);
      held.tellToStop(new Error('closing'));
      held.tellToStop(new Error('again'));
      expect(held.isHeld).toBe(false);
      expect(held.signal.reason).toEqual(new Error('closing'));
      expect(held.signal).toBe(held.signal);
      expect(held.handOver()).toBe('h0');
    }
    expect([early.signal === signal, signal.aborted]).toEqual([true, true]);
  });

  it('is neither extended nor lost once it was let go, and stops nobody', async () => {
    const { clock, held, transport, lostAtMs } = leaseRoom();
    held.letGo();
    await clock.advanceBy(60_000);
    expect([transport.calls, lostAtMs, held.signal.aborted, held.isHeld]).toEqual([[], [], false, false]);
    expect([held.handOver(), clock.pendingTimers]).toEqual([undefined, 0]);
  });

  it('is no longer ours at the very instant at which its lease ends', async () => {
    const clock = new VirtualClock(0);
    let handle: string | undefined = 'not asked';
    clock.after(30_000, () => (handle = made.held.handOver()));
    const made: LeaseRoom = leaseRoom({ clock, lease: { maxSeconds: 0 } });
    await clock.advanceBy(30_000);
    expect([handle, made.lostAtMs, made.held.signal.aborted]).toEqual([undefined, [30_000], true]);
    expect(made.ends).toEqual(['lost']);
  });

  it('tells how long its queue leases it for, and until when others may be kept from it', async () => {
    const { clock, held, settings } = leaseRoom({ leaseMs: 40_000, lease: { maxSeconds: 100 }, random: lowest });
    expect([held.visibilityMs, held.leftMs, held.latestEndMs]).toEqual([40_000, 40_000, 100_000]);
    await clock.advanceBy(16_000);
    expect([held.leftMs, held.endsAtMs]).toEqual([40_000, 56_000]);
    // What it has already is not taken away.
    settings.current = resolveSettings({ lease: { maxSeconds: 50 } });
    expect(held.latestEndMs).toBe(56_000);
  });

  it('tells of each extension as long as somebody listens, when the new end is known', async () => {
    const { clock, held } = leaseRoom({ random: lowest });
    const seen: (readonly [string, number])[] = [];
    const stop = held.onExtended(() => seen.push(['one', held.endsAtMs]));
    held.onExtended(() => seen.push(['other', held.endsAtMs]));
    await clock.advanceBy(12_000);
    stop();
    await clock.advanceBy(12_000);
    expect(seen).toEqual([
      ['one', 42_000],
      ['other', 42_000],
      ['other', 54_000],
    ]);
  });
});
