import { VirtualClock } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { resolveSettings } from '../options/bridge-settings.js';
import { extendingService, leaseRoom, type LeaseRoom } from '../test-support/lease-room.js';
import { lowest } from '../test-support/lowest.js';

describe('Contract 4: a lease is extended in time', () => {
  it('extends at about half of what remains, with the newest handle, by as long as the queue does', async () => {
    const { clock, held, transport, lostAtMs } = leaseRoom();
    await clock.advanceBy(600_000);
    expect(lostAtMs).toEqual([]);
    expect(held.isHeld).toBe(true);
    const sent = transport.calls.map(({ resource }) => resource);
    expect(sent.length).toBeGreaterThan(30);
    expect(sent.length).toBeLessThan(51);
    expect(sent.slice(0, 2)).toEqual([
      '/queues/q/messages?receiptHandle=h0&visibilityTimeout=30',
      '/queues/q/messages?receiptHandle=h1&visibilityTimeout=30',
    ]);
    expect(held.handOver()).toBe(`h${sent.length}`);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ['while it is extended', {}],
    ['when it is not', { lease: { maxSeconds: 0 } }],
    ['while an extension hangs', { script: () => new Promise<never>(() => {}) }],
  ])('is nothing that anybody waits for: a program with nothing else to do is idle %s', async (_, options) => {
    const { clock, transport, lostAtMs } = leaseRoom({ ...options, random: lowest });
    // The first extension is due.
    await clock.advanceBy(12_000);
    const calls = transport.calls.length;
    await clock.runUntilIdle();
    expect([clock.now(), transport.calls.length, lostAtMs]).toEqual([12_000, calls, []]);
    expect(clock.pendingTimers).toBe(1);
  });

  it('is lost at the end of the longest time, not before and not after', async () => {
    const { clock, held, lostAtMs, ends } = leaseRoom({ lease: { maxSeconds: 95 } });
    held.workBegins();
    await clock.advanceBy(94_999);
    expect(lostAtMs).toEqual([]);
    await clock.advanceBy(60_000);
    expect(lostAtMs).toHaveLength(1);
    // The last extension is cut to whole seconds.
    expect(lostAtMs[0]).toBeGreaterThan(94_000);
    expect(lostAtMs[0]).toBeLessThanOrEqual(95_000);
    expect(held.signal.aborted).toBe(true);
    expect(held.handOver()).toBeUndefined();
    expect(ends).toEqual(['overrun']);
  });

  it('gives the longest time to the work, whatever the message has waited before', async () => {
    const { clock, held, lostAtMs, ends } = leaseRoom({ lease: { maxSeconds: 95 } });
    await clock.advanceBy(90_000);
    expect([held.hasBegun, held.hasWaited]).toEqual([false, true]);
    held.workBegins();
    await clock.advanceBy(90_000);
    expect(lostAtMs).toEqual([]);
    await clock.advanceBy(60_000);
    expect(lostAtMs[0]).toBeGreaterThan(183_000);
    expect(lostAtMs[0]).toBeLessThanOrEqual(185_000);
    expect(ends).toEqual(['overrun']);
  });

  it('is no overrun where no listener has begun, or one had less than its time', async () => {
    for (const beginsAtMs of [undefined, 20_000]) {
      const { clock, held, ends } = leaseRoom({ lease: { maxSeconds: 0 } });
      if (beginsAtMs !== undefined) {
        await clock.advanceBy(beginsAtMs);
        held.workBegins();
      }
      await clock.advanceBy(60_000);
      expect(ends).toEqual(['lost']);
    }
  });

  it('is extended by what the settings say', async () => {
    const { clock, transport } = leaseRoom({ lease: { extendBySeconds: 120 } });
    await clock.advanceBy(20_000);
    expect(transport.calls[0]?.resource).toContain('visibilityTimeout=120');
  });

  it('keeps its end when it is being settled', async () => {
    const { clock, held, transport, lostAtMs, ends } = leaseRoom();
    expect(held.stopExtending()).toBeUndefined();
    await clock.advanceBy(60_000);
    expect(transport.calls).toEqual([]);
    expect([lostAtMs, ends]).toEqual([[30_000], ['lost']]);
  });

  it('has not overrun when its longest time ends while it is being settled', async () => {
    const { clock, held, ends } = leaseRoom({ lease: { maxSeconds: 30 } });
    void held.stopExtending();
    await clock.advanceBy(60_000);
    expect(ends).toEqual(['lost']);
  });

  it.each([
    [1500, '2'],
    [400, '1'],
  ])('is extended in whole seconds: a lease of %d ms by %s', async (leaseMs, seconds) => {
    const { clock, transport } = leaseRoom({ leaseMs });
    await clock.advanceBy(leaseMs * 0.6);
    expect(transport.calls[0]?.resource).toContain(`visibilityTimeout=${seconds}`);
  });

  it('is not extended to where it ends already', async () => {
    // After 12 of 30 seconds, 18 are left of the longest time, too.
    const { clock, transport, lostAtMs } = leaseRoom({ random: lowest, lease: { maxSeconds: 30 } });
    await clock.advanceBy(60_000);
    expect([transport.calls, lostAtMs]).toEqual([[], [30_000]]);
  });

  it('is lost at once when it was over before anybody knew, and the longest time as well', async () => {
    const { clock, transport, lostAtMs } = leaseRoom({ clock: new VirtualClock(40_000), lease: { maxSeconds: 40 } });
    await clock.advanceBy(1);
    expect([transport.calls, lostAtMs]).toEqual([[], [40_000]]);
  });

  it('is not extended any more when the longest time was made shorter meanwhile', async () => {
    const { clock, transport, lostAtMs, settings } = leaseRoom();
    settings.current = resolveSettings({ lease: { maxSeconds: 30 } });
    await clock.advanceBy(60_000);
    expect([transport.calls.length, lostAtMs]).toEqual([0, [30_000]]);
  });

  prop.prop([
    fc.integer({ min: 1, max: 120 }),
    fc.integer({ min: 0, max: 400 }),
    fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
    fc.string(),
  ])(
    'never believes to hold what the service has given up',
    async (leaseSeconds, maxSeconds, extendBySeconds, seed) => {
      const { script, endsAtMs } = extendingService(() => made.clock, leaseSeconds * 1000);
      const made: LeaseRoom = leaseRoom({
        leaseMs: leaseSeconds * 1000,
        lease: { maxSeconds, extendBySeconds },
        script,
        seed,
      });
      for (let step = 0; step < 50; step += 1) {
        await made.clock.advanceBy(7919);
        if (made.held.isHeld) expect(made.clock.now()).toBeLessThan(endsAtMs());
      }
      const longestMs = Math.max(leaseSeconds, maxSeconds) * 1000;
      if (longestMs < 50 * 7919) expect(made.lostAtMs[0]).toBeLessThanOrEqual(longestMs);
    },
  );
});
